"""What both duties of lists have in common: vehicles come in, a list lies there, records go out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from agent.core.device import Surroundings
from agent.core.duty import DutyState, Performance
from agent.core.mailbox import Every, Latest
from agent.plates.clockwork import TELL_S, EyesTold
from agent.plates.lists.catalogue import Catalogue
from agent.plates.lists.file import ListFile
from agent.plates.lists.rows import Form
from agent.plates.store import Store
from agent.plates.vehicle import VehicleSeen
from agent.plates.word import PERFORMING, LastWord, Word, blind, degraded

VEHICLES_WAITING = 32
"""More vehicles at once than there are in a picture; each waits for microseconds."""

SILENT_S = 5 * TELL_S
"""A reader that has not said for this long how it sees does not see."""

STOP_S = 2.0
"""Time to commit what waits when the node stops."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose vehicles count, and which list they are compared with."""

    camera: str
    purpose: str
    path: Path
    look_s: float
    form: Callable[[], Form]
    reasons: bool = False


class Desk:
    """Takes one camera's vehicles, read for one purpose; keeps list, state and store."""

    def __init__(self, name: str, source: Source, around: Surroundings) -> None:
        self._name = name
        self._source = source
        self._around = around
        self.store = Store(name, around.journal)
        self._file = ListFile(name, source.path, source.form, source.look_s, reasons=source.reasons)
        self._eyes: EyesTold | None = None
        self._eyes_s: float | None = None
        self._running = False
        self._last = LastWord()
        self.vehicles = 0
        """How many were taken, previews included."""

    @property
    def listed(self) -> Catalogue | None:
        """The list in force."""
        return self._file.now

    def readings(self) -> Mapping[str, float]:
        listed = self._file.now
        return {
            "vehicles": self.vehicles,
            "plates_listed": 0 if listed is None else len(listed.plates),
            "lists_loaded": self._file.loaded,
            "list_wrong_rows": self._file.wrong_rows,
            "records": self.store.committed,
            "records_waiting": len(self.store),
            "records_refused": self.store.refused,
            "records_lost": self.store.lost,
        }

    def state(self, trouble: tuple[str, str, str] | None = None) -> DutyState:
        """Say how well the list is served; `trouble` is the duty's own: reason, words, remedy."""
        now = self._around.clock.stamp()
        proof = None if self._eyes is None else self._eyes.state.proof
        return self._last.state(self._word(now.mono_s, trouble), now, proof)

    async def run(
        self, ready: Callable[[], None], handle: Callable[[VehicleSeen], Awaitable[None]]
    ) -> None:
        """Hand every vehicle to `handle`, until cancelled."""
        source, bus = self._source, self._around.bus
        vehicles: Every[VehicleSeen] = Every(VEHICLES_WAITING)
        eyes: Latest[EyesTold] = Latest()
        self._running = True
        try:
            with (
                bus.subscribed(VehicleSeen, vehicles, self._ours),
                bus.subscribed(
                    EyesTold,
                    eyes,
                    lambda e: (e.camera, e.purpose) == (source.camera, source.purpose),
                ),
            ):
                async with asyncio.TaskGroup() as group:
                    beside = [
                        group.create_task(self.store.run(), name=f"{self._name}-store"),
                        group.create_task(self._file.run(), name=f"{self._name}-file"),
                        group.create_task(self._watch_eyes(eyes), name=f"{self._name}-eyes"),
                    ]
                    ready()
                    try:
                        await self._serve(vehicles, handle)
                    finally:
                        await self._finish()
                        for task in beside:
                            task.cancel()
        finally:
            self._running = False

    async def _serve(
        self, vehicles: Every[VehicleSeen], handle: Callable[[VehicleSeen], Awaitable[None]]
    ) -> Never:
        while True:
            # no name holds the vehicle while the next one is awaited: its plate would stay with it
            await handle(await vehicles.get())
            self.vehicles += 1

    def _ours(self, seen: VehicleSeen) -> bool:
        return (seen.camera, seen.purpose) == (self._source.camera, self._source.purpose)

    async def _watch_eyes(self, eyes: Latest[EyesTold]) -> Never:
        while True:
            self._eyes = await eyes.get()
            self._eyes_s = self._around.clock.stamp().mono_s

    async def _finish(self) -> None:
        alarm = asyncio.timeout(STOP_S)
        try:
            async with alarm:
                await self.store.emptied()
        except TimeoutError:
            if not alarm.expired():
                raise

    def _word(self, now_s: float, trouble: tuple[str, str, str] | None) -> Word:
        """Say the worst true thing."""
        if not self._running:
            return blind("not-running", "the duty does not run", "see the log for why it ended")
        if unseen := self._no_eyes(now_s):
            return unseen
        remedy = f"mend the file: sereno plates list check {self._source.path}"
        if self._file.now is None:
            return blind("no-list", self._file.words or "the list is being read", remedy)
        lesser = [
            self._dim_eyes(),
            ("list", self._file.words, remedy) if self._file.words else None,
            trouble,
            ("store", self.store.trouble, "see the node's disk") if self.store.trouble else None,
        ]
        said = next((each for each in lesser if each is not None), None)
        return PERFORMING if said is None else degraded(*said)

    def _dim_eyes(self) -> tuple[str, str, str] | None:
        if self._eyes is None or self._eyes.state.performance is Performance.PERFORMING:
            return None
        eyes = self._eyes.state
        return eyes.reason, f"{self._eyes.duty}: {eyes.words}", eyes.remedy

    def _no_eyes(self, now_s: float) -> Word | None:
        source = self._source
        if self._eyes is None or self._eyes_s is None or now_s - self._eyes_s >= SILENT_S:
            return blind(
                "no-reader",
                f"no duty reads the plates of camera {source.camera} for {source.purpose}",
                f'expected a duty of kind plates with camera = "{source.camera}" and '
                f'purpose = "{source.purpose}" that runs',
            )
        if self._eyes.state.performance is Performance.BLIND:
            eyes = self._eyes.state
            return blind(eyes.reason, f"{self._eyes.duty}: {eyes.words}", eyes.remedy)
        return None
