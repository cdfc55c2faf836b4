"""One drawn plate before a lens: every fault by itself, at a known strength."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_art import draw_plate, layout

FINE = 4
"""The scene is made so much finer than the picture, and averaged, as a sensor's pixel averages."""

SIZE = (80, 280)
"""Rows and columns of every picture."""


@dataclass(frozen=True)
class Shot:
    """A plate and what befell its picture. Lengths in pixels of the picture, noise in levels."""

    text: str = "1234BCD"
    kind: str = "es"
    width_px: float = 130.0
    blur_sigma_px: float = 0.0
    motion_px: tuple[float, float] = (0.0, 0.0)
    light: float = 0.8
    """White paper's share of white; over 1 it is overexposed."""
    veil: float = 0.0
    """How much of the picture is the veil's own grey."""
    noise_levels: float = 1.3
    squeeze: float = 1.0
    """Width of the plate against what is seen straight on: the cosine of the angle."""
    seed: int = 1

    def take(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the picture, (H, W) uint8, and the plate's corners, (4, 2) float32."""
        rng = np.random.default_rng(self.seed)
        art = cv2.cvtColor(draw_plate(layout(self.kind), self.text, 2.0).bgr, cv2.COLOR_BGR2GRAY)
        high = round(self.width_px * FINE * art.shape[0] / art.shape[1])
        wide = round(self.width_px * FINE * self.squeeze)
        scene = np.full((SIZE[0] * FINE, SIZE[1] * FINE), 60.0, np.float32)
        left, top = (int(v) for v in rng.integers(20 * FINE, 21 * FINE, 2))
        scene[top : top + high, left : left + wide] = float(self.light) * cv2.resize(
            art, (wide, high), interpolation=cv2.INTER_AREA
        )
        if self.blur_sigma_px:
            scene = np.asarray(
                cv2.GaussianBlur(scene, (0, 0), self.blur_sigma_px * FINE), np.float32
            )
        if any(self.motion_px):
            scene = np.asarray(cv2.filter2D(scene, -1, _smear(self.motion_px)), np.float32)
        small = cv2.resize(scene, SIZE[::-1], interpolation=cv2.INTER_AREA)
        seen = small * (1 - self.veil) + 140 * self.veil
        seen += rng.normal(0, self.noise_levels, seen.shape)
        x, y = left / FINE - 0.5, top / FINE - 0.5
        w, h = wide / FINE, high / FINE
        corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
        return seen.clip(0, 255).astype(np.uint8), corners


def _smear(motion_px: tuple[float, float]) -> NDArray[np.float32]:
    x, y = (way * FINE for way in motion_px)
    reach = int(max(abs(x), abs(y))) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for share in np.linspace(-0.5, 0.5, 8 * reach):
        kernel[round(reach + share * y), round(reach + share * x)] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)
