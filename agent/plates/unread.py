"""Why a plate that was seen made no passage: what a lane that reads badly says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Literal

import msgspec

from agent.core.allow import AllowList
from agent.core.clock import Stamp
from agent.core.log import mask
from agent.core.records import DataClass, Stream
from agent.core.vision import Luma, PlateRead
from agent.plates.direction import Direction, direction
from agent.plates.luma import luma_of
from agent.plates.passage import Count, Measure
from agent.plates.purpose import PURPOSES, Purpose
from agent.plates.quality.goals import Figure
from agent.plates.quality.passes import READ, Vehicle
from agent.plates.quality.plate import measure_plate
from agent.plates.track import Sighting, Track, height_px, width_px

RETENTION_S = 24 * 3600
"""Long enough to climb a pole; shorter where the purpose keeps passages for less."""

SURE_PLACE = 0.7
"""A character less likely than this is shown as unread."""

EDGE_PX = 2.0
"""A plate this near to the picture's edge may go on beyond it."""


class Unreported(Enum):
    """Which rule kept a plate that was seen from making a passage."""

    UNREAD = "unread"  # never a character read, or fewer than a plate has
    UNSETTLED = "unsettled"  # too few reads say the same
    UNCLEAR = "unclear"  # a character nobody can be sure of
    INCOMPLETE = "incomplete"  # a part of a longer text
    UNKNOWN = "unknown"  # no country's by its looks, or of no known format where those are wanted


Reason = Literal[
    "cut", "too-small", "too-blurred", "motion", "too-dark", "overexposed", "aslant",
    "no-characters", "seen-once", "disagreeing", "doubtful", "covered",
    "fits-nothing",
]  # fmt: skip
"""Why: what is wrong with the best look at the plate, or else with its reads."""

REASONS: tuple[Reason, ...] = Reason.__args__  # type: ignore[attr-defined]

_OF_FIGURE: dict[Figure, Reason] = {
    Figure.WIDTH: "too-small",
    Figure.CHARACTER: "too-small",
    Figure.BLUR: "too-blurred",
    Figure.MOTION: "motion",
    Figure.CONTRAST: "too-dark",
    Figure.PAPER: "too-dark",
    Figure.CLIPPED: "overexposed",
    Figure.ANGLE: "aslant",
    Figure.ROLL: "aslant",
}

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """One vehicle whose plate was seen and made no passage.

    `rule` kept it from being told, `reason` is why most likely. `partial` is the best read with `?`
    for characters nobody can be sure of, where the purpose lets text out, else null. Place and size
    are of the best look, in pixels. `left_out` others went unread since the last of these records:
    at most one is told every ten seconds, after the first few.
    """

    rule: Unreported
    reason: Reason
    partial: str | None
    width_px: Measure
    height_px: Measure
    corners: Corners
    picture_width: Count
    picture_height: Count
    frames: Count
    reads: Count
    agreeing: Count
    direction: Direction
    lane: str | None
    first_seen: Annotated[datetime, msgspec.Meta(tz=True)]
    last_seen: Annotated[datetime, msgspec.Meta(tz=True)]
    camera: str
    left_out: Count = 0

    def __repr__(self) -> str:
        return f"Unread({self.reason}, {mask(self.partial or '')})"

    def __rich_repr__(self) -> list[tuple[str, object]]:  # msgspec's own shows every field
        return [("reason", self.reason), ("lane", self.lane)]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the looks at a plate come to where a rule forbids to tell it; `needed` had to agree."""

    rule: Unreported
    read: PlateRead
    agreeing: int
    needed: int


@dataclass(frozen=True, slots=True)
class NotRead:
    """A vehicle that made no passage, and when it was last seen."""

    unread: Unread
    last: Stamp


def unread_stream(purpose: Purpose) -> Stream:
    """Declare the stream that unread plates travel on under one purpose."""
    fields = [name for name in Unread.__struct_fields__ if name not in ("direction", "partial")]
    return Stream(
        name="plates.unread",
        version=1,
        dclass=DataClass.DIAG,
        struct=Unread,
        purpose=purpose.name,
        retention_s=min(purpose.retention_s, RETENTION_S),
        allowed=AllowList.of(
            Unread,
            *fields,
            "direction.along",
            "direction.across",
            *(["partial"] if purpose.text else []),
        ),
    )


def streams() -> list[Stream]:
    """Return what is declared, for the generated contract; every purpose has one schema."""
    return [unread_stream(next(iter(PURPOSES.values())))]


def not_read(track: Track, doubt: Doubt, *, camera: str, lane: str | None, text: bool) -> NotRead:
    """Say why a track made no passage; `text` says whether the plate's may leave the node."""
    frame, quad = track.best.frame, track.best.quad
    height, width = frame.data.shape[:2]
    a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in quad.corners)
    unread = Unread(
        rule=doubt.rule,
        reason=why(track, doubt),
        partial=partial(doubt.read) if text else None,
        width_px=round(width_px(quad), 1),
        height_px=round(height_px(quad), 1),
        corners=(a, b, c, d),
        picture_width=width,
        picture_height=height,
        frames=track.frames,
        reads=len(track.ballots),
        agreeing=doubt.agreeing,
        direction=direction(track.path),
        lane=lane,
        first_seen=track.first.utc,
        last_seen=track.last.utc,
        camera=camera,
    )
    return NotRead(unread, track.last)


def why(track: Track, doubt: Doubt) -> Reason:
    """Return the likeliest reason: the picture's, if even the best look is read badly."""
    if doubt.rule is Unreported.UNKNOWN:
        return "fits-nothing"
    if doubt.rule is Unreported.INCOMPLETE:
        return "covered"
    if track.best.read.likelihood < READ and (seen := _of_look(track.best)):
        return seen
    if doubt.rule is Unreported.UNREAD:
        return "no-characters"
    if len(track.ballots) < doubt.needed:
        return "seen-once"
    return "disagreeing" if doubt.rule is Unreported.UNSETTLED else "doubtful"


def partial(read: PlateRead) -> str:
    """Return a read with `?` for the characters nobody can be sure of."""
    return "".join(
        place.best[0] if place.best[1] >= SURE_PLACE else "?" for place in read.characters
    )


def _of_look(best: Sighting) -> Reason | None:
    """Return what is wrong with a look's picture, if anything is."""
    luma = luma_of(best.frame)
    if _is_cut(luma, best.quad.corners.tolist()):
        return "cut"
    figures = measure_plate(luma, best.quad.corners)
    if figures is None:
        return "too-small"
    cause = Vehicle(0.0, figures, read=False, speed_px_s=None).cause
    return _OF_FIGURE[cause] if cause else None


def _is_cut(luma: Luma, corners: Sequence[Sequence[float]]) -> bool:
    height, width = luma.shape
    return any(
        not (EDGE_PX <= x <= width - 1 - EDGE_PX and EDGE_PX <= y <= height - 1 - EDGE_PX)
        for x, y in corners
    )
