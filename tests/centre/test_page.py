"""The page and the API over a real socket, while the broker is nowhere to be found."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulators.centre.arrivals import Arrival
from simulators.centre.page import HEADERS, STATIC
from simulators.centre.serve import Setup, serve
from simulators.centre.store import Store
from simulators.centre.words import Word
from tests.centre.contract import NODE, birth, gap, passage, record
from tests.centre.node import PATIENCE_S

pytestmark = pytest.mark.socket

Arrive = Callable[..., list[Arrival]]
NOW = "2026-11-22T09:48:12.000Z"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Site:
    """One running centre."""

    port: int

    async def get(self, path: str, *, host: str = "127.0.0.1") -> Answer:
        async with asyncio.timeout(PATIENCE_S), self.opened(path, host=host) as (answer, reader):
            return Answer(answer.status, answer.headers, await reader.read())

    @asynccontextmanager
    async def opened(
        self, path: str, *, host: str = "127.0.0.1", **headers: str
    ) -> AsyncIterator[tuple[Answer, asyncio.StreamReader]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
            lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            found = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            yield Answer(int(head[0].split()[1]), found, b""), reader
        finally:
            writer.close()
            await writer.wait_closed()


async def event(reader: asyncio.StreamReader, wanted: str) -> tuple[Any, str]:
    """Return the data and the id of the next event of one name."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            block = (await reader.readuntil(b"\n\n")).decode()
            fields = dict(re.findall(r"^(event|data|id): (.*)$", block, re.MULTILINE))
            if fields.get("event") == wanted:
                return json.loads(fields["data"]), fields.get("id", "")


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[Site]:
    """Run a centre whose broker nobody answers for."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    setup = Setup(broker_host="127.0.0.1", broker_port=1, org="ceuta", db=path)
    centre = asyncio.create_task(serve(setup, address.set_result))
    try:
        yield Site(int((await address).rstrip("/").rpartition(":")[2]))
    finally:
        centre.cancel()
        await asyncio.wait([centre])
        assert centre.cancelled()


async def test_every_answer_carries_the_protecting_headers(path: Path) -> None:
    async with running(path) as site:
        for place in ("/", "/static/style.css", "/api/nodes", "/nowhere", "/static/../page.py"):
            answer = await site.get(place)
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, place


async def test_everything_the_page_needs_is_served_here(path: Path) -> None:
    async with running(path) as site:
        index = (await site.get("/")).body.decode()
        for place in re.findall(r'(?:src|href)="([^"#]*)"', index):
            assert place.startswith("/static/"), place
        for name, kind in STATIC.items():
            answer = await site.get(f"/static/{name}")
            assert (answer.status, answer.headers["content-type"]) == (200, kind), name
            for imported in re.findall(rb'from "\./([^"]*)"', answer.body):
                assert imported.decode() in STATIC
            foreign = re.findall(rb"https?://[^\s\"']*", answer.body)
            assert set(foreign) <= {b"http://www.w3.org/2000/svg"}, name


async def test_nothing_beside_the_listed_files_is_served(path: Path) -> None:
    async with running(path) as site:
        for place in (
            "/static/tables.sql",
            "/static/..%2fpage.py",
            "/fonts/..%2f..%2fx",
            "/fonts/x",
        ):
            assert (await site.get(place)).status == 404, place


async def test_another_name_for_this_machine_is_refused(path: Path) -> None:
    async with running(path) as site:
        assert (await site.get("/api/passages", host="evil.example")).status == 400


async def test_health_is_honest_about_the_broker(path: Path) -> None:
    async with running(path) as site:
        answer = await site.get("/healthz")
    assert answer.status == 200
    assert answer.json["connected"] is False
    assert answer.json["fault"]


async def test_passages_are_read_on_from_a_cursor(arrive: Arrive, path: Path) -> None:
    told = [record(n, passage(f"{n:04}BBB"), stream="plates.passage") for n in range(1, 6)]
    with Store(path) as store:
        store.commit(arrive(*told, record(6)), [], NOW)
    async with running(path) as site:
        newest = (await site.get("/api/passages")).json
        later = (await site.get("/api/passages?after=3")).json
        everything = (await site.get("/api/records?after=nonsense")).json
        of_nobody = (await site.get("/api/records?node=pole-999")).json
    assert [each["record"]["sequence"][-1] for each in newest] == list("12345")
    assert [each["id"] for each in later] == [4, 5]
    assert len(everything) == 6
    assert of_nobody == []


async def test_gaps_and_refusals_are_told_with_their_cause(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(gap(4, 1, 3, cause="age"), record(5, {})), [], NOW)
    async with running(path) as site:
        (missing,) = (await site.get("/api/gaps")).json
        (refused,) = (await site.get("/api/refused")).json
    assert (missing["cause"], missing["missing"]) == ("age", 3)
    assert (refused["sequence"], refused["reason"]) == (5, "data (top): lacks value")


async def test_a_stream_begins_with_what_is_and_goes_on_after_a_cursor(
    arrive: Arrive, path: Path
) -> None:
    told = [record(n, passage(), stream="plates.passage") for n in range(1, 4)]
    with Store(path) as store:
        store.commit(arrive(*told), [], NOW)
    async with running(path) as site:
        async with site.opened("/api/events") as (answer, reader):
            assert answer.headers["content-type"].startswith("text/event-stream")
            front, _ = await event(reader, "front")
            found, cursor = await event(reader, "passages")
        async with site.opened("/api/events", last_event_id="2") as (_, reader):
            rest, _ = await event(reader, "passages")
    assert front["org"] == "ceuta"
    assert front["centre"]["connected"] is False
    assert ([each["id"] for each in found], cursor) == ([1, 2, 3], "3")
    assert [each["id"] for each in rest] == [3]


async def test_a_stop_ends_open_streams(path: Path) -> None:
    async with running(path) as site, site.opened("/api/events") as (_, reader):
        await event(reader, "front")
    assert site.port  # `running` asserts a clean end, though the stream was open


async def test_nodes_are_told_with_their_own_words(
    path: Path, listener: Callable[[str, object], None]
) -> None:
    listener("birth", birth())
    async with running(path) as site:
        (node,) = (await site.get("/api/nodes")).json
    assert node["birth"]["place"] == {"lat": 35.8883, "lon": -5.3062, "note": "Marina, north kerb"}


@pytest.fixture
def listener(path: Path) -> Callable[[str, object], None]:
    def hear(channel: str, value: object) -> None:
        with Store(path) as store:
            store.commit([], [Word(NODE, channel, json.dumps(value))], NOW)

    return hear
