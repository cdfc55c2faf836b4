"""From a simulated street to a record in the outbox: real pictures, models, duties and store."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from agent.core.access import AccessDecision, Outcome
from agent.core.bus import Bus
from agent.core.device import Surroundings
from agent.core.duty import Camera
from agent.core.mailbox import Every
from agent.plates import DUTY
from agent.plates.lists import ACCESS
from agent.plates.lists.settings import AccessSettings
from agent.plates.lists.told import Access
from agent.plates.settings import PlatesSettings
from agent.telemetry.limits import Limits
from agent.telemetry.outbox import Outbox
from models.plates import ShippedPlateModels
from simulators.camera import KIND, StreetSettings
from simulators.scenario import load
from simulators.world import World
from tests.conftest import START, LoopClock
from tests.telemetry.things import TOPICS

CALM = World(load("calm"), seed=1).passages(0.0, 30.0)
"""One vehicle every twelve seconds or so, in plain view."""

_nothing: Callable[[], None] = lambda: None  # noqa: E731 - nobody waits for it


def write(file: Path, text: str) -> None:
    file.write_text(text)


async def records(
    folder: Path, clock: LoopClock, listed: str
) -> tuple[list[Access], list[AccessDecision]]:
    """Let the first vehicle of the street drive past a gate with this list."""
    bus, cameras = Bus(), dict[str, Camera]()
    street = StreetSettings(
        scenario="calm",
        seed=1,
        started=START,
        rate_hz=12.0,
        pace="every",
        until_s=CALM[0].left_s + 1.0,
    )
    decisions: Every[AccessDecision] = Every(10)
    async with Outbox(folder / "outbox.db", TOPICS, Limits(), clock) as outbox:
        around = Surroundings(bus, clock, outbox, cameras, ShippedPlateModels())
        cameras["gate"] = camera = KIND.build("gate", street, around)
        plates = DUTY.build(
            "plates",
            PlatesSettings(camera="gate", purpose="access-control", countries=("E",)),
            around,
        )
        access = ACCESS.build(
            "access", AccessSettings(camera="gate", list=listed, time_zone="Europe/Madrid"), around
        )
        ready = asyncio.Event()
        with bus.subscribed(AccessDecision, decisions):
            tasks = [
                asyncio.create_task(plates.run(ready.set)),
                asyncio.create_task(access.run(_nothing)),
            ]
            await ready.wait()
            tasks.append(asyncio.create_task(camera.run(_nothing)))
            await asyncio.sleep(30.0)
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
        rows = await outbox.after(0, outbox.highest, 100, 10**6)
        assert outbox.readings()["fields_dropped"] == 0
    events = [msgspec.json.decode(row.event) for row in rows if row.stream == "plates.access"]
    assert {event["purpose"] for event in events} <= {"access-control"}
    told = [msgspec.convert(event["data"], Access) for event in events]
    return told, [await decisions.get() for _ in range(decisions._queue.qsize())]


@pytest.mark.parametrize("resident", [True, False], ids=["a resident", "a stranger"])
async def test_a_vehicle_of_the_street_is_let_pass_if_it_is_listed(
    tmp_path: Path, clock: LoopClock, *, resident: bool
) -> None:
    plate = CALM[0].plate if resident else "0000ZZZ"
    file = tmp_path / "marina.csv"
    text = f"# revision: 1\nplate,id\n{plate},permit-1\n"
    write(file, text)
    told, decisions = await records(tmp_path, clock, str(file))
    expected = (Outcome.GRANTED, "listed") if resident else (Outcome.REFUSED, "not-listed")
    assert [(access.outcome, access.reason) for access in told] == [expected]
    assert [(d.outcome, d.reason) for d in decisions] == [expected]
    [access] = told
    assert access.plate == CALM[0].plate
    assert access.agreeing >= 2
    assert access.weakest >= 0.8
    assert access.listed is not None
    assert (access.listed.name, access.listed.revision) == ("marina", "1")
    assert access.match == ("exact" if resident else None)
    assert access.decided_on == ("preview" if resident else "decision")
