"""What every MQTT link must do: the traps measured in real clients, as one suite.

A bench is a broker under the test's control; `test_link_memory.py` runs the suite on the one in
memory, `test_link_mosquitto.py` on a real Mosquitto.
"""

# ruff: noqa: PT012 - what must raise here is a whole connection

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest

from agent.core.errors import LinkLost
from agent.telemetry.mqtt import NOT_AUTHORISED, Dialler, Refused, Will

PATIENT_S = 40.0
"""Long enough that a deadline of this length cannot be what ended a wait."""

WILL = Will("up/state", b"lost", delay_s=1)


class Seen(Protocol):
    """What another client sees under `up/`."""

    async def until(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """Wait for a message, as a fresh one or as a retained one."""
        ...

    def count(self, topic: str) -> int: ...


class Bench(Protocol):
    """A broker that lets everybody write under `up/` and read under `dn/`, and no more."""

    def dialler(self, puback_s: float = 1.0) -> Dialler:
        """Return one that waits so long for a PUBACK."""
        ...

    def watching(self) -> AbstractAsyncContextManager[Seen]:
        """Subscribe to `up/#` as another client."""
        ...

    async def say(self, topic: str, payload: bytes) -> None:
        """Publish as another client."""
        ...

    async def kill(self) -> None: ...

    async def start(self) -> None: ...

    def freeze(self) -> None:
        """Let the broker hold its connections and say nothing."""
        ...

    def thaw(self) -> None: ...


class LinkContract:
    """The suite; a subclass gives it a `bench` fixture."""

    async def test_a_publish_is_seen_by_others(self, bench: Bench) -> None:
        async with bench.watching() as seen, bench.dialler().dial(WILL) as link:
            await link.publish("up/data/x", b"[]")
            await seen.until("up/data/x", b"[]")

    async def test_a_refused_publish_raises_with_its_reason(self, bench: Bench) -> None:
        async with bench.dialler().dial(WILL) as link:
            with pytest.raises(Refused, match="forbidden") as caught:
                await link.publish("forbidden/x", b"[]")
            assert caught.value.reason == NOT_AUTHORISED
            assert caught.value.final
            await link.publish("up/data/x", b"[]")  # and the link lives on

    async def test_a_message_arrives_and_once_handled_does_not_come_again(
        self, bench: Bench
    ) -> None:
        async with bench.dialler().dial(WILL) as link:
            await link.subscribe(["dn/ack"])
            await bench.say("dn/ack", b"1")
            message = await link.message()
            assert (message.topic, message.payload) == ("dn/ack", b"1")
            link.handled(message)
        async with bench.dialler().dial(WILL) as link:
            await bench.say("dn/ack", b"2")
            assert (await link.message()).payload == b"2"

    async def test_a_message_not_handled_comes_again(self, bench: Bench) -> None:
        async with bench.dialler().dial(WILL) as link:
            await link.subscribe(["dn/ack"])
            await bench.say("dn/ack", b"1")
            await link.message()
        async with bench.dialler().dial(WILL) as link:
            assert (await link.message()).payload == b"1"

    async def test_nobody_at_the_port_is_a_lost_link(self, bench: Bench) -> None:
        await bench.kill()
        with pytest.raises(LinkLost):
            async with bench.dialler().dial(WILL):
                pytest.fail("entered without a broker")

    async def test_a_mute_broker_is_not_entered(self, bench: Bench) -> None:
        bench.freeze()
        with pytest.raises(LinkLost, match="CONNACK"):
            async with bench.dialler().dial(WILL):
                pytest.fail("entered without a CONNACK")

    async def test_a_publish_that_nobody_acknowledges_is_a_lost_link(self, bench: Bench) -> None:
        with pytest.raises(LinkLost):
            async with bench.dialler().dial(WILL) as link:
                bench.freeze()
                await link.publish("up/data/x", b"[]")

    async def test_a_broker_killed_with_a_full_window_leaves_nobody_waiting(
        self, bench: Bench
    ) -> None:
        with pytest.raises(LinkLost):
            async with bench.dialler(PATIENT_S).dial(WILL) as link:
                bench.freeze()
                posts = [
                    asyncio.ensure_future(link.publish("up/data/x", b"%d" % n)) for n in range(60)
                ]
                listening = asyncio.ensure_future(link.message())
                await asyncio.sleep(0.05)
                await bench.kill()
                async with asyncio.timeout(PATIENT_S / 2):
                    results = await asyncio.gather(*posts, listening, return_exceptions=True)
                assert all(isinstance(result, LinkLost) for result in results)
                raise LinkLost("test", "as the uplink would")

    async def test_after_a_drop_one_must_really_connect_again(self, bench: Bench) -> None:
        dialler = bench.dialler()
        with pytest.raises(LinkLost):
            async with dialler.dial(WILL) as link:
                await bench.kill()
                await link.message()
        with pytest.raises(LinkLost):
            async with dialler.dial(WILL):
                pytest.fail("entered without a CONNACK")
        await bench.start()
        async with dialler.dial(WILL) as link:
            await link.publish("up/data/x", b"[]")

    async def test_the_will_is_said_of_one_who_vanished(self, bench: Bench) -> None:
        async with bench.watching() as seen:
            with pytest.raises(LinkLost):
                async with bench.dialler().dial(WILL):
                    raise LinkLost("test", "vanished")
            await seen.until(WILL.topic, WILL.payload)

    async def test_who_returns_in_time_is_not_called_lost(self, bench: Bench) -> None:
        async with bench.watching() as seen:
            with pytest.raises(LinkLost):
                async with bench.dialler().dial(WILL):
                    raise LinkLost("test", "vanished")
            async with bench.dialler().dial(WILL) as link:
                await asyncio.sleep(2 * WILL.delay_s)
                await link.publish("up/data/x", b"done")
                await seen.until("up/data/x", b"done")
            assert seen.count(WILL.topic) == 0

    async def test_a_polite_end_withdraws_the_will(self, bench: Bench) -> None:
        async with bench.watching() as seen:
            async with bench.dialler().dial(WILL) as link:
                await link.publish(WILL.topic, b"disconnected", retain=True)
            await asyncio.sleep(2 * WILL.delay_s)
            await seen.until(WILL.topic, b"disconnected")
            assert seen.count(WILL.topic) == 1

    async def test_a_retained_word_waits_for_who_comes_later(self, bench: Bench) -> None:
        async with bench.dialler().dial(WILL) as link:
            await link.publish("up/birth", b"born", retain=True)
        async with bench.watching() as seen:
            await seen.until("up/birth", b"born", retained=True)

    async def test_waiting_for_a_message_may_be_given_up(self, bench: Bench) -> None:
        async with bench.dialler().dial(WILL) as link:
            await link.subscribe(["dn/ack"])
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(link.message(), 0.05)
            await bench.say("dn/ack", b"1")
            assert (await link.message()).payload == b"1"

    async def test_cancelled_while_connecting_leaves_nothing(self, bench: Bench) -> None:
        bench.freeze()

        async def connect() -> None:
            async with bench.dialler().dial(WILL):
                pytest.fail("entered without a CONNACK")

        task = asyncio.ensure_future(connect())
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    async def test_the_greeting_says_what_was_negotiated(self, bench: Bench) -> None:
        async with bench.dialler().dial(WILL) as link:
            assert link.greeting.version == 5
            assert link.greeting.receive_maximum == 20
