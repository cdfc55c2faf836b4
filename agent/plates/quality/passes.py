"""Looks at plates become vehicles: one set of figures each, from the look that was read best.

Kept apart from the tracks that decide passages: what was never read matters here, and a sign that
hangs in view all day does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot

from agent.core.pairs import nearest_pairs
from agent.plates.quality.goals import GOAL, GOALS, Figure, values
from agent.plates.quality.plate import PlateFigures

READ = 0.8
"""A plate counts as read from this mean likelihood of its characters on."""

LOST_S = 1.5
"""A plate unseen for so long has gone."""

NEAR_WIDTHS, GROWN = 2.0, 1.6
"""The next look at a plate is at most so many of its widths away, and so much larger or smaller."""

MOVED_WIDTHS, MOVED_GROWN = 0.5, 1.15
"""What went so far, or grew so much, is on a vehicle; signs and stickers on walls do neither."""

FEWEST_LOOKS = 2
"""One look alone may be a leaf."""

MOST_OPEN = 16
"""Plates followed at once; the oldest makes room."""


@dataclass(frozen=True, slots=True)
class PlateLook:
    """One plate in one picture: where, how well it was read, and its figures. No text."""

    mono_s: float
    x: float
    y: float
    likelihood: float
    figures: PlateFigures

    @property
    def read(self) -> bool:
        return self.likelihood >= READ


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle that has gone by: its best look, whether it was read, how fast its plate went.

    `speed_px_s` is in the picture's pixels, None where it was seen once.
    """

    mono_s: float
    figures: PlateFigures
    read: bool
    speed_px_s: float | None

    @property
    def cause(self) -> Figure | None:
        """The figure that is farthest past its limit, or None where all are within theirs.

        Light first: what is overexposed or dark has no contrast either.
        """
        told = values(self.figures)
        for first in (Figure.CLIPPED, Figure.PAPER):
            if GOAL[first].passed(told[first]):
                return first
        past = [goal for goal in GOALS if goal.figure in told and goal.passed(told[goal.figure])]
        return min(past, key=lambda goal: goal.share(told[goal.figure])).figure if past else None


@dataclass(slots=True)
class _Open:
    first: PlateLook
    last: PlateLook
    best: PlateLook
    looks: int = 1
    way_px: float = 0.0
    grown: float = 1.0
    away_widths: float = 0.0

    def distance(self, look: PlateLook) -> float | None:
        width, other = self.last.figures.width_px, look.figures.width_px
        if not 1 / GROWN <= other / width <= GROWN:
            return None
        away = hypot(look.x - self.last.x, look.y - self.last.y) / max(width, other)
        return away if away <= NEAR_WIDTHS else None

    def add(self, look: PlateLook) -> None:
        first, width = self.first.figures.width_px, look.figures.width_px
        self.way_px += hypot(look.x - self.last.x, look.y - self.last.y)
        self.looks += 1
        self.grown = max(self.grown, width / first, first / width)
        away = hypot(look.x - self.first.x, look.y - self.first.y) / first
        self.away_widths = max(self.away_widths, away)
        self.last = look
        if _worth(look) > _worth(self.best):
            self.best = look

    def vehicle(self) -> Vehicle | None:
        """Return the vehicle it was, or None if it was none."""
        read = self.best.read
        drove = self.away_widths >= MOVED_WIDTHS or self.grown >= MOVED_GROWN
        if not read and (self.looks < FEWEST_LOOKS or not drove):
            return None
        took_s = self.last.mono_s - self.first.mono_s
        speed = self.way_px / took_s if took_s > 0 else None
        return Vehicle(self.last.mono_s, self.best.figures, read, speed)


def _worth(look: PlateLook) -> tuple[float, float]:
    return round(look.likelihood, 1), look.figures.width_px


@dataclass(slots=True)
class Passes:
    """Follows the plates in view of one camera."""

    _open: list[_Open] = field(default_factory=list)

    def see(self, mono_s: float, looks: Sequence[PlateLook]) -> list[Vehicle]:
        """Take one picture's plates; return the vehicles that have gone.

        A still street is not looked at, so the next picture may come long after the last: what has
        been unseen for too long is gone before anything is matched with it.
        """
        gone = [one for one in self._open if abs(mono_s - one.last.mono_s) >= LOST_S]
        self._open = [one for one in self._open if abs(mono_s - one.last.mono_s) < LOST_S]
        pairs = nearest_pairs(
            (away, i, j)
            for i, one in enumerate(self._open)
            for j, look in enumerate(looks)
            if (away := one.distance(look)) is not None
        )
        for i, j in pairs.items():
            self._open[i].add(looks[j])
        taken = set(pairs.values())
        self._open += [_Open(look, look, look) for j, look in enumerate(looks) if j not in taken]
        self._open.sort(key=lambda one: one.last.mono_s)
        crowded = max(len(self._open) - MOST_OPEN, 0)
        gone += self._open[:crowded]
        del self._open[:crowded]
        return [vehicle for one in gone if (vehicle := one.vehicle()) is not None]

    @staticmethod
    def alone(looks: Sequence[PlateLook]) -> list[Vehicle]:
        """Return the vehicles of a picture that stands alone."""
        return [Vehicle(look.mono_s, look.figures, look.read, None) for look in looks]
