"""A second, closer look at what the first pass found: each candidate cut out and seen larger.

The same network, made for a smaller picture (`train/smaller.py`), sees what lies round each find,
scaled so that the plate would be about as wide as the network finds best. What is no plate seldom
looks like one twice, and the corners of a small plate become exact (decision 0098).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma
from models.plate_detector.decode import Floats, logit, overlaps
from models.plate_detector.letterbox import Fit, fit

INPUT = 128, 256
"""Rows and columns of the closer look."""

PLATE_PX = 120.0
"""How wide a candidate's plate is made in it."""

FAINTEST = 0.05
"""The least score of a second look; what is not found again counts as having this."""

SAME_IOU = 0.3
"""A quad of the second look that overlaps the first one's so much is the same plate."""

TILTED_RAD = 0.1
"""A candidate that leans more than this is turned upright for its second look: most plates that
the network learned from hang level, and an upright box round a leaning one is half car."""

TILTED_MOST_RAD = 0.8
"""What leans more than 45 degrees is no plate, or a mistaken quad."""

FINEST = 4.0
"""A patch set upright has at most so many pixels to one of the input: a larger one costs memory,
and a plate over 480 px wide has detail to spare."""

LEAST_CUT_PX = 12, 8
"""Width and height of the smallest cut-out: below this there is nothing to enlarge."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut-out: where it begins in the picture, its scale, how it was turned.

    `turned` is the (2, 3) map from the upright patch to the picture, where there was a patch.
    """

    picture: tuple[int, int]
    fitted: Fit
    turned: Floats | None = None

    def to_picture(self, corners: Floats) -> Floats:
        """Turn corners (n, 4, 2) in input pixels into the picture's."""
        moved = corners * (self.fitted.x, self.fitted.y) + np.array(self.picture, np.float32)
        if self.turned is not None:
            moved = moved @ self.turned[:, :2].T + self.turned[:, 2]
        return np.asarray(moved, np.float32)


def cut(luma: Luma, candidate: Floats, into: NDArray[np.uint8]) -> Cut:
    """Lay the surroundings of a candidate, corners (4, 2), into `into` (H, W), the rest black."""
    height, width = into.shape
    edge = (candidate[1] + candidate[2] - candidate[0] - candidate[3]) / 2
    lean = float(np.arctan2(edge[1], edge[0]))
    if TILTED_RAD < abs(lean) < TILTED_MOST_RAD:
        scale = max(float(np.hypot(*edge)), 1.0) / PLATE_PX
        step = max(scale / FINEST, 1.0)
        scale = min(scale, FINEST)
        size = (
            max(round(width * scale), LEAST_CUT_PX[0]),
            max(round(height * scale), LEAST_CUT_PX[1]),
        )
        patch, turned = _upright(luma, candidate.mean(0), lean, size, step)
        return Cut((0, 0), fit(patch, into), turned)
    scale = max(float(np.ptp(candidate[:, 0])), 1.0) / PLATE_PX
    left, right = _span(candidate[:, 0], max(width * scale, LEAST_CUT_PX[0]), luma.shape[1])
    top, bottom = _span(candidate[:, 1], max(height * scale, LEAST_CUT_PX[1]), luma.shape[0])
    return Cut((left, top), fit(luma[top:bottom, left:right], into))


def _upright(
    luma: Luma, middle: Floats, lean: float, size: tuple[int, int], step: float
) -> tuple[Luma, Floats]:
    """Return what lies round `middle`, turned by `lean` radians, and the map back, (2, 3).

    `size` is the patch's, whose pixels are `step` of the picture's wide.
    """
    cos, sin = np.cos(lean), np.sin(lean)
    spin = np.array([[cos, -sin], [sin, cos]]) * step  # from the patch to the picture
    start = middle - spin @ (np.array(size) / 2)
    back = np.column_stack([spin, start])
    # Our coordinates run from the picture's edge, OpenCV's from the first pixel's centre.
    pixels = back.copy()
    pixels[:, 2] += spin @ (0.5, 0.5) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(luma, pixels, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.uint8), np.asarray(back, np.float32)


def agreed(
    first: tuple[Floats, float], cutting: Cut, seconds: tuple[Floats, Floats]
) -> tuple[Floats, float]:
    """Return a candidate's corners and score after the second look.

    `first` is its corners (4, 2) in the picture's pixels and its score, `seconds` corners (n, 4, 2)
    in the input's pixels and scores (n,). Scores are joined by the mean of their logits.
    """
    corners, score = first
    again = cutting.to_picture(seconds[0])
    same = overlaps(np.concatenate([corners[None], again]))[0, 1:] >= SAME_IOU
    if not same.any():
        return corners, _joined(score, FAINTEST)
    best = int(np.flatnonzero(same)[seconds[1][same].argmax()])
    return again[best], _joined(score, float(seconds[1][best]))


def _joined(one: float, other: float) -> float:
    sure = 1.0 - 1e-6
    mean = (logit(min(one, sure)) + logit(min(other, sure))) / 2
    return float(1.0 / (1.0 + np.exp(-mean)))


def _span(places: Floats, size: float, whole: int) -> tuple[int, int]:
    """Return a stretch of `size` round the places' middle, moved and cut to lie in 0..whole."""
    size = min(round(size), whole)
    middle = (float(places.min()) + float(places.max())) / 2
    begin = round(min(max(middle - size / 2, 0), whole - size))
    return begin, begin + size
