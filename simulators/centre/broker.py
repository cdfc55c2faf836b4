"""The centre's own line to the broker: paho-mqtt, MQTT 5, falling back to 3.1.1."""

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from paho.mqtt import MQTTException
from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    error_string,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from simulators.centre.mqtt import (
    BrokerLost,
    Certificates,
    Message,
    NoAnswer,
    OldProtocol,
    Speak,
    TakenOver,
)
from simulators.centre.ranges import Ack
from simulators.centre.topics import ack_topic, subscriptions

Answer = TypeVar("Answer")

KEEPALIVE_S = 20
SESSION_S = 24 * 3600
"""How long the broker keeps our place in the queue while we are away."""

ACK_EXPIRY_S = 60
"""An older acknowledgement has been overtaken (contract.md, `dn/ack`)."""

RECEIVE_MAXIMUM = 64
"""Unacknowledged messages a broker may have on its way to us: what a crash makes it resend."""

MOST_ACKS_WAITING = 256

UNSUPPORTED_PROTOCOL_VERSION = 0x84  # MQTT 5.0, 3.2.2.2
SESSION_TAKEN_OVER = 0x8E  # MQTT 5.0, 3.14.2.1


@dataclass(slots=True)
class Broker:
    """Where the broker is, and who we are to it."""

    host: str
    port: int
    org: str
    client_id: str
    share: str | None = None
    certificates: Certificates | None = None
    speak: Speak = Speak.AUTO
    patience_s: float = 5.0
    """How long the broker may take for each of TCP, CONNACK and SUBACK."""
    _older_next: bool = False

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @contextmanager
    def connected(self) -> Iterator["Connection"]:
        """Connect, subscribe, and hand out the connection; disconnect in the end.

        Every connection gets a client of its own: a used one would resend what it still holds.
        While away the session stays with the broker.

        Raises:
            OldProtocol: MQTT 5 was refused; try again at once.
            BrokerLost: No connection, or no subscription.
            TakenOver: From the connection, when another client takes our id.
        """
        older = self.speak is Speak.V311 or self._older_next
        # The attempt after this one begins with MQTT 5 again: the broker may be a new one.
        self._older_next = False
        connection = Connection(
            self, MQTTProtocolVersion.MQTTv311 if older else MQTTProtocolVersion.MQTTv5
        )
        try:
            connection.open()
            yield connection
        except (OldProtocol, NoAnswer):
            # An old broker may refuse MQTT 5 properly, or wait for ever for the rest of what it
            # takes for an endless client id (amqtt 0.12, seen).
            self._older_next = self.speak is Speak.AUTO and not older
            raise
        finally:
            connection.close()


class Connection:
    """One connection, from CONNECT to its end. One thread uses it; every call is bounded."""

    def __init__(self, broker: Broker, protocol: MQTTProtocolVersion) -> None:
        self._broker = broker
        self._v5 = protocol == MQTTProtocolVersion.MQTTv5
        self._arrived: list[Message] = []
        self._connack: ReasonCode | None = None
        self._suback: list[ReasonCode] | None = None
        self._goodbye: ReasonCode | None = None
        self._acks: dict[int, str] = {}
        self.ack_fault = ""
        """Set where the broker refuses to pass on our acknowledgements: nodes resend for ever."""
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            clean_session=None if self._v5 else False,
            protocol=protocol,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self._client.connect_timeout = broker.patience_s
        self._client.max_queued_messages_set(MOST_ACKS_WAITING)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        if (tls := broker.certificates) is not None:
            self._client.tls_set(tls.authority, tls.certificate, tls.key)

    @property
    def protocol(self) -> str:
        return "MQTT 5" if self._v5 else "MQTT 3.1.1"

    def open(self) -> None:
        """Connect and subscribe.

        Raises:
            OldProtocol: The broker refused MQTT 5.
            BrokerLost: Anything else went wrong.
        """
        try:
            if self._v5:
                properties = _properties(PacketTypes.CONNECT)
                properties.SessionExpiryInterval = SESSION_S
                properties.ReceiveMaximum = RECEIVE_MAXIMUM
                self._client.connect(
                    self._broker.host,
                    self._broker.port,
                    KEEPALIVE_S,
                    clean_start=False,
                    properties=properties,
                )
            else:
                self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
        except (OSError, ssl.SSLError) as error:
            raise BrokerLost(f"broker {self._broker.address}: {error}") from error
        self._welcomed()
        filters = [(each, 1) for each in subscriptions(self._broker.org, self._broker.share)]
        self._client.subscribe(filters)
        codes = self._wait_for("SUBACK", lambda: self._suback)
        for (each, _), code in zip(filters, codes, strict=False):
            if code.is_failure:
                raise BrokerLost(
                    f"broker {self._broker.address}: refuses the subscription {each}: {code}"
                )

    def _welcomed(self) -> None:
        cause: BrokerLost | None = None
        try:
            code = self._wait_for("CONNACK", lambda: self._connack)
        except BrokerLost as error:
            # paho ends the loop on a refusal, and knows its reason only if we look.
            if self._connack is None:
                raise
            code, cause = self._connack, error
        if self._v5 and code.value == UNSUPPORTED_PROTOCOL_VERSION:
            raise OldProtocol(f"broker {self._broker.address}: no MQTT 5") from cause
        if code.is_failure:
            raise BrokerLost(f"broker {self._broker.address}: refuses us: {code}") from cause

    def receive(self, wait_s: float) -> list[Message]:
        """Wait up to `wait_s` for the next packet; return what is new, mostly nothing or one.

        Raises:
            BrokerLost: The connection is gone; what was not released will come again.
            TakenOver: Another client connected with our id.
        """
        self._turn(wait_s)
        news, self._arrived = self._arrived, []
        return news

    def release(self, message: Message) -> None:
        """Tell the broker that a message is settled and need not come again."""
        self._client.ack(message.mid, message.qos)

    def acknowledge(self, node: str, ack: Ack) -> bool:
        """Send a node its acknowledgement; False where the window is full: come back later."""
        properties = None
        if self._v5:
            properties = _properties(PacketTypes.PUBLISH)
            properties.MessageExpiryInterval = ACK_EXPIRY_S
            properties.ContentType = "application/json"
        sent = self._client.publish(
            ack_topic(self._broker.org, node),
            json.dumps({"epoch": ack.epoch, "upto": ack.upto, "nak": ack.nak}),
            qos=1,
            properties=properties,
        )
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        self._acks[sent.mid] = node
        return True

    def close(self) -> None:
        """Say goodbye where there is anybody left to hear it. The session stays."""
        try:
            self._client.disconnect()
            self._client.loop(0.1)  # lets the last packets out
        except (OSError, ValueError, MQTTException):
            pass  # the connection is going anyway, and its end is all we wanted
        # paho leaves its sockets to the garbage collector, and the connection itself too where
        # the goodbye could not be sent; a broker that is away for a week is many connections.
        self._client._reset_sockets()

    def _wait_for(self, what: str, found: Callable[[], Answer | None]) -> Answer:
        deadline_s = time.monotonic() + self._broker.patience_s
        while (answer := found()) is None:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise NoAnswer(
                    f"broker {self._broker.address}: no {what} within {self._broker.patience_s:g} s"
                )
            self._turn(left_s)
        return answer

    def _turn(self, wait_s: float) -> None:
        try:
            code = self._client.loop(wait_s)
        except (OSError, ValueError, MQTTException) as error:
            raise BrokerLost(f"broker {self._broker.address}: {error}") from error
        if self._goodbye is not None and self._goodbye.value == SESSION_TAKEN_OVER:
            raise TakenOver(
                f"broker {self._broker.address}: another client took the id "
                f"{self._broker.client_id!r}; run one centre, or give each its own --client-id"
            )
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise BrokerLost(f"broker {self._broker.address}: {error_string(code)}")

    def _on_connect(
        self, _c: Client, _u: Any, _f: ConnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        self._connack = code

    def _on_subscribe(
        self, _c: Client, _u: Any, _m: int, codes: list[ReasonCode], _p: Properties | None
    ) -> None:
        self._suback = codes

    def _on_disconnect(
        self, _c: Client, _u: Any, flags: DisconnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._goodbye = code

    def _on_message(self, _c: Client, _u: Any, message: MQTTMessage) -> None:
        self._arrived.append(
            Message(message.topic, bytes(message.payload), message.mid, message.qos, message.retain)
        )

    def _on_publish(
        self, _c: Client, _u: Any, mid: int, code: ReasonCode, _p: Properties | None
    ) -> None:
        node = self._acks.pop(mid, None)
        if node is not None and code.is_failure:
            self.ack_fault = f"the broker refuses our acknowledgement to {node}: {code}"


def _properties(packet_type: int) -> Properties:
    return Properties(packet_type)  # type: ignore[no-untyped-call]  # paho leaves it so
