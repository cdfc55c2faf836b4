"""One pose of the head, look after look: registered, compared with its hour, searched, confirmed.

Every look ends in words: what is new, or why it could not be used. A look that could not be used
neither confirms nor clears anything and teaches nothing. Pure but for its memory; blocking, some
0.2 s for 640 by 512 pixels.
"""

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.fire.background import Background, Compared
from agent.fire.confirm import News, Rule, Tracks
from agent.fire.optics import Optics
from agent.fire.radiance import Kelvin
from agent.fire.register import Shift, moved_back, register
from agent.fire.spots import SpotFinder

FROZEN_PX = 5
"""Round an open track nothing is learned: a fire's own size, its flames and the lens's blur."""

SHIFT_ERROR_PX = 0.1
"""What registering errs by: along a ridge that is as much heat as the ridge is steep."""


class Use(Enum):
    """What a look was good for."""

    SEARCHED = "searched"  # "I see no fire" may be said of it
    LEARNED = "learned"  # its hour is not known well enough yet to search it
    UNREGISTERED = "unregistered"  # it does not show this pose: fog, dirt, a head that is off


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look came to.

    `noise_k` is what a source has to stand out from, kelvin of the best pixel, the middle of the
    picture's; None where it was not searched. `more` spots were too many to follow.
    """

    use: Use
    news: tuple[News, ...] = ()
    shift: Shift | None = None
    noise_k: float | None = None
    more: int = 0


class PoseWatch:
    """Watches one pose through one camera's optics."""

    def __init__(
        self, optics: Optics, background: Background, threshold: float, rule: Rule | None = None
    ) -> None:
        """Watch with this memory; a spot needs a score of `threshold`."""
        self._finder = SpotFinder(optics)
        # what one pixel's noise is to the best pixel of a filter that sums over several
        self._gain = optics.best_share / optics.matched_share
        self._background = background
        self._threshold = threshold
        self.tracks = Tracks(rule or Rule())
        self._first: Kelvin | None = None

    def look(self, picture: Kelvin, hour: float) -> Looked:
        """Take one look, (H, W) kelvin, the mean of a dwell; `hour` is 0 to 24.

        Raises:
            ValueError: The picture is of another shape than the memory's.
        """
        reference = self._background.picture(hour)
        reference = self._first if reference is None else reference
        if reference is None:
            self._first = picture.copy()
            self._background.learn(picture, hour)
            return Looked(Use.LEARNED)
        shift = register(reference, picture)
        if shift is None:
            return Looked(Use.UNREGISTERED)
        finite = np.where(np.isfinite(picture), picture, np.float32(np.nan))
        straight = moved_back(finite, (shift.right, shift.down), cv2.INTER_LINEAR, np.nan)
        if self._first is None:
            self._first = straight
        compared = self._background.compare(straight, hour)
        if compared is None:
            self._background.learn(straight, hour, self._frozen())
            return Looked(Use.LEARNED, shift=shift)
        return self._searched(compared, straight, hour, shift)

    def _searched(self, compared: Compared, straight: Kelvin, hour: float, shift: Shift) -> Looked:
        noise_k = np.hypot(compared.noise_k, SHIFT_ERROR_PX * _slope(straight))
        spots = self._finder.find(compared.residual_k, noise_k, self._threshold)
        news = self.tracks.look(spots.found)
        self._background.learn(straight, hour, self._frozen())
        noise = float(np.median(compared.noise_k)) * self._gain
        return Looked(Use.SEARCHED, news, shift, noise, spots.more)

    def _frozen(self) -> NDArray[np.bool_]:
        """Return where nothing may be learned, (H, W)."""
        frozen = np.zeros(self._background.shape, np.uint8)
        for x, y in self.tracks.places:
            cv2.circle(frozen, (int(x), int(y)), FROZEN_PX, 1, -1)
        return frozen.astype(bool)


def _slope(picture: Kelvin) -> Kelvin:
    """Return how steep a picture is, kelvin a pixel, but for what a single pixel makes of it."""
    calm = cv2.medianBlur(np.nan_to_num(picture, nan=float(np.nanmedian(picture))), 5)
    across = cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(np.hypot(across, down), np.float32)
