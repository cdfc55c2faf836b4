"""What is written on it tells a weakly detected plate from a grille."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from agent.core.vision import CharacterRead, Luma, PlateRead, Quad
from agent.plates.reading import Limits, look

CORNERS = np.array([[10, 10], [110, 10], [110, 34], [10, 34]], np.float32)


@dataclass(frozen=True)
class OneQuad:
    """A detector that found one plate, this sure of it."""

    sure: bool

    def detect(self, luma: Luma) -> Sequence[Quad]:
        return [Quad(CORNERS, 0.3, sure=self.sure)]


@dataclass(frozen=True)
class OneRead:
    """A reader that read seven characters, each with this probability."""

    chance: float
    count: int = 7

    def read(self, luma: Luma, quads: Sequence[Quad]) -> Sequence[PlateRead]:
        place = CharacterRead((("A", self.chance),))
        return [PlateRead((place,) * self.count) for _ in quads]


@pytest.mark.parametrize(
    ("sure", "chance", "count", "counts"),
    [
        (True, 0.5, 7, True),
        (True, 0.5, 0, True),  # a plate that cannot be read is still a plate
        (False, 0.99, 7, True),
        (False, 0.9, 7, False),
        (False, 0.99, 0, False),  # nothing vouches for it
        (False, 0.99, 3, False),
    ],
)
def test_a_weak_detection_needs_a_read_that_vouches_for_it(
    sure: bool, chance: float, count: int, counts: bool
) -> None:
    luma = np.full((100, 200), 90, np.uint8)
    seen = look(luma, OneQuad(sure), OneRead(chance, count), Limits())
    assert len(seen.plates) == counts
