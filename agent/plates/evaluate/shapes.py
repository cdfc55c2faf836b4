"""Where plates lie and where they were found: overlaps of boxes, and each matched once."""

from collections.abc import Sequence

import numpy as np

from agent.plates.evaluate.labelled import Corners

FOUND_IOU = 0.5
"""A plate is found where its box and what was found overlap so much (Pascal VOC)."""

TOUCHED_IOU = 0.1
"""Less than this in common is another thing in the picture."""


def overlap(one: Corners, other: Corners) -> float:
    """Return the intersection over union of two quads' upright bounding boxes."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    high = np.minimum(one.max(axis=0), other.max(axis=0))
    common = float(np.prod(np.maximum(high - low, 0)))
    both = float(np.prod(np.ptp(one, axis=0)) + np.prod(np.ptp(other, axis=0)))
    return common / max(both - common, 1e-6)


def matched(
    boxes: Sequence[Corners], found: Sequence[Corners], least: float = FOUND_IOU
) -> dict[int, int]:
    """Give each of `found`, best first, its best free box; return found's number by the box's."""
    pairs: dict[int, int] = {}
    for number, quad in enumerate(found):
        free = [index for index in range(len(boxes)) if index not in pairs]
        best = max(free, key=lambda index: overlap(quad, boxes[index]), default=None)
        if best is not None and overlap(quad, boxes[best]) >= least:
            pairs[best] = number
    return pairs
