"""What passes between the centre and its broker, and what can go wrong there."""

from dataclasses import dataclass, field
from enum import Enum


class BrokerLost(ConnectionError):
    """The broker cannot be reached, refused us, or went away."""


class OldProtocol(BrokerLost):
    """The broker does not speak MQTT 5; the next connection will be 3.1.1."""


class NoAnswer(BrokerLost):
    """The broker took the connection and said nothing."""


class TakenOver(Exception):
    """Another client connected with our id."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message received and not yet released."""

    topic: str
    payload: bytes = field(repr=False)
    mid: int
    qos: int
    retained: bool


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM: the authority that signed the broker, and our own."""

    authority: str
    certificate: str | None = None
    key: str | None = None


class Speak(Enum):
    """Which version of MQTT to speak; `AUTO` begins with 5."""

    AUTO = "auto"
    V5 = "5"
    V311 = "3.1.1"
