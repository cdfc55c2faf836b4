"""What kind of picture it was: figures by slice show where a reader is weak."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from agent.core.vision import TWO_ROWS_ASPECT, CharacterRead, Luma, PlateRead
from agent.plates.evaluate.distance import HIDDEN
from agent.plates.evaluate.labelled import Corners
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax

NIGHT_LUMA = 70.0
"""Mean grey of a picture below which it counts as night or deep dusk."""

UPRIGHT = (160, 40)
"""Width and height a plate is set upright to before its contrast and sharpness are measured."""

UNKNOWN = "not known"

WIDTHS_PX = (60.0, 90.0, 150.0)
CONTRASTS = (20.0, 40.0)
"""Standard deviation of the plate's grey levels: grey on grey, usual, hard black on white."""
SHARPNESS = (0.25, 0.5)
"""Mean gradient in units of the contrast: a stroke smeared over its width, usual, crisp."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What a picture and its plate are like; of the plate, None where nobody knows where it is."""

    mean_luma: float
    width_px: float | None = None
    aspect: float | None = None
    contrast: float | None = None
    sharpness: float | None = None


def measures(luma: Luma, corners: Corners | None) -> Measures:
    """Measure a picture, (H, W) uint8, and the plate at `corners`."""
    mean = float(luma[::2, ::2].mean())
    if corners is None:
        return Measures(mean)
    side = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = float(side[0] + side[2]) / 2, float(side[1] + side[3]) / 2
    plate = upright(luma, corners, UPRIGHT).astype(np.float32)
    contrast = float(plate.std())
    across = np.abs(np.diff(plate, axis=1)).mean()
    return Measures(
        mean,
        width,
        width / max(height, 1e-6),
        contrast,
        float(across) / max(contrast, 1.0),
    )


def upright(luma: Luma, corners: Corners, size: tuple[int, int]) -> Luma:
    """Return the quad set upright, (height, width) uint8; the picture's edge goes on outside it.

    A quad larger than `size` is averaged down first, or thin strokes would alias away.
    """
    width, height = size
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 3, (luma.shape[1], luma.shape[0]))
    if not np.isfinite(corners).all() or (high - low < 2).any():  # noqa: PLR2004  nothing of it
        return np.full((height, width), 128, np.uint8)
    patch = luma[low[1] : high[1], low[0] : high[0]]
    shrink = float(np.linalg.norm(corners[1] - corners[0])) / width
    scale = np.ones(2)
    if shrink > 1.5:  # noqa: PLR2004  linear sampling is fine up to here
        small = (max(2, round(patch.shape[1] / shrink)), max(2, round(patch.shape[0] / shrink)))
        scale = np.array(small) / (patch.shape[1], patch.shape[0])
        patch = np.asarray(cv2.resize(patch, small, interpolation=cv2.INTER_AREA), np.uint8)
    source = ((corners - low + 0.5) * scale - 0.5).astype(np.float32)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    cut = cv2.warpPerspective(
        np.ascontiguousarray(patch), warp, size, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.uint8)


def slices_of(measured: Measures, truth: str | None) -> tuple[tuple[str, str], ...]:
    """Return (what is told, kind) for one plate."""
    return (
        ("light", "night" if measured.mean_luma < NIGHT_LUMA else "day"),
        ("plate width", _band(measured.width_px, WIDTHS_PX, "px")),
        ("rows", _rows(measured.aspect)),
        ("contrast", _band(measured.contrast, CONTRASTS, "levels")),
        ("sharpness", _band(measured.sharpness, SHARPNESS, "")),
        ("country", country_of(truth)),
    )


def _band(value: float | None, edges: Sequence[float], unit: str) -> str:
    if value is None:
        return UNKNOWN
    for below, above in zip((None, *edges), (*edges, None), strict=True):
        if above is not None and value >= above:
            continue
        if below is None:
            words = f"under {above:g}"
        else:
            words = f"{below:g} to {above:g}" if above is not None else f"{below:g} and more"
        return f"{words} {unit}".strip()
    return UNKNOWN  # not a number


def _rows(aspect: float | None) -> str:
    if aspect is None:
        return UNKNOWN
    return "one row" if aspect >= TWO_ROWS_ASPECT else "two rows or seen aslant"


def country_of(truth: str | None) -> str:
    """Say whose plate a true text is by its form alone."""
    if truth is None or HIDDEN in truth:
        return UNKNOWN
    read = PlateRead(tuple(CharacterRead(((char, 1.0),)) for char in truth))
    judged = _any_country().judge(read)
    if not judged.fits or judged.text != truth:
        return "fits none"
    return judged.country or "several fit"


@cache
def _any_country() -> Syntax:
    return Syntax(shipped_book())
