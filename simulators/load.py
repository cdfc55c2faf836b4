"""A device that does nothing but commit numbered records and keep a ledger of them.

For tests that kill things: after any number of kills, every entry of the ledger must be found at
the centre. An entry is written only after `put` returned, so that the ledger never claims more
than the outbox promised.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Never

import msgspec

from agent.core.device import Kind, Surroundings
from agent.core.records import DataClass, Record, RecordKey, Stream
from agent.core.settings import Settings

TICK_S = 0.05
"""Records due within one tick are committed together, as a burst of passages would be."""

MOST_PER_TICK = 1000


class Number(msgspec.Struct, frozen=True):
    """What a load record carries: the how-manieth it is, from 1 on."""

    number: Annotated[int, msgspec.Meta(ge=1)]


NUMBER_STREAM = Stream(
    name="load.number",
    version=1,
    dclass=DataClass.EVENT,
    struct=Number,
    purpose="test",
    retention_s=86400,
)


def streams() -> list[Stream]:
    """Return what this device declares, for the generated contract."""
    return [NUMBER_STREAM]


class Entry(msgspec.Struct, frozen=True):
    """One line of the ledger: a record that `put` has promised to deliver."""

    epoch: int
    sequence: int
    number: int


class LoadSettings(Settings, frozen=True, kw_only=True):
    """`count` ends it, 0 goes on for ever; `ledger` is the file of what was promised."""

    ledger: str
    rate_hz: Annotated[float, msgspec.Meta(gt=0, le=5000)] = 100.0
    count: Annotated[int, msgspec.Meta(ge=0)] = 0


def read_ledger(path: Path) -> Iterator[Entry]:
    """Yield the ledger's whole lines; a last one torn by a kill promises nothing."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield msgspec.json.decode(line, type=Entry)


class Load:
    """Commits records at a rate; started again, it goes on from its ledger."""

    def __init__(self, name: str, settings: LoadSettings, around: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self._around = around
        self._promised = 0

    def readings(self) -> Mapping[str, float]:
        return {"promised": self._promised}

    async def run(self, ready: Callable[[], None]) -> Never:
        loop = asyncio.get_running_loop()
        path = Path(self._settings.ledger)
        with ThreadPoolExecutor(1, thread_name_prefix=f"{self.name}-ledger") as thread:
            self._promised = await loop.run_in_executor(thread, mended, path)
            ready()
            began_s, already = loop.time(), self._promised
            while not self._settings.count or self._promised < self._settings.count:
                due = already + int((loop.time() - began_s) * self._settings.rate_hz)
                if self._settings.count:
                    due = min(due, self._settings.count)
                due = min(due, self._promised + MOST_PER_TICK)
                if due > self._promised:
                    numbers = range(self._promised + 1, due + 1)
                    keys = await asyncio.gather(*(self._put(number) for number in numbers))
                    await loop.run_in_executor(thread, _append, path, keys, numbers)
                    self._promised = due
                await asyncio.sleep(TICK_S)
            await asyncio.Event().wait()  # done; a service never returns
            raise AssertionError("nobody sets that event")

    async def _put(self, number: int) -> RecordKey:
        stamp = self._around.clock.stamp()
        return await self._around.journal.put(
            Record(NUMBER_STREAM, self.name, stamp, Number(number))
        )


def mended(path: Path) -> int:
    """Cut a torn last line off the ledger; return the highest number promised."""
    last = max((entry.number for entry in read_ledger(path)), default=0)
    if path.exists():
        whole = path.read_bytes().rpartition(b"\n")
        with path.open("r+b") as file:
            file.truncate(len(whole[0]) + len(whole[1]))
            os.fsync(file.fileno())
    return last


def _append(path: Path, keys: Sequence[RecordKey], numbers: Sequence[int]) -> None:
    with path.open("ab") as file:
        for key, number in zip(keys, numbers, strict=True):
            file.write(msgspec.json.encode(Entry(key.epoch, key.sequence, number)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


KIND = Kind(
    name="load",
    what="commits numbered records at a rate and keeps a ledger of them (tests only)",
    settings=LoadSettings,
    build=Load,
)
