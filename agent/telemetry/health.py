"""The health message: how each part of the node is."""

from collections.abc import Mapping
from enum import Enum

from msgspec import field

from agent.telemetry.wire import Moment, Said


class Fitness(Enum):
    """How a part is."""

    OK = "ok"
    STARTING = "starting"
    FAULT = "fault"
    QUARANTINED = "quarantined"  # it has a bug and was stopped


class PartHealth(Said, frozen=True, kw_only=True):
    """One part; the units of `values` are in their names."""

    state: Fitness
    since: Moment | None = None
    cause: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


class OutboxHealth(Said, frozen=True, kw_only=True):
    """How full the store of undelivered records is.

    `fields_dropped` counts fields that a record's purpose did not let out: 0 unless a duty errs.
    """

    rows: int
    bytes: int
    oldest_s: float
    dropped: int
    parked: int = 0
    fields_dropped: int = 0


class ClockHealth(Said, frozen=True, kw_only=True):
    """How good the node's idea of the date is."""

    source: str
    error_ms: int | None = None


class Health(Said, frozen=True, kw_only=True):
    """How the node is; a reader that hears nothing for three periods must not believe the last."""

    time: Moment
    period_s: float
    parts: Mapping[str, PartHealth] = field(default_factory=dict)
    outbox: OutboxHealth | None = None
    clock: ClockHealth | None = None
    power: Mapping[str, float] = field(default_factory=dict)
    temperature: Mapping[str, float] = field(default_factory=dict)
    disk: Mapping[str, float] = field(default_factory=dict)
