"""Vehicles, lists and a duty that serves one, in short words."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent.core.access import AccessDecision
from agent.core.bus import Bus
from agent.core.clock import Clock, Stamp
from agent.core.device import Surroundings
from agent.core.duty import Duty, DutyState, Performance
from agent.core.mailbox import Every
from agent.core.vision import CharacterRead
from agent.plates.direction import UNKNOWN
from agent.plates.eyes import EyesTold
from agent.plates.lists import ACCESS, WATCH_LIST
from agent.plates.lists.catalogue import Catalogue, catalogue
from agent.plates.lists.hours import parse_hours
from agent.plates.lists.rows import Form, Sheet, read_sheet
from agent.plates.lists.settings import AccessSettings, WatchSettings
from agent.plates.lists.tags import passing_tagger
from agent.plates.lists.told import Access, Candidate
from agent.plates.vehicle import VehicleSeen
from tests.plates.drawn import DrawnModels
from tests.plates.node import MemoryJournal, OpenCamera

GROUPS = {"residents": "always", "deliveries": "mon-fri 07:00-11:00; not holidays"}

LIST = """# list: marina
# revision: 12
plate,id,group,from,until
1234 BCD,permit-1,residents,,
5678-FGH,permit-2,deliveries,,
9012JKL,permit-3,residents,2030-01-01,2030-01-31
"""


def characters(text: str, sure: float = 0.98, **rivals: str) -> tuple[CharacterRead, ...]:
    """Return sure reads of a text; `p3="QD"` gives place 3 rivals that share what is left."""
    places = []
    for at, char in enumerate(text):
        others = rivals.get(f"p{at}", "")
        chance = sure if not others else 0.6
        left = [(other, (1 - chance) / len(others)) for other in others]
        places.append(CharacterRead(((char, chance), *left)))
    return tuple(places)


def vehicle(  # noqa: PLR0913 - each is one thing a test may want otherwise
    text: str,
    at: Stamp,
    *,
    number: int = 1,
    final: bool = True,
    still: bool = False,
    agreeing: int = 3,
    purpose: str = "access-control",
    read: Sequence[CharacterRead] | None = None,
    camera: str = "gate",
) -> VehicleSeen:
    return VehicleSeen(
        duty="plates",
        camera=camera,
        number=number,
        final=final,
        text=text,
        raw=text,
        country="E",
        confidence=0.9,
        agreeing=agreeing,
        still=still,
        first=at,
        last=at,
        direction=UNKNOWN,
        purpose=purpose,
        characters=characters(text) if read is None else tuple(read),
    )


def sheet(text: str | bytes, *, groups: dict[str, str] | None = None, most: int = 1000) -> Sheet:
    known = {name: parse_hours(words) for name, words in (groups or GROUPS).items()}
    raw = text.encode() if isinstance(text, str) else text
    return read_sheet(raw, "marina.csv", Form(most, known), passing_tagger)


def listed(text: str, **groups: str) -> Catalogue:
    read = sheet(text, groups=groups or None)
    assert not read.problems, read.problems
    return catalogue(read, text.encode(), "marina")


@dataclass
class Place:
    """A duty of lists with the neighbour it listens to."""

    clock: Clock
    bus: Bus
    journal: MemoryJournal
    duty: Duty
    purpose: str
    file: Path
    decisions: Every[AccessDecision] = field(default_factory=lambda: Every(100))
    eyes: DutyState | None = None
    task: asyncio.Task[None] | None = None

    async def see(self, text: str, *, then_s: float = 0.1, **words: object) -> None:
        """Let the neighbour tell of a vehicle."""
        wanted = {"purpose": self.purpose, **words}
        await self.bus.publish(vehicle(text, self.clock.stamp(), **wanted))  # type: ignore[arg-type]
        await asyncio.sleep(then_s)

    async def write(self, text: str, then_s: float = 5.0) -> None:
        """Put another list in the file's place, as people copy files."""
        new = self.file.with_suffix(".new")
        new.write_text(text)
        new.replace(self.file)
        await asyncio.sleep(then_s)

    async def stop(self) -> None:
        """Stop the duty as a supervisor does; its neighbour goes on."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.wait({self.task})

    async def neighbour(self) -> None:
        """Say how the neighbour sees, as a plate duty does."""
        while True:
            if self.eyes is not None:
                await self.bus.publish(EyesTold("plates", "gate", self.purpose, self.eyes))
            await asyncio.sleep(1)

    @property
    def access(self) -> list[Access]:
        return [r.data for r in self.journal.records if isinstance(r.data, Access)]

    @property
    def candidates(self) -> list[Candidate]:
        return [r.data for r in self.journal.records if isinstance(r.data, Candidate)]

    def reason(self) -> str:
        state = self.duty.state()
        assert (state.performance is Performance.PERFORMING) == (state.reason == "")
        return state.reason


@asynccontextmanager
async def place(
    clock: Clock, file: Path, *, purpose: str = "access-control", **settings: object
) -> AsyncIterator[Place]:
    """Run an access duty, or with purpose `watch-list` a watch-list duty, on one list file."""
    bus, journal = Bus(), MemoryJournal()
    around = Surroundings(bus, clock, journal, {"gate": OpenCamera(live=True)}, DrawnModels())
    wanted = {"camera": "gate", "list": str(file), **settings}
    if purpose == "access-control":
        made = {"time_zone": "Europe/Madrid", "groups": GROUPS, **wanted}
        duty = ACCESS.build("access", AccessSettings(**made), around)  # type: ignore[arg-type]
    else:
        watch = WatchSettings(**{"purpose": purpose, **wanted})  # type: ignore[arg-type]
        duty = WATCH_LIST.build("watch-list", watch, around)
    one = Place(clock, bus, journal, duty, purpose, file)
    now = clock.stamp()
    one.eyes = DutyState(Performance.PERFORMING, "", "", now, "", now)
    with bus.subscribed(AccessDecision, one.decisions):
        one.task = asyncio.create_task(duty.run(lambda: None))
        tasks = {one.task, asyncio.create_task(one.neighbour())}
        try:
            await asyncio.sleep(1.5)
            yield one
        finally:
            for task in tasks:
                task.cancel()
            done, _ = await asyncio.wait(tasks)
            for task in done:
                if not task.cancelled() and (error := task.exception()):
                    raise error
