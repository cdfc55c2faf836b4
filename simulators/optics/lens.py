"""From light to numbers: the lens and what hangs on it, the sensor, what the camera makes of it."""

from dataclasses import dataclass
from functools import cached_property
from math import cos, pi

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.optics.canvas import Picture, alike, window
from simulators.optics.light import Lighting
from simulators.optics.pinhole import Pinhole

DROPS_US = 25_000_000
"""So long drops hang before they run down."""

BLUR_PX = 0.8
HALO_PX = 1.7
SHARPENING = 0.55
"""The lens's blur, and the camera's unsharp mask against it, which leaves a halo round edges."""

SHEETS = 4
"""Sheets of noise, and of rain, to choose from; each is laid on at a new place every time."""


@dataclass(frozen=True)
class Lens:
    """Lens, rain and sensor of one camera. Nothing here remembers the frame before."""

    pinhole: Pinhole
    lighting: Lighting
    rain: float
    exposure_s: float
    seed: int

    def expose(self, picture: Picture, time_us: int, *, rain: bool = True) -> Picture:
        """Return what the sensor makes of a picture, in place where it can."""
        picture = _sharpened(picture)
        rng = np.random.default_rng([self.seed, time_us % (1 << 62)])
        if rain and self.rain > 0:
            self._hang(picture, time_us)
        if rain and self.rain > 0:
            streaks = _shifted(self._rain[int(rng.integers(SHEETS))], rng, picture.shape)
            cv2.add(picture, alike(streaks, picture), dst=picture)
        cv2.multiply(picture, alike(self._falloff, picture), dst=picture, scale=1 / 255)
        for sheet, apply in ((self._noise, cv2.add), (self._noise, cv2.subtract)):
            grain = _shifted(sheet[int(rng.integers(SHEETS))], rng, picture.shape)
            apply(picture, alike(grain, picture), dst=picture)
        return self._compressed(picture)

    def _compressed(self, picture: Picture) -> Picture:
        """Return what is left after the camera's own compression."""
        if not self.pinhole.pole.jpeg:
            return picture
        _, packed = cv2.imencode(
            ".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, self.pinhole.pole.jpeg]
        )
        kept = cv2.IMREAD_GRAYSCALE if picture.ndim == 2 else cv2.IMREAD_COLOR
        unpacked = cv2.imdecode(packed, kept)
        return picture if unpacked is None else unpacked.astype(np.uint8, copy=False)

    def _hang(self, picture: Picture, time_us: int) -> None:
        """Let drops hang on the window before the lens: what lies behind one is blurred."""
        rng = np.random.default_rng([self.seed, 8, time_us // DROPS_US % (1 << 62)])
        height, width = picture.shape[:2]
        for _ in range(rng.poisson(7 * self.rain)):
            radius = int(rng.uniform(10, 34))
            x, y = int(rng.integers(width)), int(rng.integers(height))
            spots = np.array([(x - radius, y - radius), (x + radius, y + radius)], np.float64)
            where = window(spots, picture, margin_px=0)
            if where is None:
                continue
            view = where.of(picture)
            soft = cv2.blur(view, (2 * (radius // 3) + 1,) * 2)
            disc = np.zeros(view.shape[:2], np.uint8)
            cv2.circle(disc, (x - where.left, y - where.top), radius - 2, (200,), -1)
            disc = cv2.blur(disc, (9, 9)).astype(np.uint8, copy=False)
            front = cv2.multiply(soft, alike(disc, view), scale=1 / 255)
            back = cv2.multiply(view, alike(255 - disc, view), scale=1 / 255)
            cv2.add(front, back, dst=view)

    @property
    def noise(self) -> float:
        """Standard deviation of the noise, in grey levels: more gain by night, more noise."""
        return 3.6 if self.lighting.dark else 1.5 if self.lighting.sun > 0 else 2.0

    @cached_property
    def _falloff(self) -> Picture:
        """Return the lens's vignetting: what is left of the cos^4 law, and its own edges."""
        height, width = self.pinhole.pole.height_px, self.pinhole.pole.width_px
        x = (np.arange(width) - width / 2) / self.pinhole.focal_px
        y = (np.arange(height) - height / 2) / self.pinhole.focal_px
        square = x[None, :] ** 2 + y[:, None] ** 2
        own = 1 - 0.16 * square / square.max()
        falloff: Picture = np.rint(255 * own / (1 + 0.5 * square)).astype(np.uint8)
        return falloff

    @cached_property
    def _noise(self) -> list[Picture]:
        """Return sheets of half-sided noise: one is added, another taken away."""
        rng = np.random.default_rng([self.seed, 3])
        shape = (self.pinhole.pole.height_px + 64, self.pinhole.pole.width_px + 64)
        sigma = self.noise * 1.2
        sheets = []
        for _ in range(SHEETS):
            # Neighbours share a little of their noise, as after a camera's own de-noising.
            drawn = rng.standard_normal(shape, dtype=np.float32) * np.float32(sigma * 1.5)
            raw = cv2.GaussianBlur(drawn, (3, 3), 0.5)
            sheets.append(np.clip(np.rint(raw), 0, 255).astype(np.uint8))
        return sheets

    @cached_property
    def _rain(self) -> list[Picture]:
        """Return sheets of drops; one falls some 8 m in a second: a long shutter draws it out."""
        rng = np.random.default_rng([self.seed, 5])
        height, width = self.pinhole.pole.height_px + 64, self.pinhole.pole.width_px + 64
        sheets = []
        for _ in range(SHEETS):
            sheet = np.zeros((height, width), np.uint8)
            for _ in range(round(420 * self.rain)):
                distance_m = float(rng.uniform(1.5, 14))
                scale = self.pinhole.focal_px / distance_m
                length = 8 * self.exposure_s * scale + 2
                lean = 0.12 + 0.04 * float(rng.normal())
                x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
                end = (round(x + lean * length), round(y + length * cos(lean * pi / 2)))
                thick = max(1, round(0.0016 * scale))
                level = float(np.clip((90 if self.lighting.dark else 34) * 3 / distance_m, 6, 70))
                cv2.line(sheet, (round(x), round(y)), end, level, thick, cv2.LINE_AA)
            sheets.append(cv2.blur(sheet, (3, 3)).astype(np.uint8, copy=False))
        return sheets


def _shifted(
    sheet: NDArray[np.uint8], rng: np.random.Generator, shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    top, left = (int(rng.integers(64)) for _ in range(2))
    return sheet[top : top + shape[0], left : left + shape[1]]


def _sharpened(picture: Picture) -> Picture:
    sharp = cv2.GaussianBlur(picture, (5, 5), BLUR_PX)
    soft = cv2.GaussianBlur(picture, (7, 7), HALO_PX)
    return cv2.addWeighted(sharp, 1 + SHARPENING, soft, -SHARPENING, 0).astype(np.uint8, copy=False)
