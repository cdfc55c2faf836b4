"""The birth message: who a node is, what it runs, and which records it will send."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import field

from agent.core.records import DataClass, Stream, units_of
from agent.telemetry.wire import Said


def schema_urn(stream: Stream) -> str:
    """Return the name under which the stream's data schema is published."""
    return f"urn:sereno:schema:{stream.name}:{stream.version}"


def event_type(stream: Stream) -> str:
    """Return the CloudEvents type of the stream's records."""
    return f"sereno.{stream.name}.v{stream.version}"


class Place(Said, frozen=True, kw_only=True):
    """Where the node stands; metadata, never a topic level, since poles are moved and swapped."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    note: str = ""


class Part(Said, frozen=True, kw_only=True):
    """One piece of hardware the node expects to find."""

    name: str
    kind: str


class Software(Said, frozen=True, kw_only=True):
    """What runs on the node."""

    version: str
    python: str = ""


class Model(Said, frozen=True, kw_only=True):
    """One trained model on the node, by the SHA-256 of its file."""

    name: str
    digest: str


class Config(Said, frozen=True, kw_only=True):
    """Which configuration the node runs, by its SHA-256."""

    digest: str
    revision: int = 0


class StreamLine(Said, frozen=True, kw_only=True):
    """One stream the node declares; `type`, `dataschema` and the topic follow from its name."""

    name: str
    version: int
    dclass: DataClass = field(name="class")
    type: str
    dataschema: str
    unit: str
    units: dict[str, str] = field(default_factory=dict)
    """UCUM units by field, of fields that declare their own."""
    purpose: str
    retention_s: int
    leaves_node: bool

    @classmethod
    def of(cls, stream: Stream) -> Self:
        return cls(
            name=stream.name,
            version=stream.version,
            dclass=stream.dclass,
            type=event_type(stream),
            dataschema=schema_urn(stream),
            unit=stream.unit,
            units=units_of(stream.struct),
            purpose=stream.purpose,
            retention_s=stream.retention_s,
            leaves_node=stream.leaves_node,
        )


class Birth(Said, frozen=True, kw_only=True):
    """Who speaks. The uplink fills in `epoch` and `session`."""

    org: str
    node: str
    epoch: Annotated[int, msgspec.Meta(ge=0)] = 0
    session: Annotated[int, msgspec.Meta(ge=0)] = 0
    place: Place | None = None
    software: Software
    config: Config | None = None
    hardware: tuple[Part, ...] = ()
    models: tuple[Model, ...] = ()
    duties: tuple[str, ...] = ()
    streams: tuple[StreamLine, ...] = ()
    commands: tuple[str, ...] = ()
    delivery: Literal["centre-ack"] = "centre-ack"
    """Records are kept until the centre's own ack; a dialect would say otherwise here."""
