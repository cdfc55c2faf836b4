"""From boxes around a plate's characters to what is written on it, greyed ones as `*`.

Where the picture's name ends in the plate with a `*` for each greyed character (UC3M-LP's
`00001_AN-123*B*C`) and agrees with the boxes, the name says where the greyed ones are. Else they
are guessed from the gaps between the boxes, one for each pitch that is missing within a row and at
its ends, as far as the picture goes. One too many costs a reader nothing: a `*` may be none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median

from agent.plates.evaluate.distance import HIDDEN
from agent.plates.evaluate.labelled import Box

CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

ROW_REACH = 0.55
"""Characters of one row stay this close to a line through their middles, in their own heights."""

MOST_SPLIT = 12
"""Rows are told apart by trying every way to split them, which is bounded by this many boxes."""

PITCH_LEAST, PITCH_MOST = 0.95, 1.5
"""From one character's middle to the next one's, in widths of their boxes."""

MOST_GUESSED = 2
"""Greyed characters guessed in one gap; UC3M-LP greys two of a plate."""


@dataclass(frozen=True, slots=True)
class Character:
    """One labelled box: its class, and where it is in parts of the picture."""

    kind: int
    box: Box

    @property
    def x(self) -> float:
        return (self.box.left + self.box.right) / 2

    @property
    def y(self) -> float:
        return (self.box.top + self.box.bottom) / 2

    @property
    def width(self) -> float:
        return self.box.right - self.box.left

    @property
    def height(self) -> float:
        return self.box.bottom - self.box.top


Row = Sequence[Character]


def written(characters: Row, stem: str) -> str:
    """Return what is written on a cut-out plate, greyed characters as `*`, rows joined."""
    split = rows(characters)
    seen = "".join(CLASSES[c.kind] for row in split for c in row)
    named = stem.rpartition("-")[2]
    if HIDDEN in named and named.replace(HIDDEN, "") == seen:
        return named
    return "".join(with_gaps(row) for row in split)


def rows(characters: Row) -> list[list[Character]]:
    """Return the characters row by row, each from left to right.

    One row, however tilted, if all middles lie near a line; else the two rows, with one slope, that
    lie nearest to theirs.
    """
    whole = sorted(characters, key=lambda c: c.x)
    height = median(c.height for c in whole)
    if _residual(_fit([whole]), [whole]) <= ROW_REACH * height or len(whole) > MOST_SPLIT:
        return [whole]
    best: list[list[Character]] = [whole]
    least = float("inf")
    for count in range(1, len(whole)):
        for chosen in combinations(range(len(whole)), count):
            split = [
                [whole[i] for i in chosen],
                [c for i, c in enumerate(whole) if i not in chosen],
            ]
            error = _squares(_fit(split), split)
            if error < least:
                best, least = split, error
    return sorted(best, key=lambda row: sum(c.y for c in row) / len(row))


def with_gaps(row: Row) -> str:
    """Return a row's characters with a `*` for each one that seems to be missing."""
    width = median(c.width for c in row)
    steps = [after.x - before.x for before, after in pairwise(row)]
    pitch = min([*steps, PITCH_MOST * width])
    pitch = max(pitch, PITCH_LEAST * width)
    text = _stars((row[0].x - width / 2) / pitch)
    for before, after in pairwise(row):
        text += CLASSES[before.kind] + _stars((after.x - before.x) / pitch - 0.6)
    return text + CLASSES[row[-1].kind] + _stars((1 - row[-1].x - width / 2) / pitch)


def _stars(places: float) -> str:
    return HIDDEN * min(max(int(places), 0), MOST_GUESSED)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Parallel lines, one a row: y = start + slope * x."""

    starts: tuple[float, ...]
    slope: float


def _fit(split: Sequence[Row]) -> _Lines:
    """Return the parallel lines nearest to the rows' middles, by least squares."""
    middles = [(sum(c.x for c in r) / len(r), sum(c.y for c in r) / len(r)) for r in split]
    across = along = 0.0
    for row, (x, y) in zip(split, middles, strict=True):
        across += sum((c.x - x) * (c.y - y) for c in row)
        along += sum((c.x - x) ** 2 for c in row)
    slope = across / along if along else 0.0
    return _Lines(tuple(y - slope * x for x, y in middles), slope)


def _errors(lines: _Lines, split: Sequence[Row]) -> list[float]:
    return [
        abs(c.y - start - lines.slope * c.x)
        for start, row in zip(lines.starts, split, strict=True)
        for c in row
    ]


def _residual(lines: _Lines, split: Sequence[Row]) -> float:
    return max(_errors(lines, split))


def _squares(lines: _Lines, split: Sequence[Row]) -> float:
    return sum(error**2 for error in _errors(lines, split))
