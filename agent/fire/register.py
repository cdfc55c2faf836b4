"""How far a thermal picture has moved against the reference of its pose, to a fraction of a pixel.

The coarse shift is the peak of the pictures' correlation in the frequency domain, on edges alone
and at half size; the fine one is solved from the gradients (B.D. Lucas, T. Kanade, "An iterative
image registration technique", 1981), without pixels that fit badly: a fire is one of those. Plain
phase correlation is not used: it gives every frequency the same weight, and thermal pictures have
nothing but noise in most of them. Pure.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.fire.radiance import Kelvin

COARSE, FINE = 10.0, 1.5
"""Standard deviations, pixels: slower changes are sky and warm slopes, faster ones noise."""

HOTTEST = 4.0
"""Robust deviations from the middle at which edges are cut off: hot spots must not lead."""

LEAST_PEAK = 0.5
"""Correlation below which the pictures do not show the same: fog, a blocked lens, another pose with
as strong a ridge. The same pose has over 0.9 where its edges stand well above the noise."""

FARTHEST = 0.25
"""Of the picture's side: what has moved farther shows too little of the same."""

LEAST_SIDE_PX = 16

LEAST_KNOWN = 0.8
"""Of both pictures: pixels that are no numbers are filled from beside, and too many say nothing."""

LEAST_WEIGHT = 1e-3
"""Of what is known round a pixel; with less of it the middle is taken."""

ROUNDS = 8
"""Of the fine solution, at most; five are enough for half a pixel."""

STILL_PX = 0.002
"""A step smaller than this changes nothing."""

LEAST_DETERMINANT = 1e-3
"""Of the gradients' matrix over its trace squared: below it edges run one way only, such as a sea
horizon, and along them nobody knows the shift."""

MOST_OFF = 3.0
"""Robust deviations beyond which a pixel does not count in the fine solution."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What stood at (x, y) in the reference stands at (x + right, y + down) now; pixels.

    `peak` is the correlation of the two after the shift, up to 1.
    """

    right: float
    down: float
    peak: float


def register(reference: Kelvin, picture: Kelvin) -> Shift | None:
    """Return the shift from the reference to the picture, both (H, W); None where it is not known.

    Not known: they do not show the same, have moved too far, or show edges in one direction only.

    Raises:
        ValueError: They differ in shape, or are smaller than 16 pixels on a side.
    """
    if reference.shape != picture.shape or reference.ndim != 2:  # noqa: PLR2004  rows, columns
        raise ValueError(f"pictures of {reference.shape} and {picture.shape}, expected one (H, W)")
    if min(reference.shape) < LEAST_SIDE_PX:
        raise ValueError(f"pictures of {reference.shape}, expected {LEAST_SIDE_PX} pixels or more")
    known = np.isfinite(reference) & np.isfinite(picture)
    if known.mean() < LEAST_KNOWN:
        return None
    before, now = _edges(reference), _edges(picture)
    coarse = _coarse(before, now)
    if coarse is None:
        return None
    return _fine(before, now, coarse)


def _edges(picture: Kelvin) -> Kelvin:
    """Return what changes neither too slowly nor too fast, in robust deviations, cut off."""
    data = _filled(picture)
    middle = float(np.median(data))
    slow = cv2.GaussianBlur(data - middle, (0, 0), COARSE)
    edges = np.asarray(cv2.GaussianBlur(data - middle - slow, (0, 0), FINE), np.float32)
    return np.asarray(np.clip(edges / _deviation(edges), -HOTTEST, HOTTEST), np.float32)


def _filled(picture: Kelvin) -> Kelvin:
    """Return the picture with what is no number filled from its surroundings."""
    known = np.isfinite(picture)
    data = np.where(known, picture, np.float32(0.0)).astype(np.float32)
    if known.all():
        return data
    middle = np.float32(np.median(picture[known]))
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), COARSE)
    around = cv2.GaussianBlur(np.where(known, data - middle, 0.0), (0, 0), COARSE)
    beside = middle + around / np.maximum(weight, LEAST_WEIGHT)
    return np.where(known, data, beside).astype(np.float32)


def _deviation(values: NDArray[np.float32]) -> float:
    """Return a standard deviation that few outliers change: 1.4826 times the median's distance."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values)))) + 1e-6


def _coarse(before: Kelvin, now: Kelvin) -> tuple[float, float] | None:
    """Return the shift to about a pixel, (right, down), None without a peak."""
    size = before.shape[1] // 2, before.shape[0] // 2
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (before, now)]
    window = np.outer(np.hanning(size[1]), np.hanning(size[0]))
    one, other = (np.fft.rfft2((each - each.mean()) * window) for each in small)
    found = np.fft.irfft2(np.conj(one) * other, s=(size[1], size[0]))
    down, right = np.unravel_index(int(found.argmax()), found.shape)
    moved_right, moved_down = _signed(int(right), size[0]), _signed(int(down), size[1])
    if abs(moved_right) > FARTHEST * size[0] or abs(moved_down) > FARTHEST * size[1]:
        return None
    return 2.0 * moved_right, 2.0 * moved_down


def _signed(place: int, size: int) -> int:
    return place if place <= size // 2 else place - size


def _fine(before: Kelvin, now: Kelvin, start: tuple[float, float]) -> Shift | None:
    """Solve for the shift from the gradients, beginning at `start`."""
    across = cv2.Sobel(before, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(before, cv2.CV_32F, 0, 1, scale=1 / 8)
    place = np.array(start, np.float64)
    for _ in range(ROUNDS):
        back, inside = moved_back(now, place, cv2.INTER_CUBIC), _inside(now, place)
        off = back - before
        usable = inside & (np.abs(off) <= MOST_OFF * _deviation(off[inside]))
        a, b, d = across[usable], down[usable], off[usable]
        matrix = np.array([[a @ a, a @ b], [a @ b, b @ b]], np.float64)
        if np.linalg.det(matrix) < LEAST_DETERMINANT * np.trace(matrix) ** 2:
            return None
        step = -np.linalg.solve(matrix, np.array([a @ d, b @ d], np.float64))
        place += step
        if np.abs(place - start).max() > FARTHEST * max(before.shape):
            return None
        if np.abs(step).max() < STILL_PX:
            break
    back, inside = moved_back(now, place, cv2.INTER_CUBIC), _inside(now, place)
    one, other = before[inside], back[inside]
    peak = float(np.corrcoef(one, other)[0, 1]) if one.std() > 0 and other.std() > 0 else 0.0
    return Shift(float(place[0]), float(place[1]), peak) if peak >= LEAST_PEAK else None


def _inside(now: Kelvin, place: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where a picture moved back by a shift shows what was inside it, (H, W)."""
    height, width = now.shape
    columns, rows = np.arange(width) + place[0], np.arange(height) + place[1]
    across = (columns >= 1) & (columns <= width - 2)
    down = (rows >= 1) & (rows <= height - 2)
    return np.asarray(np.logical_and.outer(down, across), np.bool_)


def moved_back(
    picture: Kelvin,
    place: NDArray[np.float64] | tuple[float, float],
    interpolation: int,
    beyond: float | None = None,
) -> Kelvin:
    """Return a picture moved back by (right, down); what it does not show is edge or `beyond`."""
    shift = np.array([[1.0, 0.0, place[0]], [0.0, 1.0, place[1]]])
    back = cv2.warpAffine(
        picture,
        shift,
        picture.shape[::-1],
        flags=interpolation | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE if beyond is None else cv2.BORDER_CONSTANT,
        borderValue=0.0 if beyond is None else beyond,
    )
    return np.asarray(back, np.float32)
