"""Vehicles followed through one camera's pictures: what to tell of each, and when.

Pure but for its memory: time comes in with the pictures. Blocking for some milliseconds a picture;
called from one thread at a time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from agent.core.frames import Frame
from agent.plates.again import LatelySeen
from agent.plates.decide import Decided, Judge
from agent.plates.fruitless import Fruitless
from agent.plates.passage import Decision
from agent.plates.quality.passes import READ
from agent.plates.sparingly import Sparingly
from agent.plates.track import Sighting, Track, Tracks
from agent.plates.unread import Doubt, NotRead
from agent.plates.vehicle import VehicleSeen

PREVIEW_S = 2.0
"""A vehicle that stands in view is told again this often: its hours may begin while it waits."""

Told = VehicleSeen | Decided | NotRead
"""A preview, a decision, or why there is none."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take (settings.py says what each number means)."""

    lost_s: float
    stays_s: float
    again_s: float


class Follower:
    """Follows every plate in view; a vehicle has one decision, and previews while it is in view."""

    def __init__(self, judge: Judge, patience: Patience) -> None:
        self._judge = judge
        self._stays_s = patience.stays_s
        self._tracks = Tracks(patience.lost_s)
        self._lately = LatelySeen(patience.again_s)
        self._sparingly = Sparingly()
        self.fruitless = Fruitless()
        self.counts: Counter[str] = Counter()
        """Why plates that were seen made no passage of their own."""

    def __len__(self) -> int:
        return len(self._tracks)

    def see(self, frame: Frame, sightings: Sequence[Sighting]) -> list[Told]:
        """Take in what one picture shows; return what there is to tell, in order."""
        if frame.still:
            return list(self._stills(sightings))
        self.forget(frame.taken.mono_s)
        left = self._tracks.expire(frame.taken.mono_s)
        crowded = self._tracks.update(sightings)
        return [
            *self._ended(left, "left"),
            *self._ended(crowded, "crowded"),
            *self._in_view(),
        ]

    def end(self, decision: Decision) -> list[Told]:
        """Let every plate go: none is in view any longer."""
        return list(self._ended(self._tracks.close(), decision))

    def forget(self, now_s: float) -> None:
        """Forget the marks of plates that were seen too long ago to be the same passage."""
        self._lately.forget(now_s)

    def _stills(self, sightings: Iterable[Sighting]) -> Iterator[Told]:
        for sighting in sightings:
            decided = self._judge.still(sighting, self._tracks.next_number())
            doubt = decided if isinstance(decided, Doubt) else decided.doubt
            if doubt is None:
                self.fruitless.told()
            else:
                self._count(doubt)
            if isinstance(decided, Decided):
                yield decided

    def _in_view(self) -> Iterator[Told]:
        for track in self._tracks:
            if track.to_preview(PREVIEW_S):
                preview = self._judge.preview(track)
                if preview is not None:
                    track.previewed_s = track.last.mono_s
                    yield preview
            if track.stays(self._stays_s):
                track.tried_s = track.last.mono_s
                yield from self._decided(track, "stays")

    def _ended(self, tracks: Iterable[Track], decision: Decision) -> Iterator[Told]:
        for track in tracks:
            if track.decided is None:
                yield from self._decided(track, decision)
            else:  # it has had its passage; if it comes back at once it is still the same
                self._lately.again(track.decided, track.last.mono_s, track.last.mono_s)

    def _decided(self, track: Track, decision: Decision) -> Iterator[Told]:
        decided = self._judge.track(track, decision)
        if isinstance(decided, Doubt):
            if decision != "stays":  # else there is time to see it better
                yield from self._not_read(track, decided)
            return
        seen = decided.seen
        track.decided = self._lately.mark(seen.text)
        if self._judge.forgets:
            track.forget(self._lately.mark)
        if self._lately.again(track.decided, seen.first.mono_s, seen.last.mono_s):
            self.counts["rejoined"] += 1
            return
        yield decided
        if decided.doubt is None:
            self.fruitless.told()
        else:
            yield from self._not_read(track, decided.doubt)

    def _count(self, doubt: Doubt) -> None:
        self.counts[doubt.rule.value] += 1
        if doubt.read.likelihood >= READ:  # else it may be a sign, and quality watches the picture
            self.fruitless.kept(doubt.rule, self._lately.mark(doubt.read.text))

    def _not_read(self, track: Track, doubt: Doubt) -> Iterator[NotRead]:
        self._count(doubt)
        told = self._judge.not_read(track, doubt)
        if told is None:
            return
        self.counts[told.unread.reason] += 1
        if self._sparingly.may(track.last.mono_s):
            unread = msgspec.structs.replace(told.unread, left_out=self._sparingly.left_out)
            self._sparingly.left_out = 0
            yield NotRead(unread, told.last)
