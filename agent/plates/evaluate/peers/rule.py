"""Which of all the text a peer read is the plate: a rule that gives the peer every chance.

1. Texts: each line, capitals and digits alone; lines side by side in one row joined, up to three;
   two lines one below the other joined. A joined text is as sure as its least sure line.
2. Plate-like are 4 to 10 characters with a digit among them; where there is none, 4 to 10 letters.
3. The surest one is taken, and one that fits no known country's format counts 0.8, the very weight
   with which our own reads are ranked (`agent/plates/reading.py`). So does a line that is part of a
   joined text that fits one.

So the peer is helped by our knowledge of plates, and never by the truth. What it would have got
with the best of all its texts, chosen by the truth, is counted beside it (`any`).
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from agent.core.vision import CharacterRead, PlateRead
from agent.plates.evaluate.peers.peer import Line
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import UNFIT

SHORTEST, LONGEST = 4, 10

MOST_JOINED = 3
"""Lines of one row that are joined: a country's letters, two groups."""

MOST_LINES = 60
"""Lines of one picture that are looked at, surest first: a page of a book is no plate."""

SAME_ROW = 0.5
"""Two lines stand in one row if they share this much of the lower one's height."""

ROW_GAP = 1.6
"""They are neighbours if no more than this is between them, in heights."""

SAME_COLUMN = 0.5
"""Two lines stand one above the other if they share this much of the narrower one's width."""

COLUMN_GAP = 0.8
"""They are neighbours if no more than this is between them, in heights."""

LIKE_HIGH = 2.5
"""Characters of one plate differ in height by no more than this."""

Fits = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the plate, how sure the peer is of its least sure line, and its lines."""

    text: str
    score: float
    lines: tuple[Line, ...] = ()

    def __repr__(self) -> str:
        return f"Candidate({len(self.text)} characters, {self.score:.2f})"


@dataclass(frozen=True, slots=True)
class PeerRead:
    """What a peer says of one picture: by the rule, its surest line as it is, and all there is."""

    text: str
    raw: str
    every: tuple[str, ...]

    def __repr__(self) -> str:
        return f"PeerRead({len(self.every)} texts)"


def read_of(lines: Sequence[Line], fits: Fits | None = None) -> PeerRead:
    """Apply the rule; texts are empty where there is none."""
    surest = sorted(lines, key=lambda line: -line.score)[:MOST_LINES]
    found = list(candidates(surest))
    alike = [one for one in found if _plate_like(one.text)]
    digits = [one for one in alike if any(char.isdigit() for char in one.text)]
    fits = fits or fits_any
    joined = {id(line) for one in alike if one.lines[1:] and fits(one.text) for line in one.lines}

    def weight(one: Candidate) -> float:
        part = not one.lines[1:] and id(one.lines[0]) in joined
        return UNFIT if part or not fits(one.text) else 1.0

    best = max(digits or alike, key=lambda one: one.score * weight(one), default=Candidate("", 0.0))
    raw = normal(surest[0].text) if surest else ""
    return PeerRead(best.text, raw, tuple(sorted({one.text for one in found})))


def candidates(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Yield each line's text, and those of lines that stand together."""
    for line in lines:
        yield Candidate(normal(line.text), line.score, (line,))
    across = sorted(lines, key=lambda line: line.left)
    for first in across:
        row = [first]
        while len(row) < MOST_JOINED and (after := _next_in_row(row[-1], across)):
            row.append(after)
            yield _joined(row)
    for upper in lines:
        for lower in lines:
            if _stacked(upper, lower):
                yield _joined([upper, lower])


def normal(text: str) -> str:
    """Return a text's capitals and digits."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(char for char in plain if char.isascii() and char.isalnum())


@cache
def fits_any(text: str) -> bool:
    """Say whether a text is a plate of any country we know, as it stands."""
    return _syntax().judge(PlateRead(tuple(CharacterRead(((c, 1.0),)) for c in text))).fits


@cache
def _syntax() -> Syntax:
    return Syntax(shipped_book())


def _plate_like(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST


def _joined(lines: Sequence[Line]) -> Candidate:
    text = "".join(normal(line.text) for line in lines)
    return Candidate(text, min(line.score for line in lines), tuple(lines))


def _next_in_row(line: Line, across: Sequence[Line]) -> Line | None:
    """Return the nearest line to the right in the same row."""
    return min(
        (other for other in across if other is not line and _beside(line, other)),
        key=lambda other: other.left,
        default=None,
    )


def _beside(line: Line, other: Line) -> bool:
    lower = min(line.height, other.height)
    shared = min(line.bottom, other.bottom) - max(line.top, other.top)
    gap = other.left - line.right
    near = -lower <= gap <= ROW_GAP * lower and other.left > line.left
    return near and shared >= SAME_ROW * lower and _like_high(line, other)


def _stacked(upper: Line, lower: Line) -> bool:
    narrower = min(upper.width, lower.width)
    shared = min(upper.right, lower.right) - max(upper.left, lower.left)
    height = min(upper.height, lower.height)
    gap = lower.top - upper.bottom
    near = -0.5 * height <= gap <= COLUMN_GAP * height and lower.top > upper.top
    return near and shared >= SAME_COLUMN * narrower and _like_high(upper, lower)


def _like_high(one: Line, other: Line) -> bool:
    low, high = sorted((one.height, other.height))
    return high <= LIKE_HIGH * max(low, 1e-6)
