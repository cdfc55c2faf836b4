"""Pictures for people's eyes: other people's plates are taken out before anybody sees them.

A plate is filled with its own mean grey. Mosaics and soft blurs of known letters can be guessed
back; one grey cannot.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma, Quad

WIDER, HIGHER = 1.16, 1.5
"""So much larger than its quad a plate is taken out: corners are not exact, and blur spreads."""

COARSE_PX = 24
"""A wholly blurred picture has so many cells across: a car is one or two of them."""


def without_plates(luma: Luma, quads: Sequence[Quad]) -> NDArray[np.uint8]:
    """Return a copy of a picture, (H, W) uint8, without the plates at `quads`.

    Hand in every quad that the detector gives, the unsure ones too: a sign blurred for nothing is
    no loss.
    """
    shown = np.array(luma, np.uint8)
    for quad in quads:
        if not np.isfinite(quad.corners).all():
            continue
        area = np.zeros(shown.shape, np.uint8)
        cv2.fillConvexPoly(area, np.rint(_grown(quad.corners)).astype(np.int32), (255,))
        inside = area > 0
        if inside.any():
            shown[inside] = round(float(luma[inside].mean()))
    return shown


def wholly_blurred(luma: Luma) -> NDArray[np.uint8]:
    """Return a copy of a picture, (H, W) uint8, in which nothing can be told but light and dark."""
    height, width = luma.shape
    cells = (COARSE_PX, max(1, round(COARSE_PX * height / width)))
    few = cv2.resize(luma, cells, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _grown(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Widen a quad along its own two directions."""
    middle = corners.mean(axis=0)
    across = (corners[1] - corners[0] + corners[2] - corners[3]) / 4 * WIDER
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 4 * HIGHER
    grown = [middle - across - down, middle + across - down, middle + across + down,
             middle - across + down]  # fmt: skip
    return np.clip(np.array(grown, np.float32), -1e4, 1e4)
