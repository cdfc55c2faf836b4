"""Finds plates in a picture with the shipped network: the whole picture, then each find closer."""

from pathlib import Path

import numpy as np

from agent.core.errors import Rejected
from agent.core.vision import Luma, Quad
from models.delegates import Wanted
from models.plate_detector.closer import FAINTEST, QUARTERS, agreed, cut
from models.plate_detector.decode import STRIDE_PX, Floats, decode, each_once
from models.plate_detector.letterbox import fit
from models.runtime import Network, load

FOLDER = Path(__file__).parent

MOST_CLOSER = 16
"""Candidates looked at again, best first: four more runs at most, however much a thicket shows."""

CANDIDATE = 0.15
"""From this score on a find of the first look is looked at again."""


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
        wanted = ((*cells, 1), (*cells, 4), (*cells, 4))
        if shapes != wanted:
            raise Rejected(
                f"{network.card.name}: outputs {shapes}, expected a plate detector's {wanted}"
            )
        self.threshold = least
        self.weakest = least if weakest is None else min(weakest, least)
        self.network = network
        self._input = np.zeros((height, width), np.uint8)

    def detect(self, luma: Luma) -> list[Quad]:
        if luma.ndim != 2 or 0 in luma.shape:  # noqa: PLR2004  rows and columns
            raise Rejected(f"plate detector: a picture of shape {luma.shape}, expected (H, W)")
        fitted = fit(luma, self._input)
        corners, scores = self._seen(min(self.weakest, CANDIDATE))
        corners = np.asarray(corners * np.array((fitted.x, fitted.y), np.float32), np.float32)
        corners, scores = self._closer(luma, corners[:MOST_CLOSER], scores[:MOST_CLOSER])
        return [
            Quad(quad, float(score), sure=bool(score >= self.threshold))
            for quad, score in zip(corners, scores, strict=True)
        ]

    def _closer(self, luma: Luma, corners: Floats, scores: Floats) -> tuple[Floats, Floats]:
        """Look again at each candidate; what two looks together hold too weak is left out."""
        kept: list[tuple[Floats, float]] = []
        for begin in range(0, len(scores), QUARTERS):
            firsts = corners[begin : begin + QUARTERS], scores[begin : begin + QUARTERS]
            quarters = cut(luma, firsts[0], self._input)
            both = agreed(firsts, quarters, self._seen(FAINTEST))
            kept += [(quad, score) for quad, score in both if score >= self.weakest]
        kept.sort(key=lambda one: -one[1])
        if not kept:
            return corners[:0], scores[:0]
        quads, sure = zip(*kept, strict=True)
        return each_once(np.stack(quads), np.array(sure, np.float32))

    def _seen(self, threshold: float) -> tuple[Floats, Floats]:
        """Run the network on the input as it lies; corners in input pixels and scores."""
        heat, across, down = self.network.run(self._input)
        return decode(heat[0, :, :, 0], across[0], down[0], threshold)


def load_detector(
    folder: Path = FOLDER,
    threshold: float | None = None,
    backend: str | None = None,
    weakest: float | None = None,
    delegates: Wanted = (),
) -> TfliteDetector:
    """Load the detector in `folder`, by default the one shipped here.

    Raises:
        Rejected: the card or the file is damaged, or no interpreter can be made (`runtime.load`).
    """
    return TfliteDetector(load(folder, backend, delegates), threshold, weakest)
