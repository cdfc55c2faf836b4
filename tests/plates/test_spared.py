"""The duty looks no oftener than it need, and says when it may not look as often as it should."""

import numpy as np

from agent.core.duty import Performance
from tests.conftest import LoopClock
from tests.plates.drawn import DrawnModels, street
from tests.plates.node import node
from tests.plates.test_turns import Warm


async def test_a_still_street_is_not_looked_at_but_by_heartbeat(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        for _ in range(60):
            await one.show(street())
        readings = one.duty.readings()
        assert readings["frames"] == 60
        assert 45 <= readings["frames_still"] <= 50  # looked at for a second, then every two
        assert one.reason() == ""


async def test_a_vehicle_in_a_still_street_is_a_passage(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        for _ in range(40):
            await one.show(street())
        await one.drive("1234BCD")
        for _ in range(20):
            await one.show(street())
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD"]


async def test_a_parked_car_keeps_its_one_track(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), stays_s=3.0) as one:
        await one.drive("1234BCD", frames=100, speed=0)
        assert one.duty.readings()["tracks_open"] == 1
        assert one.duty.readings()["frames_still"] > 40
        assert len(one.journal.passages) == 1


async def test_a_lens_that_is_capped_is_noticed_at_once(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        for _ in range(40):
            await one.show(street())
        for _ in range(4):
            await one.show(np.zeros_like(street()))
        assert one.reason() == "dark"


async def test_a_hot_board_makes_the_duty_degraded_until_it_cools(clock: LoopClock) -> None:
    pace = Warm(0.2)
    async with node(clock, DrawnModels(), pace=pace, least_fps=4.0) as one:
        for _ in range(10):
            await one.show(street())
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.DEGRADED, "heat")
        assert "3.0 pictures a second, 4 are needed" in state.words
        assert one.duty.readings()["budget_fps"] == 3.0
        assert one.duty.readings()["frames_spared"] >= 6
        pace.now = 1.0
        assert one.reason() == ""


async def test_a_folder_is_seen_whole_however_hot_the_board_is(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False, pace=Warm(0.2)) as one:
        for _ in range(10):
            await one.show(street())
        readings = one.duty.readings()
        assert (readings["frames_spared"], readings["frames_still"]) == (0, 0)
        assert one.reason() == ""
