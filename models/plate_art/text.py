"""A pattern is read into places, and places are filled with random characters."""

import re
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
    places = {
        "L": f"[{layout.letters}]",
        "9": f"[{layout.digits}]",
        "n": f"[{_first(layout)}]",
        "P": f"(?:{'|'.join(layout.prefixes)})",
        "Q": f"(?:{'|'.join(layout.suffixes)})",
    }
    parts = [
        places.get(place, place)
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
    classes = {"L": layout.letters, "9": layout.digits, "n": _first(layout)}

    def fit(at: int, rest: str) -> list[str] | None:
        if at == len(tokens):
            return None if rest else []
        emblem, place = tokens[at]
        if emblem or place == "/":
            options = [("{" + emblem + "}" if emblem else "/", "")]
        elif place in "PQ":
            words = layout.prefixes if place == "P" else layout.suffixes
            options = [(word, word) for word in words if rest.startswith(word)]
        else:
            options = [(rest[0], rest[0])] if rest and rest[0] in classes.get(place, place) else []
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


def _first(layout: Layout) -> str:
    """Return the digits that a number may begin with where leading zeros are not written."""
    return layout.digits.replace("0", "")


def _fill(layout: Layout, place: str, rng: np.random.Generator) -> str:
    match place:
        case "L":
            return layout.letters[int(rng.integers(len(layout.letters)))]
        case "9":
            return layout.digits[int(rng.integers(len(layout.digits)))]
        case "n":
            first = _first(layout)
            return first[int(rng.integers(len(first)))]
        case "P":
            return layout.prefixes[int(rng.integers(len(layout.prefixes)))]
        case "Q":
            return layout.suffixes[int(rng.integers(len(layout.suffixes)))]
        case _:  # a fixed character of this pattern
            return place
