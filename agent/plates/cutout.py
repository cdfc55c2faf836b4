"""A picture as small as a plate is one cut out of a larger picture, and gets its surroundings back.

People have folders of such cut-outs. The detector was trained on plates in front of something:
with a border of the picture's own mean it finds the plate's corners, and where it does not, the
picture's corners are the plate's.
"""

import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma, Quad

LARGEST_PX = 200
"""Longer side of the largest picture that is taken for a cut-out plate. A street as small as this
could not show a plate that anybody reads."""

BORDER = 1.0
"""Width of the border on each side, in widths and heights of the picture: a cut-out plate then
fills a third of what the detector sees, as a near one does on the street."""

FOUND_BY_NOBODY = 0.3
"""Score of the picture's own corners; they count only where the read vouches for them."""


def is_cut_out(luma: Luma) -> bool:
    """Say whether a picture, (H, W) uint8, can be nothing but a cut-out plate."""
    height, width = luma.shape
    return bool(height <= LARGEST_PX and width <= LARGEST_PX)


def bordered(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture, (H, W) or (H, W, 3) uint8, with a border of its mean on each side."""
    height, width = picture.shape[:2]
    x, y = border(picture)
    mean = picture.reshape(height * width, -1).mean(axis=0)
    shape = (height + 2 * y, width + 2 * x, *picture.shape[2:])
    padded = np.broadcast_to(np.rint(mean).astype(np.uint8), (*shape[:2], len(mean)))
    padded = padded.reshape(shape).copy()
    padded[y : y + height, x : x + width] = picture
    return padded


def border(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """Return how wide the border is, left and right, and how high, above and below."""
    height, width = picture.shape[:2]
    return round(width * BORDER), round(height * BORDER)


class WholePicture:
    """A `PlateDetector` that takes the whole picture for the plate."""

    def __init__(self, score: float = 1.0, *, sure: bool = True) -> None:
        self._score, self._sure = score, sure

    def detect(self, luma: Luma) -> list[Quad]:
        height, width = luma.shape
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        return [Quad(corners, self._score, self._sure)]
