"""What came in on a data topic, record by record: kept, or refused with its reason."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.centre.ranges import FIRST_SEQUENCE, Range
from simulators.centre.schemas import NAMESPACE, RECORD, Schemas

MOST_BATCH_BYTES = 256 * 1024
"""Four times what the contract lets a node send; more is refused unread."""

MOST_EPOCH = 2**53 - 1
SEQUENCE_DIGITS = 16

GAP_STREAM = "gap"
"""Records of this stream account for records that will never come."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A node's own word that no record with a number in `covers` will ever come, and why."""

    covers: Range
    dclass: str
    cause: str
    words: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One valid record. `body` is its JSON as it came, and may hold a plate."""

    node: str
    epoch: int
    sequence: int
    stream: str
    dclass: str
    subject: str
    time: str
    digest: bytes
    body: str = field(repr=False)
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that is not a valid record, kept aside as it came.

    `epoch` and `sequence` are known where they could be read: then the number is answered for,
    since the same bytes sent again would be no better.
    """

    node: str
    topic: str
    reason: str
    raw: bytes = field(repr=False)
    epoch: int | None = None
    sequence: int | None = None


Arrival = Kept | Refused


def strict_json(payload: bytes) -> Any:
    """Parse JSON that every later reader can take: no NaN, no lone surrogate, no abyss.

    Raises:
        ValueError: It is not such JSON; the message says why without quoting it.
    """
    try:
        value = json.loads(payload.decode("utf-8"), parse_constant=_no_constant)
        canonical(value)
    except UnicodeError as error:
        raise ValueError("not UTF-8 text") from error
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at byte {error.pos}") from error
    return value


def canonical(value: Any) -> str:
    """Return one text for one value, so that a resend can be told from a contradiction."""
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    text.encode("utf-8")  # a lone surrogate parses, and would break every later writer
    return text


def decode(org: str, node: str, topic: str, payload: bytes, schemas: Schemas) -> list[Arrival]:
    """Take a batch apart. Never raises for what a node may send; an empty batch gives []."""
    if len(payload) > MOST_BATCH_BYTES:
        return [Refused(node, topic, f"batch of {len(payload)} bytes is too large", payload)]
    try:
        batch = strict_json(payload)
    except ValueError as error:
        return [Refused(node, topic, str(error), payload)]
    if not isinstance(batch, list):
        return [_refused(node, topic, "expected a batch, a JSON array", batch)]
    return [_judged(org, node, topic, each, schemas) for each in batch]


def _judged(org: str, node: str, topic: str, record: Any, schemas: Schemas) -> Arrival:
    reason = _fault(org, node, record, schemas)
    key = _key(record)
    if reason is not None or key is None:
        return _refused(node, topic, reason or "epoch or sequence out of range", record)
    stream = _stream(record)
    text = canonical(record)
    return Kept(
        node=node,
        epoch=key[0],
        sequence=key[1],
        stream=stream,
        dclass=record["dclass"],
        subject=record.get("subject", ""),
        time=record["time"],
        digest=hashlib.sha256(text.encode()).digest(),
        body=text,
        gap=_gap(record["data"]) if stream == GAP_STREAM else None,
    )


def _fault(org: str, node: str, record: Any, schemas: Schemas) -> str | None:
    """Return the first thing wrong with a record, in words that quote nothing of it."""
    if (fault := schemas.fault(RECORD, record)) is not None:
        return f"envelope {fault}"
    if record["source"] != f"urn:sereno:{org}:{node}":
        return "source is not the node on whose topic it came"
    if not _is_time(record["time"]):
        return "time is not a date with a zone"
    data = record["data"]
    if (fault := schemas.fault(record["dataschema"], data)) is not None:
        return f"data {fault}"
    if _stream(record) == GAP_STREAM and data["count"] != data["to"] - data["from"] + 1:
        # Which of the numbers are missing would be anybody's guess, and a guess loses records.
        return "gap: count is not to - from + 1"
    return None


def _stream(record: dict[str, Any]) -> str:
    return str(record["dataschema"]).removeprefix(NAMESPACE).rpartition(":")[0]


def _gap(data: dict[str, Any]) -> Gap:
    return Gap(
        covers=Range(data["from"], data["to"]),
        dclass=data["class"],
        cause=data["cause"],
        words=data.get("words", ""),
    )


def _refused(node: str, topic: str, reason: str, record: Any) -> Refused:
    key = _key(record)
    epoch, sequence = key if key is not None else (None, None)
    return Refused(node, topic, reason, canonical(record).encode(), epoch, sequence)


def _key(record: Any) -> tuple[int, int] | None:
    """Read the idempotency key, strictly: 7.0 and true are no epochs."""
    if not isinstance(record, dict):
        return None
    epoch, sequence = record.get("epoch"), record.get("sequence")
    if type(epoch) is not int or not 1 <= epoch <= MOST_EPOCH:
        return None
    if not isinstance(sequence, str) or len(sequence) != SEQUENCE_DIGITS:
        return None
    if not (sequence.isascii() and sequence.isdigit()) or int(sequence) < FIRST_SEQUENCE:
        return None
    return epoch, int(sequence)


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
