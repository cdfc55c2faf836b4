"""The real duty, with the shipped models, on a stretch of street: no broker, no waiting."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec

from agent.core.bus import Bus
from agent.core.clock import Stamp
from agent.core.device import Surroundings
from agent.core.duty import Camera
from agent.core.records import Record, RecordKey
from agent.plates.duty import DUTY
from agent.plates.passage import Passage as Told
from agent.plates.settings import PlatesSettings
from models.plates import ShippedPlateModels
from simulators.camera import KIND, StreetSettings
from simulators.judge import Report, Verdict, judge
from simulators.loop import VirtualLoop
from simulators.scenario import load
from simulators.world import Passage, World

STARTED = datetime(2030, 1, 1, tzinfo=UTC)
RATE_HZ = 12.0
AROUND_S = 10.0
"""What drives past just before and after an interval is known too."""

MOST_HIDDEN = 0.5
"""A plate that another vehicle hid for longer is nobody's to read."""

SETTLE_S = 30.0
"""Virtual time after the last picture in which open tracks are decided."""


class _Clock:
    def stamp(self) -> Stamp:
        mono_s = asyncio.get_running_loop().time()
        return Stamp(mono_s, STARTED + timedelta(seconds=mono_s), synced=True, error_ms=1)


class _Journal:
    def __init__(self) -> None:
        self.told: list[Told] = []

    async def put(self, record: Record) -> RecordKey:
        if isinstance(record.data, Told):  # what was not read is no report
            self.told.append(record.data)
        return RecordKey(1, len(self.told))


LEAST_S = 0.25
"""A plate that could be seen for less than this, three pictures, is nobody's to read."""


def verdict(scenario: str, seed: int, for_s: float, rate_hz: float = RATE_HZ) -> Verdict:
    """Show a street to the plates duty and hold what it reports against the truth."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        reports = runner.run(_reports(scenario, seed, for_s, rate_hz))
    world = World(load(scenario), seed)
    truth, others = asked(world, for_s)
    return judge(truth, reports, world.blanks(-AROUND_S, for_s + AROUND_S), others)


def asked(world: World, for_s: float) -> tuple[list[Passage], list[Passage]]:
    """Return the passages of a stretch that a reader is asked for, and the others round it."""
    around = world.passages(-AROUND_S, for_s + AROUND_S)
    whole = [p for p in around if _asked(p) and p.entered_s >= 0 and p.left_s <= for_s]
    names = {p.vehicle for p in whole}
    return whole, [p for p in around if p.vehicle not in names]


def _asked(passage: Passage) -> bool:
    """Say whether a plate could be seen for long enough."""
    return passage.visible_s >= LEAST_S and passage.hidden <= MOST_HIDDEN


async def _reports(scenario: str, seed: int, for_s: float, rate_hz: float) -> list[Report]:
    journal = _Journal()
    cameras: dict[str, Camera] = {}
    around = Surroundings(Bus(), _Clock(), journal, cameras, ShippedPlateModels())
    street = StreetSettings(
        scenario=scenario, seed=seed, started=STARTED, rate_hz=rate_hz, pace="every",
        until_s=for_s, empty=False,
    )  # fmt: skip
    cameras["gate"] = camera = KIND.build("gate", street, around)
    settings = {
        "camera": "gate",
        "purpose": "trial",
        "countries": list(load(scenario).countries),
    }
    duty = DUTY.build("plates", msgspec.convert(settings, PlatesSettings), around)
    ready = asyncio.Event()
    tasks = [asyncio.create_task(duty.run(ready.set))]
    await ready.wait()  # the models first: the street is not shown to closed eyes
    tasks.append(asyncio.create_task(camera.run(_nothing)))
    await asyncio.sleep(SETTLE_S)
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
    return [
        Report(told.plate.text or "", (told.last_seen - STARTED).total_seconds())
        for told in journal.told
    ]


_nothing: Callable[[], None] = lambda: None  # noqa: E731 - nobody waits for the camera
