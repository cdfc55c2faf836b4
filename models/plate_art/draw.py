"""Draws a number plate as it leaves the press: flat, clean, frontal, with correct glyphs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.plate_art.emblems import EMBLEMS, letters
from models.plate_art.fonts import glyph
from models.plate_art.layouts import Band, Layout
from models.plate_art.sheet import Sheet, arc, colour, rounded
from models.plate_art.text import Written, written

ROW_MARGIN = 0.06
"""Free height above and below each row of a plate with several, in plate heights."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one press differs from the next, around the layout's own measures."""

    font: str = ""
    """Empty for the layout's first."""
    stretch: float = 1.0
    height: float = 1.0
    gap: float = 1.0
    extra_weight_mm: float = 0.0
    """Stroke widened by this much on each side."""
    shift_mm: float = 0.0
    """Whole text moved to the right."""
    cell: float = 0.0
    """How far narrow characters get the room of ordinary ones: 0 not at all, 1 wholly."""


@dataclass(frozen=True, slots=True)
class Place:
    """A character and the box of its ink in the picture, in pixels."""

    character: str
    row: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Art:
    """A drawn plate: `bgr` is (H, W, 3) uint8 and reaches exactly to the plate's edge."""

    bgr: NDArray[np.uint8]
    places: tuple[Place, ...]
    country: str
    pixels_per_mm: float

    @property
    def text(self) -> str:
        return "".join(place.character for place in self.places)

    def __repr__(self) -> str:
        return f"Art({self.country}, {self.bgr.shape[1]}x{self.bgr.shape[0]})"


def draw_plate(
    layout: Layout, text: str | Written, pixels_per_mm: float = 1.0, look: Look | None = None
) -> Art:
    """Draw `text` as a plate of `layout`.

    Raises:
        Rejected: the font has no such character.
    """
    look = look or Look()
    plate = written(layout, text) if isinstance(text, str) else text
    sheet = Sheet(layout.size_mm, pixels_per_mm, colour(layout.rim))
    width, height = layout.size_mm
    inner = (layout.rim_mm, layout.rim_mm, width - 2 * layout.rim_mm, height - 2 * layout.rim_mm)
    sheet.fill([rounded(inner, 7.0)], colour(layout.paper))
    left, right = layout.rim_mm + 5.0, width - layout.rim_mm - 5.0
    for band in layout.bands:
        _band(sheet, band, layout)
        if band.side == "left":
            left += band.width_mm - 2.0
        else:
            right -= band.width_mm - 2.0
    if layout.corner:
        share, drawing = EMBLEMS[layout.corner]
        size = 0.82 * layout.height_mm
        drawing(sheet, (left, (height - size) / 2, share * size, size), colour(layout.ink))
        left += share * size + 2.0
    places: list[Place] = []
    rows = len(plate.rows)
    for number, row in enumerate(plate.rows):
        band_height = (height - 2 * layout.rim_mm) / rows
        middle = layout.rim_mm + (number + 0.5) * band_height
        # The rows of a tall plate lie a little nearer to each other than its edges.
        middle += (0.5 * (rows - 1) - number) * ROW_MARGIN * height * 0.5
        glyphs = min(layout.height_mm, band_height * 0.86) * look.height
        room = _Room(number, left, right, middle, glyphs)
        places += _row(sheet, layout, look, row, room)
    return Art(sheet.bgr, tuple(places), layout.country, pixels_per_mm)


@dataclass(frozen=True, slots=True)
class _Room:
    """Where a row goes, in millimetres."""

    row: int
    left: float
    right: float
    middle: float
    height: float


def _row(
    sheet: Sheet, layout: Layout, look: Look, row: tuple[str, ...], where: _Room
) -> list[Place]:
    font = look.font or layout.fonts[0]
    height = where.height
    ink = colour(layout.ink)
    stretch = layout.stretch * look.stretch * height
    widths = [_width(item, font, stretch, height, layout.space_mm * look.gap) for item in row]
    ordinary = glyph(font, "H").width * stretch
    # Half the free room of a cell on either side of what is narrower, an I or a 1.
    pads = [look.cell * max(0.0, ordinary - w) / 2 if len(item) == 1 else 0.0
            for item, w in zip(row, widths, strict=True)]  # fmt: skip
    gaps = max(0, len(row) - 1) * layout.gap_mm * look.gap * height / layout.height_mm
    room = where.right - where.left
    needed = sum(widths) + 2 * sum(pads) + gaps
    squeeze = min(1.0, room / max(needed, 1e-6))  # a long text is set narrower
    step = gaps / max(1, len(row) - 1) * squeeze
    spare = room - needed * squeeze
    shift = float(np.clip(look.shift_mm, -spare / 2, spare / 2))
    at = where.left + spare / 2 + shift
    top = where.middle - height / 2
    scale = sheet.pixels_per_mm
    places: list[Place] = []
    for item, natural, pad in zip(row, widths, pads, strict=True):
        width = natural * squeeze
        at += pad * squeeze
        if len(item) == 1:
            shape = glyph(font, item)
            size = (width / shape.width, height)
            outlines = [c * size + (at, top) for c in shape.contours]
            sheet.fill(outlines, ink)
            if look.extra_weight_mm > 0:
                sheet.outline(outlines, 2 * look.extra_weight_mm, ink)
            places.append(
                Place(item, where.row, at * scale, top * scale, width * scale, height * scale)
            )
        elif item != "{space}":
            EMBLEMS[item[1:-1]][1](sheet, (at, top, width, height), ink)
        at += width + pad * squeeze + step
    return places


def _width(item: str, font: str, stretch: float, height: float, space: float) -> float:
    if len(item) == 1:
        return glyph(font, item).width * stretch
    if item == "{space}":
        return space
    return EMBLEMS[item[1:-1]][0] * height


def _band(sheet: Sheet, band: Band, layout: Layout) -> None:
    width, height = layout.size_mm
    rim = layout.rim_mm
    x = rim if band.side == "left" else width - rim - band.width_mm
    tall = min(height - 2 * rim, 110.0)
    y = (height - 2 * rim - tall) / 2 + rim
    sheet.fill([rounded((x, rim, band.width_mm, height - 2 * rim), 5.0)], colour(band.colour))
    ink = colour(band.ink)
    centre = (x + band.width_mm / 2, y + 0.34 * tall)
    match band.mark:
        case "stars":
            radius = min(0.32 * band.width_mm, 0.2 * tall)
            for turn in arc(centre, (radius, radius))[:-1:3]:
                sheet.ellipse((float(turn[0]), float(turn[1])), (1.9, 1.9), (40, 210, 250))
        case "flag":
            box = (centre[0] - 0.33 * band.width_mm, centre[1] - 8.0, 0.66 * band.width_mm, 16.0)
            sheet.rectangle(box, (50, 40, 190))
            sheet.rectangle((box[0], box[1] + 6, box[2], 4), (230, 230, 230))
            sheet.rectangle((box[0] + 0.3 * box[2], box[1], 4, 16), (230, 230, 230))
        case "bars":
            for n, tint in enumerate(((240, 240, 240), (50, 40, 190), (150, 60, 20))):
                left = centre[0] - 0.33 * band.width_mm
                sheet.rectangle((left, centre[1] - 9 + 6 * n, 0.66 * band.width_mm, 6), tint)
        case _:
            pass  # a plain band
    if band.code:
        box = (x + 0.12 * band.width_mm, y + 0.66 * tall, 0.76 * band.width_mm, 0.24 * tall)
        letters(sheet, band.code, box, ink)
