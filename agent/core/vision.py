"""What is seen in a picture: number plates found, and characters read from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
"""A luminance picture, (H, W) uint8; rows may be strided, columns are contiguous."""


TWO_ROWS_ASPECT = 2.45
"""Below this width to height a plate may have two rows. One-row European plates are 4.7 wide and
keep 2.5 when seen 58 degrees from the side; two-row ones are at most 1.9."""

LEAST_CHANCE = 1e-9
"""A probability counts at least so much where its logarithm is taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Quad:
    """Where a plate lies: four corners and how sure the detector is.

    `corners` is (4, 2) float32 in pixels (x, y), the plate's own top left, top right,
    bottom right and bottom left, so that a tilted plate keeps its reading direction. A quad
    that is not `sure` may well be something else: it counts only if its read vouches for it.
    """

    corners: NDArray[np.float32]
    score: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class CharacterRead:
    """One character place: the likeliest character first, then its rivals.

    `choices` is never empty and sorted by falling probability; probabilities are of this
    place alone and sum to at most 1.
    """

    choices: tuple[tuple[str, float], ...]

    @property
    def best(self) -> tuple[str, float]:
        return self.choices[0]

    def __repr__(self) -> str:
        return f"CharacterRead({len(self.choices)} choices)"  # characters of a plate stay private


@dataclass(frozen=True, slots=True)
class PlateRead:
    """What one look at one plate says, before any country's syntax. May be empty.

    `countries` are vehicle codes that the plate's looks speak for (band, emblems, face), likeliest
    first, as if all were equally common; empty where the reader has no opinion.
    """

    characters: tuple[CharacterRead, ...]
    countries: tuple[tuple[str, float], ...] = ()

    @property
    def text(self) -> str:
        return "".join(place.best[0] for place in self.characters)

    @property
    def likelihood(self) -> float:
        """The geometric mean of the likeliest characters' probabilities, 0 for an empty read."""
        if not self.characters:
            return 0.0
        total = sum(log(max(place.best[1], LEAST_CHANCE)) for place in self.characters)
        return exp(total / len(self.characters))

    def __repr__(self) -> str:
        return f"PlateRead({len(self.characters)} characters)"  # a plate is personal data


class PlateDetector(Protocol):
    """Finds plates in one picture. Blocking; called from one thread only."""

    def detect(self, luma: Luma) -> Sequence[Quad]:
        """Return the plates found, best first, corners in the picture's pixels."""
        ...


class PlateReader(Protocol):
    """Reads found plates. Blocking; called from one thread only."""

    def read(self, luma: Luma, quads: Sequence[Quad]) -> Sequence[PlateRead]:
        """Return one read for each quad, in order; an unreadable plate gives an empty read."""
        ...


class PlateModels(Protocol):
    """The two trained models, wherever they come from."""

    def load(self) -> tuple[PlateDetector, PlateReader]:
        """Make both ready to run. Blocking for up to seconds; call it in the models' own thread.

        Raises:
            Rejected: A model is missing, damaged or cannot run here; says which and why.
        """
        ...
