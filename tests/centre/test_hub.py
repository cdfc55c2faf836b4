"""The hub: a page that does not read costs nothing and skips to the newest."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from simulators.centre.arrivals import Arrival
from simulators.centre.hub import MOST_PASSAGES, PAUSE_S, Hub
from simulators.centre.ingest import IngestState
from simulators.centre.reader import Reader
from simulators.centre.store import Store
from tests.centre.contract import passage, record

Arrive = Callable[..., list[Arrival]]
NOW = "2026-11-22T09:48:12.000Z"


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[Hub]:
    Store(path).close()
    with closing(Reader(path)) as reader:
        hub = Hub("ceuta", "broker:1883", reader, IngestState)
        task = asyncio.create_task(hub.run())
        yield hub
        await hub.close()
        task.cancel()
        await asyncio.wait([task])


async def until(stream: AsyncGenerator[bytes, None], wanted: bytes) -> bytes:
    async for each in stream:
        if wanted in each:
            return each
    raise AssertionError(f"the stream ended before {wanted!r}")


async def test_a_page_is_told_of_a_new_passage(arrive: Arrive, path: Path) -> None:
    async with running(path) as hub:
        stream = hub.stream(0)
        await until(stream, b"event: front")
        with Store(path) as store:
            store.commit(arrive(record(1, passage(), stream="plates.passage")), [], NOW)
        hub.poke()
        assert b'"sequence":"0000000000000001"' in await until(stream, b"event: passages")
        await stream.aclose()


async def test_a_page_that_did_not_read_gets_the_newest_once(arrive: Arrive, path: Path) -> None:
    async with running(path) as hub:
        stream = hub.stream(0)
        await until(stream, b"event: front")
        for number in range(1, MOST_PASSAGES + 20):
            with Store(path) as store:
                told = record(number, passage(), stream="plates.passage")
                store.commit(arrive(told), [], NOW)
            hub.poke()
            await asyncio.sleep(PAUSE_S)
        missed = await until(stream, b"event: passages")
        assert missed.count(b'"node"') == MOST_PASSAGES
        await stream.aclose()


async def test_a_quiet_centre_gives_signs_of_life(path: Path) -> None:
    async with running(path) as hub:
        stream = hub.stream(0)
        for _ in range(3):
            await until(stream, b"event: alive")
        await stream.aclose()


async def test_books_that_cannot_be_read_do_not_end_the_hub(
    arrive: Arrive, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(path) as hub:
        stream = hub.stream(0)
        await until(stream, b"event: front")
        hidden = path.rename(path.with_suffix(".hidden"))  # noqa: ASYNC240
        hub.poke()
        await asyncio.sleep(2 * PAUSE_S)
        hidden.rename(path)
        with Store(path) as store:
            store.commit(arrive(record(1, passage(), stream="plates.passage")), [], NOW)
        hub.poke()
        await until(stream, b"event: passages")
        await stream.aclose()
    assert "cannot read the books" in caplog.text


async def test_closing_ends_every_stream(path: Path) -> None:
    async with running(path) as hub:
        stream = hub.stream(0)
        await until(stream, b"event: front")
        await hub.close()
        assert [each async for each in stream if each] == []
        assert hub.pages == 0
