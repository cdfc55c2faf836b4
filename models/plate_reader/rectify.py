"""A found plate is set upright: warped from the picture's luma into the reader's small input."""

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma

HEIGHT, WIDTH = 40, 176
"""The reader's input, (40, 176) uint8."""

STEPS = WIDTH // 4
"""Places along the plate where a character may be seen, four pixels apart."""

MARGIN_X, MARGIN_Y = 0.05, 0.14
"""Free border kept around the quad, in its own widths and heights: corners are never exact."""

OVERLAP = 0.04
"""How far each row of a two-line plate reaches past the middle, in plate heights."""

SPREAD, LEAST_SPREAD = 56.0, 6.0
"""Grey levels of standard deviation that every crop is brought to, and the least assumed."""

FARTHEST_PX = 1e6
"""A corner farther away than this is no place in any picture."""

Corners = NDArray[np.float32]
"""(4, 2) float32: top left, top right, bottom right, bottom left."""


def aspect(corners: Corners) -> float:
    """Return the quad's width to height, each the mean of two opposite sides."""
    side = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return float((side[0] + side[2]) / max(side[1] + side[3], 1e-6))


def one_line(luma: Luma, corners: Corners) -> NDArray[np.uint8]:
    """Return the plate as one row, (40, 176) uint8."""
    box = (-MARGIN_X, -MARGIN_Y, 1 + MARGIN_X, 1 + MARGIN_Y)
    return _even(_cut(luma, corners, box, (WIDTH, HEIGHT)))


def two_lines(luma: Luma, corners: Corners) -> NDArray[np.uint8]:
    """Return the upper row and the lower row side by side, (40, 176) uint8."""
    left, right = -MARGIN_X, 1 + MARGIN_X
    upper = (left, -0.5 * MARGIN_Y, right, 0.5 + OVERLAP)
    lower = (left, 0.5 - OVERLAP, right, 1 + 0.5 * MARGIN_Y)
    size = (WIDTH // 2, HEIGHT)
    return _even(np.hstack([_cut(luma, corners, upper, size), _cut(luma, corners, lower, size)]))


def _even(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the crop with its mean at mid grey and its contrast stretched, night like day.

    The floor of the spread keeps sensor noise on an empty patch from looking like strokes.
    """
    mean, spread = cv2.meanStdDev(crop)
    gain = SPREAD / max(float(spread[0, 0]), LEAST_SPREAD)
    lifted = cv2.addWeighted(crop, gain, crop, 0.0, 128.0 - gain * float(mean[0, 0]))
    return np.asarray(lifted, np.uint8)


def _cut(
    luma: Luma, corners: Corners, box: tuple[float, float, float, float], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Warp the part `box` (left, top, right, bottom in plate widths and heights) to `size`.

    A plate larger than the input is first averaged down, or thin strokes would alias away.
    """
    width, height = size
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    to_picture = cv2.getPerspectiveTransform(unit, corners.astype(np.float32))
    left, top, right, bottom = box
    part = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    seen = cv2.perspectiveTransform(part[None], to_picture)[0]
    if not np.isfinite(seen).all() or np.abs(seen).max() > FARTHEST_PX:
        return np.zeros((height, width), np.uint8)  # three corners in a line: nothing to see
    low = np.floor(seen.min(axis=0)).astype(int) - 2
    high = np.ceil(seen.max(axis=0)).astype(int) + 3
    low, high = np.maximum(low, 0), np.minimum(high, (luma.shape[1], luma.shape[0]))
    if (high - low < 2).any():  # noqa: PLR2004  less than two pixels of it in the picture
        return np.zeros((height, width), np.uint8)
    patch = luma[low[1] : high[1], low[0] : high[0]]
    across = np.linalg.norm(seen[1] - seen[0]) + np.linalg.norm(seen[2] - seen[3])
    shrink = float(across / 2 / width)
    if shrink > 1.5:  # noqa: PLR2004  bilinear sampling is fine up to here
        small = (max(2, round(patch.shape[1] / shrink)), max(2, round(patch.shape[0] / shrink)))
        scale = np.array(small) / (patch.shape[1], patch.shape[0])
        patch = np.asarray(cv2.resize(patch, small, interpolation=cv2.INTER_AREA), np.uint8)
    else:
        scale = np.ones(2)
    source = ((seen - low + 0.5) * scale - 0.5).astype(np.float32)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(source, target)
    upright = cv2.warpPerspective(patch, warp, size, flags=cv2.INTER_LINEAR,
                                  borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    return np.asarray(upright, dtype=np.uint8)
