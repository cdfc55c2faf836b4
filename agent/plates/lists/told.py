"""What leaves the node of lists: who was let pass and why, and candidates for people to judge."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from agent.core.access import Outcome
from agent.core.allow import AllowList
from agent.core.log import mask
from agent.core.records import DataClass, Stream
from agent.plates.lists.access import Reason
from agent.plates.passage import Chance, Count
from agent.plates.purpose import PURPOSES

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class ListTold(msgspec.Struct, frozen=True, kw_only=True):
    """Which list, in which state; `digest` is the SHA-256 of its file."""

    name: str
    revision: str
    digest: str
    size: Count


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one vehicle may pass, and what that rests on.

    `entry` is the list's own name for who was found, `hours` are those that counted. `match` says
    whether the plate was read as listed; `weakest` is the probability of its least sure character.
    `vehicle` is the number that the duty `reader` gave it. `until` is when the right ends.
    """

    outcome: Outcome
    reason: Reason
    match: Literal["exact", "look-alike"] | None
    listed: ListTold | None
    entry: str | None
    group: str | None
    hours: str | None
    until: Moment | None
    plate: str | None
    agreeing: Count
    weakest: Chance
    decided_on: Literal["preview", "decision"]
    reader: str
    vehicle: Count
    camera: str
    first_seen: Moment
    last_seen: Moment

    def __repr__(self) -> str:
        return f"Access({self.outcome.value}, {self.reason}, {mask(self.plate or '')})"

    def __rich_repr__(self) -> list[tuple[str, object]]:  # msgspec's own shows every field
        return [("outcome", self.outcome.value), ("reason", self.reason)]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A vehicle that may be one on a watch list: for a person to judge, before anything follows.

    It names the entry, not the plate: whoever keeps the list knows it. `characters` are the
    reader's probabilities of what it read, place by place; at `differs` the listed plate has a
    look-alike. `reason` is the list's own text, where the purpose allows it to leave.
    """

    match: Literal["exact", "look-alike"]
    listed: ListTold
    entry: str
    group: str
    differs: tuple[Count, ...]
    agreeing: Count
    characters: tuple[Chance, ...]
    country: str | None
    reader: str
    vehicle: Count
    camera: str
    first_seen: Moment
    last_seen: Moment
    decides: Literal["a person"] = "a person"
    reason: str | None = None


ACCESS_PURPOSE = "access-control"

_LIST_FIELDS = ("listed.name", "listed.revision", "listed.digest", "listed.size")

_SEEN_FIELDS = ("agreeing", "reader", "vehicle", "camera", "first_seen", "last_seen")

ACCESS_FIELDS = (
    *("outcome", "reason", "match", *_LIST_FIELDS, "entry", "group", "hours", "until"),
    *("plate", "weakest", "decided_on", *_SEEN_FIELDS),
)
"""What may leave of a decision, under a purpose that lets the text out."""

CANDIDATE_FIELDS = (
    *("match", *_LIST_FIELDS, "entry", "group", "differs", "characters", "country"),
    *("decides", *_SEEN_FIELDS),
)
"""What may leave of a candidate under every purpose; the list's reason only where text may."""


def access_stream() -> Stream:
    """Declare the stream of decisions about access."""
    purpose = PURPOSES[ACCESS_PURPOSE]
    return Stream(
        name="plates.access",
        version=1,
        dclass=DataClass.EVENT,
        struct=Access,
        purpose=purpose.name,
        retention_s=purpose.retention_s,
        allowed=AllowList.of(Access, *ACCESS_FIELDS),
    )


def candidate_stream(purpose: str = "watch-list") -> Stream:
    """Declare the stream of candidates under one purpose."""
    text = PURPOSES[purpose].text
    return Stream(
        name="plates.candidate",
        version=1,
        dclass=DataClass.EVENT,
        struct=Candidate,
        purpose=purpose,
        retention_s=PURPOSES[purpose].retention_s,
        allowed=AllowList.of(Candidate, *CANDIDATE_FIELDS, *(["reason"] if text else [])),
    )


def streams() -> list[Stream]:
    """Return what both duties declare, for the generated contract."""
    return [access_stream(), candidate_stream()]
