"""Judges the detector on fresh pictures of our own, the only ones whose corners are exact."""

import numpy as np

from agent.core.vision import PlateDetector
from models.card import Accuracy
from models.plate_detector.train.judge import FOUND_IOU, Numbers, overlap, tally
from models.plate_detector.train.scenes import Stock, compose

TINY_PX = 24.0
"""In pixels of the network's input."""

PICTURES = 1000


def drawn(
    detector: PlateDetector, goods: Stock, seed: int, size: tuple[int, int], numbers: Numbers
) -> list[Accuracy]:
    """Judge on pictures 0 to 999 of this seed: what is found, and how near the corners are."""
    found: dict[str, list[bool]] = {}
    exact: list[bool] = []
    for index in range(PICTURES):
        picture = compose(goods, seed, index, size)
        quads = [quad.corners for quad in detector.detect(picture.luma)]
        for label in picture.labels:
            if label.ignored or not label.exact:
                continue
            near = max(quads, key=lambda quad: overlap(quad, label.corners), default=None)
            hit = near is not None and overlap(near, label.corners) >= FOUND_IOU
            wide = float(np.hypot(*(label.corners[1] - label.corners[0])))
            for part in ("all", "under 24 px wide" if wide < TINY_PX else "24 px and wider"):
                found.setdefault(part, []).append(hit)
            if near is not None and hit:
                away = float(np.hypot(*(near - label.corners).T).mean())
                exact.append(away <= max(1.5, 0.03 * wide))
    lines = [
        tally("recall at IoU 0.5", f"drawn, {part}", numbers, answers)
        for part, answers in sorted(found.items())
    ]
    measure = "corners within 1.5 px or 3 % of the width, of those found"
    return [*lines, tally(measure, "drawn, all", numbers, exact)]
