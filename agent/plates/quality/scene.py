"""What the whole picture looks like, in figures: exposure, noise, sharpness and contrast by tile.

Looked at a few times a minute. Levels come from every eighth pixel; noise and sharpness need the
picture's own pixels, so one patch in the middle of each tile is taken, whatever the picture's size.
"""

from dataclasses import dataclass
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma
from agent.plates.quality.edges import edge_width_px

TILES = (5, 8)
"""Rows and columns of tiles."""

PATCH_PX = 64
"""Most pixels of a tile's side that are looked at."""

SAMPLED_PX = 8
"""Levels are taken from every eighth pixel of every eighth row."""

DARK_LEVEL, CLIPPED_LEVEL = 20, 250

PLAIN_LEVELS = 24.0
"""A tile with less between its 5th and 95th percentile has no edges worth measuring."""

EDGE_SHARE = 0.4
"""An edge counts from this share of what lies between a tile's 5th and 95th percentile."""

UNCLIPPED = (12, 243)
"""Mean levels between which a tile's noise is whole: darker and brighter ones cut it off."""

NOISY_LEVELS = 5.0
"""In more noise than this edges look sharper than they are: their width is not told."""

_IMMERKAER = np.array([(1, -2, 1), (-2, 4, -2), (1, -2, 1)], np.float32)
"""J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64 (2),
1996: blind to flat parts and straight edges."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One part of the picture; `edge_px` is None with too few edges, or too much noise."""

    level: float
    contrast_levels: float
    edge_px: float | None


@dataclass(frozen=True, slots=True)
class SceneFigures:
    """One whole picture; levels are grey levels, tiles by row."""

    level: float
    brightest_level: float
    dark_share: float
    clipped_share: float
    noise_levels: float | None
    tiles: tuple[Tile, ...]

    @property
    def edge_px(self) -> float | None:
        """The median width of the picture's edges."""
        known = [tile.edge_px for tile in self.tiles if tile.edge_px is not None]
        return float(np.median(known)) if known else None


def measure_scene(luma: Luma) -> SceneFigures:
    """Measure a picture, (H, W) uint8."""
    few = luma[::SAMPLED_PX, ::SAMPLED_PX]
    counts = np.bincount(few.ravel(), minlength=256)
    below = np.cumsum(counts)
    middle, bright = np.searchsorted(below, (0.5 * below[-1], 0.99 * below[-1]))
    patches = [np.ascontiguousarray(patch) for patch in _patches(luma)]
    noises = [_noise(p) for p in patches[::2] if UNCLIPPED[0] <= p.mean() <= UNCLIPPED[1]]
    noise = float(np.percentile(noises, 25)) if noises else None
    clear = noise is None or noise < NOISY_LEVELS
    return SceneFigures(
        level=float(middle),
        brightest_level=float(bright),
        dark_share=float(counts[:DARK_LEVEL].sum() / below[-1]),
        clipped_share=float(counts[CLIPPED_LEVEL:].sum() / below[-1]),
        noise_levels=noise,
        tiles=tuple(_tile(patch, edges=clear) for patch in patches),
    )


def _patches(luma: Luma) -> list[NDArray[np.uint8]]:
    rows, columns = TILES
    found = []
    for row in range(rows):
        for column in range(columns):
            top, bottom = (luma.shape[0] * at // rows for at in (row, row + 1))
            left, right = (luma.shape[1] * at // columns for at in (column, column + 1))
            y, x = max(bottom - top - PATCH_PX, 0) // 2, max(right - left - PATCH_PX, 0) // 2
            found.append(luma[top + y : bottom - y, left + x : right - x])
    return found


def _tile(patch: NDArray[np.uint8], *, edges: bool) -> Tile:
    counts = np.cumsum(np.bincount(patch.ravel(), minlength=256))
    low, high = np.searchsorted(counts, (0.05 * counts[-1], 0.95 * counts[-1]))
    contrast = float(high - low)
    if contrast < PLAIN_LEVELS or not edges:
        return Tile(float(patch.mean()), contrast, None)
    levels = patch.astype(np.float32)
    least = EDGE_SHARE * contrast
    across = edge_width_px(np.asarray(cv2.blur(levels, (1, 3)), np.float32)[1::2], least)
    down = np.ascontiguousarray(cv2.blur(levels, (3, 1))[:, 1::2].T, np.float32)
    ways = [way for way in (across, edge_width_px(down, least)) if way is not None]
    return Tile(float(patch.mean()), contrast, min(ways, default=None))


def _noise(patch: NDArray[np.uint8]) -> float:
    turned = cv2.filter2D(patch, cv2.CV_32F, _IMMERKAER)[1:-1, 1:-1]
    return float(np.abs(turned).mean() * (pi / 2) ** 0.5 / 6)
