"""From what was seen to what is told: minutes, five minutes, flow, what stands, tags."""

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from agent.core.clock import Stamp
from agent.core.records import Stream
from agent.plates.traffic.bins import LATE_S, MOST_OPEN, Gathered, LaneBins
from agent.plates.traffic.flow import SLICE_S, FlowState
from agent.plates.traffic.join import Joined, Joiner
from agent.plates.traffic.records import (
    BIN_S,
    BIN_STREAM,
    FEWEST,
    FLOW_STREAM,
    MINUTE_S,
    MINUTE_STREAM,
    STOPPED_STREAM,
    TAGS_STREAM,
    Flow,
    FlowChange,
    Stopped,
)
from agent.plates.traffic.settings import TAGGED_PURPOSES, TrafficSettings
from agent.plates.traffic.standing import Change, StandingWatch
from agent.plates.traffic.suppress import rounded
from agent.plates.traffic.tags import Gate
from agent.plates.traffic.utc import Calendar
from agent.plates.traffic.watch import Eyed, Seen, Watch
from agent.plates.vehicle import VehicleSeen

MINUTES = BIN_S // MINUTE_S

Told = tuple[Stream, str, msgspec.Struct]
"""A stream, the lane or gate it is about, and what is said."""


class Tally:
    """Keeps the books of one camera. Pure: every moment is an argument."""

    def __init__(self, settings: TrafficSettings, watch: Watch, gate: Gate | None) -> None:
        self._watch = watch
        self._gate = gate
        plates = settings.plates is not None
        self._calendar = Calendar()
        self._lanes = {
            lane.name: _LaneBooks(
                LaneBins(lane.name, lane.heading, self._calendar, plates=plates),
                FlowState(watch.lanes[lane.name].lane.geometry, lane.free_kmh),
                StandingWatch(settings.stopped_s, two_zones=lane.far is not None),
            )
            for lane in settings.lane
        }
        self._headings = {lane.name: lane.heading for lane in settings.lane}
        self._joiner = Joiner(self._headings)
        self._counts: Counter[str] = Counter()
        self._judged_s: float | None = None

    def readings(self) -> Mapping[str, float]:
        """Return figures for the health message."""
        counts = self._counts
        return {
            "vehicles": counts["vehicles"],
            "speeds": counts["speeds"],
            "plates_joined": counts[Joined.ONE.value],
            "plates_in_queue": counts[Joined.MORE.value],
            "plates_unplaced": counts[Joined.NOWHERE.value],
            "standing": sum(len(books.standing) for books in self._lanes.values()),
        }

    def follow(self, now: Stamp) -> None:
        """Take the first date there is: nothing can be put into a minute before."""
        if not self._calendar.was_set(now):
            self._calendar.follow(now)

    def seen(self, seen: Seen) -> None:
        """Take what one picture brought."""
        if seen.observed:
            for books in self._lanes.values():
                books.bins.observed(seen.from_s, seen.to_s)
        for lane, from_s, to_s in seen.covered:
            self._lanes[lane].bins.covered(from_s, to_s)
        for vehicle in seen.passed:
            self._counts["vehicles"] += 1
            self._counts["speeds"] += vehicle.speed_m_s is not None
            self._lanes[vehicle.lane].bins.passed(vehicle)
            self._joiner.counted(vehicle)

    def joined(self, plate: VehicleSeen) -> None:
        """Take a vehicle seen by its plate; of the plate nothing but its tag is kept."""
        became, lane = self._joiner.seen(plate)
        self._counts[became.value] += 1
        if became is Joined.MORE and lane is not None:
            self._lanes[lane].bins.plate_only(plate.last.mono_s)
        if self._gate is not None and plate.purpose in TAGGED_PURPOSES:
            self._gate.passed(plate.text, plate.last.utc)

    def passes(self, now: Stamp, *, blind: bool) -> Iterator[Told]:
        """Tell what time alone has made due."""
        if self._calendar.was_set(now):
            yield from self._minutes_until(self._calendar.minute(now.mono_s))
            yield from self._fives()
        self._calendar.follow(now)
        yield from self._due(now.mono_s, LATE_S)
        if self._judged_s is None or not 0 <= now.mono_s - self._judged_s < SLICE_S:
            self._judged_s = now.mono_s
            for name, books in self._lanes.items():
                yield from self._judge(name, books, now.mono_s, blind=blind)

    def ends(self, now: Stamp) -> Iterator[Told]:
        """Tell everything that is open, as far as it was seen."""
        for name, books in self._lanes.items():
            for change in books.standing.clear("ended"):
                yield self._stopped(name, change, now.mono_s)
        self._calendar.follow(now)
        yield from self._due(now.mono_s, -MINUTE_S)
        yield from self._fives()

    def _due(self, mono_s: float, late_s: float) -> Iterator[Told]:
        for minute in self._calendar.due(mono_s, late_s)[-MOST_OPEN:]:
            yield from self._minute(minute)

    def _minutes_until(self, last: int) -> Iterator[Told]:
        for minute in range(last - MOST_OPEN, last + 1):
            if not self._calendar.closed(minute):
                yield from self._minute(minute)

    def _minute(self, minute: int) -> Iterator[Told]:
        for name, books in self._lanes.items():
            gathered = books.bins.take(minute)
            flow = books.flow.flow
            yield MINUTE_STREAM, name, books.tell(gathered, minute, MINUTE_S, flow)
            first = minute - minute % MINUTES
            if books.five is not None and books.five[0] != first:
                yield from self._five(name, books)
            if books.five is None:
                books.five = first, Gathered()
            books.five[1].add(gathered)
            if minute % MINUTES == MINUTES - 1:
                yield from self._five(name, books)
        if minute % MINUTES == MINUTES - 1 and self._gate is not None:
            start = self._calendar.start(minute - MINUTES + 1)
            if (tags := self._gate.take(start, BIN_S)) is not None:
                yield TAGS_STREAM, tags.gate, tags

    def _fives(self) -> Iterator[Told]:
        for name, books in self._lanes.items():
            yield from self._five(name, books)

    def _five(self, name: str, books: "_LaneBooks") -> Iterator[Told]:
        if books.five is None:
            return
        (first, gathered), books.five = books.five, None
        yield BIN_STREAM, name, books.tell(gathered, first, BIN_S, books.flow.flow)

    def _judge(
        self, name: str, books: "_LaneBooks", now_s: float, *, blind: bool
    ) -> Iterator[Told]:
        eyed = self._watch.lanes[name]
        newest = eyed.slice()
        before = books.flow.blind() if blind else books.flow.judge(newest)
        if before is not None:
            yield FLOW_STREAM, name, self._flow(name, books.flow, before)
        changes = (
            books.standing.clear("blind")
            if blind
            else books.standing.look(now_s, *_since(eyed), books.flow.flow)
        )
        for change in changes:
            yield self._stopped(name, change, now_s)

    def _flow(self, name: str, state: FlowState, before: Flow) -> FlowChange:
        occupancy, speed = state.occupancy, state.speed_m_s
        enough = state.vehicles >= FEWEST
        return FlowChange(
            lane=name,
            heading=self._headings[name],
            flow=state.flow,
            before=before,
            occupancy_pct=None if occupancy is None else rounded(100 * occupancy, state.vehicles),
            speed_m_s=round(speed, 2) if speed is not None and enough else None,
        )

    def _stopped(self, name: str, change: Change, now_s: float) -> Told:
        what = change.what
        said = Stopped(
            lane=name,
            heading=self._headings[name],
            zone=what.zone,
            state="raised" if change.raised else "cleared",
            since=self._calendar.utc(what.since_s),
            standing_s=round(max(now_s - what.since_s, 0.0), 1),
            queue="unknown" if what.queue_unknown else "no",
            why=change.why,
        )
        return STOPPED_STREAM, name, said


class _LaneBooks:
    """The books of one lane."""

    def __init__(self, bins: LaneBins, flow: FlowState, standing: StandingWatch) -> None:
        self.bins = bins
        self.flow = flow
        self.standing = standing
        self.five: tuple[int, Gathered] | None = None
        self.tell = bins.tell


def _since(eyed: Eyed) -> tuple[float | None, float | None]:
    far = None if eyed.far is None else eyed.far.detector.since_s
    return eyed.near.detector.since_s, far
