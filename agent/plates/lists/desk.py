"""What both duties of lists have in common: vehicles come in, a list lies there, records go out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from agent.core.device import Surroundings
from agent.core.duty import DutyState
from agent.core.mailbox import Every
from agent.core.store import Store
from agent.core.word import PERFORMING, LastWord, Word, blind, degraded
from agent.plates.eyes import Eyes, ReaderRuns
from agent.plates.lists.catalogue import Catalogue
from agent.plates.lists.file import ListFile
from agent.plates.lists.rows import Form
from agent.plates.lists.settings import reader, unread
from agent.plates.vehicle import VehicleSeen

VEHICLES_WAITING = 32
"""More vehicles at once than there are in a picture; each waits for microseconds."""

READER_STOPS_S = 2.5
"""When the node stops, the reader decides what is in view within 2 s: it is heard to its end."""

STOP_S = 1.5
"""Time to commit what waits then; SIGTERM allows 5 s in all."""

News = VehicleSeen | ReaderRuns
"""What a plate duty tells the desk, in the order in which it tells it."""

Handle = Callable[[VehicleSeen], Awaitable[None]]

_log = logging.getLogger(__name__)


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
        ours = source.camera, source.purpose
        self._eyes = Eyes(
            lambda e: (e.camera, e.purpose) == ours,
            (unread(*ours), f"{reader(*ours)} that runs"),
        )
        self._running = self._reader_ended = False
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
        return self._last.state(self._word(now.mono_s, trouble), now, self._eyes.proof)

    async def run(self, ready: Callable[[], None], handle: Handle) -> None:
        """Hand every vehicle to `handle`, until cancelled."""
        bus, clock = self._around.bus, self._around.clock
        inbox: Every[News] = Every(VEHICLES_WAITING)
        self._running, self._reader_ended = True, False
        try:
            with (
                bus.subscribed(VehicleSeen, inbox, self._ours),
                bus.subscribed(ReaderRuns, inbox, self._ours),
            ):
                async with asyncio.TaskGroup() as group:
                    beside = [
                        group.create_task(self.store.run(), name=f"{self._name}-store"),
                        group.create_task(self._file.run(), name=f"{self._name}-file"),
                        group.create_task(self._eyes.watch(bus, clock), name=f"{self._name}-eyes"),
                    ]
                    ready()
                    try:
                        await self._serve(inbox, handle)
                    except asyncio.CancelledError:
                        if not any(task.done() for task in beside):  # else one of them fell
                            await self._hear_out(inbox, handle)
                        raise
                    finally:
                        await self._finish()
                        for task in beside:
                            task.cancel()
        finally:
            self._running = False

    async def _serve(
        self,
        inbox: Every[News],
        handle: Handle,
    ) -> Never:
        while True:
            await self._take(await inbox.get(), handle)

    async def _take(
        self,
        news: News,
        handle: Handle,
    ) -> None:
        # no name may hold a vehicle while the next one is awaited: its plate would stay with it
        if isinstance(news, ReaderRuns):
            self._reader_ended = not news.runs
            return
        await handle(news)
        self.vehicles += 1

    async def _hear_out(
        self,
        inbox: Every[News],
        handle: Handle,
    ) -> None:
        """Take what waits, and what the reader still says before it ends, within a bound.

        A vehicle in view when the node stops may be a listed one.
        """
        if self._eyes.are_gone(self._around.clock.stamp().mono_s):
            self._reader_ended = True  # nobody is there to say so
        alarm = asyncio.timeout(READER_STOPS_S)
        try:
            async with alarm:
                while len(inbox) or not self._reader_ended:
                    await self._take(await inbox.get(), handle)
        except TimeoutError:
            if not alarm.expired():
                raise
            words = "%s: the reader did not say within %g s that it has ended; %d wait unheard"
            _log.warning(words, self._name, READER_STOPS_S, len(inbox))

    def _ours(self, seen: News) -> bool:
        return (seen.camera, seen.purpose) == (self._source.camera, self._source.purpose)

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
        if unseen := self._eyes.blind(now_s):
            return unseen
        remedy = f"mend the file: sereno plates list check {self._source.path}"
        if self._file.now is None:
            return blind("no-list", self._file.words or "the list is being read", remedy)
        lesser = [
            self._eyes.dim(),
            ("list", self._file.words, remedy) if self._file.words else None,
            trouble,
            ("store", self.store.trouble, "see the node's disk") if self.store.trouble else None,
        ]
        said = next((each for each in lesser if each is not None), None)
        return PERFORMING if said is None else degraded(*said)
