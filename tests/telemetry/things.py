"""Streams, records and stamps that the telemetry tests share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from agent.core.clock import Stamp
from agent.core.records import DataClass, Record, Stream
from agent.telemetry.cloudevent import Draft, draft
from agent.telemetry.limits import Limits
from agent.telemetry.opening import Opened, opened
from agent.telemetry.store import Store
from agent.telemetry.topics import Topics

TOPICS = Topics("ceuta", "pole-017")
START = datetime(2030, 1, 1, tzinfo=UTC)


class Sighting(msgspec.Struct, frozen=True):
    number: int
    filler: str = ""


def stream(dclass: DataClass, name: str = "") -> Stream:
    return Stream(
        name=name or f"test.{dclass.value}",
        version=1,
        dclass=dclass,
        struct=Sighting,
        purpose="test",
        retention_s=60,
    )


STREAMS = {dclass: stream(dclass) for dclass in DataClass}
EVENTS = STREAMS[DataClass.EVENT]


def at(seconds: float = 0, *, synced: bool = True) -> Stamp:
    return Stamp(seconds, START + timedelta(seconds=seconds), synced, 12)


def sighting(
    number: int = 0,
    *,
    dclass: DataClass = DataClass.EVENT,
    filler: int = 0,
    taken: Stamp | None = None,
) -> Record:
    return Record(STREAMS[dclass], "cam0", taken or at(), Sighting(number, "x" * filler))


def drafted(number: int = 0, *, dclass: DataClass = DataClass.EVENT, filler: int = 0) -> Draft:
    record = sighting(number, dclass=dclass, filler=filler)
    return draft(record, TOPICS.source, TOPICS.node)


def small(**changes: float) -> Limits:
    """The smallest rooms the settings allow, so that a test can fill them."""
    least = dict.fromkeys(("evidence_bytes", "event_bytes", "sample_bytes", "diag_bytes"), 65536)
    return msgspec.convert({**least, **changes}, Limits)


def reopened(path: Path, limits: Limits | None = None, now: Stamp | None = None) -> Opened:
    return opened(path / "outbox.db", TOPICS, limits or Limits(), now or at())


def fresh(path: Path, limits: Limits | None = None) -> Store:
    return reopened(path, limits).store


def sequences(store: Store) -> list[int]:
    return [row.sequence for row in store.after(0, store.highest, 10**6, 10**9)]
