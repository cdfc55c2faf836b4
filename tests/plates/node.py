"""The smallest node a plate duty can run on: one camera, one journal, a bus."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.core.board import FULL_PACE, Pace
from agent.core.bus import Bus
from agent.core.clock import Clock
from agent.core.device import Surroundings
from agent.core.duty import Performance
from agent.core.errors import AgentError
from agent.core.frames import Frame, Pixels
from agent.core.records import Record, RecordKey
from agent.core.vision import PlateModels
from agent.plates.duty import PlatesDuty, build
from agent.plates.passage import Passage
from agent.plates.settings import PlatesSettings
from agent.plates.vehicle import VehicleSeen
from tests.plates.drawn import put, street


class MemoryJournal:
    """Keeps records in memory; can be told to fail."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.error: AgentError | None = None

    async def put(self, record: Record) -> RecordKey:
        await asyncio.sleep(0.001)  # a real one waits for its disk: a chance to be cancelled
        if isinstance(self.error, AgentError):
            raise self.error
        self.records.append(record)
        return RecordKey(1, len(self.records))

    @property
    def passages(self) -> list[Passage]:
        return [record.data for record in self.records if isinstance(record.data, Passage)]


class OpenCamera:
    """A camera whose frames the test publishes itself."""

    name = "gate"

    def __init__(self, *, live: bool) -> None:
        self.live = live

    async def run(self, ready: Callable[[], None]) -> None:
        ready()
        await asyncio.Event().wait()

    def readings(self) -> Mapping[str, float]:
        return {}


@dataclass
class Node:
    """A plate duty with its surroundings, and short words for what tests do with it."""

    clock: Clock
    duty: PlatesDuty
    bus: Bus
    journal: MemoryJournal
    ready: bool = False
    seq: int = 0
    task: asyncio.Task[None] | None = field(default=None)

    async def show(
        self,
        data: NDArray[np.uint8],
        pixels: Pixels = Pixels.GREY8,
        *,
        still: bool = False,
        digest: str | None = None,
        then_s: float = 0.1,
    ) -> None:
        """Publish one frame and let `then_s` pass."""
        self.seq += 1
        frame = Frame("gate", self.seq, self.clock.stamp(), pixels, data, still, digest)
        await self.bus.publish(frame)
        await asyncio.sleep(then_s)

    async def drive(self, text: str, frames: int = 6, y: int = 100, speed: int = 8) -> None:
        """Let a vehicle with this plate drive through the picture."""
        for i in range(frames):
            picture = street()
            put(picture, text, 40 + i * speed, y + i * speed // 2)
            await self.show(picture)

    def start(self) -> None:
        """Run the duty as a supervisor does."""

        def ready() -> None:
            self.ready = True

        self.task = asyncio.create_task(self.duty.run(ready))

    async def stop(self) -> None:
        """Stop the duty as a supervisor does, and wait until it has ended."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})
            if not self.task.cancelled() and (error := self.task.exception()):
                raise error

    def reason(self) -> str:
        """Say why the duty is not performing, "" when it is."""
        state = self.duty.state()
        assert (state.performance is Performance.PERFORMING) == (state.reason == "")
        return state.reason


@asynccontextmanager
async def node(
    clock: Clock,
    models: PlateModels,
    *,
    live: bool = True,
    pace: Pace = FULL_PACE,
    **settings: object,
) -> AsyncIterator[Node]:
    """Run a plate duty on camera `gate`, for access control unless said otherwise."""
    bus, journal = Bus(), MemoryJournal()
    around = Surroundings(bus, clock, journal, {"gate": OpenCamera(live=live)}, models, pace=pace)
    wanted = {"camera": "gate", "purpose": "access-control", **settings}
    one = Node(clock, build("plates", PlatesSettings(**wanted), around), bus, journal)  # type: ignore[arg-type]
    one.start()
    try:
        await asyncio.sleep(0.01)
        yield one
    finally:
        await one.stop()


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
