"""How values become JSON and foreign JSON becomes values or noise."""

from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A date with its zone, RFC 3339 on the wire."""

MOST_FOREIGN_BYTES = 64 * 1024
"""What a centre may say in one message; the largest ack, 64 ranges, is under 3 KiB."""

_ENCODER = msgspec.json.Encoder()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is said over MQTT as one JSON object. Unknown keys are ignored: a peer may be newer."""


def encode(value: object) -> bytes:
    """Return compact JSON."""
    return _ENCODER.encode(value)


def decode(payload: bytes, kind: type[S]) -> S | str:
    """Return the value in `payload`, or in words what is wrong with it: noise never raises."""
    if len(payload) > MOST_FOREIGN_BYTES:
        return f"{len(payload)} bytes, at most {MOST_FOREIGN_BYTES} expected"
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return str(error)[:200]


def rfc3339(moment: datetime) -> str:
    """Return `moment` in UTC with milliseconds, as `2026-11-22T09:48:11.042Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
