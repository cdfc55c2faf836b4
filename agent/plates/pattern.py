"""A plate pattern says what may stand at each place of a plate.

`@` is one of the country's letters, `#` one of its digits, `[ABC]` one of those, `<name>` one of
the country's named lists of codes, and any other character is itself. `{2}`, `{1,3}` and `?` repeat
what stands before them, as in a regular expression.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from math import prod

from agent.core.errors import ConfigError

LONGEST = 10
"""No plate read has more characters: longer expansions of a pattern are left out."""

MOST_SHAPES = 256
"""A pattern that expands to more is a mistake in the data."""

_ATOM = re.compile(
    r"(?P<what>\[[A-Z0-9]+\]|<[a-z]+>|[@#A-Z0-9])"
    r"(?:\{(?P<least>\d)(?:,(?P<most>\d))?\}|(?P<maybe>\?))?"
)

Part = frozenset[str]
"""Texts of one length, one of which stands here: single characters, or the codes of a list."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to fill a pattern: parts that follow each other, each of a fixed width."""

    parts: tuple[Part, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        return tuple(len(next(iter(part))) for part in self.parts)

    @property
    def length(self) -> int:
        return sum(self.widths)

    @property
    def size(self) -> int:
        """How many different texts have this shape."""
        return prod(len(part) for part in self.parts)

    def fits(self, text: str) -> bool:
        """Say whether `text` has this shape."""
        if len(text) != self.length:
            return False
        start = 0
        for part, width in zip(self.parts, self.widths, strict=True):
            if text[start : start + width] not in part:
                return False
            start += width
        return True


def shapes(
    pattern: str, letters: str, digits: str, lists: Mapping[str, Sequence[str]]
) -> tuple[Shape, ...]:
    """Expand a pattern to every shape it allows, shortest first.

    Raises:
        ConfigError: The pattern cannot be read; the message shows where it stops making sense.
    """
    runs: list[list[tuple[Part, ...]]] = []
    position = 0
    while position < len(pattern):
        atom = _ATOM.match(pattern, position)
        if atom is None:
            raise ConfigError(f"plate pattern {pattern!r}: nothing known at {pattern[position:]!r}")
        position = atom.end()
        parts = _parts(atom["what"], letters, digits, lists)
        least = 0 if atom["maybe"] else int(atom["least"] or 1)
        most = 1 if atom["maybe"] else int(atom["most"] or least)
        runs.append([(part,) * count for part in parts for count in range(least, most + 1)])
    if prod(len(run) for run in runs) > MOST_SHAPES:
        raise ConfigError(f"plate pattern {pattern!r}: more than {MOST_SHAPES} shapes")
    found = (Shape(tuple(part for run in way for part in run)) for way in product(*runs))
    return tuple(sorted(_unlike(found), key=lambda shape: shape.length))


def _unlike(found: Iterable[Shape]) -> set[Shape]:
    """Drop shapes met twice, such as those of `@{1,3}@{1,2}`, and what is too long or empty."""
    return {shape for shape in found if 0 < shape.length <= LONGEST}


def _parts(
    what: str, letters: str, digits: str, lists: Mapping[str, Sequence[str]]
) -> tuple[Part, ...]:
    match what[0]:
        case "@":
            return (frozenset(letters),)
        case "#":
            return (frozenset(digits),)
        case "[":
            return (frozenset(what[1:-1]),)
        case "<":
            name = what[1:-1]
            if name not in lists:
                raise ConfigError(f"plate pattern: no list {name!r}; there are {sorted(lists)}")
            by_width = groupby(sorted(lists[name], key=len), key=len)
            return tuple(frozenset(codes) for _, codes in by_width)
        case _:
            return (frozenset(what),)
