"""Reads found plates: each quad set upright, seen once by the network, decoded."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma, PlateRead, Quad
from models.plate_reader.decode import confidence, decode
from models.plate_reader.rectify import FARTHEST_PX, TWO_LINE_ASPECT, aspect, one_line, two_lines
from models.runtime import Network, load

FOLDER = Path(__file__).parent
"""Where the shipped model and its card lie."""


class Reader:
    """A plate reader (agent.core.vision.PlateReader) over one loaded network. Blocking."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def read(self, luma: Luma, quads: Sequence[Quad]) -> list[PlateRead]:
        return [self._read(luma, np.asarray(quad.corners, np.float32)) for quad in quads]

    def _read(self, luma: Luma, corners: NDArray[np.float32]) -> PlateRead:
        if not (np.abs(corners) <= FARTHEST_PX).all():  # also where one is not a number
            return PlateRead(())
        as_one = self._see(one_line(luma, corners))
        if aspect(corners) >= TWO_LINE_ASPECT:
            return as_one
        # A square plate may have two rows or one (American ones): the surer reading is right,
        # because the network has learned to say nothing to a plate cut the wrong way.
        as_two = self._see(two_lines(luma, corners))
        return max(as_one, as_two, key=confidence)

    def _see(self, crop: NDArray[np.uint8]) -> PlateRead:
        return decode(self.network.run(crop)[0][0])


def load_reader(folder: Path = FOLDER, backend: str | None = None) -> Reader:
    """Load the shipped reader, or another one from its folder.

    Raises:
        Rejected: the model cannot be used; the message says why (models/runtime.py).
    """
    return Reader(load(folder, backend))
