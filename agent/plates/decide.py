"""The end of a track: its looks become one passage, or a counted reason why not."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.core.clock import Stamp
from agent.core.frames import Frame
from agent.core.vision import PlateRead, Quad
from agent.plates.direction import direction
from agent.plates.formats.syntax import Judgement, Syntax
from agent.plates.misgivings import Telling, forbidden, has_twin
from agent.plates.passage import (
    Decision,
    Passage,
    Picture,
    Plate,
    PlateHash,
    plate_hashed,
    plate_with_text,
)
from agent.plates.purpose import Purpose
from agent.plates.reading import take_apart
from agent.plates.site import UNMEASURED, Site
from agent.plates.track import Sighting, Track
from agent.plates.unread import Doubt, NotRead, Unreported, not_read
from agent.plates.vehicle import VehicleSeen
from agent.plates.vote import Ballot, agreeing, vote
from agent.plates.where import Ground, Where


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the looks at one plate come to."""

    read: PlateRead
    judgement: Judgement
    agreeing: int
    twin: Doubt | None
    """Another text, with an O for a 0 or the other way round, is as good: no passage is made."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the node's other parts are told of a vehicle, and its passage where there may be one.

    The first stays in memory. A plate with a twin makes no passage, but lists compare it: a watch
    list's hits are judged by people, and a barrier asks for an exact entry.
    """

    passage: Passage | None
    seen: VehicleSeen
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When looks make a passage (settings.py says what each number means)."""

    shortest: int
    agreeing: int
    telling: Telling
    site: Site = UNMEASURED


class Judge:
    """Decides tracks of one camera under one purpose. Blocking: voting and hashing take ms."""

    def __init__(
        self,
        duty: str,
        camera: str,
        purpose: Purpose,
        syntax: Syntax,
        rule: Rule,
    ) -> None:
        """Take what every decision rests on."""
        self._duty = duty
        self._camera = camera
        self._purpose = purpose
        self._syntax = syntax
        self._rule = rule
        self._hashed = PlateHash(purpose.hash_bits)
        self._ground = Ground(rule.site)

    @property
    def forgets(self) -> bool:
        """Whether nothing of a vehicle may be kept once it is decided."""
        return not self._purpose.passages

    def destroy_old_key(self, now: datetime) -> bool:
        """Destroy the key of yesterday's hashes; say whether there was one."""
        return self._hashed.destroy_old(now)

    def preview(self, track: Track) -> VehicleSeen | None:
        """Say what a vehicle in view will be told as if nothing better is seen, once that is clear.

        By the same rule as the decision: as soon as enough reads agree on characters sure enough.
        """
        verdict = self._verdict(track.ballots, self._rule.agreeing)
        if isinstance(verdict, Doubt):
            return None
        seen = self._seen(verdict, track, final=False)
        return replace(seen, decided=track.decided is not None)

    def track(self, track: Track, decision: Decision) -> Decided | Doubt:
        """Decide about a vehicle that was followed through pictures."""
        verdict = self._verdict(track.ballots, self._rule.agreeing)
        if isinstance(verdict, Doubt):
            return verdict
        seen = self._seen(verdict, track, final=True)
        return self._decided(verdict, seen, track, decision)

    def still(self, sighting: Sighting, number: int) -> Decided | Doubt:
        """Decide about a plate in a picture that stands alone."""
        verdict = self._verdict([Ballot(sighting.read, 1.0)], 1, still=True)
        if isinstance(verdict, Doubt):
            return verdict
        taken = sighting.frame.taken
        track = Track(number, taken, taken, sighting, frames=1)
        seen = self._seen(verdict, track, final=True, still=True)
        return self._decided(verdict, seen, track, "still")

    def not_read(self, track: Track, doubt: Doubt) -> NotRead | None:
        """Say why a vehicle makes no passage, where its purpose lets anything be told of it."""
        if not self._purpose.passages:
            return None
        return not_read(
            track,
            doubt,
            camera=self._camera,
            lane=self._ground.lane(track),
            text=self._purpose.text,
        )

    def _seen(
        self, verdict: Verdict, track: Track, *, final: bool, still: bool = False
    ) -> VehicleSeen:
        told = take_apart(verdict.read, verdict.judgement)
        going = direction(track.path)
        where = Where() if still else self._ground.where(track, going)
        return VehicleSeen(
            duty=self._duty,
            camera=self._camera,
            number=track.number,
            final=final,
            text=verdict.judgement.text,
            raw=verdict.judgement.raw,
            country=verdict.judgement.country,
            confidence=told.confidence,
            agreeing=verdict.agreeing,
            still=still,
            first=track.first,
            last=track.last,
            direction=going,
            lane=where.lane,
            speed_m_s=where.speed_m_s,
            speed_error_m_s=where.speed_error_m_s,
            purpose=self._purpose.name,
            characters=verdict.read.characters,
        )

    def _decided(
        self,
        verdict: Verdict,
        seen: VehicleSeen,
        track: Track,
        decision: Decision,
    ) -> Decided:
        if verdict.twin is not None:
            return Decided(None, seen, verdict.twin)
        if not self._purpose.passages:
            return Decided(None, seen)
        passage = Passage(
            plate=self._plate(verdict, seen.last),
            direction=seen.direction,
            agreeing=seen.agreeing,
            frames=track.frames,
            first_seen=seen.first.utc,
            last_seen=seen.last.utc,
            picture=picture(track.best.frame, track.best.quad),
            camera=self._camera,
            decision=decision,
            still=seen.still,
            lane=seen.lane,
            speed_m_s=seen.speed_m_s,
            speed_error_m_s=seen.speed_error_m_s,
            in_view_s=round(max(seen.last.mono_s - seen.first.mono_s, 0.0), 2),
            standing_s=round(track.standing.total_s, 2),
        )
        return Decided(passage, seen)

    def _verdict(
        self, ballots: Sequence[Ballot], needed: int, *, still: bool = False
    ) -> Verdict | Doubt:
        read = vote(ballots)
        if len(read.characters) < self._rule.shortest:
            return Doubt(Unreported.UNREAD, read, 0, needed)
        judgement = self._syntax.judge(read)
        swapped = [swap.place for swap in judgement.swaps]
        agree = agreeing(ballots, judgement.text, swapped, judgement.raw)
        if agree < needed:
            return Doubt(Unreported.UNSETTLED, read, agree, needed)
        rule = forbidden(read, judgement, self._syntax, self._rule.telling, still=still)
        if rule is not None:
            return Doubt(rule, read, agree, needed)
        twin = has_twin(read, judgement.text, self._syntax)
        doubt = Doubt(Unreported.UNCLEAR, read, agree, needed) if twin else None
        return Verdict(read, judgement, agree, doubt)

    def _plate(self, verdict: Verdict, at: Stamp) -> Plate:
        told = take_apart(verdict.read, verdict.judgement)
        if self._purpose.text:
            return plate_with_text(verdict.judgement, told)
        hashed = self._hashed(verdict.judgement.text, at.utc)
        return plate_hashed(verdict.judgement, told, hashed)


def picture(frame: Frame, quad: Quad) -> Picture:
    """Say which picture this is, without the picture: its digest, size and the plate's corners."""
    height, width = frame.data.shape[:2]
    a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in quad.corners)
    digest = frame.digest or hashlib.sha256(frame.data.tobytes()).hexdigest()
    return Picture(
        sha256=digest,
        digest_of="file" if frame.digest else "pixels",
        width=width,
        height=height,
        corners=(a, b, c, d),
    )
