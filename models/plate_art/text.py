"""A pattern is read into places, and places are filled with random characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.plate_art.layouts import Layout

_TOKEN = re.compile(r"\{([a-z_]+)\}|(.)")


@dataclass(frozen=True, slots=True)
class Written:
    """A plate's rows of items: single characters, and emblems by their name in braces."""

    rows: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        return "".join(item for row in self.rows for item in row if len(item) == 1)


def expression(layout: Layout, pattern: str) -> re.Pattern[str]:
    """Return the regular expression that the text of every such plate matches."""
    ways = _ways(layout)
    parts = [
        f"(?:{'|'.join(ways.get(place, (place,)))})"
        for emblem, place in _TOKEN.findall(pattern)
        if not emblem and place != "/"
    ]
    return re.compile("".join(parts))


def random_text(layout: Layout, rng: np.random.Generator) -> str:
    """Return the characters of a random plate of this layout."""
    return random_plate(layout, rng).text


def random_plate(layout: Layout, rng: np.random.Generator) -> Written:
    """Return a random plate of this layout, with its emblems in place."""
    pattern = layout.patterns[int(rng.integers(len(layout.patterns)))]
    rows: list[list[str]] = [[]]
    for emblem, place in _TOKEN.findall(pattern):
        if emblem:
            rows[-1].append("{" + emblem + "}")
        elif place == "/":
            rows.append([])
        else:
            rows[-1] += _fill(layout, place, rng)
    return Written(tuple(tuple(row) for row in rows))


def written(layout: Layout, text: str) -> Written:
    """Place `text` into the first pattern it fits; without one, in a single plain row.

    A text that fits no pattern is still drawn: vanity plates are real.
    """
    for pattern in layout.patterns:
        rows = _place(layout, pattern, text)
        if rows is not None:
            return Written(rows)
    return Written((tuple(text),))


def _place(layout: Layout, pattern: str, text: str) -> tuple[tuple[str, ...], ...] | None:
    """Return the rows of `text` in `pattern`, or None where it does not fit."""
    tokens = _TOKEN.findall(pattern)
    ways = _ways(layout)

    def fit(at: int, rest: str) -> list[str] | None:
        if at == len(tokens):
            return None if rest else []
        emblem, place = tokens[at]
        if emblem or place == "/":
            options = [("{" + emblem + "}" if emblem else "/", "")]
        else:
            options = [(way, way) for way in ways.get(place, (place,)) if rest.startswith(way)]
        for shown, used in options:
            tail = fit(at + 1, rest[len(used) :])
            if tail is not None:
                return ([shown] if shown.startswith(("{", "/")) else list(shown)) + tail
        return None

    items = fit(0, text)
    if items is None:
        return None
    rows: list[list[str]] = [[]]
    for item in items:
        if item == "/":
            rows.append([])
        else:
            rows[-1].append(item)
    return tuple(tuple(row) for row in rows)


def _fill(layout: Layout, place: str, rng: np.random.Generator) -> str:
    ways = _ways(layout).get(place)
    if ways is None:  # a fixed character of this pattern
        return place
    return ways[int(rng.integers(len(ways)))]


def _ways(layout: Layout) -> dict[str, Sequence[str]]:
    """Return what may stand where a pattern has one of these; all else stands for itself."""
    return {
        "L": layout.letters,
        "9": layout.digits,
        "n": layout.digits.replace("0", ""),
        "P": layout.prefixes,
        "Q": layout.suffixes,
    }
