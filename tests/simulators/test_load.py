"""The load device's ledger claims exactly what the journal has promised."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from agent.core.bus import Bus
from agent.core.clock import Clock
from agent.core.device import Surroundings
from agent.core.errors import DeviceError
from agent.core.records import Journal, Record, RecordKey
from agent.core.vision import PlateModels
from simulators.load import KIND, Entry, LoadSettings, Number, mended, read_ledger


class Pages:
    """A journal in memory that can be full."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self.full_at: int | None = None

    async def put(self, record: Record) -> RecordKey:
        await asyncio.sleep(0.001)
        number = cast("Number", record.data).number
        if number == self.full_at:
            raise DeviceError("outbox", "the disk is full")
        self.kept.append(number)
        return RecordKey(7, len(self.kept))


@asynccontextmanager
async def loading(
    journal: Journal, clock: Clock, ledger: Path, count: int
) -> AsyncIterator["asyncio.Task[None]"]:
    around = Surroundings(Bus(), clock, journal, {}, cast("PlateModels", None))
    settings = LoadSettings(ledger=str(ledger), rate_hz=100, count=count)
    load = KIND.build("load-1", settings, around)

    async def run() -> None:
        await load.run(lambda: None)

    task = asyncio.create_task(run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_all_are_promised_and_then_it_idles(tmp_path: Path, clock: Clock) -> None:
    pages = Pages()
    async with loading(pages, clock, tmp_path / "ledger", count=250) as task:
        await asyncio.sleep(60)
        assert not task.done()
    entries = list(read_ledger(tmp_path / "ledger"))
    assert [entry.number for entry in entries] == list(range(1, 251))
    assert {(e.epoch, e.sequence) for e in entries} == {(7, n) for n in range(1, 251)}


async def test_the_rate_is_kept(tmp_path: Path, clock: Clock) -> None:
    pages = Pages()
    async with loading(pages, clock, tmp_path / "ledger", count=0):
        await asyncio.sleep(10)
    assert len(pages.kept) == pytest.approx(1000, rel=0.02)


async def test_started_again_it_goes_on_from_its_ledger(tmp_path: Path, clock: Clock) -> None:
    pages = Pages()
    async with loading(pages, clock, tmp_path / "ledger", count=0):
        await asyncio.sleep(1)
    done = len(list(read_ledger(tmp_path / "ledger")))
    async with loading(pages, clock, tmp_path / "ledger", count=done + 50):
        await asyncio.sleep(10)
    numbers = [entry.number for entry in read_ledger(tmp_path / "ledger")]
    assert numbers == list(range(1, done + 51))


async def test_what_was_not_promised_is_not_in_the_ledger(tmp_path: Path, clock: Clock) -> None:
    pages = Pages()
    pages.full_at = 30
    async with loading(pages, clock, tmp_path / "ledger", count=100) as task:
        await asyncio.sleep(10)
        assert isinstance(task.exception(), DeviceError)
    promised = {entry.number for entry in read_ledger(tmp_path / "ledger")}
    assert promised <= set(pages.kept)
    assert 30 not in promised


def test_a_torn_last_line_promises_nothing_and_is_cut_off(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    whole = b'{"epoch":7,"sequence":1,"number":1}\n'
    ledger.write_bytes(whole + b'{"epoch":7,"seq')
    assert list(read_ledger(ledger)) == [Entry(7, 1, 1)]
    assert mended(ledger) == 1
    assert ledger.read_bytes() == whole
