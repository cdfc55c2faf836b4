"""Every test runs in virtual time, and leaves no task, thread or descriptor behind."""

import asyncio
import gc
import inspect
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from agent.core.clock import Stamp
from models.data import data_folder
from simulators.loop import VirtualLoop

REAL_TIME = ("socket", "broker", "browser", "chaos", "rtsp")
"""Markers of tests that talk to another program, which knows no virtual time."""

# A machine under load is no failed property: speed is measured in tests/benchmarks.
settings.register_profile("sereno", deadline=None)
settings.load_profile("sereno")

START = datetime(2030, 1, 1, tzinfo=UTC)


class LoopClock:
    """A clock whose date follows the running loop's time; synchronised unless said otherwise."""

    def __init__(self, *, synced: bool = True) -> None:
        self.synced = synced

    def stamp(self) -> Stamp:
        mono_s = asyncio.get_running_loop().time()
        return Stamp(mono_s, START + timedelta(seconds=mono_s), self.synced, 1)


@pytest.fixture
def clock() -> LoopClock:
    return LoopClock()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The development pictures: never skipped in CI."""
    path = data_folder()
    if path.is_dir():
        return path
    words = f"no development pictures at {path}: set SERENO_DATA to their folder"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


def _is_real_time(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in REAL_TIME)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test on its own loop, and fail it if it leaves a task."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in wanted if name in pyfuncitem.funcargs}
    factory: Callable[[], asyncio.AbstractEventLoop] = (
        asyncio.SelectorEventLoop if _is_real_time(pyfuncitem) else VirtualLoop
    )

    async def run() -> None:
        await pyfuncitem.obj(**arguments)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks left running: {left}"

    with asyncio.Runner(loop_factory=factory, debug=True) as runner:
        runner.run(run())
    return True


def _descriptors() -> dict[str, str]:
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found[entry.name] = str(entry.readlink())
        except FileNotFoundError:  # the descriptor of this very listing
            continue
    return found


@pytest.fixture(autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """Fail a test that leaves a thread or a file descriptor."""
    threads, descriptors = set(threading.enumerate()), _descriptors()
    yield
    late = [t for t in threading.enumerate() if t not in threads]
    for thread in late:
        thread.join(timeout=5)
    alive = [t.name for t in late if t.is_alive()]
    assert not alive, f"threads left running: {alive}"
    if new := {fd: to for fd, to in _descriptors().items() if descriptors.get(fd) != to}:
        gc.collect()  # what only a reference cycle held is not a leak
        new = {fd: to for fd, to in _descriptors().items() if fd in new and to == new[fd]}
    assert not new, f"descriptors left open: {new}"


@pytest.fixture(autouse=True)
def no_real_socket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse internet sockets to tests that are not marked for them."""
    if _is_real_time(request.node) or request.node.get_closest_marker("tflite_runtime"):
        return
    import socket  # noqa: PLC0415 - patched here only

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a real socket in a test that is not marked `socket`")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
