"""How a labelled picture is shown to the models: as it is, with a border, or as one plate."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from agent.core.vision import Luma, PlateDetector
from agent.plates.cutout import WholePicture, border, bordered
from agent.plates.evaluate.labelled import Corners


class View(Enum):
    """What is done to a picture before it is read."""

    WHOLE = "whole"  # nothing
    PADDED = "padded"  # a cut-out plate gets a border of its mean, and must be found there
    QUAD = "quad"  # the detector is left out: the picture's corners are the plate's


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture as the models see it, (H, W) uint8, and where its own corner went, (x, y)."""

    luma: Luma
    offset: tuple[int, int] = (0, 0)

    def moved(self, corners: Corners) -> Corners:
        """Return a place in the picture as one in what is shown."""
        return np.asarray(corners + np.array(self.offset, np.float32), np.float32)


def shown(luma: Luma, view: View) -> Shown:
    """Return the picture, (H, W) uint8, as `view` shows it."""
    if view is not View.PADDED:
        return Shown(luma)
    return Shown(bordered(luma), border(luma))


def detector_for(view: View, detector: PlateDetector) -> PlateDetector:
    """Return what finds plates in this view."""
    return WholePicture() if view is View.QUAD else detector
