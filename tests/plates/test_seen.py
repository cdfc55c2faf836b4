"""What the plate duty tells its neighbours on the node: a preview, a decision, nothing twice."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.plates.purpose import PURPOSES
from agent.plates.vehicle import VehicleSeen
from tests.conftest import LoopClock
from tests.plates.drawn import DrawnModels, put, street
from tests.plates.node import Node, node


class Neighbour:
    """Another part of the node, which keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[VehicleSeen] = []

    def offer(self, item: VehicleSeen) -> bool:
        self.heard.append(item)
        return True

    async def put(self, item: VehicleSeen) -> None:
        self.offer(item)


@contextmanager
def neighbour(one: Node) -> Iterator[list[VehicleSeen]]:
    """Hear what the duty tells while the block runs."""
    ears = Neighbour()
    with one.bus.subscribed(VehicleSeen, ears):
        yield ears.heard


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


async def test_a_vehicle_that_stands_for_long_is_told_no_third_time(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), stays_s=2.0) as one:
        with neighbour(one) as heard:
            await one.drive("1234BCD", frames=100, speed=0)
            await asyncio.sleep(2)
        assert [seen.final for seen in heard] == [False, True]


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
