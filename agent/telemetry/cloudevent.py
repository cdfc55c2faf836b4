"""The envelope of a record: one CloudEvents 1.0 JSON object, encoded once."""

from typing import Annotated, Literal

import msgspec

from agent.core.allow import Passed
from agent.core.records import DataClass, Record
from agent.telemetry.birth import event_type, schema_urn
from agent.telemetry.wire import Said, encode, rfc3339

MEDIA_TYPE = "application/cloudevents-batch+json"
_SEQUENCE_DIGITS = 16
"""CloudEvents' `sequence` orders as text, so every one is as long as the longest (2**53 - 1)."""


class CloudEvent(Said, frozen=True, kw_only=True, omit_defaults=True):
    """One record as it travels and as it is stored.

    `clock` says how its time was told: `ntp`, or `none` by a clock nobody had set.
    """

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    dataschema: str
    datacontenttype: Literal["application/json"]
    epoch: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    sequence: Annotated[str, msgspec.Meta(pattern="^[0-9]{16}$")]
    dclass: DataClass
    clock: Literal["ntp", "none"]
    clockerrms: int | None = None
    purpose: str
    data: msgspec.Raw


class Draft(msgspec.Struct, frozen=True):
    """A record made ready to be numbered: everything but its key, `data` already JSON.

    `dropped` are the fields of the data that its purpose did not let out.
    """

    source: str
    node: str
    stream: str
    dclass: DataClass
    type: str
    subject: str
    time: str
    dataschema: str
    synced: bool
    clockerrms: int | None
    purpose: str
    data: bytes
    dropped: tuple[str, ...] = ()

    def numbered(self, epoch: int, sequence: int) -> bytes:
        """Return the whole envelope as JSON."""
        return encode(
            CloudEvent(
                specversion="1.0",
                id=f"{self.node}.{epoch}.{sequence}",
                source=self.source,
                type=self.type,
                subject=self.subject,
                time=self.time,
                dataschema=self.dataschema,
                datacontenttype="application/json",
                epoch=epoch,
                sequence=f"{sequence:0{_SEQUENCE_DIGITS}}",
                dclass=self.dclass,
                clock="ntp" if self.synced else "none",
                clockerrms=self.clockerrms,
                purpose=self.purpose,
                data=msgspec.Raw(self.data),
            )
        )


def draft(record: Record, source: str, node: str) -> Draft:
    """Encode what does not depend on the record's number."""
    taken, allowed = record.taken, record.stream.allowed
    passed = Passed(record.data, ()) if allowed is None else allowed.passed(record.data)
    return Draft(
        source=source,
        node=node,
        stream=record.stream.name,
        dclass=record.stream.dclass,
        type=event_type(record.stream),
        subject=record.subject,
        time=rfc3339(taken.utc),
        dataschema=schema_urn(record.stream),
        synced=taken.synced,
        clockerrms=taken.error_ms if taken.synced else None,
        purpose=record.stream.purpose,
        data=encode(passed.data),
        dropped=passed.dropped,
    )


def renumbered(event: bytes, node: str, epoch: int, sequence: int) -> bytes:
    """Return a stored envelope under another key, otherwise unchanged."""
    old = msgspec.json.decode(event, type=CloudEvent)
    return encode(
        msgspec.structs.replace(
            old,
            id=f"{node}.{epoch}.{sequence}",
            epoch=epoch,
            sequence=f"{sequence:0{_SEQUENCE_DIGITS}}",
        )
    )
