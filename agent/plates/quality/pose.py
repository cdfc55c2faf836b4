"""Whether the camera still looks where it looked when its masks were drawn.

Phase correlation of the picture's edges against known views (Kuglin and Hines, 1975). Edges, so
that dawn changes little; several views, because a street by night has other edges than by day. A
view is learned only while the camera is known to have stood still since a view it knew.
"""

from dataclasses import dataclass, field
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma

VIEW_SIZE = (160, 90)
"""Width and height of a view, pixels. No plate and no face can be told in it."""

SURE = 0.12
"""Response of the correlation from which a shift is believed; unlike views stay under 0.06."""

MOVED_SHARE = 0.015
"""A view that shifted by this much of the picture's width is another view: a mask's edge would
lie a hand's breadth off at ten metres."""

CONFIRM = 3
"""Looks in a row that must say so before the camera has moved, or is back."""

LEARN_EVERY = 20
"""Looks without a known view, but still, before the present view is learned."""

MOST_VIEWS = 8
"""Views known at once; the first, which the masks were drawn on, is never forgotten."""

EDGE_LEVELS = 32.0
"""Edges count at most so much: lamps and their glare must not outweigh the houses."""

View = NDArray[np.float32]
"""Edges of a picture, (90, 160) float32, 0 to 1, fading out towards the rim."""


class Held(Enum):
    """What is known of where the camera looks."""

    UNKNOWN = "unknown"
    HELD = "held"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class PoseFigures:
    """Where the camera looks: how far off, in shares of the picture's width, and how surely."""

    held: Held
    shift_x: float
    shift_y: float
    response: float

    @property
    def shift(self) -> tuple[float, float]:
        return self.shift_x, self.shift_y


def view_of(luma: Luma) -> View:
    """Return the edges of a picture, (H, W) uint8."""
    small = cv2.resize(luma, VIEW_SIZE, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (3, 3), 0.8).astype(np.float32)
    x, y = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    edges = np.minimum(np.hypot(x, y) / (4 * EDGE_LEVELS), 1)
    window = cv2.createHanningWindow(VIEW_SIZE, cv2.CV_32F)
    view: View = (edges * window).astype(np.float32)
    view.flags.writeable = False
    return view


def shift(known: View, seen: View) -> tuple[float, float, float]:
    """Return how far the second view lies off the first, in its pixels, and the response."""
    # without its own window: OpenCV multiplies that into the pictures it was given
    (x, y), response = cv2.phaseCorrelate(known, seen)
    return float(x), float(y), float(response)


@dataclass(slots=True)
class Pose:
    """Follows one camera's pose. Not thread-safe; give it one thread."""

    views: list[View] = field(default_factory=list)
    _before: View | None = None
    _held: Held = Held.UNKNOWN
    _rooted: bool = False
    """Whether the camera has stood still since a look at a known view."""
    _against: int = 0
    _strange: int = 0

    @property
    def suspects(self) -> bool:
        """Whether the last look spoke against what is believed: look again soon."""
        return self._against > 0

    def look(self, luma: Luma) -> PoseFigures:
        """Compare a picture, (H, W) uint8, never masked, with what is known."""
        seen = view_of(luma)
        if not self.views:
            self.views.append(seen)
        x, y, response = max((shift(view, seen) for view in self.views), key=lambda way: way[2])
        away = max(abs(x), abs(y)) / VIEW_SIZE[0]
        sure = response >= SURE
        still = self._before is not None and _still(self._before, seen)
        self._before = seen
        if sure:
            self._strange = 0
            self._believe(Held.HELD if away < MOVED_SHARE else Held.MOVED)
            self._rooted = away < MOVED_SHARE
        elif self._rooted and still:  # unlike any view it knows, but not moved: the light changed
            self._strange += 1
            self._against = 0
            if self._strange % LEARN_EVERY == 0:
                self._learn(seen)
        else:
            self._rooted = False
            self._strange += 1
            if self._strange >= CONFIRM and self._held is Held.HELD:
                self._held = Held.UNKNOWN
        if not sure:
            x = y = 0.0
        return PoseFigures(self._held, x / VIEW_SIZE[0], y / VIEW_SIZE[0], response)

    def _believe(self, said: Held) -> None:
        """Believe what looks in a row say; the first look of all is believed at once."""
        self._against = 0 if said is self._held else self._against + 1
        if self._against >= CONFIRM or (self._held is Held.UNKNOWN and said is Held.HELD):
            self._held, self._against = said, 0

    def _learn(self, seen: View) -> None:
        if len(self.views) >= MOST_VIEWS:
            del self.views[1]
        self.views.append(seen)


def _still(before: View, seen: View) -> bool:
    x, y, response = shift(before, seen)
    return response >= SURE and max(abs(x), abs(y)) / VIEW_SIZE[0] < MOVED_SHARE
