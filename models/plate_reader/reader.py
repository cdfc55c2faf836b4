"""Reads found plates: each quad set upright, seen once by the network, decoded."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.core.errors import Rejected
from agent.core.vision import TWO_ROWS_ASPECT, Luma, PlateRead, Quad
from models.delegates import Wanted
from models.plate_reader.alphabet import CHARACTERS
from models.plate_reader.decode import decode, origins
from models.plate_reader.rectify import (
    FARTHEST_PX,
    STEPS,
    aspect,
    one_line,
    two_lines,
)
from models.runtime import Network, load

FOLDER = Path(__file__).parent
"""Where the shipped model and its card lie."""


class Reader:
    """A plate reader (agent.core.vision.PlateReader) over one loaded network. Blocking."""

    def __init__(self, network: Network) -> None:
        """Take a loaded network; its card says where characters and countries come out.

        Raises:
            Rejected: the network is another's.
        """
        card = network.card
        shapes = [tensor.shape for tensor in card.outputs]
        characters = (1, STEPS, len(CHARACTERS) + 1)
        wanted = {characters, (1, len(card.countries))} if card.countries else {characters}
        if set(shapes) != wanted or len(shapes) != len(wanted):
            raise Rejected(
                f"{card.name}: outputs {shapes}, expected a plate reader's {sorted(wanted)}"
            )
        self.network = network
        self._characters = shapes.index(characters)
        self._countries = 1 - self._characters if card.countries else None
        self._learned_from = tuple((one.code, one.share) for one in card.countries)

    def read(self, luma: Luma, quads: Sequence[Quad]) -> list[PlateRead]:
        return [self._read(luma, np.asarray(quad.corners, np.float32)) for quad in quads]

    def _read(self, luma: Luma, corners: NDArray[np.float32]) -> PlateRead:
        if not (np.abs(corners) <= FARTHEST_PX).all():  # also where one is not a number
            return PlateRead(())
        as_one = self.see(one_line(luma, corners))
        if aspect(corners) >= TWO_ROWS_ASPECT:
            return as_one
        # A square plate may have two rows or one (American ones): the surer reading is right,
        # because the network has learned to say nothing to a plate cut the wrong way.
        as_two = self.see(two_lines(luma, corners))
        return max(as_one, as_two, key=lambda read: read.likelihood)

    def logits(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the network says of one crop, (44, 37), before it is decoded."""
        said: NDArray[np.float32] = self.network.run(crop)[self._characters][0]
        return said

    def see(self, crop: NDArray[np.uint8]) -> PlateRead:
        """Read one crop, (40, 176) uint8, as `rectify` makes them."""
        said = self.network.run(crop)
        read = decode(said[self._characters][0], self.network.card.temperature)
        if self._countries is None or not read.characters:
            return read
        return PlateRead(read.characters, origins(said[self._countries][0], self._learned_from))


def load_reader(
    folder: Path = FOLDER, backend: str | None = None, delegates: Wanted = ()
) -> Reader:
    """Load the shipped reader, or another one from its folder.

    Raises:
        Rejected: the model cannot be used; the message says why (models/runtime.py).
    """
    return Reader(load(folder / "card.toml", backend, delegates))
