"""What the RTSP camera says of a peer that is none: real sockets, no RTSP server needed."""

import asyncio
import contextlib
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.core.clock import SystemClock
from agent.core.errors import DeviceError, DeviceRefused, DeviceSilent, LinkLost
from agent.core.frames import Frame
from agent.core.mailbox import Latest
from drivers.camera_rtsp import KIND
from tests.drivers.watched import Watched

pytestmark = pytest.mark.socket

PASSWORD = "s3cr3t"  # noqa: S105 - nobody's


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[int]:
    """Serve a port that answers every request alike: b"" hangs up, None says nothing at all."""
    open_ones: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):  # it hung up
            while await reader.readuntil(b"\r\n\r\n") and answer != b"":
                writer.write(answer or b"")
        writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones[writer] = asyncio.create_task(converse(reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for writer in open_ones:
            writer.close()
        await asyncio.gather(*open_ones.values())


async def refusal_of(port: int) -> DeviceError:
    url = f"rtsp://bob:{PASSWORD}@127.0.0.1:{port}/main"
    watched = Watched(KIND, SystemClock(), url=url, open_s=0.5, silent_s=0.5)
    with pytest.raises(DeviceError) as caught:
        async with watched.into(Latest[Frame]()) as run:
            await asyncio.wait([run])
    words = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in words
    assert caught.value.__context__ is None  # nor is it in what loggers dig out
    assert f"gate: rtsp://127.0.0.1:{port}/main: " in words
    assert not watched.is_ready.is_set()
    return caught.value


def rtsp(status: str) -> bytes:
    return f"RTSP/1.0 {status}\r\nCSeq: 1\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (None, DeviceSilent, "no answer within 0.5 s"),
        (b"", DeviceRefused, "it does not speak RTSP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", DeviceSilent, "no answer within 0.5 s"),
        (rtsp("404 Not Found"), DeviceRefused, "404: the camera has no stream of that name"),
        (rtsp("403 Forbidden"), DeviceRefused, "403: this login may not see the stream"),
        (rtsp("454 Session Not Found"), DeviceRefused, "4xx: the camera refuses the request"),
        (rtsp("503 Service Unavailable"), DeviceRefused, "5xx: the camera has a fault"),
    ],
)
async def test_a_peer_that_gives_no_stream_is_named(
    answer: bytes | None, kind: type[DeviceError], words: str
) -> None:
    async with answering(answer) as port:
        error = await refusal_of(port)
    assert isinstance(error, kind)
    assert words in str(error)


async def test_a_closed_port_is_a_lost_link() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        error = await refusal_of(nobody.getsockname()[1])
    assert isinstance(error, LinkLost)
    assert "connection refused" in str(error)


async def test_it_can_be_cancelled_while_it_connects() -> None:
    async with answering(None) as port:
        watched = Watched(KIND, SystemClock(), url=f"rtsp://127.0.0.1:{port}/main", open_s=1)
        async with watched.into(Latest[Frame]()):
            await asyncio.sleep(0)
