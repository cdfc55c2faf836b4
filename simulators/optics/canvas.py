"""A canvas is the picture being made: polygons, shadows and glows at sub-pixel places."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]
"""(H, W) grey or (H, W, 3) blue, green, red; uint8."""

FRACTION_BITS = 4
"""Polygon corners are placed to 1/16 pixel."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a picture: left, top, right, bottom; the last two are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def corner(self) -> Floats:
        return np.array([self.left, self.top], dtype=np.float64)

    def of(self, picture: Picture) -> Picture:
        """Return this part of a picture, a view."""
        return picture[self.top : self.bottom, self.left : self.right]


def window(spots: Floats, picture: Picture, margin_px: int = 3) -> Window | None:
    """Return the part of the picture that holds points (n, 2), or None where none of it does."""
    known = spots[np.isfinite(spots[:, 0])]
    if not len(known):
        return None
    height, width = picture.shape[:2]
    low = np.floor(known.min(axis=0)).clip(-1e6, 1e6).astype(int) - margin_px
    high = np.ceil(known.max(axis=0)).clip(-1e6, 1e6).astype(int) + margin_px + 1
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(width, int(high[0])), min(height, int(high[1]))
    if left >= right or top >= bottom:
        return None
    return Window(left, top, right, bottom)


def fixed(spots: Floats) -> NDArray[np.int32]:
    """Return points (n, 2) as OpenCV's fixed-point corners."""
    corners: NDArray[np.int32] = np.rint(spots.clip(-2e4, 2e4) * (1 << FRACTION_BITS)).astype(
        np.int32
    )
    return corners


def fill(picture: Picture, corners: NDArray[np.int32], colour: tuple[float, ...]) -> None:
    """Fill a convex polygon given by `fixed` corners."""
    cv2.fillConvexPoly(picture, corners, colour, cv2.LINE_AA, FRACTION_BITS)


def alike(grey: Picture, other: Picture) -> Picture:
    """Return a grey picture with as many channels as another has."""
    if other.ndim == grey.ndim:
        return grey
    return cv2.merge([grey, grey, grey]).astype(np.uint8, copy=False)


def darken(picture: Picture, polygon: Floats, share: float, soft_px: float) -> None:
    """Darken what a convex polygon (n, 2) covers to `1 - share`, with a soft edge."""
    where = window(polygon, picture, margin_px=int(2 * soft_px) + 2)
    if where is None:
        return
    view = where.of(picture)
    mask = _soft(view.shape, polygon - where.corner, soft_px, 255 * share)
    keep = 255 - mask
    cv2.multiply(view, alike(keep, view), dst=view, scale=1 / 255)


def brighten(picture: Picture, polygon: Floats, share: float, soft_px: float) -> None:
    """Add light of `share` of white to what a convex polygon (n, 2) covers, with a soft edge."""
    where = window(polygon, picture, margin_px=int(2 * soft_px) + 2)
    if where is None:
        return
    view = where.of(picture)
    mask = _soft(view.shape, polygon - where.corner, soft_px, 255 * share)
    cv2.add(view, alike(mask, view), dst=view)


def _soft(shape: tuple[int, ...], polygon: Floats, soft_px: float, level: float) -> Picture:
    """Return a blurred mask of a polygon, made at a quarter of the size: it is soft anyway."""
    quarter = 4
    small = np.zeros((shape[0] // quarter + 1, shape[1] // quarter + 1), np.uint8)
    fill(small, fixed(polygon / quarter), (level,))
    size = max(1, int(soft_px / quarter)) * 2 + 1
    small = cv2.blur(cv2.blur(small, (size, size)), (size, size)).astype(np.uint8, copy=False)
    return cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR).astype(
        np.uint8, copy=False
    )


def glow(picture: Picture, spot: Floats, radius_px: float, strength: float) -> None:
    """Add the scattered light of a lamp at a point: a bright middle with long skirts."""
    radius = int(min(radius_px, 500)) + 1
    box = np.array([spot - radius, spot + radius])
    where = window(box, picture, margin_px=0)
    if where is None:
        return
    view = where.of(picture)
    x = (np.arange(where.left, where.right) - spot[0]) ** 2
    y = (np.arange(where.top, where.bottom) - spot[1]) ** 2
    far = (y[:, None] + x[None, :]).astype(np.float32) / np.float32(radius**2)
    light = np.float32(255 * strength) * np.maximum(0, 1 - far) ** 2 / (1 + 30 * far)
    light8 = np.minimum(light, 255).astype(np.uint8)
    cv2.add(view, alike(light8, view), dst=view)


def haze(picture: Picture, spot: Floats, radius_px: float, share: float) -> None:
    """Lay a round veil of light grey over the picture, `share` thick in its middle."""
    where, far = _around(picture, spot, (radius_px, radius_px))
    if where is None:
        return
    view = where.of(picture)
    thick = np.float32(share) * np.maximum(0, 1 - far)
    thick = thick[:, :, None] if view.ndim == 3 else thick
    tone = np.float32(0.5) * np.float32(view.mean()) + np.float32(70)
    view[:] = np.rint(view * (1 - thick) + tone * thick).astype(np.uint8)


def streak(picture: Picture, spot: Floats, radii: tuple[float, float], strength: float) -> None:
    """Add a lamp's light as a wet road mirrors it: narrow, and drawn out."""
    where, far = _around(picture, spot, radii)
    if where is None:
        return
    view = where.of(picture)
    light8 = np.minimum(np.float32(255 * strength) * np.maximum(0, 1 - far) ** 2, 255)
    cv2.add(view, alike(light8.astype(np.uint8), view), dst=view)


def _around(
    picture: Picture, spot: Floats, radii: tuple[float, float]
) -> tuple[Window | None, NDArray[np.float32]]:
    """Return the window round a spot, and the square of how far its points are, in radii."""
    reach = np.clip(np.array(radii), 1, 500)
    where = window(np.array([spot - reach, spot + reach]), picture, margin_px=0)
    if where is None:
        return None, np.zeros((0, 0), np.float32)
    x = ((np.arange(where.left, where.right) - spot[0]) / reach[0]) ** 2
    y = ((np.arange(where.top, where.bottom) - spot[1]) / reach[1]) ** 2
    return where, (y[:, None] + x[None, :]).astype(np.float32)
