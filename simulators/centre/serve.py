"""Puts the centre together: the ingest in its thread, the hub and the page in one loop."""

import asyncio
import contextlib
import random
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from simulators.centre.broker import Broker
from simulators.centre.hub import Hub
from simulators.centre.ingest import Ingest
from simulators.centre.mqtt import Certificates, Speak
from simulators.centre.page import page
from simulators.centre.reader import Reader
from simulators.centre.schemas import Schemas, load, published
from simulators.centre.store import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a centre is run. `http_port` 0 takes any free one."""

    broker_host: str
    broker_port: int
    org: str
    db: Path
    http_host: str = "127.0.0.1"
    http_port: int = 0
    client_id: str = "sereno-centre"
    share: str | None = None
    certificates: Certificates | None = None
    speak: Speak = Speak.AUTO
    schemas: Sequence[Path] = field(default=())
    """Folders with schemas of further streams, beside the published ones."""


async def serve(setup: Setup, ready: Callable[[str], None]) -> None:
    """Run a centre until cancelled; tell `ready` the page's address once it listens.

    Raises:
        OSError: The page's port is taken.
        sqlite3.Error: The books cannot be opened.
        ValueError: A schema is none.
        ExceptionGroup: With `TakenOver` where another client has our id on the broker.
    """
    schemas = Schemas([*published(), *(each for path in setup.schemas for each in load(path))])
    Store(setup.db).close()  # says at once what is wrong with it, and makes it for readers
    loop = asyncio.get_running_loop()
    broker = Broker(
        host=setup.broker_host,
        port=setup.broker_port,
        org=setup.org,
        client_id=setup.client_id,
        share=setup.share,
        certificates=setup.certificates,
        speak=setup.speak,
    )
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((setup.http_host, setup.http_port)))
        reader = stack.enter_context(contextlib.closing(Reader(setup.db)))

        def changed() -> None:
            loop.call_soon_threadsafe(hub.poke)

        ingest = Ingest(broker, setup.db, schemas, changed, random.Random())
        hub = Hub(setup.org, broker.address, reader, lambda: ingest.state)
        hosts = list(LOOPBACK) if setup.http_host in LOOPBACK else ["*"]
        config = uvicorn.Config(
            page(hub, reader, hosts),
            access_log=False,
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="none",
        )
        port = listener.getsockname()[1]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hub.run())
            tasks.create_task(_ingesting(ingest))
            tasks.create_task(_serving(_Server(config), hub, listener))
            ready(f"http://{setup.http_host}:{port}/")


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the business of whoever runs the loop


async def _serving(server: _Server, hub: Hub, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve([listener]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await hub.close()
        await serving


async def _ingesting(ingest: Ingest) -> None:
    """Run the ingest in a thread of its own name, and end it with this task."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def run() -> None:
        try:
            ingest.run()
        except BaseException as error:  # noqa: BLE001 - handed on to the task that waits for it
            loop.call_soon_threadsafe(ended.set_exception, error)
        else:
            loop.call_soon_threadsafe(ended.set_result, None)

    threading.Thread(target=run, name="centre-ingest").start()
    try:
        await asyncio.shield(ended)
    finally:
        ingest.stop()
        await asyncio.wait([ended])
