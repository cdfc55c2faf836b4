"""What leaves the node about traffic: bins, states, stopped vehicles, tags. Units are UCUM codes.

No record describes one vehicle: what is said of fewer than `FEWEST` is left out (suppress.py).
"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from agent.core.allow import AllowList
from agent.core.records import DataClass, Stream
from agent.plates.purpose import PURPOSES
from agent.plates.traffic.settings import Heading

FEWEST = 5
"""Figures about fewer vehicles than this stay on the node (reference/security.md 4.4)."""

MINUTE_S, BIN_S = 60, 300

_DAY_S = 86400
_PURPOSE = PURPOSES["traffic"].name

Count = Annotated[int, msgspec.Meta(ge=0, extra_json_schema={"x-unit": "{vehicle}"})]
Span = Annotated[float, msgspec.Meta(ge=0, extra_json_schema={"x-unit": "s"})]
Speed = Annotated[float, msgspec.Meta(ge=0, extra_json_schema={"x-unit": "m/s"})]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100, extra_json_schema={"x-unit": "%"})]

Flow = Literal["free", "dense", "congested", "standing", "unknown"]


class ClassCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Vehicles by length (geometry.py says what each means); null where fewer than five.

    `unknown` were not measured; `other` sums up every class that is null. All together are the
    bin's vehicles.
    """

    short: Count | None
    car: Count | None
    medium: Count | None
    long: Count | None
    unknown: Count | None
    other: Count


class LaneBin(msgspec.Struct, frozen=True, kw_only=True):
    """One lane for one minute or five, aligned to UTC where `synced`.

    Nothing is extrapolated: all of it is about the `observed_s` in which the lane was really seen;
    of none, the figures are null. `vehicles` are those counted by the loop and those whose plate
    alone was seen while a queue covered it; null with `few` set means 1 to 4. `read_pct` is the
    share of the loop's vehicles whose plate was read: a proof of sight, of both.
    """

    lane: str
    heading: Heading
    start: datetime
    for_s: Annotated[int, msgspec.Meta(ge=1, extra_json_schema={"x-unit": "s"})]
    observed_s: Span
    synced: bool
    vehicles: Count | None
    few: bool
    classes: ClassCounts | None
    by_plate_only: Count | None
    read_pct: Percent | None
    occupancy_pct: Percent | None
    headway_s: Span | None
    speed_m_s: Speed | None
    flow: Flow


class FlowChange(msgspec.Struct, frozen=True, kw_only=True):
    """How traffic runs on a lane has changed; `density` and `speed_m_s` are what said so."""

    lane: str
    heading: Heading
    flow: Flow
    before: Flow
    occupancy_pct: Percent | None
    speed_m_s: Speed | None


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """Something stands in a lane. `queue` is unknown where one zone cannot tell it from a queue."""

    lane: str
    heading: Heading
    zone: Literal["near", "far"]
    state: Literal["raised", "cleared"]
    since: datetime
    standing_s: Span
    queue: Literal["no", "unknown"]
    why: Literal["standing", "moved-on", "queue", "blind", "ended"]


class MinuteTags(msgspec.Struct, frozen=True, kw_only=True):
    """The tags of one minute, sorted: their order says nothing."""

    minute: datetime
    tags: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{6}$")], ...]


class GateTags(msgspec.Struct, frozen=True, kw_only=True):
    """Sampled vehicles that passed one gate of a zone: 24-bit tags under the zone's key of a day.

    `day` begins at 03:00 UTC. A tag is shared by several plates, cannot be turned into one without
    the key, and means nothing once the key is destroyed.
    """

    zone: str
    gate: str
    day: date
    start: datetime
    for_s: Annotated[int, msgspec.Meta(ge=1, extra_json_schema={"x-unit": "s"})]
    sampled_pct: Percent
    minutes: tuple[MinuteTags, ...]


MINUTE_STREAM = Stream(
    name="traffic.minute",
    version=1,
    dclass=DataClass.SAMPLE,
    struct=LaneBin,
    purpose=_PURPOSE,
    retention_s=_DAY_S,
)
BIN_STREAM = Stream(
    name="traffic.bin",
    version=1,
    dclass=DataClass.EVENT,
    struct=LaneBin,
    purpose=_PURPOSE,
    retention_s=3650 * _DAY_S,
)
FLOW_STREAM = Stream(
    name="traffic.flow",
    version=1,
    dclass=DataClass.EVENT,
    struct=FlowChange,
    purpose=_PURPOSE,
    retention_s=3650 * _DAY_S,
)
STOPPED_STREAM = Stream(
    name="traffic.stopped",
    version=1,
    dclass=DataClass.EVENT,
    struct=Stopped,
    purpose=_PURPOSE,
    retention_s=30 * _DAY_S,
)
TAGS_STREAM = Stream(
    name="traffic.tags",
    version=1,
    dclass=DataClass.SAMPLE,
    struct=GateTags,
    purpose=_PURPOSE,
    retention_s=3600,
    allowed=AllowList.of(
        GateTags,
        "zone",
        "gate",
        "day",
        "start",
        "for_s",
        "sampled_pct",
        "minutes.minute",
        "minutes.tags",
    ),
)


def streams() -> list[Stream]:
    """Return what the duty declares, for the generated contract."""
    return [MINUTE_STREAM, BIN_STREAM, FLOW_STREAM, STOPPED_STREAM, TAGS_STREAM]
