"""Finds plates in a picture with the shipped network: letterbox in, three maps out, quads back."""

from pathlib import Path

import numpy as np

from agent.core.errors import Rejected
from agent.core.vision import Luma, Quad
from models.plate_detector.decode import STRIDE_PX, decode
from models.plate_detector.letterbox import fit
from models.runtime import Network, load

FOLDER = Path(__file__).parent


class TfliteDetector:
    """The `PlateDetector` of this package. Blocking and not thread-safe; give it one thread."""

    def __init__(
        self, network: Network, threshold: float | None = None, weakest: float | None = None
    ) -> None:
        """Take a loaded network; from `threshold` on, 0 to 1, else the card's, a quad is sure.

        Quads of less are left out, or, down to `weakest`, given as not sure.

        Raises:
            Rejected: there is no threshold strictly between 0 and 1, or the network is another's.
        """
        least = network.card.threshold if threshold is None else threshold
        if least is None or not 0.0 < least < 1.0:
            raise Rejected(f"{network.card.name}: threshold {least}, expected one between 0 and 1")
        height, width = network.card.inputs[0].shape[1:3]
        cells = (1, height // STRIDE_PX, width // STRIDE_PX)
        shapes = tuple(tensor.shape for tensor in network.card.outputs)
        if shapes != ((*cells, 1), (*cells, 4), (*cells, 4)):
            raise Rejected(f"{network.card.name}: outputs {shapes} are not a plate detector's")
        self.threshold = least
        self.weakest = least if weakest is None else min(weakest, least)
        self.network = network
        self._input = np.zeros((height, width), np.uint8)

    def detect(self, luma: Luma) -> list[Quad]:
        if luma.ndim != 2 or 0 in luma.shape:  # noqa: PLR2004  rows and columns
            raise Rejected(f"plate detector: a picture of shape {luma.shape}, expected (H, W)")
        fitted = fit(luma, self._input)
        heat, across, down = self.network.run(self._input)
        corners, scores = decode(heat[0, :, :, 0], across[0], down[0], self.weakest)
        corners *= np.array((fitted.x, fitted.y), np.float32)
        return [
            Quad(quad, float(score), sure=bool(score >= self.threshold))
            for quad, score in zip(corners, scores, strict=True)
        ]


def load_detector(
    folder: Path = FOLDER,
    threshold: float | None = None,
    backend: str | None = None,
    weakest: float | None = None,
) -> TfliteDetector:
    """Load the detector in `folder`, by default the one shipped here.

    Raises:
        Rejected: the card or the file is damaged, or no interpreter can be made (`runtime.load`).
    """
    return TfliteDetector(load(folder, backend), threshold, weakest)
