"""Our aiomqtt link keeps the contract on a real Mosquitto."""

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiomqtt
import pytest

from agent.core.errors import LinkLost
from agent.telemetry.aiomqtt_link import AiomqttDialler
from agent.telemetry.mqtt import SESSION_TAKEN_OVER, Dialler, Refused
from agent.telemetry.settings import BrokerSettings
from simulators.broker import Mosquitto, NoBroker, embedded_broker, mosquitto
from simulators.proxy import proxied
from tests.telemetry.link_contract import WILL, Bench, LinkContract, Seen

pytestmark = pytest.mark.broker

ACL = "topic readwrite up/#\ntopic readwrite dn/#\n"
PATIENCE_S = 20.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    try:
        running = Mosquitto(tmp_path, acl=ACL)
    except NoBroker as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    with running:
        yield running


def settings(port: int, **changes: float | str) -> BrokerSettings:
    quick = {"connect_s": 1.0, "puback_s": 1.0, "keepalive_s": 1, "will_delay_s": WILL.delay_s}
    return BrokerSettings(host="127.0.0.1", port=port, tls=False, **{**quick, **changes})  # type: ignore[arg-type]


class MosquittoSeen:
    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._heard: list[tuple[str, bytes, bool]] = []
        self._news = asyncio.Event()

    async def listen(self) -> None:
        with suppress(aiomqtt.MqttError):  # the test kills the broker
            async for message in self._client.messages:
                assert isinstance(message.payload, bytes)
                self._heard.append((message.topic.value, message.payload, message.retain))
                self._news.set()

    async def until(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while (topic, payload, retained) not in self._heard:
                self._news.clear()
                await self._news.wait()

    def count(self, topic: str) -> int:
        return sum(heard == topic for heard, _, _ in self._heard)


class MosquittoBench:
    def __init__(self, broker: Mosquitto) -> None:
        self._broker = broker

    def dialler(self, puback_s: float = 1.0) -> Dialler:
        return AiomqttDialler(settings(self._broker.port, puback_s=puback_s), "pole-017")

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Seen]:
        async with aiomqtt.Client("127.0.0.1", self._broker.port) as client:
            await client.subscribe("up/#", 1)
            seen = MosquittoSeen(client)
            task = asyncio.ensure_future(seen.listen())
            try:
                yield seen
            finally:
                task.cancel()
                await asyncio.wait([task])
        await asyncio.sleep(0.01)  # aiomqtt's own task ends by way of the loop

    async def say(self, topic: str, payload: bytes) -> None:
        async with aiomqtt.Client("127.0.0.1", self._broker.port) as client:
            await client.publish(topic, payload, 1)

    async def kill(self) -> None:
        self._broker.kill()

    async def start(self) -> None:
        self._broker.start()

    def freeze(self) -> None:
        self._broker.freeze()

    def thaw(self) -> None:
        self._broker.thaw()


class TestMosquittoLink(LinkContract):
    @pytest.fixture
    def bench(self, broker: Mosquitto) -> Bench:
        return MosquittoBench(broker)


async def test_a_half_open_link_is_noticed_without_a_publish(broker: Mosquitto) -> None:
    async with proxied(broker.port) as proxy:
        with pytest.raises(LinkLost):  # noqa: PT012
            async with AiomqttDialler(settings(proxy.port), "pole-017").dial(WILL) as link:
                proxy.swallow()
                async with asyncio.timeout(PATIENCE_S):
                    await link.message()


async def test_leaving_a_half_open_link_does_not_wait_for_it(broker: Mosquitto) -> None:
    async with proxied(broker.port) as proxy:
        dialler = AiomqttDialler(settings(proxy.port, keepalive_s=600), "pole-017")
        async with asyncio.timeout(PATIENCE_S), dialler.dial(WILL):
            proxy.swallow()


async def test_a_reset_link_ends_all_that_wait(broker: Mosquitto) -> None:
    async with proxied(broker.port) as proxy:
        with pytest.raises(LinkLost):  # noqa: PT012
            async with AiomqttDialler(settings(proxy.port), "pole-017").dial(WILL) as link:
                proxy.swallow()
                post = asyncio.ensure_future(link.publish("up/x", b""))
                await asyncio.sleep(0.05)
                proxy.cut()
                with pytest.raises(LinkLost):
                    await post
                await link.message()


async def test_a_packet_too_large_is_said_in_the_greeting() -> None:
    with mosquitto(more="max_packet_size 5000") as broker:
        async with AiomqttDialler(settings(broker.port), "pole-017").dial(WILL) as link:
            assert link.greeting.maximum_packet_bytes == 5000


async def test_a_broker_of_3_1_1_is_spoken_to_in_3_1_1() -> None:
    async with embedded_broker() as address:
        dialler = AiomqttDialler(settings(address.port, connect_s=10.0), "pole-017")
        async with dialler.dial(WILL) as link:
            assert link.greeting.version == 4
            await link.subscribe(["dn/ack"])
            await link.publish("dn/ack", b"1")
            message = await link.message()
            assert message.payload == b"1"
            link.handled(message)


async def test_a_broker_that_hangs_up_on_mqtt_5_is_tried_with_3_1_1() -> None:
    tried = []

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packet = await reader.read(1000)
        tried.append(packet[8])  # the protocol version of a CONNECT of less than 128 bytes
        if packet[8] == 4:
            writer.write(b"\x20\x02\x00\x00")  # CONNACK, accepted
            await reader.read(1000)

    async with (
        scripted(old) as port,
        AiomqttDialler(settings(port), "pole-017").dial(WILL) as link,
    ):
        assert link.greeting.version == 4
    assert tried == [5, 4]


async def test_a_broker_that_is_mute_to_mqtt_5_is_tried_with_3_1_1() -> None:
    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packet = await reader.read(1000)
        if packet[8] == 4:  # the protocol version of a CONNECT of less than 128 bytes
            writer.write(b"\x20\x02\x00\x00")  # CONNACK, accepted
        await reader.read(1000)

    async with (
        scripted(old) as port,
        AiomqttDialler(settings(port, connect_s=0.5), "pole-017").dial(WILL) as link,
    ):
        assert link.greeting.version == 4


async def test_dismissed_for_another_of_our_name_is_a_refusal_with_its_reason() -> None:
    # Scripted: Mosquitto 2.0.11 closes without the DISCONNECT that MQTT 5, 3.1.4 asks for.
    async def dismisses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"\x20\x03\x00\x00\x00")  # CONNACK, accepted, no properties
        writer.write(b"\xe0\x02\x8e\x00")  # DISCONNECT, session taken over
        await reader.read(1000)

    async with scripted(dismisses) as port:
        with pytest.raises(Refused) as caught:
            async with AiomqttDialler(settings(port), "pole-017").dial(WILL) as link:
                await link.message()
    assert caught.value.reason == SESSION_TAKEN_OVER


@asynccontextmanager
async def scripted(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Listen on a port and hold every conversation by the script."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait(tasks)


async def test_wrong_credentials_are_a_refusal() -> None:
    with mosquitto(more="password_file /dev/null", anonymous=False) as broker:
        dialler = AiomqttDialler(settings(broker.port), "pole-017")
        with pytest.raises(Refused, match="connection refused"):
            async with dialler.dial(WILL):
                pytest.fail("entered without permission")


async def test_a_peer_that_never_answers_the_first_packet_holds_nobody() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with ExitStack() as stack:
            for _ in range(4):  # its queue is full: the next SYN is dropped
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(("127.0.0.1", port))

            async def connect() -> None:
                async with AiomqttDialler(settings(port), "pole-017").dial(WILL):
                    pytest.fail("entered without a connection")

            with pytest.raises(LinkLost):
                await connect()
            task = asyncio.ensure_future(connect())
            await asyncio.sleep(0.05)
            blocked = [each for each in threading.enumerate() if each.name == "mqtt-connect"]
            assert blocked
            assert all(each.daemon for each in blocked), "the process may end without them"
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
