"""Passages on their way to the journal: kept while it fails, in order, within a bound."""

import asyncio
import logging
from collections import deque
from typing import Never

from agent.core.errors import DeviceError, Rejected
from agent.core.records import Journal, Record

MOST_WAITING = 256
"""Passages kept in memory while the disk fails: about 1 MB, minutes of a busy street."""

FIRST_RETRY_S, LAST_RETRY_S = 0.5, 30.0
"""Waits double between these. No jitter: one process on one disk makes no herd."""

_log = logging.getLogger(__name__)


class Store:
    """Commits records one after the other; `run` must be running for anything to happen."""

    def __init__(self, name: str, journal: Journal, what: str = "passages") -> None:
        """Commit for the duty `name`; `what` is what its words call the records."""
        self._name = name
        self._what = what
        self._journal = journal
        self._waiting: deque[Record] = deque()
        self._filled, self._room, self._empty = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._hurry = asyncio.Event()
        self._room.set()
        self._empty.set()
        self.trouble: str | None = None
        """What is wrong with the store, in words; None while it takes everything."""
        self.committed = 0
        self.refused = 0
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def offer(self, record: Record) -> bool:
        """Take a record if there is room; without room it is lost, counted and told."""
        if len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            if self.lost == 1 or self.lost % 100 == 0:
                _log.warning("%s: %d %s lost: %s", self._name, self.lost, self._what, self.trouble)
            return False
        self._waiting.append(record)
        self._empty.clear()
        self._filled.set()
        if len(self._waiting) >= MOST_WAITING:
            self._room.clear()
        return True

    async def put(self, record: Record) -> None:
        """Take a record, waiting for room: for sources that can wait, which lose nothing."""
        while not self.offers_room():
            self._room.clear()
            await self._room.wait()
        self.offer(record)

    def offers_room(self) -> bool:
        """Say whether the next `offer` will be taken."""
        return len(self._waiting) < MOST_WAITING

    async def emptied(self) -> None:
        """Wait until everything taken is committed or refused, without minding retry waits."""
        self._hurry.set()
        try:
            await self._empty.wait()
        finally:
            self._hurry.clear()

    async def run(self) -> Never:
        """Commit for ever. A record leaves memory only after the journal has answered."""
        retry_s = FIRST_RETRY_S
        while True:
            if not self._waiting:
                self._empty.set()
                self._filled.clear()
                await self._filled.wait()
            try:
                await self._journal.put(self._waiting[0])
            except Rejected as error:
                self.refused += 1
                self.trouble = f"the store refused {self.refused} {self._what}: {error}"
                _log.warning("%s: %s", self._name, self.trouble)
            except DeviceError as error:
                if self.trouble is None:
                    _log.warning("%s: %s wait in memory: %s", self._name, self._what, error)
                self.trouble = self._words(error)
                await self._wait(retry_s)
                retry_s = min(2 * retry_s, LAST_RETRY_S)
                continue
            else:
                self.committed += 1
                self.trouble = None
                retry_s = FIRST_RETRY_S
            self._waiting.popleft()
            self._room.set()

    def _words(self, error: DeviceError) -> str:
        lost = f", {self.lost} lost" if self.lost else ""
        return f"{len(self._waiting)} {self._what} wait in memory{lost}: {error}"

    async def _wait(self, wait_s: float) -> None:
        """Wait, or only a moment when somebody waits for the end."""
        alarm = asyncio.timeout(wait_s)
        try:
            async with alarm:
                await self._hurry.wait()
                await asyncio.sleep(FIRST_RETRY_S / 10)
        except TimeoutError:
            if not alarm.expired():
                raise
