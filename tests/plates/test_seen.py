"""What the plate duty tells its neighbours on the node: a preview, a decision, nothing twice."""

import asyncio
from itertools import pairwise

import msgspec
import pytest

from agent.plates.purpose import PURPOSES
from agent.plates.site import Site
from tests.conftest import LoopClock
from tests.plates.drawn import DrawnModels, put, street
from tests.plates.node import neighbour, node


async def test_a_vehicle_is_told_once_in_view_and_once_when_decided(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD", frames=1)
            assert heard == []  # one look is not enough
            await one.drive("1234BCD", frames=6)
            [preview] = heard
            assert not preview.final
            assert (preview.text, preview.raw, preview.country) == ("1234BCD", "1234BCD", "E")
            assert (preview.agreeing, preview.still, preview.duty) == (2, False, "plates")
            await asyncio.sleep(2)
            [_, seen] = heard
            assert seen.final
            assert (seen.text, seen.agreeing, seen.number) == ("1234BCD", 7, preview.number)
            assert seen.first == preview.first
            assert seen.last.mono_s > preview.last.mono_s


async def test_every_vehicle_has_a_number_of_its_own(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD", frames=4, speed=0)
            await one.drive("8765LMN", frames=4, speed=0)
            await asyncio.sleep(2)
        assert len({(seen.number, seen.text) for seen in heard}) == 2
        assert sorted(seen.final for seen in heard) == [False, False, True, True]


async def test_a_vehicle_that_stands_is_told_again_and_decided_once(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), stays_s=2.0) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD", frames=100, speed=0)
            await asyncio.sleep(2)
        assert [seen.final for seen in heard].count(True) == 1
        times = [seen.last.mono_s for seen in heard if not seen.final]
        assert len(times) >= 4
        assert min(after - before for before, after in pairwise(times)) >= 2.0


async def test_of_a_vehicle_on_no_list_nothing_is_told_after_its_decision(
    clock: LoopClock,
) -> None:
    async with node(clock, DrawnModels(), purpose="watch-list", stays_s=2.0) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD", frames=100, speed=0)
            await asyncio.sleep(2)
        assert heard[-1].final
        assert [seen.final for seen in heard].count(True) == 1


async def test_a_picture_that_stands_alone_has_no_preview_and_says_so(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        picture = street()
        put(picture, "1234BCD", 20, 40)
        with neighbour(one) as heard:
            for _ in range(3):
                await one.show(picture.copy(), still=True)
        assert [(seen.final, seen.still, seen.agreeing) for seen in heard] == [(True, True, 1)] * 3
        assert len({seen.number for seen in heard}) == 3


async def test_what_is_not_sure_enough_to_record_is_not_told(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), unsure=1.0) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD")
            await asyncio.sleep(2)
        assert heard == []


@pytest.mark.parametrize("purpose", ["traffic", "watch-list"])
async def test_neighbours_see_the_plate_whatever_may_leave(clock: LoopClock, purpose: str) -> None:
    async with node(clock, DrawnModels(), purpose=purpose) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD")
            await asyncio.sleep(2)
        assert {seen.text for seen in heard} == {"1234BCD"}
        assert "1234" not in repr(heard)
        told = [p.plate.text for p in one.journal.passages]
        assert told == ([None] if PURPOSES[purpose].passages else [])
        assert {(seen.purpose, len(seen.characters)) for seen in heard} == {(purpose, 7)}


LANES = {
    "picture": [640, 360],
    "lane": [
        {"name": "left", "corners": [[0, 0], [320, 0], [320, 360], [0, 360]]},
        {"name": "right", "corners": [[321, 0], [640, 0], [640, 360], [321, 360]]},
    ],
    # a road seen from straight above, 20 pixels a metre
    "road": {
        "points": [
            {"picture": [x, y], "road_m": [x / 20, y / 20]}
            for x, y in ((20, 20), (620, 20), (620, 340), (20, 340))
        ],
        "camera_height_m": 6.0,
    },
}


async def test_a_measured_site_tells_lane_speed_and_stay(clock: LoopClock) -> None:
    site = msgspec.convert(LANES, Site)
    async with node(clock, DrawnModels(), site=site) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD", frames=8, speed=8)  # 8 right and 4 down each 0.1 s
            await asyncio.sleep(2)
        [record] = one.journal.records
        [passage] = one.journal.passages
    assert record.subject == "gate/left"
    assert passage.lane == "left"
    over_the_road = (8**2 + 4**2) ** 0.5 / 20 / 0.1
    plates_height_m = 0.625  # seen neither coming nor going: between front and rear
    assert passage.speed_m_s == pytest.approx(over_the_road * (1 - plates_height_m / 6), rel=0.01)
    assert passage.speed_error_m_s is not None
    assert 0.01 < passage.speed_error_m_s < 0.5
    assert passage.in_view_s == pytest.approx(0.7, abs=0.01)
    assert passage.standing_s == 0
    assert (heard[-1].lane, heard[-1].speed_m_s) == ("left", passage.speed_m_s)


async def test_a_vehicle_that_waits_tells_how_long_it_stood(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), stays_s=5.0) as one:
        await one.drive("1234BCD", frames=60, speed=0, y=60)
        [record] = one.journal.records
        [passage] = one.journal.passages
    assert record.subject == "gate"  # no lanes were measured here
    assert (passage.lane, passage.speed_m_s, passage.speed_error_m_s) == (None, None, None)
    assert passage.standing_s == passage.in_view_s == pytest.approx(5, abs=0.5)
