"""Whether the camera still looks where it looked when the road was learned.

Phase correlation compares edges, not brightness: the same street by day, by night and in rain
answers 0.6 to 0.9 (measured on the simulated one), so the first view stays the reference.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma
from agent.plates.traffic.zone import LORES

LOOK_S = 10.0
"""How often the picture is compared: nobody moves a camera for less."""

FOLLOW_S = 30.0
"""Time constant of the picture without its traffic."""

MOVED_PX = 4.0
"""Pixels of `LORES` by which a picture has moved: a seventh of a lane or so in most views."""

CLEAR = 0.08
"""Answer of the phase correlation below which it says nothing: fog, night without a lamp."""

TIMES = 3
"""Looks in a row that must agree: half a minute."""

Mean = NDArray[np.float32]


class Aim:
    """Follows one camera. Pure: time is an argument."""

    def __init__(self) -> None:
        self._mean: Mean | None = None
        self._reference: Mean | None = None
        self._window = cv2.createHanningWindow(LORES, cv2.CV_32F)
        self._seen_s = self._looked_s = float("-inf")
        self._agreed = 0
        self.moved_px = 0.0
        """How far it has moved; 0 while it has not, or nothing can be said."""

    def settle(self) -> None:
        """Take today's view for the right one."""
        self._reference = None if self._mean is None else self._mean.copy()
        self._agreed, self.moved_px = 0, 0.0

    def see(self, small: Luma, at_s: float) -> None:
        """Take one picture at `LORES`; most cost nothing."""
        if at_s - self._seen_s < 1:
            return
        picture = small.astype(np.float32)
        if self._mean is None:
            self._mean = picture
        else:
            cv2.accumulateWeighted(picture, self._mean, 1 / FOLLOW_S)
        self._seen_s = at_s
        if self._reference is not None and at_s - self._looked_s >= LOOK_S:
            self._looked_s = at_s
            self._compare(self._reference, self._mean)

    def _compare(self, reference: Mean, mean: Mean) -> None:
        # OpenCV 5 multiplies the window into what it is given: neither may wear away
        (x, y), answer = cv2.phaseCorrelate(reference.copy(), mean.copy(), self._window)
        away_px = float(np.hypot(x, y)) if answer >= CLEAR else 0.0
        self._agreed = self._agreed + 1 if away_px >= MOVED_PX else 0
        self.moved_px = away_px if self._agreed >= TIMES else 0.0
