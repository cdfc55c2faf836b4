"""The watch-list duty: candidates for people to judge, and of all others nothing."""

import asyncio
import logging
from pathlib import Path

import pytest

from agent.plates.eyes import ReaderRuns
from agent.plates.lists.desk import READER_STOPS_S
from tests.conftest import LoopClock
from tests.plates.lists.things import place, vehicle

LIST = """# list: stolen
# revision: 7
plate,id,group,reason
1234BCD,case-1,vehicle,words that stay
5678FGH,case-2,plate,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stolen.csv"
    path.write_text(LIST)
    return path


async def test_a_listed_vehicle_is_recommended_with_its_evidence(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file, purpose="watch-list") as one:
        await one.see("1234BCD", final=False)
        assert one.candidates == []  # people are told once, of the best that was seen
        await one.see("1234BCD")
        [found] = one.candidates
        assert (found.match, found.entry, found.group) == ("exact", "case-1", "vehicle")
        assert (found.listed.name, found.listed.revision) == ("stolen", "7")
        assert (found.agreeing, found.differs, found.decides) == (3, (), "a person")
        assert found.characters == (0.98,) * 7
        assert found.reason is None
        [record] = one.journal.records
        assert (record.stream.purpose, record.stream.retention_s) == ("watch-list", 24 * 3600)
        assert "1234" not in repr(record)


async def test_a_still_and_a_single_read_are_never_candidates(clock: LoopClock, file: Path) -> None:
    async with place(clock, file, purpose="watch-list") as one:
        await one.see("1234BCD", still=True, agreeing=1)
        await one.see("1234BCD", agreeing=1)
        assert one.journal.records == []


async def test_one_vehicle_that_comes_again_is_one_candidate(clock: LoopClock, file: Path) -> None:
    async with place(clock, file, purpose="watch-list", again_s=60.0) as one:
        await one.see("1234BCD", then_s=30)
        await one.see("1234BCD", number=2, then_s=59)
        await one.see("5678FGH", number=3)
        assert [c.entry for c in one.candidates] == ["case-1", "case-2"]
        await asyncio.sleep(61)
        await one.see("1234BCD", number=4)
        assert [c.entry for c in one.candidates] == ["case-1", "case-2", "case-1"]


async def test_the_lists_reason_leaves_only_where_the_purpose_allows_it(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file, purpose="trial") as one:
        await one.see("1234BCD")
        assert [c.reason for c in one.candidates] == ["words that stay"]


async def test_a_vehicle_on_no_list_makes_no_record_and_no_line_in_the_log(
    clock: LoopClock, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with place(clock, file, purpose="watch-list") as one:
        caplog.clear()
        await one.see("7777LLL", final=False)
        await one.see("7777LLL")
        assert one.journal.records == []
        assert "agent" not in caplog.text
        assert one.duty.readings()["vehicles"] == 2
        assert one.duty.readings()["candidates"] == 0


async def test_what_the_reader_says_as_the_node_stops_is_still_compared(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file, purpose="watch-list") as one:
        await one.bus.publish(vehicle("1234BCD", clock.stamp(), purpose="watch-list"))
        stopping = asyncio.create_task(one.stop())
        await asyncio.sleep(0.5)  # the reader has its own last vehicles to decide
        await one.bus.publish(vehicle("5678FGH", clock.stamp(), number=2, purpose="watch-list"))
        await one.bus.publish(ReaderRuns("gate", "watch-list", runs=False))
        began_s = clock.stamp().mono_s
        await stopping
        assert clock.stamp().mono_s - began_s < 0.1  # it waits no longer than for the reader's end
        assert [c.entry for c in one.candidates] == ["case-1", "case-2"]


async def test_a_reader_that_never_ends_is_waited_for_within_a_bound(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file, purpose="watch-list") as one:
        began_s = clock.stamp().mono_s
        await one.stop()
        assert clock.stamp().mono_s - began_s == pytest.approx(READER_STOPS_S, abs=0.1)


async def test_a_reader_that_ended_once_and_runs_again_is_heard_to_its_end(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file, purpose="watch-list") as one:
        for runs in (True, False, True):
            await one.bus.publish(ReaderRuns("gate", "watch-list", runs))
        await asyncio.sleep(40)
        stopping = asyncio.create_task(one.stop())
        await asyncio.sleep(0.5)
        await one.bus.publish(vehicle("5678FGH", clock.stamp(), purpose="watch-list"))
        await one.bus.publish(ReaderRuns("gate", "watch-list", runs=False))
        await stopping
        assert [c.entry for c in one.candidates] == ["case-2"]
