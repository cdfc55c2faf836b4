"""Finds plates in a picture with the shipped network: the whole picture, then each find closer."""

from pathlib import Path

import numpy as np

from agent.core.errors import Rejected
from agent.core.log import clip
from agent.core.vision import Luma, Quad
from models.delegates import Wanted
from models.plate_detector.closer import FAINTEST, INPUT, agreed, cut
from models.plate_detector.decode import STRIDE_PX, Floats, decode, each_once
from models.plate_detector.letterbox import fit
from models.runtime import Network, load

FOLDER = Path(__file__).parent

CLOSER = "closer.toml"
"""The card of the closer look's file, beside the detector's own."""

MOST_CLOSER = 16
"""Candidates looked at again, best first: runs of a quarter of the first one's cost each."""

CANDIDATE = 0.15
"""From this score on a find of the first look is looked at again."""


class TfliteDetector:
    """The `PlateDetector` of this package. Blocking and not thread-safe; give it one thread."""

    def __init__(
        self,
        network: Network,
        closer: Network,
        threshold: float | None = None,
        weakest: float | None = None,
    ) -> None:
        """Take a loaded network and the one for the closer look.

        From `threshold` on, 0 to 1, else the card's, a quad is sure; quads of less are left out,
        or, down to `weakest`, given as not sure.

        Raises:
            Rejected: there is no threshold strictly between 0 and 1, or a network is another's.
        """
        least = network.card.threshold if threshold is None else threshold
        if least is None or not 0.0 < least < 1.0:
            raise Rejected(f"{network.card.name}: threshold {least}, expected one between 0 and 1")
        _compare(network, network.card.inputs[0].shape[1:3])
        _compare(closer, INPUT)
        self.threshold = least
        self.weakest = least if weakest is None else min(weakest, least)
        self.network, self.closer = network, closer
        self._input = np.zeros(network.card.inputs[0].shape[1:3], np.uint8)
        self._close = np.zeros(INPUT, np.uint8)

    def detect(self, luma: Luma) -> list[Quad]:
        if luma.ndim != 2 or 0 in luma.shape:  # noqa: PLR2004  rows and columns
            raise Rejected(f"plate detector: a picture of shape {luma.shape}, expected (H, W)")
        fitted = fit(luma, self._input)
        corners, scores = _seen(self.network, self._input, min(self.weakest, CANDIDATE))
        corners = np.asarray(corners * np.array((fitted.x, fitted.y), np.float32), np.float32)
        if not len(scores) and self._close.any():  # nothing of the last find stays in memory
            self._close[:] = 0
            _seen(self.closer, self._close, FAINTEST)
        corners, scores = self._looked_again(luma, corners, scores)
        return [
            Quad(quad, float(score), sure=bool(score >= self.threshold))
            for quad, score in zip(corners, scores, strict=True)
        ]

    def _looked_again(self, luma: Luma, corners: Floats, scores: Floats) -> tuple[Floats, Floats]:
        """Look again at each candidate; what two looks together hold too weak is left out.

        What comes after the most that are looked at again is kept as the first look has it.
        """
        kept: list[tuple[Floats, float]] = []
        for number, first in enumerate(zip(corners, scores.tolist(), strict=True)):
            if number >= MOST_CLOSER:
                kept.append(first)
                continue
            cutting = cut(luma, first[0], self._close)
            quad, score = agreed(first, cutting, _seen(self.closer, self._close, FAINTEST))
            if score >= self.weakest:
                kept.append((quad, score))
        kept.sort(key=lambda one: -one[1])
        if not kept:
            return corners[:0], scores[:0]
        quads, sure = zip(*kept, strict=True)
        return each_once(np.stack(quads), np.array(sure, np.float32))


def _seen(network: Network, picture: Luma, threshold: float) -> tuple[Floats, Floats]:
    """Run a network on a picture of its size; corners in input pixels and scores."""
    heat, across, down = network.run(picture)
    return decode(heat[0, :, :, 0], across[0], down[0], threshold)


def _compare(network: Network, size: tuple[int, ...]) -> None:
    """Refuse a network that is no plate detector for pictures of `size`, (rows, columns)."""
    cells = (1, size[0] // STRIDE_PX, size[1] // STRIDE_PX)
    takes = tuple(tensor.shape for tensor in network.card.inputs)
    if takes != ((1, *size, 1),):
        raise Rejected(f"{network.card.name}: inputs {takes}, expected one picture {(*size, 1)}")
    shapes = tuple(tensor.shape for tensor in network.card.outputs)
    wanted = ((*cells, 1), (*cells, 4), (*cells, 4))
    if shapes != wanted:
        raise Rejected(
            f"{network.card.name}: outputs {shapes}, expected a plate detector's {wanted}"
        )


def load_detector(
    folder: Path = FOLDER,
    threshold: float | None = None,
    backend: str | None = None,
    weakest: float | None = None,
    delegates: Wanted = (),
) -> TfliteDetector:
    """Load the detector in `folder`, by default the one shipped here.

    Raises:
        Rejected: a card or a file is damaged, or no interpreter can be made (`runtime.load`).
    """
    network = load(folder / "card.toml", backend, delegates)
    closer = load(folder / CLOSER, backend, delegates)
    if closer.card.weights_of != network.card.sha256:
        raise Rejected(
            f"{closer.card.name}: weights of {clip(closer.card.weights_of)}, expected those of "
            f"{network.card.name} {network.card.sha256}; write it again: "
            "python -m models.plate_detector.train.smaller"
        )
    return TfliteDetector(network, closer, threshold, weakest)
