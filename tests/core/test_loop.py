"""Virtual time jumps, waits for threads, and never hangs."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulators.loop import SleepsForeverError, VirtualLoop


async def test_a_night_passes_at_once() -> None:
    loop = asyncio.get_running_loop()
    before = time.monotonic()
    await asyncio.sleep(12 * 3600)
    assert loop.time() == pytest.approx(12 * 3600)
    assert time.monotonic() - before < 3600


async def test_the_clock_stands_still_while_a_thread_works() -> None:
    loop = asyncio.get_running_loop()
    go = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = loop.run_in_executor(pool, go.wait)
        timer = asyncio.create_task(asyncio.sleep(1))
        await asyncio.sleep(0)
        go.set()
        await waiting
        assert loop.time() == 0
        await timer
    assert loop.time() == pytest.approx(1)


async def test_the_clock_stands_still_for_a_thread_whose_waiter_is_gone() -> None:
    loop = asyncio.get_running_loop()
    started, go = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go.wait()

    with ThreadPoolExecutor(1) as pool:
        waiting = loop.run_in_executor(pool, work)
        started.wait()
        waiting.cancel()
        timer = asyncio.create_task(asyncio.sleep(1))
        await asyncio.sleep(0)
        assert isinstance(loop, VirtualLoop)
        assert loop.threads_busy
        go.set()
        await timer


async def test_work_taken_from_the_queue_before_it_starts_does_not_stop_the_clock() -> None:
    loop = asyncio.get_running_loop()
    go = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = loop.run_in_executor(pool, go.wait)
        loop.run_in_executor(pool, time.monotonic).cancel()
        await asyncio.sleep(0)
        go.set()
        await first
        await asyncio.sleep(1)
    assert loop.time() == pytest.approx(1)


def test_waiting_for_what_cannot_happen_is_an_error() -> None:
    async def wait_for_nothing() -> None:
        await asyncio.Event().wait()

    with (
        pytest.raises(SleepsForeverError),
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
    ):
        runner.run(wait_for_nothing())
