"""A second, closer look at what the first pass found: each candidate cut out and seen larger.

Four candidates share one run of the network, as the four quarters of its input, each scaled so
that the plate would be about as wide as the network finds best. What is no plate seldom looks like
one twice, and the corners of a small plate become exact (decision 0098).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma
from models.plate_detector.decode import Floats, logit, overlaps
from models.plate_detector.letterbox import Fit, fit

ACROSS = 2
"""Quarters in a row of the input."""

QUARTERS = ACROSS * ACROSS
"""Candidates seen in one run."""

PLATE_PX = 90.0
"""How wide a candidate's plate is made in its quarter."""

FAINTEST = 0.05
"""The least score of a second look; what is not found again counts as having this."""

SAME_IOU = 0.3
"""A quad of the second look that overlaps the first one's so much is the same plate."""

TILTED_RAD = 0.1
"""A candidate that leans more than this is turned upright for its second look: most plates that
the network learned from hang level, and an upright box round a leaning one is half car."""

TILTED_MOST_RAD = 0.8
"""What leans more than 45 degrees is no plate, or a mistaken quad."""

LEAST_CUT_PX = 12, 8
"""Width and height of the smallest cut-out: below this there is nothing to enlarge."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """One cut-out: where it begins in the picture and in the input, its scale, how it was turned.

    `turned` is the (2, 3) map from the upright patch to the picture, where there was a patch.
    """

    picture: tuple[int, int]
    at: tuple[int, int]
    fitted: Fit
    turned: Floats | None = None

    def to_picture(self, corners: Floats) -> Floats:
        """Turn corners (n, 4, 2) in input pixels into the picture's."""
        moved = (corners - np.array(self.at, np.float32)) * (self.fitted.x, self.fitted.y)
        moved = moved + np.array(self.picture, np.float32)
        if self.turned is not None:
            moved = moved @ self.turned[:, :2].T + self.turned[:, 2]
        return np.asarray(moved, np.float32)


def cut(luma: Luma, candidates: Floats, into: NDArray[np.uint8]) -> tuple[Quarter, ...]:
    """Lay up to four candidates' (n, 4, 2) surroundings into `into` (H, W), the rest left black."""
    height, width = into.shape[0] // ACROSS, into.shape[1] // ACROSS
    into[:] = 0
    laid = []
    for number, corners in enumerate(candidates[:QUARTERS]):
        down, along = divmod(number, ACROSS)
        at = along * width, down * height
        quarter = into[at[1] : at[1] + height, at[0] : at[0] + width]
        edge = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
        lean = float(np.arctan2(edge[1], edge[0]))
        if TILTED_RAD < abs(lean) < TILTED_MOST_RAD:
            scale = max(float(np.hypot(*edge)), 1.0) / PLATE_PX
            size = (
                max(round(width * scale), LEAST_CUT_PX[0]),
                max(round(height * scale), LEAST_CUT_PX[1]),
            )
            patch, turned = _upright(luma, corners.mean(0), lean, size)
            laid.append(Quarter((0, 0), at, fit(patch, quarter), turned))
            continue
        scale = max(float(np.ptp(corners[:, 0])), 1.0) / PLATE_PX
        left, right = _span(corners[:, 0], max(width * scale, LEAST_CUT_PX[0]), luma.shape[1])
        top, bottom = _span(corners[:, 1], max(height * scale, LEAST_CUT_PX[1]), luma.shape[0])
        fitted = fit(luma[top:bottom, left:right], quarter)
        laid.append(Quarter((left, top), at, fitted))
    return tuple(laid)


def _upright(luma: Luma, middle: Floats, lean: float, size: tuple[int, int]) -> tuple[Luma, Floats]:
    """Return what lies round `middle`, turned by `lean` radians, and the map back, (2, 3)."""
    cos, sin = np.cos(lean), np.sin(lean)
    spin = np.array([[cos, -sin], [sin, cos]])  # from the patch to the picture
    start = middle - spin @ (np.array(size) / 2)
    back = np.column_stack([spin, start])
    # Our coordinates run from the picture's edge, OpenCV's from the first pixel's centre.
    pixels = back.copy()
    pixels[:, 2] += spin @ (0.5, 0.5) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(luma, pixels, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.uint8), np.asarray(back, np.float32)


def agreed(
    firsts: tuple[Floats, Floats],
    quarters: Sequence[Quarter],
    seconds: tuple[Floats, Floats],
) -> Iterator[tuple[Floats, float]]:
    """Yield each candidate's corners and score after the second look.

    `firsts` and `seconds` are corners (n, 4, 2) and scores (n,), the first in the picture's
    pixels, the second in the input's. Scores are joined by the mean of their logits.
    """
    for corners, score, quarter in zip(*firsts, quarters, strict=True):
        again = quarter.to_picture(seconds[0])
        same = overlaps(np.concatenate([corners[None], again]))[0, 1:] >= SAME_IOU
        if same.any():
            best = int(np.flatnonzero(same)[seconds[1][same].argmax()])
            yield again[best], _joined(float(score), float(seconds[1][best]))
        else:
            yield corners, _joined(float(score), FAINTEST)


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
