"""What one plate looks like in one picture, in figures: size, sharpness, contrast, exposure, angle.

Pure and cheap (tests/benchmarks/quality.py): the plate is set upright at about its own size, and
everything is measured in the rows that its characters stand in.
"""

from dataclasses import dataclass
from math import acos, atan2, degrees, hypot, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import TWO_ROWS_ASPECT, Luma
from agent.plates.quality.edges import Levels, edge_width_px, slant

LEAST_WIDTH_PX, FINE_PX, MOST_PX = 16.0, 90.0, 150.0
"""Narrower quads are not measured; below the second the plate is taken twice as fine, above the
third as coarse as that: a plate so large is sharp enough if its coarse copy is."""

INNER = (0.10, 0.95)
"""Columns that count: not the band with the country's code at the left, nor the rims."""

BAND_SHARE = 0.35
"""A row belongs to the characters while it has this share of the busiest row's edges."""

INK, PAPER = 0.08, 0.80
"""Quantiles of the grey levels of ink and of paper: strokes cover a quarter of the rows of the
characters (models/plate_art: 22 to 33 %)."""

STROKE = 10 / 77
"""A stroke's width in character heights: 10 of 77 mm in Spain's and most of Europe's norms."""

EDGE_SHARE, LEAST_EDGE = 0.5, 4.0
"""An edge counts from this share of the way between ink and paper, and from so many
grey levels."""

SHARP_PX, SHARP_FINE_PX = 1.9, 1.4
"""Median width of a perfectly sharp edge, sampled and set upright; and of a plate taken twice as
fine, whose strokes are too narrow for more."""

SLANT = 1.35
"""Below this the two diagonals differ by the glyphs alone."""

CLIPPED_LEVEL, VIDEO_WHITE, VIDEO_SLACK, BRIGHTEST = 250, 233, 5, 0.90
"""At or above the first a pixel is clipped. In limited-range video white is 235 (BT.601), give or
take the noise; a plate whose brightest pixels, but for some, are not well above it counts so."""

FLOW = 0.6
"""How much of the blur, in squares, the two ways may differ by without any motion."""

ASPECT = 520 / 110
"""Width to height of a one-line plate of the European size."""


@dataclass(frozen=True, slots=True)
class PlateFigures:
    """One plate in one picture. Pixels are the picture's own, levels grey levels, 0 to 255.

    `blur_px` is what widens edges in every direction beyond a perfect picture's: the lens's focus,
    or its dirt. `motion_px` is how much farther they are drawn out one way than square to it. Both
    are widths of edges (edges.py), None where there are too few edges to tell, and end about where
    strokes flow into each other. `angle_deg` is between the plate's face and the
    line of sight's square, 0 seen straight on; None where its true shape is unknown.
    """

    width_px: float
    character_px: float
    blur_px: float | None
    motion_px: float | None
    contrast: float
    ink_level: float
    paper_level: float
    clipped_share: float
    angle_deg: float | None
    roll_deg: float

    @property
    def stroke_px(self) -> float:
        """Width of a character's stroke, by the norm's proportions."""
        return self.character_px * STROKE


def measure_plate(luma: Luma, corners: NDArray[np.float32]) -> PlateFigures | None:
    """Measure a plate, (4, 2) float32 from its top left clockwise, in a picture, (H, W) uint8.

    None where there is too little of it in the picture.
    """
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    across = (b[0] - a[0] + c[0] - d[0]) / 2, (b[1] - a[1] + c[1] - d[1]) / 2
    down = (d[0] - a[0] + c[0] - b[0]) / 2, (d[1] - a[1] + c[1] - b[1]) / 2
    width_px, height_px = hypot(*across), hypot(*down)
    if not (width_px >= LEAST_WIDTH_PX and height_px >= LEAST_WIDTH_PX / ASPECT):
        return None
    scale = 2.0 if width_px < FINE_PX else min(1.0, MOST_PX / width_px)
    upright = _upright(luma, corners, scale, (round(width_px * scale), round(height_px * scale)))
    if upright is None:
        return None
    width = upright.shape[1]
    inner = np.ascontiguousarray(upright[:, round(INNER[0] * width) : round(INNER[1] * width)])
    levels = inner.astype(np.float32)
    top, bottom = _characters(levels)
    ink, paper, clipped = _levels(inner[top:bottom])
    blur_px, motion_px = _blur(levels[top:bottom], paper - ink, scale)
    return PlateFigures(
        width_px=width_px,
        character_px=(bottom - top) / scale,
        blur_px=blur_px,
        motion_px=motion_px,
        contrast=(paper - ink) / max(paper + ink, 1.0),
        ink_level=ink,
        paper_level=paper,
        clipped_share=clipped,
        angle_deg=_angle_deg(across, down),
        roll_deg=degrees(atan2(across[1], across[0])),
    )


def _blur(rows: Levels, contrast: float, scale: float) -> tuple[float | None, float | None]:
    """Return blur and motion of the rows with the characters, in the picture's own pixels."""
    least = max(EDGE_SHARE * contrast, LEAST_EDGE)
    # averaged along the strokes, which leaves their edges as they are and halves the noise
    upright_strokes = np.asarray(cv2.blur(rows, (1, 3)), np.float32)[1::2]
    level_strokes = np.ascontiguousarray(cv2.blur(rows, (3, 1))[:, 1::2].T, np.float32)
    across, along = (edge_width_px(lines, least) for lines in (upright_strokes, level_strokes))
    if across is None or along is None:
        return None, None
    wide, narrow = max(across, along), min(across, along)
    slanted = slant(rows)
    slanted = max(slanted, 1 / max(slanted, 1e-3))
    if slanted > max(SLANT, wide / narrow):  # drawn out aslant: wider one way, narrower the other
        narrow, wide = narrow / slanted**0.5, wide * slanted**0.5
    sharp = max(SHARP_PX, SHARP_FINE_PX * scale)
    blur = _beyond(narrow, sharp)
    # out of focus, strokes flow into each other more one way than the other: that is no motion
    either = sqrt(max(narrow, sharp) ** 2 + FLOW * blur**2)
    return blur / scale, _beyond(wide, either) / scale


def _beyond(width: float, known: float) -> float:
    """Return what widens an edge of `known` to `width`: independent blurs add in squares."""
    return sqrt(max(width * width - known * known, 0.0))


def _upright(
    luma: Luma, corners: NDArray[np.float32], scale: float, size: tuple[int, int]
) -> NDArray[np.uint8] | None:
    """Return the plate alone, set upright at `size`, (H, W) uint8; None if it is outside."""
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 3, luma.shape[::-1])
    if not np.isfinite(corners).all() or (high - low < LEAST_WIDTH_PX / ASPECT).any():
        return None
    patch = luma[low[1] : high[1], low[0] : high[0]]
    spots = corners - low.astype(np.float32)
    if scale < 0.75:  # noqa: PLR2004  finer than that, sampling without averaging is fine
        patch = np.asarray(
            cv2.resize(patch, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        spots = (spots + 0.5) * scale - 0.5
    width, height = size
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(spots.astype(np.float32), flat.astype(np.float32))
    upright = cv2.warpPerspective(
        patch, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(upright, np.uint8)


def _characters(levels: Levels) -> tuple[int, int]:
    """Return the first row of the characters and the one after their last."""
    height = levels.shape[0]
    busy = np.abs(np.diff(levels, axis=1)).mean(axis=1)
    floor = float(np.partition(busy, height // 10)[height // 10])  # noise, in the emptiest rows
    limit = floor + BAND_SHARE * (float(busy[height // 5 : -(height // 5) or None].max()) - floor)
    top = bottom = height // 2
    while top > 0 and busy[top - 1] >= limit:
        top -= 1
    while bottom < height and busy[bottom] >= limit:
        bottom += 1
    if bottom - top < height // 3:  # two rows, dirt, or nothing to see: the middle must do
        return height // 8, height - height // 8
    return top, bottom


def _levels(part: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Return the grey levels of ink and paper, and the share of pixels that are clipped."""
    counts = np.bincount(part.ravel(), minlength=256)
    below = np.cumsum(counts)
    ink, paper = np.searchsorted(below, (INK * below[-1], PAPER * below[-1]))
    brightest = int(np.searchsorted(below, BRIGHTEST * below[-1]))
    limited = brightest < CLIPPED_LEVEL - VIDEO_SLACK
    white = VIDEO_WHITE if limited else CLIPPED_LEVEL
    return float(ink), float(paper), float(counts[white:].sum() / below[-1])


def _angle_deg(across: tuple[float, float], down: tuple[float, float]) -> float | None:
    """Return how far aside a plate of the European size is seen, from its shape in the picture.

    Far away, perspective is a stretch: of the matrix that takes the plate's own square to the
    picture the singular values' ratio is the cosine of the angle.
    """
    # of a plate that may have two rows nobody knows the true size
    if hypot(*across) < TWO_ROWS_ASPECT * hypot(*down):
        return None
    (a, c), (b, d) = (across[0] / ASPECT, across[1] / ASPECT), down
    squares, area = a * a + b * b + c * c + d * d, abs(a * d - b * c)
    apart = max(squares * squares - 4 * area * area, 0.0) ** 0.5
    return degrees(acos(min(((squares - apart) / max(squares + apart, 1e-9)) ** 0.5, 1.0)))
