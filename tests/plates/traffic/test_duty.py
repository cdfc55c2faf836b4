"""The traffic duty on a bus: records come out of frames, and it is honest about its sight."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from agent.core.bus import Bus
from agent.core.clock import Clock
from agent.core.device import Surroundings
from agent.core.duty import DutyState, Performance
from agent.core.errors import ConfigError
from agent.core.frames import Frame, Pixels
from agent.core.records import Stream
from agent.plates.direction import Direction
from agent.plates.eyes import EyesTold
from agent.plates.traffic import DUTY
from agent.plates.traffic.duty import TrafficDuty, build
from agent.plates.traffic.records import BIN_STREAM, MINUTE_STREAM, STOPPED_STREAM, LaneBin, Stopped
from agent.plates.vehicle import VehicleSeen
from tests.conftest import LoopClock
from tests.plates.drawn import DrawnModels
from tests.plates.node import MemoryJournal, OpenCamera
from tests.plates.traffic.road import Car, Picture, drawn, empty, lane, settings

RATE_HZ = 10.0


@dataclass
class Node:
    """A traffic duty with its surroundings."""

    clock: Clock
    duty: TrafficDuty
    bus: Bus
    journal: MemoryJournal
    road: Picture
    seq: int = 0
    ready: bool = False
    task: asyncio.Task[None] | None = field(default=None)

    async def show(self, cars: list[Car], for_s: float, picture: Picture | None = None) -> None:
        """Let the camera see so many seconds."""
        for number in range(round(for_s * RATE_HZ)):
            self.seq += 1
            data = drawn(self.road, cars, number / RATE_HZ) if picture is None else picture.copy()
            frame = Frame("gate", self.seq, self.clock.stamp(), Pixels.GREY8, data)
            await self.bus.publish(frame)
            await asyncio.sleep(1 / RATE_HZ)

    def told(self, stream: Stream) -> list[object]:
        return [record.data for record in self.journal.records if record.stream is stream]

    def reason(self) -> str:
        state = self.duty.state()
        assert (state.performance is Performance.PERFORMING) == (state.reason == "")
        return state.reason


@asynccontextmanager
async def node(clock: Clock, *, live: bool = True, **more: object) -> AsyncIterator[Node]:
    bus, journal = Bus(), MemoryJournal()
    around = Surroundings(bus, clock, journal, {"gate": OpenCamera(live=live)}, DrawnModels())
    wanted = settings(lane(), **more)
    one = Node(clock, build("traffic", wanted, around), bus, journal, empty())

    def ready() -> None:
        one.ready = True

    one.task = asyncio.create_task(one.duty.run(ready))
    try:
        await asyncio.sleep(0.01)
        yield one
    finally:
        one.task.cancel()
        await asyncio.wait({one.task})
        if not one.task.cancelled() and (error := one.task.exception()):
            raise error


async def test_a_street_is_told_by_the_minute(clock: LoopClock) -> None:
    async with node(clock) as one:
        await one.show([], 10.0)
        assert one.reason() == ""
        await one.show([Car(50 + 30.7 * n) for n in range(6)], 22.0)
        await one.show([], 55.0)
        [minute] = one.told(MINUTE_STREAM)
        assert isinstance(minute, LaneBin)
        assert minute.vehicles == 6
        assert minute.speed_m_s == pytest.approx(12.0, rel=0.1)
        assert minute.observed_s == pytest.approx(54.0, abs=2.0)  # the road was learned first
        assert minute.synced
        told = [(record.stream.name, record.subject) for record in one.journal.records]
        assert told == [("traffic.flow", "gate/one"), ("traffic.minute", "gate/one")]
        assert one.duty.readings()["vehicles"] == 6


async def test_what_is_open_is_told_when_the_node_stops(clock: LoopClock) -> None:
    async with node(clock) as one:
        await one.show([], 10.0)
        await one.show([Car(50 + 30 * n) for n in range(5)], 20.0)
    [minute], [five] = one.told(MINUTE_STREAM), one.told(BIN_STREAM)
    assert isinstance(minute, LaneBin)
    assert isinstance(five, LaneBin)
    assert minute.vehicles == five.vehicles == 5
    assert five.observed_s < 30


async def test_a_dead_camera_is_blind_and_its_minutes_say_not_seen(clock: LoopClock) -> None:
    async with node(clock) as one:
        assert one.reason() == "no-frames"
        await one.show([], 3.0)
        assert one.reason() == "learning"
        await one.show([], 7.0)
        assert one.reason() == ""
        await asyncio.sleep(150)
        assert one.reason() == "no-frames"
        first, second = one.told(MINUTE_STREAM)
        assert isinstance(first, LaneBin)
        assert isinstance(second, LaneBin)
        assert first.vehicles == 0
        assert (second.observed_s, second.vehicles, second.flow) == (0.0, None, "unknown")


async def test_pictures_of_one_grey_and_of_heat_are_no_street(clock: LoopClock) -> None:
    async with node(clock) as one:
        await one.show([], 8.0)
        await one.show([], 1.0, np.full((180, 320), 7, np.uint8))
        assert one.reason() == "dark"
        heat = Frame("gate", 0, clock.stamp(), Pixels.COUNTS16, np.zeros((180, 320), np.uint16))
        await one.bus.publish(heat)
        await asyncio.sleep(0.1)
        assert one.reason() == "unusable-frames"
        await one.show([], 1.0)
        assert one.reason() == ""


async def test_a_clock_that_is_not_set_degrades_and_marks_the_bins() -> None:
    async with node(LoopClock(synced=False)) as one:
        await one.show([], 10.0)
        assert one.reason() == "clock"
    assert [each.synced for each in one.told(MINUTE_STREAM) if isinstance(each, LaneBin)] == [False]


async def test_without_its_key_a_gate_is_degraded(clock: LoopClock, tmp_path: Path) -> None:
    journey = {"zone": "marina", "gate": "north", "keys": str(tmp_path)}
    from agent.plates.traffic.settings import JourneySettings  # noqa: PLC0415

    wanted = JourneySettings(**journey)
    async with node(clock, plates="plates", journey=wanted) as one:
        await one.show([], 10.0)
        assert one.reason() == "zone-key"
        assert "no key for 2029-12-31" in one.duty.state().words  # before three in the morning
        assert "traffic.tags" in [stream.name for stream in one.duty.streams]


async def test_a_stopped_vehicle_is_raised_and_cleared(clock: LoopClock) -> None:
    async with node(clock, stopped_s=15.0) as one:
        await one.show([], 10.0)
        await one.show([], 40.0, drawn(one.road, [Car(4.5, 0.0)], 0.0))
        await one.show([], 15.0)
        raised, cleared = one.told(STOPPED_STREAM)
        assert isinstance(raised, Stopped)
        assert isinstance(cleared, Stopped)
        assert (raised.state, raised.why, raised.queue) == ("raised", "standing", "no")
        assert (cleared.state, cleared.why) == ("cleared", "moved-on")
        assert raised.since == cleared.since


async def test_vehicles_of_other_duties_and_previews_are_not_joined(clock: LoopClock) -> None:
    async with node(clock, plates="plates") as one:
        await one.show([], 10.0)
        await one.show([Car(50)], 6.0)
        at = clock.stamp()
        seen = {
            "duty": "plates", "camera": "gate", "number": 1, "final": True, "text": "0000BBB",
            "raw": "0000BBB", "country": "E", "confidence": 0.99, "agreeing": 5, "still": False,
            "first": at, "last": at, "direction": Direction(along="approaching", across="steady"),
        }  # fmt: skip
        for change in ({"duty": "other"}, {"final": False}, {"still": True}, {}):
            await one.bus.publish(VehicleSeen(**{**seen, **change}))  # type: ignore[arg-type]
        await asyncio.sleep(0.1)
        readings = one.duty.readings()
        assert readings["plates_joined"] + readings["plates_unplaced"] == 1


async def test_a_plate_duty_that_is_silent_or_blind_degrades_what_counts(
    clock: LoopClock,
) -> None:
    async with node(clock, plates="plates") as one:
        await one.show([], 10.0)
        assert one.reason() == "no-reader"
        assert "duty plates is not heard of" in one.duty.state().words

        async def say(performance: Performance, reason: str) -> None:
            state = DutyState(performance, reason, "its words", clock.stamp(), "its remedy")
            for duty in ("plates", "other"):
                told = state if duty == "plates" else replace(state, reason="another's")
                await one.bus.publish(EyesTold(duty, "gate", "traffic", told))
            await one.show([], 0.5)

        await say(Performance.PERFORMING, "")
        assert one.reason() == ""
        await say(Performance.BLIND, "no-frames")
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.DEGRADED, "no-frames")
        assert state.words == "plates: its words"
        await say(Performance.DEGRADED, "hot")
        assert one.reason() == "hot"
        await say(Performance.PERFORMING, "")
        await one.show([], 6.0)
        assert one.reason() == "no-reader"


def crossed() -> dict[str, object]:
    """A lane whose zone's corners go across instead of round it."""
    corners = [[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]
    return {"name": "one", "heading": "leaving", "near": {"corners": corners}}


def test_an_unknown_camera_is_a_problem_of_the_file(clock: LoopClock) -> None:
    around = Surroundings(Bus(), clock, MemoryJournal(), {}, DrawnModels())
    with pytest.raises(ConfigError, match="no camera 'gate'; there are: none"):
        DUTY.build("traffic", settings(), around)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lane": (lane(), lane())}, "2 lanes are called 'one'"),
        ({"journey": None, "lane": (lane(),), "learn_s": 0.0}, "learn_s"),
        ({"lane": [crossed()]}, r"corners: the edges from corners 1 and 3 cross"),
    ],
)
def test_what_is_wrong_in_the_settings_is_said(change: dict[str, object], words: str) -> None:
    import msgspec  # noqa: PLC0415

    from agent.plates.traffic.settings import TrafficSettings  # noqa: PLC0415

    table = {"camera": "gate", "lane": (lane(),), **change}
    plain = msgspec.to_builtins(table)
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(plain, TrafficSettings)
