"""What leaves the node about a camera's pictures: figures only, of many vehicles together."""

from typing import Annotated, Literal

import msgspec

from agent.core.records import DataClass, Stream
from agent.core.settings import Share

Count = Annotated[int, msgspec.Meta(ge=0)]


class PlateQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How good a camera's pictures are for reading plates (docs/aiming.md has the goals).

    Plate figures are medians over the last `vehicles`, at most 20, each taken where it was read
    best; `unread` of them were found and not read. Pixels are the picture's own, levels grey
    levels from 0 to 255, strokes widths of a character's stroke. None is what nobody could tell.
    `reason` is the code of what hinders reading, "" where nothing does.
    """

    camera: str
    vehicles: Count
    unread: Count
    plate_width_px: float | None = None
    character_height_px: float | None = None
    blur_strokes: float | None = None
    motion_strokes: float | None = None
    contrast: float | None = None
    paper_level: float | None = None
    clipped_share: float | None = None
    angle_deg: float | None = None
    roll_deg: float | None = None
    plate_speed_px_s: float | None = None
    scene_level: float | None = None
    scene_brightest_level: float | None = None
    scene_dark_share: Share | None = None
    scene_clipped_share: Share | None = None
    scene_noise_levels: float | None = None
    scene_edge_px: float | None = None
    focus_ratio: float | None = None
    bad_tiles: Count = 0
    pose: Literal["held", "moved", "unknown"] = "unknown"
    pose_shift_share: float | None = None
    infrared: Literal["lit", "dark", "unknown"] = "unknown"
    reason: str = ""


RETENTION_S = 30 * 24 * 3600
"""A month shows how a lens gets dirty; no person is in it."""

STREAM = Stream(
    name="plates.quality",
    version=1,
    dclass=DataClass.SAMPLE,
    struct=PlateQuality,
    purpose="health",
    retention_s=RETENTION_S,
)


def streams() -> list[Stream]:
    """Return what is declared, for the generated contract."""
    return [STREAM]
