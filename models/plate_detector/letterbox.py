"""Fits a picture of any size into the network's input, at its top left, the rest left black."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma

ENLARGEMENT_MAX = 4.0
"""A thumbnail holds no more than this can show."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How input pixels relate to the picture's: picture = input * (x, y)."""

    x: float
    y: float


def fit(luma: Luma, into: NDArray[np.uint8]) -> Fit:
    """Resize `luma` (h, w) into `into` (H, W), both uint8, keeping its proportions.

    Whole-number reductions are by area and the rest is linear: a third of the time of OpenCV's
    general area resize, and as free of aliasing for a detector. Rows of `luma` may be strided.
    """
    height, width = into.shape
    rows, columns = luma.shape
    scale = min(width / columns, height / rows, ENLARGEMENT_MAX)
    size = (
        min(width, max(1, round(columns * scale))),
        min(height, max(1, round(rows * scale))),
    )
    whole = min(columns // size[0], rows // size[1])
    if whole >= 2:  # noqa: PLR2004  from here on a linear resize would skip pixels
        luma = luma[: rows // whole * whole, : columns // whole * whole]
        rows, columns = luma.shape
        luma = np.asarray(
            cv2.resize(luma, (columns // whole, rows // whole), interpolation=cv2.INTER_AREA),
            np.uint8,
        )
    target = into[: size[1], : size[0]]
    done = cv2.resize(luma, size, dst=target, interpolation=cv2.INTER_LINEAR)
    if done is not target and not np.shares_memory(done, target):
        target[:] = done
    into[size[1] :] = 0
    into[: size[1], size[0] :] = 0
    return Fit(columns / size[0], rows / size[1])
