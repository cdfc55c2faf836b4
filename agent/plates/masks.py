"""Parts of a camera's picture that nobody may look at, blackened before anything sees the frame."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from agent.core.frames import Frame
from agent.core.polygon import Corner, polygon_problem, spread
from agent.core.settings import Settings, Word

MOST_MASKS = 32

FINER = 16
"""Corners are placed to 1/16 pixel."""


class Mask(Settings, frozen=True, kw_only=True):
    """One part of the picture: a polygon that does not cross itself."""

    name: Word
    polygon: Annotated[tuple[Corner, ...], msgspec.Meta(min_length=3, max_length=64)]

    def problems(self) -> Iterator[tuple[str, str]]:
        if words := polygon_problem(self.polygon):
            yield "polygon", f"{self.name}: {words}"


def mask_problems(masks: Sequence[Mask]) -> Iterator[str]:
    """Yield what is wrong with a camera's masks together."""
    names = [mask.name for mask in masks]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two masks are called {name}; expected different names"
    if len(masks) > MOST_MASKS:
        yield f"{len(masks)} masks, expected at most {MOST_MASKS}"


def seen_share(masks: Sequence[Mask], wanted: Sequence[Sequence[Corner]] = ()) -> float:
    """Return which share of the picture's wanted parts, all of it for none, no mask covers."""
    covered = spread([mask.polygon for mask in masks])
    ours = spread(wanted) if wanted else np.ones_like(covered)
    return float((ours & ~covered).sum() / max(ours.sum(), 1))


class Masks:
    """Blackens frames of one camera. What is masked is gone for whoever gets the frame."""

    def __init__(self, masks: Sequence[Mask]) -> None:
        self._masks = tuple(masks)
        self._keep: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self._masks)

    def applied(self, frame: Frame) -> Frame:
        """Return the frame without what is masked, a copy; the very frame without masks."""
        if not self._masks:
            return frame
        keep = self.keep(*frame.data.shape[:2])
        if frame.data.ndim == 3:  # noqa: PLR2004  blue, green, red
            keep = cv2.merge([keep, keep, keep]).view(np.uint8)
        hidden = np.asarray(cv2.bitwise_and(frame.data.view(np.uint8), keep), np.uint8)
        return replace(frame, data=hidden)

    def keep(self, height: int, width: int) -> NDArray[np.uint8]:
        """Return what may be seen of a picture, (H, W) uint8: 255, and 0 where it is masked.

        Pixels that a polygon touches are masked.
        """
        if self._keep is None or self._keep.shape != (height, width):
            keep = np.full((height, width), 255, np.uint8)
            for mask in self._masks:
                spots = np.array(mask.polygon) * (width, height) - 0.5
                corners = np.rint(spots * FINER).astype(np.int32)
                cv2.fillPoly(keep, [corners], (0,), cv2.LINE_8, 4)
                cv2.polylines(keep, [corners], True, (0,), 2, cv2.LINE_8, 4)
            self._keep = keep
        return self._keep
