"""Pictures whose plates somebody has labelled: values that every form of truth is turned into."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.plates.evaluate.distance import HIDDEN

Corners = NDArray[np.float32]
"""(4, 2) float32 in pixels: top left, top right, bottom right, bottom left."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright box, in pixels, or in parts of the picture's width and height if `relative`."""

    left: float
    top: float
    right: float
    bottom: float
    relative: bool = False

    def corners(self, shape: tuple[int, ...]) -> Corners:
        """Return the box's corners in the pixels of a picture of `shape` (H, W)."""
        x, y = (shape[1], shape[0]) if self.relative else (1, 1)
        left, top, right, bottom = self.left * x, self.top * y, self.right * x, self.bottom * y
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)

    def touches(self, shape: tuple[int, ...]) -> bool:
        """Say whether any of the box lies in a picture of `shape` (H, W)."""
        corners = self.corners(shape)
        return bool((corners[2] > 0).all() and (corners[0] < (shape[1], shape[0])).all())


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    """One plate of a picture: what is written on it, where it is, or both.

    An `ignored` one is a plate that counts neither way: finding it is no mistake, missing it none.
    """

    text: str | None
    box: Box | None
    ignored: bool = False

    def __repr__(self) -> str:
        return f"LabelledPlate({self.box}{', ignored' if self.ignored else ''})"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture and its plates; none means that no plate is in it.

    `slices` are the user's own words for what kind of picture it is: (what is told, word).
    """

    picture: Path
    plates: tuple[LabelledPlate, ...]
    slices: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Labelled({len(self.plates)} plates)"  # a picture's name may be its plate


@dataclass(frozen=True, slots=True)
class Truth:
    """A set of labelled pictures.

    `form` names how it was labelled; `complete` says that every plate in the pictures is boxed, so
    that what is found elsewhere is a mistake; `crops` that each picture is one plate cut out;
    `notes` are what a person should know.
    """

    name: str
    form: str
    pictures: tuple[Labelled, ...]
    complete: bool = False
    crops: bool = False
    notes: tuple[str, ...] = ()

    @property
    def hidden(self) -> bool:
        """Say whether some characters of the plates cannot be seen by anybody."""
        return any(HIDDEN in (p.text or "") for one in self.pictures for p in one.plates)
