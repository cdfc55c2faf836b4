"""A plate pattern says what may stand at each place of a plate, and in which groups.

`@` is one of the format's letters, `#` one of its digits, `[ABC]` one of those, `<name>` one of
the country's named lists of codes, and any other character is itself. `{2}`, `{1,3}` and `?` repeat
what stands before them, as in a regular expression. Groups are parted by what the plate shows
between them, a space or `-`; `|` parts two groups with nothing between them, and `/` says where the
second row of a two-row plate begins (a gap in one row, unless `|` or `-` is there too).
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

_BETWEEN = re.compile(r"([ \-|/]+)")

Part = frozenset[str]
"""Texts of one length, one of which stands here: single characters, or the codes of a list."""


@dataclass(frozen=True, slots=True)
class Group:
    """Atoms that stand together, and what the pattern has before them ("" for the first)."""

    pattern: str
    before: str

    @property
    def listed(self) -> str | None:
        """The list that this group is a code of, if it is nothing else."""
        return self.pattern[1:-1] if re.fullmatch("<[a-z]+>", self.pattern) else None


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to fill a pattern: parts of fixed widths, and the number of each one's group."""

    parts: tuple[Part, ...]
    groups: tuple[int, ...]
    widths: tuple[int, ...]

    @property
    def length(self) -> int:
        return sum(self.widths)

    @property
    def size(self) -> int:
        """How many different texts have this shape."""
        return prod(len(part) for part in self.parts)

    def fits(self, text: str) -> bool:
        """Say whether `text` has this shape."""
        return len(text) == self.length and all(
            here in part for here, part in zip(self.cut(text), self.parts, strict=True)
        )

    def cut(self, text: str) -> tuple[str, ...]:
        """Cut a text of this length into what stands at each part."""
        pieces, start = [], 0
        for width in self.widths:
            pieces.append(text[start : start + width])
            start += width
        return tuple(pieces)

    def grouped(self, text: str, groups: int) -> tuple[str, ...]:
        """Return what each of the pattern's `groups` says; "" for one that is not there."""
        told = [""] * groups
        for piece, group in zip(self.cut(text), self.groups, strict=True):
            told[group] += piece
        return tuple(told)


def groups(pattern: str) -> tuple[Group, ...]:
    """Part a pattern into its groups.

    Raises:
        ConfigError: The pattern begins or ends with what parts groups.
    """
    first, *rest = _BETWEEN.split(pattern)
    found = (Group(first, ""), *map(Group, rest[1::2], rest[0::2]))
    if not all(group.pattern for group in found):
        raise ConfigError(f"plate pattern {pattern!r}: begins or ends between two groups")
    return found


def printed(texts: Sequence[str], parted: Sequence[Group], row: str = "") -> str:
    """Join what the groups say as the plate shows it, in one row or, if `row` is given, in two.

    A group that is not there takes what is before it along.
    """
    shown = ""
    for text, group in zip(texts, parted, strict=True):
        if shown and text:
            bare = group.before.replace("|", "").replace("/", "")
            second = "/" in group.before
            gap = " " if second and "|" not in group.before else ""
            shown += row if second and row else bare or gap
        shown += text
    return shown


def shapes(
    pattern: str, letters: str, digits: str, lists: Mapping[str, Iterable[str]]
) -> tuple[Shape, ...]:
    """Expand a pattern to every shape it allows, shortest first.

    Raises:
        ConfigError: The pattern cannot be read; the message shows where it stops making sense.
    """
    runs: list[list[tuple[tuple[Part, int, int], ...]]] = []
    for number, group in enumerate(groups(pattern)):
        position = 0
        while position < len(group.pattern):
            atom = _ATOM.match(group.pattern, position)
            if atom is None:
                unknown = group.pattern[position:]
                raise ConfigError(f"plate pattern {pattern!r}: nothing known at {unknown!r}")
            position = atom.end()
            parts = _parts(atom["what"], letters, digits, lists)
            least = 0 if atom["maybe"] else int(atom["least"] or 1)
            most = 1 if atom["maybe"] else int(atom["most"] or least)
            counts = range(least, most + 1)
            runs.append(
                [((p, number, len(next(iter(p)))),) * count for p in parts for count in counts]
            )
    if prod(len(run) for run in runs) > MOST_SHAPES:
        raise ConfigError(f"plate pattern {pattern!r}: more than {MOST_SHAPES} shapes")
    found: set[Shape] = set()
    for way in product(*runs):
        filled = [part for run in way for part in run]
        # an empty one says nothing, and the same is met twice in @{1,3}@{1,2}
        if 0 < sum(width for _, _, width in filled) <= LONGEST:
            parts, numbers, widths = zip(*filled, strict=True)
            found.add(Shape(parts, numbers, widths))
    return tuple(sorted(found, key=lambda shape: (shape.length, shape.groups)))


def _parts(
    what: str, letters: str, digits: str, lists: Mapping[str, Iterable[str]]
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
