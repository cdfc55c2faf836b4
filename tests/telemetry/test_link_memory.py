"""The broker in memory keeps the contract of the real one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.telemetry.mqtt import NOT_AUTHORISED, Dialler, Refused
from simulators.mqtt import Heard, MemoryBroker, MemoryDialler
from tests.telemetry.link_contract import WILL, Bench, LinkContract, Seen


class MemorySeen:
    def __init__(self, retained: dict[str, bytes]) -> None:
        self._heard: list[tuple[str, bytes, bool]] = [(t, p, True) for t, p in retained.items()]
        self._news = asyncio.Event()

    def __call__(self, heard: Heard) -> None:
        self._heard.append((heard.topic, heard.payload, False))
        self._news.set()

    async def until(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        while (topic, payload, retained) not in self._heard:
            self._news.clear()
            await self._news.wait()

    def count(self, topic: str) -> int:
        return sum(heard == topic for heard, _, _ in self._heard)


class MemoryBench:
    def __init__(self) -> None:
        self._broker = MemoryBroker()
        self._broker.refuse = lambda topic, _: (
            NOT_AUTHORISED if topic.startswith("forbidden") else None
        )

    def dialler(self, puback_s: float = 1.0) -> Dialler:
        return MemoryDialler(self._broker, "pole-017", wait_s=puback_s)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Seen]:
        seen = MemorySeen(self._broker.retained)
        self._broker.listen(seen)
        yield seen

    async def say(self, topic: str, payload: bytes) -> None:
        self._broker.say(topic, payload)

    async def kill(self) -> None:
        self._broker.kill()

    async def start(self) -> None:
        self._broker.start()

    def freeze(self) -> None:
        self._broker.mute = True

    def thaw(self) -> None:
        self._broker.mute = False


class TestMemoryLink(LinkContract):
    @pytest.fixture
    def bench(self) -> Bench:
        return MemoryBench()

    async def test_a_refused_subscription_raises(self, bench: Bench) -> None:
        # Only here: Mosquitto's access file grants every subscription and filters what it sends.
        async with bench.dialler().dial(WILL) as link:
            with pytest.raises(Refused, match="forbidden"):
                await link.subscribe(["dn/ack", "forbidden/x"])
