"""A machine gets its bytes, its time and its say, whatever the wire does."""

import asyncio
from collections.abc import Sequence

import pytest

from agent.core.errors import LinkLost
from agent.core.machine import Session
from simulators.link import Mangle, Wire, clean, one_byte_at_a_time, wire


class Asking:
    """Asks once a second, reports each line that comes back, and each silence."""

    PERIOD_S = 1.0

    def __init__(self) -> None:
        self._heard = b""
        self._said = b""
        self._told: list[str] = []
        self._due: float | None = None

    def receive(self, data: bytes, now: float) -> None:
        self._heard += data
        *lines, self._heard = self._heard.split(b"\n")
        self._told += [f"{now:.0f} {line.decode()}" for line in lines]

    def wake(self, now: float) -> None:
        if self._due is None or now >= self._due:
            self._said += b"?\n"
            self._due = now + self.PERIOD_S

    def ask_aside(self) -> None:
        self._said += b"!\n"

    def deadline(self) -> float | None:
        return self._due

    def outgoing(self) -> bytes:
        said, self._said = self._said, b""
        return said

    def events(self) -> Sequence[str]:
        told, self._told = self._told, []
        return told


async def answer(end: Wire) -> None:
    """Echo whatever is asked."""
    while True:
        await end.write(await end.read())


@pytest.mark.parametrize("mangle", [clean, one_byte_at_a_time])
async def test_it_asks_on_time_and_hears_every_answer(mangle: Mangle) -> None:
    near, far = wire("bench", mangle)
    told: list[str] = []

    async def deliver(event: str) -> None:
        told.append(event)

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(answer(far)),
            group.create_task(Session(near, Asking()).run(deliver)),
        ]
        await asyncio.sleep(3.5)
        for task in tasks:
            task.cancel()
    assert told == ["0 ?", "1 ?", "2 ?", "3 ?"]


async def test_what_is_said_aside_goes_out_at_once() -> None:
    near, far = wire("bench")
    machine = Asking()
    session = Session(near, machine)

    async def deliver(_: str) -> None: ...

    task = asyncio.create_task(session.run(deliver))
    assert await far.read() == b"?\n"
    machine.ask_aside()
    await session.flush()
    async with asyncio.timeout(0.1):
        assert await far.read() == b"!\n"
    task.cancel()
    await asyncio.wait([task])


async def test_a_lost_link_ends_the_session_by_name() -> None:
    near, _ = wire("bench")

    async def deliver(_: str) -> None: ...

    task = asyncio.create_task(Session(near, Asking()).run(deliver))
    await asyncio.sleep(0.5)
    near.unplug()
    with pytest.raises(LinkLost, match="bench: unplugged"):
        await task
