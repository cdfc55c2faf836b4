"""Tells every open page what is new; a slow one skips to the newest and holds nobody up."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime

import msgspec

from simulators.centre.ingest import IngestState
from simulators.centre.reader import Reader
from simulators.centre.traffic import TrafficView, traffic
from simulators.centre.views import Books, RecordView, books, newest_passages

log = logging.getLogger(__name__)

MOST_PASSAGES = 60
"""Passages a new page is given at once, and an open one keeps."""

PAUSE_S = 0.25
"""Between two looks into the books, however fast records come."""

HEARTBEAT_S = 10.0
"""A page that hears nothing for three of these knows that it is cut off."""

MOST_PAGES = 100


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page shows but passages."""

    org: str
    broker: str
    now: str
    centre: IngestState
    books: Books
    traffic: TrafficView


class Hub:
    """Looks into the books after each change and remembers the newest for pages to fetch."""

    def __init__(
        self, org: str, broker: str, reader: Reader, state: Callable[[], IngestState]
    ) -> None:
        self._org = org
        self._broker = broker
        self._reader = reader
        self.state = state
        self._news = asyncio.Event()
        self._changed = asyncio.Condition()
        self._version = 0
        self._front = b""
        self._passages: Sequence[RecordView] = ()
        self._closed = False
        self.pages = 0

    def poke(self) -> None:
        """Say that there may be news; call it in the loop's thread."""
        self._news.set()

    async def run(self) -> None:
        """Follow the books until cancelled."""
        while True:
            self._news.clear()
            try:
                await self._look()
            except sqlite3.Error as error:
                log.warning("centre: the page cannot read the books: %s", error)
            await asyncio.sleep(PAUSE_S)
            await self._news.wait()

    async def close(self) -> None:
        """End every open stream."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def _look(self) -> None:
        front_of, passages, lanes = await self._reader.ask(
            lambda db: (books(db), newest_passages(db, MOST_PASSAGES), traffic(db))
        )
        front = Front(
            org=self._org,
            broker=self._broker,
            now=_now(),
            centre=self.state(),
            books=front_of,
            traffic=lanes,
        )
        async with self._changed:
            self._front = msgspec.json.encode(front)
            self._passages = passages
            self._version += 1
            self._changed.notify_all()

    async def stream(self, after: int) -> AsyncGenerator[bytes, None]:
        """Yield server-sent events: the front now and after each change, and new passages.

        `after` is the cursor of the last passage the page has. What it missed beyond the newest
        `MOST_PASSAGES` it finds through the API.
        """
        self.pages += 1
        version = 0
        try:
            yield b"retry: 2000\n\n"
            while not self._closed:
                if version == self._version:
                    yield await self._wait(version)
                    continue
                version = self._version
                yield _event("front", self._front)
                if fresh := [each for each in self._passages if each.id > after]:
                    after = fresh[-1].id
                    yield _event("passages", msgspec.json.encode(fresh), after)
        finally:
            self.pages -= 1

    async def _wait(self, version: int) -> bytes:
        """Return an event for the sake of a sign of life."""
        try:
            async with asyncio.timeout(HEARTBEAT_S), self._changed:
                await self._changed.wait_for(lambda: self._closed or self._version != version)
        except TimeoutError:
            return _event("alive", msgspec.json.encode({"now": _now()}))
        return b""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _event(name: str, data: bytes, ident: int | None = None) -> bytes:
    """Write one event; JSON has no line breaks of its own."""
    head = f"event: {name}\n" + (f"id: {ident}\n" if ident is not None else "")
    return head.encode() + b"data: " + data + b"\n\n"
