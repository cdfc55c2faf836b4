"""What the network's three maps mean: cells that hold a plate's centre, and its corners from there.

Corner offsets are stored under a soft square root, so that one int8 scale serves a plate of 12 px
(steps of 0.4 px) and one of 300 px (steps of 2 px, under 1 % of its width). The training's target
encoder (`train/targets.py`) uses the same two functions, so the meaning is written once.
"""

import numpy as np
from numpy.typing import NDArray

STRIDE_PX = 8
"""One cell of the maps covers 8x8 pixels of the network's input."""

SOFT_PX = 4.0
"""Below about this offset the code is linear, above it is a square root."""

CANDIDATES_MAX = 128
"""A picture has a bounded number of plates; noise must not buy unbounded time."""

SAME_PLATE_IOU = 0.35
"""Boxes that overlap more than this are one plate; two real plates hardly ever overlap at all."""

AGREEING_IOU = 0.7
"""Neighbouring cells that agree this well with the best one are averaged into it."""

Floats = NDArray[np.float32]


def compress(offset_px: Floats) -> Floats:
    """Turn pixel offsets into the network's code."""
    root = np.sqrt(np.abs(offset_px) + SOFT_PX) - np.sqrt(SOFT_PX)
    return np.asarray(np.sign(offset_px) * root, np.float32)


def expand(code: Floats) -> Floats:
    """Turn the network's code into pixel offsets."""
    square = (np.abs(code) + np.sqrt(SOFT_PX)) ** 2 - SOFT_PX
    return np.asarray(np.sign(code) * square, np.float32)


def logit(score: float) -> float:
    """Return the heat at which the sigmoid gives this score."""
    return float(np.log(score / (1.0 - score)))


def decode(heat: Floats, across: Floats, down: Floats, threshold: float) -> tuple[Floats, Floats]:
    """Return corners (n, 4, 2) in input pixels and scores (n,), best first, each plate once.

    heat is (h, w) logits; across and down are (h, w, 4): the codes of the four corners' x and y
    offsets from the cell's centre.
    """
    flat = heat.ravel()
    cells = np.flatnonzero(flat >= logit(threshold))
    if cells.size == 0:
        return np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32)
    cells = cells[np.argsort(-flat[cells], kind="stable")[:CANDIDATES_MAX]]
    rows, columns = np.divmod(cells, heat.shape[1])
    corners = np.empty((cells.size, 4, 2), np.float32)
    for axis, (code, index) in enumerate(((across, columns), (down, rows))):
        centre = (index[:, None].astype(np.float32) + 0.5) * STRIDE_PX
        corners[:, :, axis] = expand(code.reshape(-1, 4)[cells]) + centre
    scores = 1.0 / (1.0 + np.exp(-flat[cells]))
    return each_once(corners, np.asarray(scores, np.float32))


def each_once(corners: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Keep the best of each heap of overlapping quads, averaged with those that agree with it."""
    if len(scores) == 1:
        return corners, scores
    overlap = overlaps(corners)
    free = np.ones(len(scores), np.bool_)
    kept: list[Floats] = []
    kept_scores: list[float] = []
    for best in range(len(scores)):
        if not free[best]:
            continue
        agreeing = free & (overlap[best] >= AGREEING_IOU)
        agreeing[best] = True  # a degenerate quad has no area and so no overlap with itself
        weights = (scores[agreeing] ** 2)[:, None, None]
        kept.append((weights * corners[agreeing]).sum(0) / weights.sum())
        kept_scores.append(float(scores[best]))
        free &= overlap[best] < SAME_PLATE_IOU
    return np.stack(kept).astype(np.float32), np.asarray(kept_scores, np.float32)


def overlaps(corners: Floats) -> Floats:
    """Return the (n, n) intersection over union of the quads' upright bounding boxes."""
    low, high = corners.min(1), corners.max(1)
    sides = np.maximum(
        np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None]), 0.0
    )
    common = sides[..., 0] * sides[..., 1]
    area = (high - low).prod(1)
    union = area[:, None] + area[None] - common
    return np.asarray(common / np.maximum(union, 1e-6), np.float32)
