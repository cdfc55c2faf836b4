"""Which plate in this picture is which plate of the last one: one track for each vehicle.

Pure: time comes in with the pictures, as their stamps' `mono_s`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import hypot, inf

import numpy as np

from agent.core.clock import Stamp
from agent.core.frames import Frame, Pixels
from agent.core.vision import PlateRead, Quad
from agent.plates.assign import assign
from agent.plates.motion import Motion, Spot
from agent.plates.standing import Standing
from agent.plates.vote import Ballot, edits

MOST_TRACKS = 16
"""More plates than this at once are parked cars or false alarms; the oldest seen makes room."""

MOST_BALLOTS = 32
"""The best looks at one plate; more would not change the vote."""

MOST_PATH = 64
"""Points kept of one path; beyond it every other one is forgotten."""

FARTHEST = 9.0
"""Standard deviations from where it is expected within which a look may be at a plate."""

OTHER_NATS = -16.0
"""Log density of a plate that was not in view before, for each square pixel and unit of the width's
logarithm: anywhere in a picture of a megapixel (-14), of any size (-1), and most plates of a
picture were in the last one too (-1 or more)."""

SAME_NATS, OTHER_CHARACTER_NATS = 2.0, -3.0
"""What a character that is alike says for "the same plate", and one that is not, between sure
reads. By chance one character in 36 is alike (3.6 nats); readers' errors come in bunches."""

ALIKE_NATS, UNLIKE_NATS = 14.0, -18.0
"""What two sure reads can say at most. The next car in a queue stands exactly where the last one
stood (12 nats for "the same"), so sure reads must be able to outweigh that."""

FORGOTTEN_NATS = -10.0
"""What another text says where only the mark of the first is left: it may be a misread."""

SURE = 0.75
"""Reads this likely throughout count in full, others by the cube of it: a small plate may be
misread nearly throughout."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One plate in one picture, as detected and read."""

    frame: Frame
    quad: Quad
    read: PlateRead

    @property
    def weight(self) -> float:
        """How much this look is worth: a sure detection, sure characters, a large plate."""
        return self.quad.score * self.read.likelihood * min(1.0, height_px(self.quad) / 32)

    @property
    def spot(self) -> Spot:
        x, y = self.quad.corners.mean(axis=0).tolist()
        return Spot(self.frame.taken.mono_s, x, y, max(width_px(self.quad), 1.0))


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
    previewed_s: float | None = None
    """When it was last told while in view."""
    decided: bytes | None = None
    """What stands for its plate once it has been decided on (`LatelySeen.mark`)."""
    forgotten: Callable[[str], bytes] | None = None
    """Makes marks of texts, once only the mark of its own is kept of what it read."""
    other: bytes | None = None
    """The mark of what its last look read, where that was not its plate and it is forgotten."""
    tried_s: float | None = None
    """When it was last tried to decide while the vehicle stands."""
    motion: Motion = field(init=False)
    standing: Standing = field(init=False)
    ballots: list[Ballot] = field(default_factory=list)
    path: list[Spot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.motion = Motion(self.best.spot)
        self.standing = Standing(self.best.spot)

    def add(self, sighting: Sighting) -> None:
        """Take one more look at this plate."""
        self.frames += 1
        self.last = sighting.frame.taken
        if self.forgotten is None and sighting.weight > self.best.weight:
            self.best = sighting
        if self.forgotten is None and sighting.read.characters:
            self.ballots.append(Ballot(sighting.read, sighting.weight))
            if len(self.ballots) > MOST_BALLOTS:
                self.ballots.remove(min(self.ballots, key=lambda ballot: ballot.weight))
        if self.forgotten is not None and sighting.read.characters:
            mark = self.forgotten(sighting.read.text)
            self.other = None if mark == self.decided else mark
        if self.path:
            self.motion.take(sighting.spot)
            self.standing.take(sighting.spot)
        self.path.append(sighting.spot)
        if len(self.path) > MOST_PATH:
            del self.path[1:-1:2]

    def forget(self, mark: Callable[[str], bytes]) -> None:
        """Keep nothing of what was read and seen but the mark of its plate, while it is in view."""
        self.forgotten = mark
        self.ballots.clear()
        at = self.best.frame
        nothing = Frame(at.source, at.seq, at.taken, Pixels.GREY8, np.zeros((1, 1), np.uint8))
        self.best = replace(self.best, frame=nothing, read=PlateRead(()))

    def to_preview(self, again_s: float) -> bool:
        """Say whether it is time to tell of a vehicle in view, if anything is left to tell."""
        if self.forgotten is not None:
            return False
        return self.previewed_s is None or self.last.mono_s - self.previewed_s >= again_s

    def stays(self, stays_s: float) -> bool:
        """Say whether it is time to decide although the vehicle has not left."""
        since_s = self.first.mono_s if self.tried_s is None else self.tried_s
        return self.decided is None and self.last.mono_s - since_s >= stays_s

    def worth(self, sighting: Sighting) -> float:
        """Return how much likelier this is a look at this plate than at a new one, in nats."""
        off, density = self.motion.surprise(sighting.spot)
        if off > FARTHEST**2:
            return -inf
        there = density - OTHER_NATS
        if there + ALIKE_NATS <= 0:  # no read could make up for it: do not compare
            return there
        return there + self._same_text(sighting.read)

    def _same_text(self, read: PlateRead) -> float:
        if self.forgotten is None:
            return same_text(self.best.read, read)
        if not read.characters:
            return 0.0
        mark, sure = self.forgotten(read.text), read.likelihood
        if mark == self.decided:
            return sure * ALIKE_NATS
        # How unlike they are is not known any more, so what is read twice is believed. To be
        # decided on again does no harm to one who is kept nowhere; the next car in the queue must
        # be seen, though it stands in this place.
        return -inf if mark == self.other else sure * FORGOTTEN_NATS


def same_text(one: PlateRead, other: PlateRead) -> float:
    """Return what two reads say for being of one plate, in nats; unsure reads say little."""
    longest = max(len(one.characters), len(other.characters))
    if not one.characters or not other.characters:
        return 0.0
    wrong = edits(one.text, other.text) if one.text != other.text else 0
    said = SAME_NATS * (longest - wrong) + OTHER_CHARACTER_NATS * wrong
    sure = min(one.likelihood / SURE, other.likelihood / SURE, 1.0) ** 3
    return sure * min(max(said, UNLIKE_NATS), ALIKE_NATS)


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
        pairs = assign([[track.worth(sighting) for sighting in sightings] for track in self._open])
        for row, index in pairs:
            self._open[row].add(sightings[index])
        taken = {index for _, index in pairs}
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
