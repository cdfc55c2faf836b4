"""What a duty tells the world: streams it declares, records it commits."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

import msgspec

from agent.core.allow import AllowList
from agent.core.clock import Stamp


class DataClass(Enum):
    """What becomes of a record when the store is full (contract.md)."""

    EVIDENCE = "evidence"  # refused with a gap and an alarm, never dropped
    EVENT = "event"  # kept by age and size
    SAMPLE = "sample"  # thinned first
    DIAG = "diag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One declared flow of records: the birth message lists it, the outbox obeys it.

    `name` is `<duty>.<noun>` and also the topic's last level. `unit` is a UCUM code, "1" where
    each value has its own, in its name or by `units_of`. `retention_s` is how long the centre may
    keep a record under `purpose`. `allowed` lists the fields that may leave under it; without a
    list all do, which is for data that is of nobody.
    """

    name: str
    version: int
    dclass: DataClass
    struct: type[msgspec.Struct]
    purpose: str
    retention_s: int
    unit: str = "1"
    leaves_node: bool = True
    allowed: AllowList | None = None


UNIT = "x-unit"
"""The key under which a field's JSON Schema names its UCUM unit: `Meta(extra_json_schema=…)`."""


def units_of(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the UCUM unit of each of a struct's own fields that declares one."""
    schema = msgspec.json.schema(struct)
    own = schema["$defs"][schema["$ref"].rpartition("/")[2]]["properties"]
    ways = {name: (entry, *entry.get("anyOf", ())) for name, entry in own.items()}
    return {
        name: next(way[UNIT] for way in each if UNIT in way)
        for name, each in ways.items()
        if any(UNIT in way for way in each)
    }


@dataclass(frozen=True, slots=True)
class Record:
    """One thing a duty has to say. `data` is an instance of the stream's struct."""

    stream: Stream
    subject: str
    taken: Stamp
    data: msgspec.Struct

    def __post_init__(self) -> None:
        if not isinstance(self.data, self.stream.struct):
            raise TypeError(
                f"{self.stream.name} carries {self.stream.struct.__name__}, "
                f"not {type(self.data).__name__}"
            )


class RecordKey(NamedTuple):
    """A committed record's identity on its node; with the source it is the idempotency key."""

    epoch: int
    sequence: int


class Journal(Protocol):
    """Where records are committed."""

    async def put(self, record: Record) -> RecordKey:
        """Store a record; it survives a power cut from the return on.

        Raises:
            Rejected: The store refused it (full, and the class may not displace others).
            DeviceError: The store itself failed (disk full or gone); a later try may succeed.
        """
        ...
