"""What the network should have said about a picture: the inverse of `decode`, in plain numpy."""

from dataclasses import dataclass

import numpy as np

from models.plate_detector.decode import STRIDE_PX, Floats, compress

SPREAD = 0.10
"""The heat's Gaussian has this fraction of the plate's own sides as standard deviation."""

SPREAD_MIN_CELLS = 0.55
"""Smaller and a tiny plate's neighbours would all be hard negatives."""

CORNER_HEAT_MIN = 0.25
"""Cells with at least this heat learn the corners; `decode` averages over such cells."""

WIDTH_MIN_PX = 11.0
"""Narrower plates are neither asked for nor forbidden."""


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """One plate of a picture: corners (4, 2) in its pixels, and whether they are exact."""

    corners: Floats
    exact: bool
    ignored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """One picture's maps: heat (h, w), code (8, h, w): 4 x then 4 y, weight (h, w), care (h, w)."""

    heat: Floats
    code: Floats
    weight: Floats
    care: Floats


def encode(labels: list[Label], height: int, width: int, loose_weight: float = 0.25) -> Targets:
    """Draw the maps of a picture of height x width pixels."""
    rows, columns = height // STRIDE_PX, width // STRIDE_PX
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    centres = np.stack([(x + 0.5) * STRIDE_PX, (y + 0.5) * STRIDE_PX], -1)
    heat = np.zeros((rows, columns), np.float32)
    code = np.zeros((8, rows, columns), np.float32)
    weight = np.zeros((rows, columns), np.float32)
    care = np.ones((rows, columns), np.float32)
    for label in labels:
        middle = label.corners.mean(0)
        if label.ignored:
            _forget(care, label.corners)
            continue
        column, row = (int(v) for v in middle // STRIDE_PX)
        if not (0 <= row < rows and 0 <= column < columns):
            _forget(care, label.corners)
            continue
        spot = _gaussian(centres - middle, label.corners)
        spot[row, column] = 1.0
        mine = (spot >= CORNER_HEAT_MIN) & (spot > heat)
        offsets = compress(label.corners[None, None] - centres[:, :, None])  # (h, w, 4, 2)
        stacked = np.concatenate([offsets[..., 0], offsets[..., 1]], -1).transpose(2, 0, 1)
        code = np.where(mine[None], stacked, code)
        sure = 1.0 if label.exact else loose_weight
        weight = np.where(mine, spot * sure, weight)
        heat = np.maximum(heat, spot)
    care[heat > CORNER_HEAT_MIN] = 1.0  # a plate asked for outranks a neighbour to be forgotten
    return Targets(heat, np.asarray(code, np.float32), np.asarray(weight, np.float32), care)


def _gaussian(away: Floats, corners: Floats) -> Floats:
    """Return an elliptic bump along the plate's own axes, (h, w)."""
    along = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
    across = (corners[2] + corners[3] - corners[0] - corners[1]) / 2
    power: Floats = np.zeros(away.shape[:2], np.float32)
    for axis in (along, across):
        length = float(np.hypot(*axis))
        sigma = max(SPREAD * length, SPREAD_MIN_CELLS * STRIDE_PX)
        power = power + (away @ (axis / max(length, 1e-3)) / sigma) ** 2
    return np.asarray(np.exp(-0.5 * power), np.float32)


def _forget(care: Floats, corners: Floats) -> None:
    """Neither reward nor punish heat near these corners."""
    low = np.floor(corners.min(0) / STRIDE_PX).astype(int)
    high = np.ceil(corners.max(0) / STRIDE_PX).astype(int)
    care[max(low[1], 0) : max(high[1], 0), max(low[0], 0) : max(high[0], 0)] = 0.0
