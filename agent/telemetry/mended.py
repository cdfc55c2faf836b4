"""aiomqtt's client with its wounds dressed; the port's implementation is built on it.

What aiomqtt 2.5.1 does as shipped (measured; tests/telemetry/link_contract.py): it drops the
reason code of a PUBACK, so that a refused publish looks delivered; a client used again after a
drop is entered without a CONNACK; a message is acknowledged before it is handled, and thrown away
when the queue is full; its polite exit waits for a broker that is gone.
"""

import asyncio
import contextlib
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar, cast

import aiomqtt
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from agent.core.errors import LinkLost
from agent.telemetry.mqtt import Greeting, Message, Refused

T = TypeVar("T")

DEVICE = "broker"

INCOMING = 50
"""Messages the broker may send before we acknowledge one (its receive maximum)."""

GOODBYE_S = 1.0
"""How long a polite disconnection may take."""

MQTT311_RECEIVE_MAXIMUM = 20
"""MQTT 3.1.1 has no such word; brokers of its time hold this many in flight."""


class NoGreeting(LinkLost):
    """The broker gave no CONNACK that could be read: it closed the connection, or kept silent."""


def in_own_thread(work: Callable[[], T]) -> "asyncio.Future[T]":
    """Run what may block for long in a thread of its own that nobody waits for at the end.

    An executor's thread would hold the process until the name server or the peer has answered;
    a service must end within seconds.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def tell(value: T | None, error: BaseException | None) -> None:
        if result.cancelled():
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(cast("T", value))

    def run() -> None:
        value = error = None
        try:
            value = work()
        except BaseException as raised:  # noqa: BLE001 - it is the waiting task's to handle
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop has been closed: nobody waits
            loop.call_soon_threadsafe(tell, value, error)

    threading.Thread(target=run, name="mqtt-connect", daemon=True).start()
    return result


class MendedClient(aiomqtt.Client):
    """One connection's client: made anew for every one, and connected once."""

    def __init__(self, version: aiomqtt.ProtocolVersion, **settings: Any) -> None:
        super().__init__(protocol=version, **settings)
        self._version = version
        self.paho: Paho = self._client
        self.paho.manual_ack_set(True)
        self.paho.max_inflight_messages_set(0)  # the link bounds it, by what was negotiated
        self.greeting: Greeting | None = None
        self.ended: str | None = None
        self.dismissed: int | None = None
        self._answers: dict[int, asyncio.Future[ReasonCode | None]] = {}
        self._inbox: deque[Message] = deque()
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._greeted = asyncio.Event()
        self._refusal: Refused | None = None
        self._disconnected.add_done_callback(self._broken)

    async def open(self) -> Greeting:
        """Connect in the link's own thread, then wait for the CONNACK.

        Raises:
            Refused: The broker said no.
            NoGreeting: It said nothing that could be read, and closed.
            LinkLost: There is nobody.
        """
        opening = in_own_thread(self._client_connect)
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._cut_after)
            raise
        except (OSError, ValueError) as error:
            raise LinkLost(DEVICE, f"cannot connect: {error}") from error
        sock = self.paho.socket()
        if isinstance(sock, socket.socket):
            # Without it, windows of publishes were measured at 452 instead of 15,612 a second.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self._greeted.wait()
        if self._refusal is not None:
            raise self._refusal
        if self.greeting is None:
            raise NoGreeting(DEVICE, f"no CONNACK: {self.ended}")
        return self.greeting

    async def close(self, *, polite: bool) -> None:
        """End the connection and all that aiomqtt has begun for it.

        Politely, the broker is told and withdraws the will, for `GOODBYE_S` at most; else the
        connection is dropped without a word, and the broker will say the will.
        """
        try:
            if polite and self.ended is None and self.paho.disconnect() == 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(GOODBYE_S):
                        await self._gone.wait()
        finally:
            self._cut()
            await asyncio.sleep(0)  # aiomqtt begins and ends its own task by way of the loop
            if self._misc_task is not None:
                self._misc_task.cancel()
                await asyncio.wait([self._misc_task])

    def _cut(self) -> None:
        self.paho._sock_close()  # noqa: SLF001 - paho has no public way to end rudely
        self._over("closed here")

    async def deliver(
        self, topic: str, payload: bytes, properties: Properties | None, *, retain: bool
    ) -> ReasonCode | None:
        """Publish with QoS 1; return the broker's reason, None where the connection ended."""
        if self.ended is not None:
            return None
        info = self.paho.publish(topic, payload, 1, retain, properties)
        if info.rc != 0:
            return None
        answer: asyncio.Future[ReasonCode | None] = self._loop.create_future()
        self._answers[info.mid] = answer
        try:
            return await answer
        finally:
            self._answers.pop(info.mid, None)

    async def arrived(self) -> Message | None:
        """Wait for the next message; None once the connection has ended."""
        while not self._inbox:
            if self.ended is not None:
                return None
            self._news.clear()
            await self._news.wait()
        return self._inbox.popleft()

    def _over(self, words: str) -> None:
        if self.ended is not None:
            return
        self.ended = words
        for event in (self._gone, self._news, self._greeted):
            event.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(None)

    def _cut_after(self, opening: asyncio.Future[None]) -> None:
        if not opening.cancelled():
            opening.exception()  # its caller was cancelled: nobody else will look
        self._cut()

    def _broken(self, done: asyncio.Future[None]) -> None:
        error = None if done.cancelled() else done.exception()
        self._over("closed" if error is None else str(error))

    def _on_connect(
        self,
        client: Paho,
        userdata: Any,
        flags: ConnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        five = self._version == aiomqtt.ProtocolVersion.V5
        if reason_code.is_failure:
            self._refusal = Refused(DEVICE, "connection", reason_code.value, str(reason_code))
        else:
            super()._on_connect(client, userdata, flags, reason_code, properties)
            unsaid = 65535 if five else MQTT311_RECEIVE_MAXIMUM
            self.greeting = Greeting(
                version=5 if five else 4,
                session_present=flags.session_present,
                receive_maximum=getattr(properties, "ReceiveMaximum", unsaid),
                maximum_packet_bytes=getattr(properties, "MaximumPacketSize", None),
            )
        self._greeted.set()

    def _on_disconnect(
        self,
        client: Paho,
        userdata: Any,
        flags: DisconnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        super()._on_disconnect(client, userdata, flags, reason_code, properties)
        if flags.is_disconnect_packet_from_server:
            self.dismissed = reason_code.value
        self._over(str(reason_code))

    def _on_publish(
        self,
        _client: Paho,
        _userdata: Any,
        mid: int,
        reason_code: ReasonCode,
        _properties: Properties,
    ) -> None:
        answer = self._answers.get(mid)
        if answer is not None and not answer.done():
            answer.set_result(reason_code)

    def _on_message(self, _client: Paho, _userdata: Any, message: MQTTMessage) -> None:
        if len(self._inbox) >= 2 * INCOMING:
            # Not acknowledged, so the broker has it still; but it breaks the agreed bound.
            self._over(f"more than {2 * INCOMING} messages unacknowledged")
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""  # noise: whoever reads it knows no such topic
        self._inbox.append(Message(topic, bytes(message.payload), bool(message.retain), message))
        self._news.set()

    def _on_socket_close(self, client: Paho, userdata: Any, sock: Any) -> None:
        super()._on_socket_close(client, userdata, sock)
        # paho may close in the connecting thread.
        self._loop.call_soon_threadsafe(self._over, "the connection was closed")
