"""A duty that reads plates well and tells none says so, and an advert is none of them."""

from agent.plates.fruitless import IN_A_ROW
from tests.conftest import LoopClock
from tests.plates.drawn import DrawnModels, street
from tests.plates.node import node


async def test_plates_that_are_read_and_never_told_are_said(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), agreeing=8, heartbeat_s=0) as one:
        await one.show(street())
        for number in range(IN_A_ROW):
            assert one.reason() == ""
            await one.drive(f"{1000 + number}BCD", frames=3)
            await one.show(street(), then_s=2.0)
        assert one.reason() == "none-told"
        assert one.duty.state().words.endswith(f"none was told: {IN_A_ROW} unsettled")
        await one.drive("1234BCD", frames=9)
        await one.show(street(), then_s=2.0)
        assert one.reason() == ""


async def test_one_advert_that_comes_and_goes_is_no_trouble(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), agreeing=8, heartbeat_s=0) as one:
        for _ in range(IN_A_ROW + 2):
            await one.drive("1234BCD", frames=3)
            await one.show(street(), then_s=2.0)
        assert one.duty.readings()["unsettled"] == IN_A_ROW + 2
        assert one.reason() == ""
