"""A number plate is screwed on: its art, made dirty, warped to where it hangs."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_art import Layout, draw_plate
from models.plate_art.text import Written
from simulators.optics.canvas import Picture, window

Floats = NDArray[np.float64]

PIXELS_PER_MM = 1.0
FINER = 3
"""The warp is made this much finer and averaged, as a sensor's pixel averages."""

LIT_FACE = 0.98


@lru_cache(maxsize=256)
def face(layout: Layout, written: Written, dirt: float, seed: int, *, grey: bool) -> Picture:
    """Return a plate as it is on the road: (H, W) or (H, W, 3) uint8, evenly lit."""
    art = draw_plate(layout, written, PIXELS_PER_MM).bgr
    picture = cv2.cvtColor(art, cv2.COLOR_BGR2GRAY) if grey else art.copy()
    return _soiled(picture.astype(np.uint8, copy=False), dirt, seed)


def _soiled(picture: Picture, dirt: float, seed: int) -> Picture:
    """Lay dust over a plate, thicker towards its lower edge, and some splashes of mud."""
    if dirt <= 0:
        return picture
    rng = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    cloud = cv2.resize(
        rng.random((max(2, height // 24), max(2, width // 24)), dtype=np.float32),
        (width, height), interpolation=cv2.INTER_CUBIC,
    )  # fmt: skip
    down = np.linspace(0.25, 1.0, height, dtype=np.float32)[:, None]
    dust = np.clip(dirt * (0.35 + 0.9 * cloud) * down, 0, 0.75)
    for _ in range(rng.poisson(10 * dirt)):
        x, y = int(rng.integers(width)), int(height * (1 - rng.beta(1, 2)))
        cv2.circle(
            dust, (x, y), int(rng.integers(2, 6)), float(rng.uniform(0.4, 0.8)), -1, cv2.LINE_AA
        )
    mud = np.float32(96) if picture.ndim == 2 else np.array([70, 92, 108], np.float32)
    if picture.ndim == 3:
        dust = dust[:, :, None]
    soiled: Picture = (picture * (1 - dust) + mud * dust).astype(np.uint8)
    return soiled


def mount(picture: Picture, plate: Picture, spots: Floats, brightness: float) -> None:
    """Warp a plate's face to its four corners (4, 2) in the picture, lit to `brightness`."""
    where = window(spots, picture, margin_px=1)
    if where is None:
        return
    view = where.of(picture)
    shape = (view.shape[1] * FINER, view.shape[0] * FINER)
    size_px = float(np.linalg.norm(spots[1] - spots[0])) * FINER
    shrink = size_px / plate.shape[1]
    if shrink < 1:  # the art is finer than needed: average it first, as mip levels do
        smaller = (max(2, round(plate.shape[1] * shrink)), max(2, round(plate.shape[0] * shrink)))
        plate = cv2.resize(plate, smaller, interpolation=cv2.INTER_AREA).astype(
            np.uint8, copy=False
        )
    lit = cv2.convertScaleAbs(plate, alpha=brightness)
    h, w = plate.shape[:2]
    art = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) - 0.5
    # A pixel centre at p lies at FINER * (p + 1/2) - 1/2 in the finer picture.
    target = ((spots - where.corner + 0.5) * FINER - 0.5).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(art, target)
    warped = cv2.warpPerspective(
        lit, matrix, shape, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    cover = np.zeros((shape[1], shape[0]), np.uint8)
    cv2.fillConvexPoly(cover, np.rint(target * 16).astype(np.int32), (255,), cv2.LINE_AA, 4)
    small = (view.shape[1], view.shape[0])
    warped = cv2.resize(warped, small, interpolation=cv2.INTER_AREA)
    share = cv2.resize(cover, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if view.ndim == 3:
        share = share[:, :, None]
    view[:] = np.rint(view * (1 - share) + warped * share).astype(np.uint8)
