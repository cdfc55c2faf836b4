"""What a node says about itself on its retained topics, and which word outranks which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from simulators.centre.arrivals import MOST_BATCH_BYTES, Refused, canonical, strict_json
from simulators.centre.schemas import NAMESPACE, Schemas

LATE_STATE = "late-state"
"""Where a state of an earlier session is kept: mostly the delayed will of a lost connection."""


class Rank(NamedTuple):
    """How new a word is; a node counts its sessions anew in each epoch."""

    epoch: int
    session: int


@dataclass(frozen=True, slots=True)
class Word:
    """The latest on one channel; no `body` means that the node took it back.

    `retained` says that the broker repeated it, from whenever it was.
    """

    node: str
    channel: str
    body: str | None = field(repr=False)
    epoch: int | None = None
    session: int | None = None
    retained: bool = False


def decode_word(
    node: str, channel: str, topic: str, payload: bytes, schemas: Schemas
) -> Word | Refused:
    """Read one retained message. Never raises for what a node may send."""
    if not payload:
        return Word(node, channel, None)
    if len(payload) > MOST_BATCH_BYTES:
        return Refused(node, topic, f"message of {len(payload)} bytes is too large", payload)
    try:
        value = strict_json(payload)
    except ValueError as error:
        return Refused(node, topic, str(error), payload)
    schema = f"{NAMESPACE}{channel.partition('/')[0]}:1"
    fault = schemas.fault(schema, value) if schema in schemas else None
    if fault is None and not isinstance(value, dict):
        fault = "expected a JSON object"
    if fault is not None:
        return Refused(node, topic, f"{channel} {fault}"[:300], payload)
    return Word(
        node=node,
        channel=channel,
        body=canonical(value),
        epoch=_count(value.get("epoch")),
        session=_count(value.get("session")),
    )


def placed(word: Word, known: Mapping[str, Rank]) -> str | None:
    """Return the channel to keep a word under, or None where it is history.

    A will comes up to 30 s late: the node may have been back for long, with a higher session.
    Retained topics come in any order, so a state may also be ahead of its birth; it is put
    aside, not thrown away.
    """
    match word.channel:
        case "birth" if "birth" in known:
            rank = Rank(word.epoch or 0, word.session or 0)
            return "birth" if rank >= known["birth"] else None
        case "state":
            newest = max(
                (known[each].session for each in ("birth", "state") if each in known), default=0
            )
            return "state" if (word.session or 0) >= newest else LATE_STATE
        case _:
            return word.channel


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 2**63 else None
