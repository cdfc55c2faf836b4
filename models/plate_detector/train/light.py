"""What light, lens, sensor and codec do to a rendered picture before the network sees it."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Real = NDArray[np.float32]
Rng = np.random.Generator


@cache
def _grain() -> Real:
    """Return one sheet of noise; windows of it are cheaper than fresh noise for every picture."""
    return np.random.default_rng(7).standard_normal((1024, 1280), np.float32)


@cache
def clouds() -> Real:
    """Return soft random shading, (1024, 1280), about -1 to 1: shadows, dirt, uneven light."""
    rng = np.random.default_rng(8)
    sheet = np.zeros((1024, 1280), np.float32)
    for power, cells in ((0.5, 5), (0.3, 14), (0.2, 45)):
        coarse = rng.uniform(-1, 1, (cells, cells * 5 // 4)).astype(np.float32)
        sheet += power * cv2.resize(coarse, (1280, 1024), interpolation=cv2.INTER_CUBIC)
    return sheet


def window(sheet: Real, shape: tuple[int, int], rng: Rng) -> Real:
    """Cut a random window of `shape` out of a sheet."""
    top = int(rng.integers(sheet.shape[0] - shape[0] + 1))
    left = int(rng.integers(sheet.shape[1] - shape[1] + 1))
    return sheet[top : top + shape[0], left : left + shape[1]]


def expose(picture: Real, rng: Rng) -> Real:
    """Put a scene (H, W), 0 to 255, through a random day, night or infrared exposure and lens."""
    shape = (picture.shape[0], picture.shape[1])
    if rng.random() < 0.25:
        picture = picture * (1.0 + rng.uniform(0.1, 0.5) * window(clouds(), shape, rng))
    if rng.random() < 0.12:
        picture = _shadow_edge(picture, rng)
    if rng.random() < 0.5:
        gamma = float(np.exp(rng.normal(0, 0.35)))
        picture = 255.0 * np.power(np.clip(picture, 0, 255) / 255.0, gamma)
    if rng.random() < 0.6:
        gain, lift = rng.uniform(0.55, 1.45), rng.uniform(-35, 35)
        picture = (picture - 110) * gain + 110 + lift
    if rng.random() < 0.2:  # bright sun: the whole range is used, and more
        low, high = np.percentile(picture[::8, ::8], (2, 98))
        picture = (picture - low) * (rng.uniform(180, 290) / max(high - low, 20.0))
    if rng.random() < 0.12:  # fog, a dirty window, glare: contrast lost
        picture = picture * rng.uniform(0.3, 0.7) + rng.uniform(20, 130)
    if rng.random() < 0.08:
        picture = _lamps(picture, rng)
    picture = _blur(picture, rng)
    if rng.random() < 0.05:
        picture = _rain(picture, rng)
    return np.asarray(picture, np.float32)


def record(picture: Real, rng: Rng) -> Luma:
    """Put an exposed picture through a noisy sensor and a lossy codec."""
    shape = (picture.shape[0], picture.shape[1])
    if rng.random() < 0.6:
        sigma = float(rng.exponential(4.0))
        picture = picture + min(sigma, 22.0) * window(_grain(), shape, rng)
    luma = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        quality = int(rng.integers(25, 92))
        _, packed = cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, quality])
        luma = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return luma


def _blur(picture: Real, rng: Rng) -> Real:
    kind = rng.random()
    if kind < 0.35:
        sigma = rng.uniform(0.3, 1.3)
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    if kind < 0.45:
        length, turn = int(rng.integers(3, 9)), rng.uniform(-0.5, 0.5)
        kernel = np.zeros((length, length), np.float32)
        half = (length - 1) / 2
        reach = half * np.array([np.cos(turn), np.sin(turn)])
        ends = [tuple(round(float(v)) for v in (half + s * reach)) for s in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0)
        return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
    if kind < 0.55:  # enlarged from fewer pixels, as a digital zoom does
        part = rng.uniform(0.5, 0.9)
        small = cv2.resize(picture, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
        size = (picture.shape[1], picture.shape[0])
        return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.float32)
    if kind < 0.65:  # sharpened in the camera
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        return np.asarray(picture + rng.uniform(0.3, 1.0) * (picture - soft), np.float32)
    return picture


def _shadow_edge(picture: Real, rng: Rng) -> Real:
    height, width = picture.shape
    mask = np.ones_like(picture)
    corners = np.stack([rng.uniform(-0.3, 1.3, 4) * width, rng.uniform(-0.3, 1.3, 4) * height], 1)
    cv2.fillPoly(mask, [cv2.convexHull(corners.astype(np.int32))], float(rng.uniform(0.35, 0.75)))
    return np.asarray(picture * cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 6)), np.float32)


def _lamps(picture: Real, rng: Rng) -> Real:
    height, width = picture.shape
    glow = np.zeros((height // 4, width // 4), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        at = (int(rng.integers(width // 4)), int(rng.integers(height // 4)))
        cv2.circle(glow, at, int(rng.integers(1, 6)), float(rng.uniform(300, 900)), -1)
    glow = cv2.GaussianBlur(glow, (0, 0), rng.uniform(2, 8))
    return np.asarray(picture + cv2.resize(glow, (width, height)), np.float32)


def _rain(picture: Real, rng: Rng) -> Real:
    drops = np.zeros_like(picture)
    lean = rng.uniform(-4, 4)
    for x, y in rng.uniform(0, 1, (int(rng.integers(20, 120)), 2)) * picture.shape[::-1]:
        end = (int(x + lean), int(y + rng.uniform(6, 22)))
        cv2.line(drops, (int(x), int(y)), end, float(rng.uniform(15, 70)), 1)
    return np.asarray(picture + cv2.GaussianBlur(drops, (3, 3), 0), np.float32)
