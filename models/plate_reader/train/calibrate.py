"""How sure a reader is becomes how often it is right: one temperature, found on drawn plates.

After Guo et al., "On calibration of modern neural networks", ICML 2017. What is made honest is the
probability told for a whole plate, the product of its characters', because that is what is acted
upon.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.plate_reader.decode import decode

COARSE = np.geomspace(0.4, 4.0, 24)
"""Temperatures that are tried first; the best one's neighbourhood is tried finer."""

LEAST = 1e-4
"""A plate is never believed to be surer or less sure than this: one error must not decide all."""


def temperature(logits: Sequence[NDArray[np.float32]], truth: Sequence[str]) -> float:
    """Return the temperature under which whole plates are as likely right as told.

    `logits` are (44, 37) of one plate each. Minimises the log loss of "this text is right".
    """
    right = np.array([decode(one).text == text for one, text in zip(logits, truth, strict=True)])
    best = min(COARSE, key=lambda t: _loss(logits, right, float(t)))
    fine = np.geomspace(best / 1.1, best * 1.1, 11)
    return round(float(min(fine, key=lambda t: _loss(logits, right, float(t)))), 3)


def _loss(logits: Sequence[NDArray[np.float32]], right: NDArray[np.bool_], t: float) -> float:
    told = np.array([_told(one, t) for one in logits]).clip(LEAST, 1 - LEAST)
    return float(-np.where(right, np.log(told), np.log(1 - told)).mean())


def _told(logits: NDArray[np.float32], t: float) -> float:
    read = decode(logits, t)
    return float(np.prod([place.best[1] for place in read.characters])) if read.characters else 0.0
