"""The MQTT client as the uplink needs it: a port of our own, whatever library is behind it.

Every implementation is held to one contract suite (tests/telemetry/link_contract.py), which is
made of the traps measured in real clients: a refused publish must raise, a mute broker must not
be waited for without end, what was not handled must not be acknowledged.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from agent.core.errors import DeviceRefused

NOT_AUTHORISED = 0x87
TOPIC_INVALID = 0x90
PACKET_TOO_LARGE = 0x95
QUOTA_EXCEEDED = 0x97
PAYLOAD_INVALID = 0x99
SESSION_TAKEN_OVER = 0x8E
UNSUPPORTED_VERSION = 0x84
"""Reason codes, MQTT 5, 2.4."""

FINAL = frozenset({NOT_AUTHORISED, TOPIC_INVALID, PACKET_TOO_LARGE, PAYLOAD_INVALID})
"""Refusals that the same message would meet again."""


class Refused(DeviceRefused):
    """The broker answered a publish, a subscription or a connection with a reason not to."""

    def __init__(self, device: str, what: str, reason: int, words: str) -> None:
        super().__init__(device, f"{what} refused: {words} (0x{reason:02X})")
        self.reason = reason

    @property
    def final(self) -> bool:
        """Whether the same message would be refused again."""
        return self.reason in FINAL

    @property
    def singles(self) -> bool:
        """Whether one record may be at fault, and the others of its batch would be taken."""
        return self.reason in (PACKET_TOO_LARGE, PAYLOAD_INVALID)


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us if we vanish, and how long it waits before it does."""

    topic: str
    payload: bytes
    delay_s: int


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the broker offered: `version` 5 or 4 (3.1.1), how many publishes it takes unanswered."""

    version: int
    session_present: bool
    receive_maximum: int
    maximum_packet_bytes: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message from the broker. `token` is the link's own, for `handled`."""

    topic: str
    payload: bytes
    retained: bool
    token: Any = None


class MqttLink(Protocol):
    """One connection to the broker, from CONNACK to its end; a new one for every connection.

    `publish` may be called by several tasks at once, `message` by one.
    """

    @property
    def greeting(self) -> Greeting: ...

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        content_type: str = "application/json",
        expiry_s: int | None = None,
    ) -> None:
        """Publish with QoS 1; return once the broker has acknowledged it.

        Raises:
            Refused: The broker acknowledged with a reason why not.
            LinkLost: No acknowledgement in time; the message may or may not have arrived.
        """
        ...

    async def subscribe(self, topics: Sequence[str]) -> None:
        """Ask for topics with QoS 1.

        Raises:
            Refused: One of them is not granted.
            LinkLost: No answer in time.
        """
        ...

    async def message(self) -> Message:
        """Wait for the next message. Cancelling it loses nothing.

        Raises:
            LinkLost: The connection has ended.
        """
        ...

    def handled(self, message: Message) -> None:
        """Tell the broker that it need not send this message again."""
        ...


class Dialler(Protocol):
    """Makes connections."""

    def dial(self, will: Will) -> AbstractAsyncContextManager[MqttLink]:
        """Connect for the length of the block; entered only after the broker's CONNACK.

        Left without an error, the connection ends politely and the will is withdrawn; left with
        one, it is cut, so that the will is said.

        Raises:
            Refused: The broker said no.
            LinkLost: There is no broker, or it says nothing.
        """
        ...
