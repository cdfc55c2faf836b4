"""A seamless cloud of noise from which asphalt, plaster and leaves get their grain."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[Any]
"""Float32 in fact; numpy's own type stubs widen every other expression to float64."""

SIDE_PX = 1024
PER_UNIT_PX = 24.0
"""Texture pixels to one unit of the coordinates asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """`cloud` is (SIDE_PX, SIDE_PX) float32 from 0 to 1 and continues over its edges."""

    cloud: F32

    def at(self, x: F32, y: F32) -> F32:
        """Return the noise at points (n,) and (n,), from 0 to 1."""
        if not len(x):
            return np.zeros(0, np.float32)
        u = np.mod(x * np.float32(PER_UNIT_PX), SIDE_PX).astype(np.float32)
        v = np.mod(y * np.float32(PER_UNIT_PX), SIDE_PX).astype(np.float32)
        row = 16384  # cv2.remap takes maps below 32768 wide
        pad = -len(u) % row
        u2 = np.pad(u, (0, pad)).reshape(-1, row)
        v2 = np.pad(v, (0, pad)).reshape(-1, row)
        values = cv2.remap(self.cloud, u2, v2, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        flat: F32 = values.reshape(-1)[: len(u)].astype(np.float32, copy=False)
        return flat


def texture(seed: int) -> Texture:
    """Make the noise of a seed: six octaves, each half as strong as the one before."""
    rng = np.random.default_rng([seed, 7])
    cloud = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for octave in range(6):
        cells = 16 << octave
        rough = rng.random((cells, cells), dtype=np.float32)
        ringed = np.pad(rough, 2, mode="wrap")
        scale = SIDE_PX // cells
        large = cv2.resize(ringed, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        edge = 2 * scale
        cloud += large[edge : edge + SIDE_PX, edge : edge + SIDE_PX] * np.float32(0.5**octave)
    cloud -= cloud.min()
    return Texture(cloud / cloud.max())
