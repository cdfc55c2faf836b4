"""Which plate in this picture is which plate of the last one: one track for each vehicle.

Pure: time comes in with the pictures, as their stamps' `mono_s`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import hypot
from typing import NamedTuple

from agent.core.clock import Stamp
from agent.core.frames import Frame
from agent.core.vision import PlateRead, Quad
from agent.plates.vote import Ballot, edits, likelihood

MOST_TRACKS = 16
"""More plates than this at once are parked cars or false alarms; the oldest seen makes room."""

MOST_BALLOTS = 32
"""The best looks at one plate; more would not change the vote."""

MOST_PATH = 64
"""Points kept of one path; beyond it every other one is forgotten."""

NEAR_WIDTHS = 1.0
"""How far from where it is expected a plate may turn up, in its own widths, whatever it reads."""

FAR_WIDTHS = 5.0
"""The same when it reads alike: at 10 pictures a second and 90 km/h a plate moves 2.5 m, five of
its own widths, and after one look nothing is known of its speed."""

ALIKE_EDITS = 0.34
"""Two reads are of one plate when at most this part of their characters differ."""

SURE = 0.8
"""A read this likely throughout is believed when it says "this is another vehicle"."""


class Spot(NamedTuple):
    """Where a plate was, and how large: pixels, and seconds of the monotonic clock."""

    mono_s: float
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """One plate in one picture, as detected and read."""

    frame: Frame
    quad: Quad
    read: PlateRead

    @property
    def weight(self) -> float:
        """How much this look is worth: a sure detection, sure characters, a large plate."""
        return self.quad.score * likelihood(self.read) * min(1.0, height_px(self.quad) / 32)

    @property
    def spot(self) -> Spot:
        x, y = self.quad.corners.mean(axis=0).tolist()
        return Spot(self.frame.taken.mono_s, x, y, width_px(self.quad))


def width_px(quad: Quad) -> float:
    """Return the mean length of a plate's upper and lower edge."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad.corners.tolist()
    return (hypot(bx - ax, by - ay) + hypot(cx - dx, cy - dy)) / 2


def height_px(quad: Quad) -> float:
    """Return the mean length of a plate's left and right edge."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad.corners.tolist()
    return (hypot(dx - ax, dy - ay) + hypot(cx - bx, cy - by)) / 2


@dataclass(slots=True, eq=False)
class Track:
    """One plate followed through pictures: its looks, its path, its best picture."""

    number: int
    first: Stamp
    last: Stamp
    best: Sighting
    frames: int = 0
    previewed: bool = False
    """Whether it has been told before its decision."""
    decided: str | None = None
    """The text of its passage, once it has had one."""
    tried_s: float | None = None
    """When it was last tried to decide while the vehicle stands."""
    ballots: list[Ballot] = field(default_factory=list)
    path: list[Spot] = field(default_factory=list)

    def add(self, sighting: Sighting) -> None:
        """Take one more look at this plate."""
        self.frames += 1
        self.last = sighting.frame.taken
        if sighting.weight > self.best.weight:
            self.best = sighting
        if sighting.read.characters:
            self.ballots.append(Ballot(sighting.read, sighting.weight))
            if len(self.ballots) > MOST_BALLOTS:
                self.ballots.remove(min(self.ballots, key=lambda ballot: ballot.weight))
        self.path.append(sighting.spot)
        if len(self.path) > MOST_PATH:
            del self.path[1:-1:2]

    def stays(self, stays_s: float) -> bool:
        """Say whether it is time to decide although the vehicle has not left."""
        since_s = self.first.mono_s if self.tried_s is None else self.tried_s
        return self.decided is None and self.last.mono_s - since_s >= stays_s

    def expected(self, mono_s: float) -> Spot:
        """Return where the plate should be now, going on as it last went."""
        last = self.path[-1]
        if len(self.path) == 1:
            return last
        before = self.path[-2]
        took_s = last.mono_s - before.mono_s
        if took_s <= 0:
            return last
        steps = min(max(mono_s - last.mono_s, 0.0) / took_s, 3.0)  # farther is guessing
        return Spot(
            mono_s,
            last.x + (last.x - before.x) * steps,
            last.y + (last.y - before.y) * steps,
            last.width,
        )

    def distance(self, sighting: Sighting) -> float | None:
        """Return how far off a sighting is, in plate widths, or None if it is another plate."""
        spot, expected = sighting.spot, self.expected(sighting.frame.taken.mono_s)
        size = max(min(spot.width, expected.width), 1.0)
        away = hypot(spot.x - expected.x, spot.y - expected.y) / size
        ours, theirs = self.best.read, sighting.read
        longest = max(len(ours.characters), len(theirs.characters))
        if longest == 0:
            return away if away <= NEAR_WIDTHS else None
        unlike = edits(ours.text, theirs.text) / longest
        if unlike <= ALIKE_EDITS:
            return away if away <= FAR_WIDTHS else None
        if unlike > 1 - ALIKE_EDITS and min(likelihood(ours), likelihood(theirs)) >= SURE:
            return None  # the next car in the queue stands where the last one stood
        return away + unlike if away <= NEAR_WIDTHS else None


class Tracks:
    """Every plate in view of one camera."""

    def __init__(self, lost_s: float) -> None:
        """Forget a plate `lost_s` after it was last seen."""
        self._lost_s = lost_s
        self._numbers = count(1)
        self._open: list[Track] = []

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Track]:
        return iter(tuple(self._open))

    def next_number(self) -> int:
        """Return a number that no track has."""
        return next(self._numbers)

    def update(self, sightings: Sequence[Sighting]) -> tuple[Track, ...]:
        """Give each sighting of one picture to its track; return tracks that had to make room."""
        ways = sorted(
            (
                (away, track.number, index)
                for track in self._open
                for index, sighting in enumerate(sightings)
                if (away := track.distance(sighting)) is not None
            ),
        )
        by_number = {track.number: track for track in self._open}
        taken: set[int] = set()
        for _, number, index in ways:
            if number in by_number and index not in taken:
                by_number.pop(number).add(sightings[index])
                taken.add(index)
        for index, sighting in enumerate(sightings):
            if index not in taken:
                at = sighting.frame.taken
                track = Track(next(self._numbers), at, at, sighting)
                track.add(sighting)
                self._open.append(track)
        self._open.sort(key=lambda track: track.last.mono_s)
        crowded = self._open[: max(len(self._open) - MOST_TRACKS, 0)]
        del self._open[: len(crowded)]
        return tuple(crowded)

    def expire(self, mono_s: float) -> tuple[Track, ...]:
        """Close and return the tracks that were last seen too far from `mono_s`.

        Also those seen too long after it: a video that begins anew has begun another street.
        """
        gone = [t for t in self._open if abs(mono_s - t.last.mono_s) >= self._lost_s]
        self._open = [t for t in self._open if abs(mono_s - t.last.mono_s) < self._lost_s]
        return tuple(gone)

    def close(self) -> tuple[Track, ...]:
        """Close and return every track."""
        gone, self._open = tuple(self._open), []
        return gone
