"""The RTSP camera against a real server, GStreamer's, that also dies, hangs and locks its door."""

import asyncio
import contextlib
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from agent.core.clock import SystemClock
from agent.core.errors import DeviceRefused, DeviceSilent, LinkLost
from agent.core.frames import Frame, Pixels
from agent.core.mailbox import Latest
from agent.core.supervise import Health, Supervisor
from drivers.camera_rtsp import KIND
from drivers.camera_rtsp.stream import Source, Stream
from tests.drivers.watched import Watched

pytestmark = pytest.mark.rtsp

PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("rtsp_server.py")
START_S = 30
BARS = (235, 210, 170, 145, 106, 81, 41)
"""Luma of white, yellow, cyan, green, magenta, red and blue: ITU-R BT.601-7, limited range."""


def missing(words: str) -> NoReturn:
    words = f"no RTSP server (make ci-deps): {words}"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


class Server:
    """The server as another process."""

    def __init__(self, lock: str, port: int = 0) -> None:
        if not Path(PYTHON).exists():
            missing(f"there is no {PYTHON}")
        self.process = subprocess.Popen(
            [PYTHON, str(SCRIPT), str(port), lock],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], START_S)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.process.kill()
            missing(self.process.communicate()[1][-400:])
        self.port = int(line.split()[1])

    def url(self, path: str = "/bars", login: str = "") -> str:
        return f"rtsp://{login}127.0.0.1:{self.port}{path}"

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(lock: str = "open", port: int = 0) -> Server:
        running.append(Server(lock, port))
        return running[-1]

    yield start
    for server in running:
        server.end()


def watching(url: str, silent_s: float = 2.0) -> Watched:
    return Watched(KIND, SystemClock(), url=url, open_s=20.0, silent_s=silent_s)


async def frames_of(inbox: Latest[Frame], run: "asyncio.Task[None]", count: int) -> list[Frame]:
    """Return the next frames; the run's failure is the test's."""
    found: list[Frame] = []
    while len(found) < count:
        getting = asyncio.create_task(inbox.get())
        await asyncio.wait([getting, run], return_when=asyncio.FIRST_COMPLETED)
        if not getting.done():
            getting.cancel()
            await asyncio.wait([getting])
            run.result()
            raise AssertionError("the camera ended without a word")
        found.append(getting.result())
    return found


async def ends(run: "asyncio.Task[None]") -> None:
    await asyncio.wait([run])


async def ends_after(disturb: Callable[[], None], watched: Watched, inbox: Latest[Frame]) -> None:
    """See some frames, disturb the peace, wait for the run to fail."""
    async with watched.into(inbox) as run:
        await frames_of(inbox, run, 5)
        disturb()
        await ends(run)


@pytest.mark.parametrize("path", ["/bars", "/mjpeg"])
async def test_frames_arrive_and_look_right(serve: Callable[..., Server], path: str) -> None:
    watched, inbox = watching(serve().url(path)), Latest[Frame]()
    async with watched.into(inbox) as run:
        frames = await frames_of(inbox, run, 30)
        readings = watched.camera.readings()
    assert watched.camera.live
    width = frames[-1].data.shape[1]
    assert frames[-1].data.shape == (240, {"/bars": 322, "/mjpeg": 320}[path])
    middles = [round(width * (2 * bar + 1) / 14) for bar in range(7)]
    assert np.abs(frames[-1].data[60, middles].astype(int) - BARS).max() <= 3
    assert [frame.seq for frame in frames] == sorted({frame.seq for frame in frames})
    assert all(frame.pixels is Pixels.GREY8 and not frame.still for frame in frames)
    assert readings["decoded"] >= 30
    assert readings["fps"] > 0
    assert readings["last_frame_age_s"] >= 0
    assert readings["reconnects"] == 0


async def test_stamps_are_of_arrival(serve: Callable[..., Server]) -> None:
    watched, inbox = watching(serve().url()), Latest[Frame]()
    began_s = asyncio.get_running_loop().time()
    async with watched.into(inbox) as run:
        frames = await frames_of(inbox, run, 30)
        now_s = asyncio.get_running_loop().time()
    times_s = [frame.taken.mono_s for frame in frames]
    assert times_s == sorted(set(times_s))
    assert began_s < times_s[0]
    assert times_s[-1] <= now_s


async def test_the_right_login_opens_a_locked_server(serve: Callable[..., Server]) -> None:
    watched = watching(serve("locked").url(login="technician:s3cr3t@"))
    inbox: Latest[Frame] = Latest()
    async with watched.into(inbox) as run:
        await frames_of(inbox, run, 1)


@pytest.mark.parametrize("login", ["", "technician:wr0ng@"])
async def test_a_wrong_login_is_refused_without_telling_it(
    serve: Callable[..., Server], login: str
) -> None:
    server = serve("locked")
    with pytest.raises(DeviceRefused, match="401: name or password") as caught:
        async with watching(server.url(login=login)).into(Latest[Frame]()) as run:
            await ends(run)
    assert server.url() in str(caught.value)
    assert "wr0ng" not in str(caught.value)


async def test_a_wrong_path_is_refused(serve: Callable[..., Server]) -> None:
    with pytest.raises(DeviceRefused, match="/none: 404"):
        async with watching(serve().url("/none")).into(Latest[Frame]()) as run:
            await ends(run)


async def test_a_killed_server_is_a_lost_link_and_a_fresh_run_recovers(
    serve: Callable[..., Server],
) -> None:
    first = serve()
    watched, inbox = watching(first.url()), Latest[Frame]()
    with pytest.raises(LinkLost, match=f"gate: {first.url()}: "):
        await ends_after(first.end, watched, inbox)
    with pytest.raises(LinkLost, match="connection refused"):
        async with watched.into(inbox) as run:
            await ends(run)
    serve(port=first.port)
    async with watched.into(inbox) as run:
        after = (await frames_of(inbox, run, 5))[-1]
        readings = watched.camera.readings()
    assert after.seq >= 10
    assert readings["reconnects"] == 2
    assert readings["decoded"] >= 10


async def test_a_frozen_server_is_silence_and_a_fresh_run_recovers(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    watched, inbox = watching(server.url(), silent_s=1.0), Latest[Frame]()
    with pytest.raises(DeviceSilent, match=r"(for|within) 1 s"):
        await ends_after(lambda: server.process.send_signal(signal.SIGSTOP), watched, inbox)
    server.process.send_signal(signal.SIGCONT)
    async with watched.into(inbox) as run:
        await frames_of(inbox, run, 5)


async def test_it_can_be_cancelled_while_the_server_is_frozen(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    watched, inbox = watching(server.url(), silent_s=1.0), Latest[Frame]()
    async with watched.into(inbox) as run:
        await frames_of(inbox, run, 5)
        mine = {thread.name for thread in threading.enumerate()}
        server.process.send_signal(signal.SIGSTOP)
    assert {"gate-receive", "gate-decode"} <= mine  # that they end is for the fixture to say


async def test_a_reader_that_sleeps_gets_the_newest_and_memory_stays_bounded(
    serve: Callable[..., Server],
) -> None:
    news = asyncio.Event()
    loop = asyncio.get_running_loop()
    source = Source(serve().url(), "tcp", 20.0, 2.0)

    def wake() -> None:
        loop.call_soon_threadsafe(news.set)

    stream = Stream("gate", source, loop.time, wake)
    stream.start()
    try:
        while stream.decoded < 60 and not stream.closed:  # nobody takes any
            news.clear()
            await news.wait()
        newest = stream.take()
        assert stream.ending is None
        assert newest is not None
        assert stream.take() is None
        assert stream.dropped >= 59
    finally:
        stream.stop()
        while not stream.closed:
            news.clear()
            await news.wait()


def our_udp_sockets() -> int:
    ours = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the descriptor of this very listing
            ours.add(str(entry.readlink()))
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(f"socket:[{row[9]}]" in ours for row in rows)


@pytest.mark.parametrize(("transport", "sockets"), [("tcp", 0), ("udp", 2)])
async def test_either_transport_is_spoken(
    serve: Callable[..., Server], transport: str, sockets: int
) -> None:
    inbox: Latest[Frame] = Latest()
    watched = Watched(
        KIND, SystemClock(), url=serve().url(), transport=transport, open_s=20.0, silent_s=5.0
    )
    async with watched.into(inbox) as run:
        await frames_of(inbox, run, 5)
        assert our_udp_sockets() == sockets


async def test_the_supervisor_brings_it_back(serve: Callable[..., Server]) -> None:
    first = serve()
    watched, inbox = watching(first.url()), Latest[Frame]()
    news = asyncio.Event()
    supervisor = Supervisor(SystemClock(), changed=news.set)
    with watched.bus.subscribed(Frame, inbox):
        run = asyncio.create_task(supervisor.run([watched.camera]))
        await frames_of(inbox, run, 5)
        first.end()
        while supervisor.states["gate"].health is not Health.FAULTY:
            news.clear()
            await news.wait()
        serve(port=first.port)
        await frames_of(inbox, run, 5)
        run.cancel()
        await asyncio.wait([run])
    restarts, bugs = supervisor.counts("gate")
    assert restarts >= 1
    assert bugs == 0
