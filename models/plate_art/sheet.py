"""A sheet is a bare picture measured in millimetres, drawn on with anti-aliased shapes."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_art.fonts import Contour

FRACTION_BITS = 6
"""OpenCV takes coordinates in fixed point; 1/64 pixel is finer than anything seen."""

Colour = tuple[int, int, int]
"""Blue, green, red, each 0..255."""


def colour(code: str) -> Colour:
    """Return the colour of a code "#rrggbb"."""
    return int(code[5:7], 16), int(code[3:5], 16), int(code[1:3], 16)


class Sheet:
    """A picture `size_mm` (width, height) drawn at `pixels_per_mm`; `bgr` is (H, W, 3) uint8."""

    def __init__(self, size_mm: tuple[float, float], pixels_per_mm: float, paper: Colour) -> None:
        self.size_mm = size_mm
        self.pixels_per_mm = pixels_per_mm
        shape = (round(size_mm[1] * pixels_per_mm), round(size_mm[0] * pixels_per_mm), 3)
        self.bgr: NDArray[np.uint8] = np.empty(shape, np.uint8)
        self.bgr[:] = paper

    def fill(self, contours: Sequence[Contour], ink: Colour) -> None:
        """Fill closed curves, in millimetres, by the even-odd rule."""
        cv2.fillPoly(self.bgr, [self._fixed(c) for c in contours], ink, cv2.LINE_AA, FRACTION_BITS)

    def outline(self, contours: Sequence[Contour], width_mm: float, ink: Colour) -> None:
        """Draw along closed curves with a line `width_mm` wide, at least one pixel."""
        width = max(1, round(width_mm * self.pixels_per_mm))
        points = [self._fixed(c) for c in contours]
        cv2.polylines(self.bgr, points, isClosed=True, color=ink, thickness=width,
                      lineType=cv2.LINE_AA, shift=FRACTION_BITS)  # fmt: skip

    def rectangle(self, box: tuple[float, float, float, float], ink: Colour) -> None:
        """Fill the box (x, y, width, height)."""
        self.fill([rounded(box, 0.0)], ink)

    def ellipse(self, centre: tuple[float, float], radii: tuple[float, float], ink: Colour) -> None:
        """Fill an ellipse."""
        self.fill([arc(centre, radii)], ink)

    def _fixed(self, contour: Contour) -> NDArray[np.int32]:
        scale = self.pixels_per_mm * (1 << FRACTION_BITS)
        # OpenCV's pixel centres lie on whole numbers, the sheet's edge half a pixel before them.
        half = 1 << (FRACTION_BITS - 1)
        return (np.rint(contour * scale).astype(np.int32) - half).reshape(-1, 1, 2)


def arc(
    centre: tuple[float, float], radii: tuple[float, float], start: float = 0.0, turn: float = 1.0
) -> Contour:
    """Return points along an ellipse, `start` and `turn` in whole turns."""
    angles = 2 * np.pi * np.linspace(start, start + turn, 33)
    return np.stack(
        [centre[0] + radii[0] * np.cos(angles), centre[1] + radii[1] * np.sin(angles)], axis=1
    )


def rounded(box: tuple[float, float, float, float], radius: float) -> Contour:
    """Return the box (x, y, width, height) with its corners rounded."""
    x, y, w, h = box
    if radius <= 0:
        return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dtype=np.float64)
    corners = [
        ((x + w - radius, y + radius), 0.75),
        ((x + w - radius, y + h - radius), 0.0),
        ((x + radius, y + h - radius), 0.25),
        ((x + radius, y + radius), 0.5),
    ]
    return np.concatenate([arc(c, (radius, radius), s, 0.25) for c, s in corners])
