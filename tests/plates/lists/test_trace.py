"""Of a vehicle that is on no list nothing is left two seconds after it was decided on.

The memory of the whole process is searched, not only what the duties know of: every object the
collector knows, what they refer to, and what threads hold on their stacks. Nothing is collected
first: a cycle that keeps a plate until the collector comes by would be a trace too.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.core.device import Surroundings
from agent.core.frames import Frame
from agent.core.vision import CharacterRead, Luma, PlateDetector, PlateRead, PlateReader, Quad
from agent.plates.lists import WATCH_LIST
from agent.plates.lists.settings import WatchSettings
from agent.plates.lists.told import Candidate
from agent.plates.track import Sighting
from agent.plates.vehicle import VehicleSeen
from tests.conftest import LoopClock
from tests.plates.drawn import WHITE, DrawnDetector, DrawnModels, DrawnReader, put, street
from tests.plates.node import Node, OpenCamera, node

STRANGER = ("7", "7", "3", "5", "L", "M", "N")
LISTED = ("8", "6", "4", "9", "P", "R", "K")
"""Apart, so that this test holds no plate itself."""

LOOKS = (PlateRead, CharacterRead, Sighting, VehicleSeen)


@pytest.fixture(autouse=True)
def others() -> Iterator[None]:
    """Know the looks and frames that other tests' modules keep, which tell of nobody here."""
    OTHERS[:] = [thing for thing in gc.get_objects() if isinstance(thing, (*LOOKS, Frame))]
    yield
    OTHERS.clear()


OTHERS: list[object] = []


def plate(characters: tuple[str, ...]) -> str:
    return "".join(characters)


def everything() -> Iterator[object]:
    """Yield every object there is, as far as anybody can know of it."""
    for thing in gc.get_objects():
        yield thing
        yield from gc.get_referents(thing)
    for stack in sys._current_frames().values():
        frame = stack
        while frame is not None:
            yield from frame.f_locals.values()
            frame = frame.f_back  # type: ignore[assignment]


def traces(characters: tuple[str, ...]) -> set[str]:
    """Return what still tells of a plate: texts with it, looks at plates, frames that show one."""
    needle = plate(characters)
    found: set[str] = set()
    mine = {id(needle), id(found), *map(id, OTHERS)}
    for thing in everything():
        if id(thing) in mine:
            continue
        if isinstance(thing, str) and needle in thing:
            found.add(f"a text of {len(thing)} characters")
        elif isinstance(thing, bytes | bytearray) and needle.encode() in thing:
            found.add(f"{len(thing)} bytes")
        elif isinstance(thing, LOOKS) and not (isinstance(thing, Sighting) and _blank(thing)):
            found.add(type(thing).__name__ + ("" if _says_something(thing) else " (empty)"))
        elif isinstance(thing, Frame) and (thing.data >= WHITE - 5).any():
            found.add("a frame that shows a plate")
    return {trace for trace in found if "(empty)" not in trace}


def _blank(sighting: Sighting) -> bool:
    return not sighting.read.characters and sighting.frame.data.size == 1


def _says_something(thing: object) -> bool:
    return not isinstance(thing, PlateRead) or bool(thing.characters)


def write(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


@asynccontextmanager
async def watched(clock: LoopClock, folder: Path) -> AsyncIterator[Node]:
    """Run a plate duty that reads for a watch list, and the watch-list duty beside it."""
    file = write(folder / "list.csv", "plate,id\n" + "-".join(LISTED) + ",case-1\n")
    async with node(clock, DrawnModels(), purpose="watch-list", stays_s=3.0) as one:
        around = Surroundings(
            one.bus, clock, one.journal, {"gate": OpenCamera(live=True)}, DrawnModels()
        )
        settings = WatchSettings(camera="gate", list=str(file), purpose="watch-list")
        duty = WATCH_LIST.build("watch-list", settings, around)
        task = asyncio.create_task(duty.run(lambda: None))
        try:
            await asyncio.sleep(1)
            yield one
        finally:
            task.cancel()
            await asyncio.wait({task})
        assert duty.readings()["vehicles"] > 0


async def drive(one: Node, characters: tuple[str, ...], frames: int = 6, speed: int = 8) -> None:
    for i in range(frames):
        picture = street()
        put(picture, plate(characters), 40 + i * speed, 100)
        await one.show(picture)


async def test_a_listed_vehicle_is_found_so_that_this_test_sees_anything(
    clock: LoopClock, tmp_path: Path
) -> None:
    async with watched(clock, tmp_path) as one:
        assert traces(LISTED) == set()  # a list in memory is hashes, whatever its file is
        await drive(one, LISTED)
        assert traces(LISTED)  # in view it is in memory, and this search finds it
        await asyncio.sleep(2)
        assert [type(record.data) for record in one.journal.records] == [Candidate]


async def test_two_seconds_after_a_stranger_was_decided_on_nothing_tells_of_it(
    clock: LoopClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with watched(clock, tmp_path) as one:
        caplog.clear()
        await drive(one, STRANGER)
        await asyncio.sleep(3)  # gone for `lost_s`, decided, and two seconds
        assert traces(STRANGER) == set()
        assert one.journal.records == []
        assert "agent.plates" not in caplog.text
        assert one.duty.readings()["frames"] == 6


async def test_nothing_tells_of_a_stranger_while_others_drive_on(
    clock: LoopClock, tmp_path: Path
) -> None:
    async with watched(clock, tmp_path) as one:
        await drive(one, STRANGER)
        for _ in range(30):
            await one.show(street())
        assert traces(STRANGER) == set()


async def test_a_stranger_who_stays_is_no_text_in_memory_once_decided_on(
    clock: LoopClock, tmp_path: Path
) -> None:
    async with watched(clock, tmp_path) as one:
        await drive(one, STRANGER, frames=60, speed=0)  # decided on after 3 s, and stays
        left = traces(STRANGER) - {"a frame that shows a plate"}  # the live picture shows it still
        assert left == set()
        assert one.journal.records == []
        await asyncio.sleep(3)
        assert traces(STRANGER) == set()


async def test_the_next_car_in_the_queue_is_seen_though_the_first_was_forgotten(
    clock: LoopClock, tmp_path: Path
) -> None:
    async with watched(clock, tmp_path) as one:
        await drive(one, STRANGER, frames=40, speed=0)
        await drive(one, LISTED, frames=10, speed=0)
        await asyncio.sleep(2)
        assert [type(record.data) for record in one.journal.records] == [Candidate]


class RememberingDetector(DrawnDetector):
    """Remembers how bright what it looked at was, as a model's tensors do."""

    def __init__(self) -> None:
        self.brightest: list[int] = []

    def detect(self, luma: Luma) -> Sequence[Quad]:
        self.brightest.append(int(luma.max()))
        return super().detect(luma)


class RememberingModels(DrawnModels):
    def __init__(self) -> None:
        super().__init__()
        self.detector = RememberingDetector()

    def load(self) -> tuple[PlateDetector, PlateReader]:
        return self.detector, DrawnReader()


async def test_the_models_memory_is_overwritten_when_nobody_is_in_view(clock: LoopClock) -> None:
    models = RememberingModels()
    async with node(clock, models, purpose="watch-list") as one:
        await drive(one, STRANGER)
        assert models.detector.brightest[-1] >= WHITE - 5
        await asyncio.sleep(3)
        assert models.detector.brightest[-1] == 0
        count = len(models.detector.brightest)
        await asyncio.sleep(5)
        assert len(models.detector.brightest) == count  # once is enough


async def test_no_record_tells_of_a_stranger_who_could_not_be_read(
    clock: LoopClock, tmp_path: Path
) -> None:
    async with watched(clock, tmp_path) as one:
        await drive(one, STRANGER, frames=1)  # too few looks agree
        await asyncio.sleep(3)
        assert one.duty.readings()["unsettled"] == 1
        assert one.journal.records == []
        await drive(one, LISTED)
