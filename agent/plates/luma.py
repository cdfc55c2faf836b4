"""From a frame to the grey picture that the models look at, and whether there is anything in it."""

import cv2
import numpy as np

from agent.core.frames import Frame, Pixels
from agent.core.vision import Luma

LEAST_SIDE_PX = 16
"""No plate can be read in a smaller picture."""

MOST_PX = 64_000_000
"""Larger pictures are refused: nothing here makes them, and they would stop the node."""

UNIFORM_LEVELS = 2.5
"""Standard deviation in grey levels below which there is no picture: a capped lens's noise stays
under it, and a street at night with one lamp does not."""

SAMPLED_PX = 8
"""Every eighth pixel of every eighth row is enough to tell a picture from none."""


def unusable(frame: Frame) -> str | None:
    """Say why a frame holds no picture of a street, or None if it may."""
    if frame.pixels not in (Pixels.GREY8, Pixels.BGR8):
        return f"{frame.pixels.value} frames show no plates; grey8 or bgr8 was expected"
    return unusable_size(*frame.data.shape[:2])


def unusable_size(height: int, width: int) -> str | None:
    """Say why no plate can be read in a picture of this size, or None if one may."""
    if min(height, width) < LEAST_SIDE_PX:
        return f"{width} x {height} pixels are too few, expected {LEAST_SIDE_PX} each way"
    if height * width > MOST_PX:
        return f"{width} x {height} pixels, expected at most {MOST_PX // 1_000_000} megapixels"
    return None


def luma_of(frame: Frame) -> Luma:
    """Return a usable frame's luminance, (H, W) uint8: grey frames as they are, without a copy."""
    if frame.pixels is Pixels.GREY8:
        return frame.data.view(np.uint8)
    grey: Luma = cv2.cvtColor(frame.data, cv2.COLOR_BGR2GRAY).view(np.uint8)
    return grey


def is_uniform(luma: Luma) -> bool:
    """Say whether a picture, (H, W) uint8, is all of one grey: a capped, dead or blinded camera."""
    return bool(luma[::SAMPLED_PX, ::SAMPLED_PX].std() < UNIFORM_LEVELS)
