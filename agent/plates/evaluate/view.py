"""How a labelled picture is shown to the models: as it is, with a border, or as one plate."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma, PlateDetector, Quad
from agent.plates.evaluate.labelled import Corners

BORDER = 1.0
"""Width of the border on each side, in widths and heights of the picture: a cut-out plate then
fills a third of what the detector sees, as a near one does on the street."""


class View(Enum):
    """What is done to a picture before it is read."""

    WHOLE = "whole"  # nothing
    PADDED = "padded"  # a cut-out plate gets a border of its mean, and must be found there
    QUAD = "quad"  # the detector is left out: the picture's corners are the plate's


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture as the models see it, (H, W) uint8, and where its own corner went, (x, y)."""

    luma: Luma
    offset: tuple[int, int] = (0, 0)

    def moved(self, corners: Corners) -> Corners:
        """Return a place in the picture as one in what is shown."""
        return np.asarray(corners + np.array(self.offset, np.float32), np.float32)


def shown(luma: Luma, view: View) -> Shown:
    """Return the picture, (H, W) uint8, as `view` shows it."""
    if view is not View.PADDED:
        return Shown(luma)
    height, width = luma.shape
    return Shown(bordered(luma), (round(width * BORDER), round(height * BORDER)))


def bordered(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture, (H, W) or (H, W, 3) uint8, with a border of its mean on each side."""
    height, width = picture.shape[:2]
    x, y = round(width * BORDER), round(height * BORDER)
    mean = picture.reshape(height * width, -1).mean(axis=0)
    shape = (height + 2 * y, width + 2 * x, *picture.shape[2:])
    padded = np.broadcast_to(np.rint(mean).astype(np.uint8), (*shape[:2], len(mean)))
    padded = padded.reshape(shape).copy()
    padded[y : y + height, x : x + width] = picture
    return padded


class WholePicture:
    """A `PlateDetector` that takes the whole picture for the plate."""

    def detect(self, luma: Luma) -> list[Quad]:
        height, width = luma.shape
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        return [Quad(corners, 1.0)]


def detector_for(view: View, detector: PlateDetector) -> PlateDetector:
    """Return what finds plates in this view."""
    return WholePicture() if view is View.QUAD else detector
