"""Pastes plates and patches into a picture: in perspective, unaliased, lit like the place."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_detector.train.light import Real, Rng
from models.plate_detector.train.plates import FlatPlate, weathered
from models.plate_detector.train.rides import upright

Corners = NDArray[np.float32]
"""Four corners (4, 2), clockwise from the thing's own top left."""


def hang(
    picture: Real, plate: FlatPlate, rng: Rng, corners: Corners, keep_aspect: float
) -> Corners:
    """Hang a plate over these corners, lit like its surroundings; return its own corners.

    With chance `keep_aspect` the plate keeps its proportion, else it is as high as the place.
    """
    along = float(np.hypot(*(corners[1] - corners[0])))
    upward = (corners[3] + corners[2] - corners[0] - corners[1]) / 2
    high = max(float(np.hypot(*upward)), 1.0)
    wanted = along / plate.aspect * float(np.exp(rng.normal(0, 0.08)))
    if rng.random() < keep_aspect or wanted > high:
        middle = (corners[[0, 1]] + corners[[3, 2]]) / 2
        half = upward / high * max(wanted, high if keep_aspect < 0.5 else 0.0) / 2
        corners = np.stack([middle[0] - half, middle[1] - half, middle[1] + half, middle[0] + half])
    corners = np.asarray(corners + rng.normal(0, 0.012, (4, 2)) * along * (1, 0.4), np.float32)
    luma, margins = weathered(plate, rng)
    low, high_tone = _tones(picture, corners, rng)
    tinted = low + luma * (high_tone - low)
    if rng.random() < 0.3:
        tinted = tinted * np.linspace(
            rng.uniform(0.7, 1.15), rng.uniform(0.7, 1.15), luma.shape[1], dtype=np.float32
        )
    outer = _outer(corners, plate.luma.shape, margins)
    paste(picture, tinted, None, outer, float(rng.uniform(0.9, 1.0)))
    return corners


def _outer(corners: Corners, shape: tuple[int, ...], margins: NDArray[np.uint8]) -> Corners:
    """Return where the holder's corners fall when the plate proper falls on `corners`."""
    left, top, right, bottom = (float(v) for v in margins)
    height, width = shape[0], shape[1]
    inner = upright(0, 0, width, height)
    around = upright(-left, -top, width + right, height + bottom)
    return move(around, np.asarray(cv2.getPerspectiveTransform(inner, corners), np.float32))


def _tones(picture: Real, corners: Corners, rng: Rng) -> tuple[float, float]:
    """Choose what black and white of a plate look like in the light of this place."""
    low = np.clip(corners.min(0) - 4, 0, None).astype(int)
    high = np.ceil(corners.max(0) + 4).astype(int)
    here = picture[low[1] : high[1], low[0] : high[0]]
    mean = float(here.mean()) if here.size else 110.0
    kind = rng.random()
    if kind < 0.45 and here.size:  # as light and dark as what was here
        white = float(here.max()) * rng.uniform(0.75, 1.25) + rng.uniform(0, 25)
    elif kind < 0.6:  # lit by headlamps or by infrared
        white = rng.uniform(200, 275)
    else:
        white = mean * rng.uniform(0.8, 2.2) + rng.uniform(10, 70)
    white = max(white, 35.0)
    black = white * (rng.uniform(0.08, 0.45) if rng.random() < 0.8 else rng.uniform(0.4, 0.7))
    return float(black), float(white)


def paste(
    picture: Real, patch: Real, cover: NDArray[np.uint8] | None, corners: Corners, strength: float
) -> None:
    """Blend a patch (H, W) onto four corners of the picture, without aliasing."""
    height, width = patch.shape
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 3, picture.shape[::-1])
    if (high - low < 1).any():
        return
    cover = np.full((height, width), 255, np.uint8) if cover is None else cover
    across = max(np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[3])))
    upward = max(np.hypot(*(corners[3] - corners[0])), np.hypot(*(corners[2] - corners[1])))
    fit = (int(np.clip(across, 4, width)), int(np.clip(upward, 3, height)))
    if fit != (width, height):
        patch = np.asarray(cv2.resize(patch, fit, interpolation=cv2.INTER_AREA), np.float32)
        cover = np.asarray(cv2.resize(cover, fit, interpolation=cv2.INTER_AREA), np.uint8)
    onto = (corners - low - 0.5).astype(np.float32)
    source = upright(-0.5, -0.5, fit[0] - 0.5, fit[1] - 0.5)
    view = cv2.getPerspectiveTransform(source, onto)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    laid = cv2.warpPerspective(patch, view, size, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpPerspective(cover, view, size).astype(np.float32) * (strength / 255.0)
    here = picture[low[1] : high[1], low[0] : high[0]]
    here += (laid - here) * share


def move(corners: Corners, view: Corners) -> Corners:
    """Return where a 3x3 `view` puts points (n, 2)."""
    return np.asarray(cv2.perspectiveTransform(corners[None], view)[0], np.float32)
