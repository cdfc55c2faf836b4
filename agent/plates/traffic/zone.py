"""A virtual loop: a piece of road that says how much of it shows something that is not road.

Works on brightness ratios: shadows, headlights and the camera's own exposure multiply what the
road reflects and do so smoothly, while a vehicle brings structure that the road does not have.
What is left of the ratio to the empty road once its own smooth part is taken away is structure.
The idea is Jacques, Jung and Musse's, "Background subtraction and shadow detection in grayscale
video sequences", SIBGRAPI 2005, carried from single pixels to one patch of road.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma

Logs = NDArray[np.float32]

LORES = (320, 180)
"""Width and height of the picture that is looked at: a lane is still dozens of pixels wide."""

LEAST_PX = 60
"""A zone of fewer pixels at that size says nothing certain."""

ENOUGH_PX = 900
"""A zone of more pixels is shrunk further: it would only cost time."""

MOSTLY = 128
"""A pixel of the shrunk mask belongs to the zone when half of it does."""

OFFSET = 10.0
"""Grey levels added before the logarithm: below them the sensor's noise rules."""

LEAST_DIFFERENCE = 0.12
"""Binary orders of brightness (9 %) that make a pixel differ from the road's smooth change."""

DARKEST = -1.7
"""A shadow takes away so many binary orders at most: the sky still lights it."""

PLAIN = 0.05
PLAIN_PX = (3, 3)
"""Over so many pixels a shadow changes by less than this; tyres, grilles and plates by more."""

DAYLIGHT = 55.0
"""Grey level of the road above which headlights do not show on it."""

PLAIN_CHANGE = 0.35
"""Binary orders by which a plain surface over the whole zone differs from the road."""

NOISES = 5.0
"""A pixel must also differ by so many times the zone's own mean noise."""

NOISE_WEIGHT = 0.02
"""Weight of the newest picture in that mean."""

LIGHT_S = 20.0
"""Time constant with which the road follows the light of the day; a queue is never followed."""

_LOGS = np.log2(np.arange(256) + OFFSET).astype(np.float32)


def lores(luma: Luma) -> Luma:
    """Shrink a picture, (H, W) uint8, to `LORES`."""
    small: Luma = cv2.resize(luma, LORES, interpolation=cv2.INTER_AREA).view(np.uint8)
    return small


@dataclass(frozen=True, slots=True)
class Glance:
    """What one picture shows in a zone.

    `structure` is the share of its pixels that are neither road, nor a smooth change of light, nor
    plain shadow: what a vehicle is noticed by. `unlike` is the share with shadow's edges and plain
    dark surfaces in it: what says that it is still there. `plain` says that all of it is of another
    brightness than the road by day: a lorry's side, since by day no lamp lights a road so much.
    `noise` is the mean residual.
    """

    structure: float
    unlike: float
    plain: bool
    noise: float


class Zone:
    """One zone at `LORES`, and what its road looks like when it is empty."""

    def __init__(self, corners: Sequence[tuple[float, float]]) -> None:
        """Take the corners in shares of the picture."""
        size = np.array(LORES) - 1
        spots = np.round(np.array(corners) * size).astype(np.int32)
        low, high = spots.min(axis=0), spots.max(axis=0) + 1
        self._box = (slice(low[1], high[1]), slice(low[0], high[0]))
        whole = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        cv2.fillPoly(whole, [spots - low], 255)
        step = ceil(sqrt(np.count_nonzero(whole) / ENOUGH_PX)) or 1
        height, width = (max(side // step, 1) for side in whole.shape)
        self._size = (width, height)
        mask = cv2.resize(whole, self._size, interpolation=cv2.INTER_AREA)
        self._inside = np.flatnonzero(mask >= MOSTLY)
        self.pixels = len(self._inside)
        self._smooth = (max(width // 3, 3) | 1, max(height // 3, 3) | 1)
        self._road: Logs | None = None
        self._noise = self._level = 0.0

    @property
    def learned(self) -> bool:
        return self._road is not None

    @property
    def level(self) -> float:
        """The mean grey level of the empty road, 0 to 255."""
        return self._level

    @property
    def noise(self) -> float:
        """The mean residual of the empty zone, in binary orders."""
        return self._noise

    def patch(self, small: Luma) -> Logs:
        """Return the zone's own logarithms of brightness, (h, w) float32."""
        piece = cv2.resize(small[self._box], self._size, interpolation=cv2.INTER_AREA)
        logs: Logs = cv2.LUT(piece, _LOGS).astype(np.float32, copy=False)
        return logs

    def learn(self, patches: Sequence[Logs]) -> None:
        """Take the median of many patches for the empty road."""
        self._road = np.median(np.stack(patches), axis=0).astype(np.float32)
        self._noise = 0.0
        self._level = self._level_of(self._road)

    def forget(self) -> None:
        """Know no road any more."""
        self._road = None

    def look(self, patch: Logs) -> Glance:
        """Compare a patch with the empty road."""
        if self._road is None:
            raise RuntimeError("a zone looks before it has learned its road")
        ratio = cv2.blur(patch - self._road, (3, 3))
        inside = self._inside
        rest = cv2.absdiff(ratio, cv2.blur(ratio, self._smooth)).take(inside)
        fine = cv2.absdiff(ratio, cv2.blur(ratio, PLAIN_PX)).take(inside)
        change = ratio.take(inside)
        limit = max(LEAST_DIFFERENCE, NOISES * self._noise)
        unlike = (rest > limit) & (np.abs(change) > limit)
        shadow = (change < -limit) & (change > DARKEST) & (fine < PLAIN)
        return Glance(
            structure=int(np.count_nonzero(unlike & ~shadow)) / self.pixels,
            unlike=int(np.count_nonzero(unlike)) / self.pixels,
            plain=self.level >= DAYLIGHT and abs(float(change.mean())) > PLAIN_CHANGE,
            noise=float(rest.mean()),
        )

    def empty(self, patch: Logs, glance: Glance, after_s: float) -> None:
        """Let the road follow a patch that shows nothing else, `after_s` after the last one."""
        if self._road is None:
            return
        cv2.accumulateWeighted(patch, self._road, min(after_s / LIGHT_S, 1.0))
        self._level += NOISE_WEIGHT * (self._level_of(patch) - self._level)
        self._noise += NOISE_WEIGHT * (glance.noise - self._noise)

    def plainer(self, patch: Logs) -> bool:
        """Say whether a patch has much less structure than what was learned as the road.

        Then the road was learned with something standing on it, and that has left.
        """
        if self._road is None:
            return False
        return self._edges(patch) < PLAINER * self._edges(self._road)

    def _level_of(self, logs: Logs) -> float:
        return float(2 ** logs.take(self._inside).mean() - OFFSET)

    def _edges(self, logs: Logs) -> float:
        rest = logs - cv2.blur(logs, self._smooth)
        return float(np.abs(rest).take(self._inside).mean())


PLAINER = 0.6
"""A road has so much less structure than the vehicle that was taken for it."""
