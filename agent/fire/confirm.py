"""Spots of one pose, look after look: a suspicion steers the head, an alarm goes to people.

One spot is a suspicion. M looks of the last N that show it make it an alarm: of independent chances
each of which passes once in a thousand looks, two of three pass once in 300,000, while a fire of
the same strength is missed less often than by one look of so high a threshold (thermal.md 2.4 of
the design's references). Pure: time and looks come in, news go out.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import hypot

from agent.core.pairs import nearest_pairs
from agent.fire.spots import Spot

NEAR_PX = 2.0
"""Between two looks a fire's brightest pixel moves with its flames, and as registering errs."""

MOST_OPEN = 64
"""Tracks of one pose; the weakest makes room. More at once are no fires but a changed scene."""


class Level(Enum):
    """How much is believed."""

    SUSPICION = "suspicion"  # stays on the node: look again, and closer
    ALARM = "alarm"  # goes to people
    OVER = "over"  # not seen for so many looks that it is out, hidden, or never was


@dataclass(frozen=True, slots=True)
class Rule:
    """An alarm needs `hits` of the last `looks`; a track is over after `patience` looks without.

    Raises:
        ValueError: Hits are not between 1 and the looks, or patience is none.
    """

    hits: int = 2
    looks: int = 3
    patience: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.hits <= self.looks:
            raise ValueError(f"{self.hits} hits of {self.looks} looks, expected 1 to all of them")
        if self.patience < self.looks:
            raise ValueError(f"patience of {self.patience} looks, expected {self.looks} or more")


@dataclass(frozen=True, slots=True)
class News:
    """What became of one track with this look; `spot` is its last one."""

    track: int
    level: Level
    spot: Spot
    hits: int
    looks: int


@dataclass(slots=True)
class _Track:
    number: int
    spot: Spot
    seen: deque[bool]
    level: Level = Level.SUSPICION
    missed: int = 0
    strongest: float = 0.0


@dataclass(slots=True)
class Tracks:
    """The tracks of one pose."""

    rule: Rule = field(default_factory=Rule)
    crowded: int = 0
    """Tracks that had to make room for stronger ones."""
    _open: list[_Track] = field(default_factory=list)
    _next: int = 1

    def __len__(self) -> int:
        return len(self._open)

    @property
    def places(self) -> tuple[tuple[float, float], ...]:
        """Return where open tracks are, in the reference's pixels: nothing is learned there."""
        return tuple((one.spot.x, one.spot.y) for one in self._open)

    def look(self, spots: Sequence[Spot]) -> tuple[News, ...]:
        """Take one usable look's spots, in the pixels of the pose's reference; return what is new.

        A look that could not be used, of fog or of a moving head, is none and is not taken: it
        neither confirms nor clears anything.
        """
        pairs = self._pairs(spots)
        news: list[News] = []
        for at, one in enumerate(self._open):
            spot = spots[pairs[at]] if at in pairs else None
            news += self._followed(one, spot)
        for number, spot in enumerate(spots):
            if number not in pairs.values():
                news += self._begun(spot)
        self._open = [one for one in self._open if one.level is not Level.OVER]
        news += self._room()
        return tuple(news)

    def _pairs(self, spots: Sequence[Spot]) -> dict[int, int]:
        """Return which spot belongs to which track, nearest first, each once."""
        return nearest_pairs(
            (away, at, number)
            for at, one in enumerate(self._open)
            for number, spot in enumerate(spots)
            if (away := hypot(spot.x - one.spot.x, spot.y - one.spot.y)) <= NEAR_PX
        )

    def _begun(self, spot: Spot) -> list[News]:
        one = _Track(self._next, spot, deque(maxlen=self.rule.looks))
        self._next += 1
        self._open.append(one)
        told = self._followed(one, spot)
        return told or [self._news(one)]

    def _followed(self, one: _Track, spot: Spot | None) -> list[News]:
        one.seen.append(spot is not None)
        one.missed = one.missed + 1 if spot is None else 0
        if spot is not None:
            one.spot, one.strongest = spot, max(one.strongest, spot.score)
        confirmed = sum(one.seen) >= self.rule.hits
        match one.level, spot is not None:
            case Level.SUSPICION, True if confirmed:
                one.level = Level.ALARM
            case ((Level.SUSPICION | Level.ALARM), False) if one.missed >= self.rule.patience:
                one.level = Level.OVER
            case _:
                return []  # nothing that was not told already
        return [self._news(one)]

    def _room(self) -> list[News]:
        """Let the weakest suspicions go where there are too many; alarms go last."""
        gone = []
        while len(self._open) > MOST_OPEN:
            weakest = min(self._open, key=lambda one: (one.level is Level.ALARM, one.strongest))
            self._open.remove(weakest)
            self.crowded += 1
            weakest.level = Level.OVER
            gone.append(self._news(weakest))
        return gone

    def _news(self, one: _Track) -> News:
        return News(one.number, one.level, one.spot, sum(one.seen), len(one.seen))
