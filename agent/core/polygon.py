"""A part of a picture, corner by corner, and what may be wrong with one that a person drew."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.settings import Share

Corner = tuple[Share, Share]
"""A place in the picture: shares of its width, from the left, and of its height, from the top."""

LEAST_AREA = 1e-4
"""A smaller part of the picture holds nothing: two corners were mixed up."""

GRID = 512
"""Rows and columns on which areas are reckoned: one part in 260,000 of the picture."""


def spread(polygons: Sequence[Sequence[Corner]]) -> NDArray[np.bool_]:
    """Return what of the picture polygons cover together, (GRID, GRID) bool."""
    canvas = np.zeros((GRID, GRID), np.uint8)
    for polygon in polygons:
        corners = np.rint(np.array(polygon) * GRID - 0.5).astype(np.int32)
        cv2.fillPoly(canvas, [corners], (1,))
    return canvas.astype(bool)


def common_share(one: Sequence[Corner], other: Sequence[Corner]) -> float:
    """Return how much of the smaller of two polygons the other one covers, 0 to 1."""
    a, b = spread([one]), spread([other])
    return float((a & b).sum() / max(min(a.sum(), b.sum()), 1))


def polygon_problem(corners: Sequence[Corner]) -> str | None:
    """Say what is wrong with a polygon, or None. Its first corner may stand at its end again."""
    if len(corners) > 3 and corners[0] == corners[-1]:  # noqa: PLR2004  a triangle has three
        corners = corners[:-1]
    if words := _edges_that(_cross, "cross", corners):
        return words
    turned = (*corners[1:], corners[0])
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, turned, strict=True))
    if abs(doubled) / 2 < LEAST_AREA:
        return "its corners lie on one line; expected a part of the picture, such as a window"
    for at, corner in enumerate(corners):
        before, after = corners[at - 1], turned[at]
        if corner == after or (_side(before, corner, after) == 0 and _back(before, corner, after)):
            return f"its edges turn back at corner {at + 1}; expected corners in order round it"
    return _edges_that(_touch, "touch", corners)


def _edges_that(
    meet: Callable[[Corner, Corner, Corner, Corner], bool], how: str, corners: Sequence[Corner]
) -> str | None:
    for i in range(len(corners)):
        for j in range(i + 2, len(corners)):
            if (j + 1) % len(corners) == i:
                continue  # neighbours round the end share a corner
            if meet(corners[i], corners[i + 1], corners[j], corners[(j + 1) % len(corners)]):
                return (
                    f"the edges from corners {i + 1} and {j + 1} {how}: the polygon would have "
                    "holes; expected corners in order round it"
                )
    return None


def _side(p: Corner, q: Corner, r: Corner) -> float:
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def _back(p: Corner, q: Corner, r: Corner) -> bool:
    return (q[0] - p[0]) * (r[0] - q[0]) + (q[1] - p[1]) * (r[1] - q[1]) < 0


def _cross(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _touch(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Say whether an end of one edge lies on the other."""
    return _on(a, b, c) or _on(a, b, d) or _on(c, d, a) or _on(c, d, b)


def _on(p: Corner, q: Corner, r: Corner) -> bool:
    within = all(min(p[i], q[i]) <= r[i] <= max(p[i], q[i]) for i in (0, 1))
    return within and _side(p, q, r) == 0
