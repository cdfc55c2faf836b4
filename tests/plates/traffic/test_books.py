"""Bins, suppression, joining, flow and what stands: pure books, time given."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.clock import Stamp
from agent.core.records import Stream, units_of
from agent.plates.direction import Direction
from agent.plates.traffic.bins import Gathered, LaneBins
from agent.plates.traffic.flow import SLICE_S, WINDOW, FlowState, Slice
from agent.plates.traffic.geometry import Geometry, LengthClass
from agent.plates.traffic.join import Joined, Joiner
from agent.plates.traffic.lane import Passed
from agent.plates.traffic.records import (
    BIN_STREAM,
    FEWEST,
    FLOW_STREAM,
    MINUTE_STREAM,
    LaneBin,
    streams,
)
from agent.plates.traffic.standing import StandingWatch
from agent.plates.traffic.suppress import classes, rounded
from agent.plates.traffic.tally import Tally, Told
from agent.plates.traffic.utc import Calendar
from agent.plates.traffic.watch import Seen, Watch
from agent.plates.vehicle import VehicleSeen
from tests.plates.traffic.road import lane, settings

NOON = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)


def at(mono_s: float, *, ahead_s: float = 0.0, synced: bool = True) -> Stamp:
    """Noon is monotonic 0."""
    return Stamp(mono_s, NOON + timedelta(seconds=mono_s + ahead_s), synced, 1)


def car(on_s: float, *, length_m: float | None = 4.2, speed: float | None = 12.0) -> Passed:
    return Passed("one", on_s, on_s + 0.6, 2.0, speed, length_m, 0.6)


def plate(first_s: float, last_s: float, **more: object) -> VehicleSeen:
    told = {
        "duty": "plates", "camera": "gate", "number": 1, "final": True, "text": "0000BBB",
        "raw": "0000BBB", "country": "E", "confidence": 0.99, "agreeing": 5, "still": False,
        "first": at(first_s), "last": at(last_s), "purpose": "traffic",
        "direction": Direction(along="approaching", across="steady"),
    }  # fmt: skip
    return VehicleSeen(**{**told, **more})  # type: ignore[arg-type]


class Books:
    """A tally whose pictures are made up."""

    def __init__(self, **more: object) -> None:
        wanted = settings(lane(), plates="plates", **more)
        self.watch = Watch(wanted)
        self.tally = Tally(wanted, self.watch, None)
        self.tally.follow(at(0))
        self.told: list[Told] = []

    def see(self, from_s: float, to_s: float, *passed: Passed, observed: bool = True) -> None:
        self.tally.seen(Seen(from_s, to_s, observed=observed, covered=(), passed=passed))

    def until(self, mono_s: float, *, blind: bool = False) -> None:
        self.told += self.tally.passes(at(mono_s), blind=blind)

    def of(self, stream: Stream) -> list[msgspec.Struct]:
        return [data for each, _, data in self.told if each is stream]

    @property
    def minutes(self) -> list[LaneBin]:
        return [data for data in self.of(MINUTE_STREAM) if isinstance(data, LaneBin)]

    @property
    def fives(self) -> list[LaneBin]:
        return [data for data in self.of(BIN_STREAM) if isinstance(data, LaneBin)]


def test_minutes_and_five_minutes_are_aligned_to_utc() -> None:
    books = Books()
    books.see(0, 330, *(car(10.0 + n) for n in range(6)))
    books.until(400)
    assert [each.start for each in books.minutes] == [NOON + timedelta(minutes=n) for n in range(6)]
    assert [(each.start, each.for_s) for each in books.fives] == [(NOON, 300)]
    assert books.minutes[0].vehicles == books.fives[0].vehicles == 6
    assert books.minutes[0].speed_m_s == 12.0
    assert books.minutes[1].vehicles == 0


def test_time_not_seen_is_never_told_as_no_traffic() -> None:
    books = Books()
    books.see(0, 45)  # then the camera is gone
    books.until(200, blind=True)
    first, second, *_ = books.minutes
    assert (first.observed_s, first.vehicles) == (45.0, 0)
    assert (second.observed_s, second.vehicles, second.occupancy_pct) == (0.0, None, None)
    assert second.flow == "unknown"


def test_a_vehicle_counts_in_the_minute_in_which_it_came() -> None:
    books = Books()
    books.see(0, 130, *(car(59.9) for _ in range(5)), *(car(60.1) for _ in range(7)))
    books.until(200)
    assert [each.vehicles for each in books.minutes[:2]] == [5, 7]


def test_fewer_than_five_are_not_told_but_few() -> None:
    books = Books()
    books.see(0, 120, *(car(10.0) for _ in range(FEWEST - 1)))
    books.until(200)
    told = books.minutes[0]
    assert (told.vehicles, told.few, told.classes) == (None, True, None)
    assert (told.speed_m_s, told.headway_s, told.read_pct) == (None, None, None)
    assert (books.minutes[1].vehicles, books.minutes[1].few) == (0, False)


@given(st.dictionaries(st.sampled_from(LengthClass), st.integers(0, 40)))
def test_no_class_of_one_to_four_can_be_found_by_subtraction(
    counts: dict[LengthClass, int],
) -> None:
    told = classes(counts)
    shown = msgspec.structs.asdict(told)
    other = shown.pop("other")
    kept = [n for n in shown.values() if n is not None]
    assert sum(kept) + other == sum(counts.values())
    assert all(n == 0 or n >= FEWEST for n in kept)
    if sum(counts.values()) >= FEWEST:
        assert other == 0 or other >= FEWEST


def test_occupancy_of_one_vehicle_looks_like_that_of_four() -> None:
    assert {rounded(pct, 1) for pct in (0.6, 1.0, 2.2)} == {0.0}
    assert rounded(3.4, 4) == 5.0
    assert rounded(3.4, 5) == 3.0


def test_occupancy_is_freed_of_what_height_hides() -> None:
    calendar = Calendar()
    calendar.follow(at(0))
    bins = LaneBins("one", "approaching", calendar, plates=False)
    bins.observed(0, 60)
    for n in range(6):
        bins.covered(10 * n, 10 * n + 2.0)
        bins.passed(Passed("one", 10 * n, 10 * n + 2.0, None, 12.0, 4.0, 1.0))
    told = bins.tell(bins.take(calendar.minute(0)), calendar.minute(0), 60, "free")
    assert told.occupancy_pct == 10.0  # six times one second, not two


def test_a_clock_that_is_set_closes_what_was_gathered_by_the_old_one() -> None:
    books = Books()
    books.see(0, 30, *(car(1.0) for _ in range(5)))
    books.told += books.tally.passes(at(30, ahead_s=7200), blind=False)
    [told] = [each for each in books.minutes if each.observed_s]
    assert (told.start, told.vehicles) == (NOON, 5)
    books.tally.seen(Seen(31, 55, observed=True, covered=(), passed=()))
    books.told += books.tally.passes(at(150, ahead_s=7200), blind=False)
    later = [each for each in books.minutes if each.observed_s][-1]
    assert later.start >= NOON + timedelta(hours=2)


def test_bins_of_a_clock_not_set_say_so() -> None:
    books = Books()
    books.see(0, 60)
    books.told += books.tally.passes(at(100, synced=False), blind=False)
    assert not books.minutes[0].synced


def test_the_read_rate_is_the_share_whose_plate_was_read() -> None:
    books = Books()
    books.see(0, 120, *(car(10.0 * n) for n in range(1, 6)))
    for n in range(1, 5):
        books.tally.joined(plate(10.0 * n - 1, 10.0 * n + 1))
    books.until(200)
    assert books.minutes[0].vehicles == 5
    assert books.minutes[0].read_pct == 80.0
    assert books.minutes[0].by_plate_only == 0


def test_a_queue_that_hides_its_vehicles_is_counted_by_their_plates() -> None:
    books = Books()
    books.see(
        0, 120, *(car(10.0 + n) for n in range(5)), Passed("one", 30, 50, None, None, None, None)
    )
    for first_s in (30, 36, 42):  # three plates while the zone stays covered
        books.tally.joined(plate(first_s, first_s + 5))
    books.until(200)
    told = books.minutes[0]
    assert (told.vehicles, told.by_plate_only) == (8, 2)


def test_a_plate_with_no_vehicle_under_it_is_placed_nowhere() -> None:
    joiner = Joiner({"one": "approaching"})
    joiner.counted(car(10.0))
    assert joiner.seen(plate(40, 42)) == (Joined.NOWHERE, None)
    leaving = Direction(along="receding", across="steady")
    assert joiner.seen(plate(10, 11, direction=leaving)) == (Joined.NOWHERE, None)
    assert joiner.seen(plate(10, 11, lane="other")) == (Joined.NOWHERE, None)
    assert joiner.seen(plate(10, 11)) == (Joined.ONE, "one")


def flow(near: float, *speeds: float, all_zones: float = 0.0, vehicles: int | None = None) -> Slice:
    count = len(speeds) if vehicles is None else vehicles
    return Slice(SLICE_S, near, all_zones, count, speeds)


def judged(state: FlowState, one: Slice, times: int = WINDOW) -> str:
    for _ in range(times):
        state.judge(one)
    return state.flow


def test_flow_follows_speed_and_density_with_hysteresis() -> None:
    state = FlowState(Geometry.of(lane(), 50.0), free_kmh=50.0)
    assert judged(state, flow(0.05, 13.0)) == "free"
    assert judged(state, flow(0.2, 6.5)) == "dense"
    assert judged(state, flow(0.2, 7.5)) == "dense"  # above half, but not by enough
    assert judged(state, flow(0.1, 9.5)) == "free"
    assert judged(state, flow(0.5, 3.0)) == "congested"
    assert judged(state, flow(1.0, all_zones=1.0)) == "standing"
    assert state.blind() == "standing"
    assert state.flow == "unknown"


def test_one_zone_judges_by_occupancy() -> None:
    state = FlowState(Geometry.of(lane(far=False), None), None)
    assert judged(state, flow(0.05, vehicles=2)) == "free"
    assert judged(state, flow(0.3, vehicles=3)) == "congested"


def test_a_change_of_flow_is_told_once() -> None:
    books = Books()
    for n in range(20):
        books.see(10.0 * n, 10.0 * n + 10)
        books.watch.lanes["one"].observed_s += 10
        books.until(10.0 * n + 10)
    [change] = books.of(FLOW_STREAM)
    assert msgspec.structs.asdict(change)["flow"] == "free"


def test_a_stopped_vehicle_is_raised_once_and_cleared_once() -> None:
    watch = StandingWatch(30.0, two_zones=True)
    assert watch.look(20.0, 0.0, None, "free") == []
    [raised] = watch.look(31.0, 0.0, None, "free")
    assert (raised.raised, raised.why, raised.what.zone) == (True, "standing", "near")
    assert watch.look(40.0, 0.0, None, "free") == []
    [cleared] = watch.look(50.0, None, None, "free")
    assert (cleared.raised, cleared.why) == (False, "moved-on")
    assert watch.look(60.0, None, None, "free") == []


def test_a_queue_is_no_stopped_vehicle() -> None:
    watch = StandingWatch(30.0, two_zones=True)
    assert watch.look(40.0, 0.0, 30.0, "free") == []  # behind it stands another
    assert watch.look(40.0, 0.0, None, "congested") == []
    single = StandingWatch(30.0, two_zones=False)
    [raised] = single.look(40.0, 0.0, None, "free")
    assert raised.what.queue_unknown


def test_a_blind_camera_clears_what_it_can_no_longer_see() -> None:
    watch = StandingWatch(30.0, two_zones=True)
    watch.look(31.0, 0.0, None, "free")
    [cleared] = watch.clear("blind")
    assert cleared.why == "blind"
    assert len(watch) == 0


def test_every_figure_has_its_unit() -> None:
    units = units_of(LaneBin)
    assert units["speed_m_s"] == "m/s"
    assert units["occupancy_pct"] == "%"
    assert units["headway_s"] == units["observed_s"] == "s"
    assert units["vehicles"] == "{vehicle}"
    assert {each.purpose for each in streams()} == {"traffic"}


def test_bins_add_up() -> None:
    one, other = Gathered(10.0, 1.0, 0.0, [car(1)], 1), Gathered(20.0, 2.0, -1.0, [car(2)], 0)
    one.add(other)
    assert (one.observed_s, one.covered_s, one.over_s, one.plate_only) == (30.0, 3.0, -1.0, 1)
    assert Counter(v.on_s for v in one.passed) == Counter([1, 2])


@pytest.mark.parametrize("pct", [0.0, 100.0])
def test_occupancy_stays_a_percentage(pct: float) -> None:
    assert rounded(pct, 9) == pct
