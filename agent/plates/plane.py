"""From the picture to the road: the plane that four or more known points of a road span.

A homography by the direct linear transform on normalised points (Hartley and Zisserman, Multiple
View Geometry, 2nd ed., 4.4). Picture points are pixels, road points metres, both (n, 2) float64.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

LEAST_POINTS = 4

THIN = 0.02
"""Three points lie in a line when their triangle's height is less than this of its longest side."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The road as one camera sees it."""

    matrix: NDArray[np.float64]
    """(3, 3), picture to road; its third row is positive for points of the road."""

    def road(self, spots: Points) -> Points:
        """Return where on the road picture points lie, (n, 2) metres; nan beyond the horizon."""
        flat = np.concatenate([spots, np.ones((len(spots), 1))], axis=1) @ self.matrix.T
        depth = np.where(flat[:, 2:] > 0, flat[:, 2:], np.nan)
        found: Points = flat[:, :2] / depth
        return found

    def picture(self, road: Points) -> Points:
        """Return where in the picture road points lie, (n, 2) pixels."""
        flat = np.concatenate([road, np.ones((len(road), 1))], axis=1)
        flat = flat @ np.linalg.inv(self.matrix).T
        found: Points = flat[:, :2] / flat[:, 2:]
        return found

    def metres_per_px(self, spots: Points) -> NDArray[np.float64]:
        """Return how the road moves with the picture, (n, 2, 2): road axis, picture axis."""
        flat = np.concatenate([spots, np.ones((len(spots), 1))], axis=1) @ self.matrix.T
        road = flat[:, :2] / flat[:, 2:]
        rows = self.matrix[None, :2, :2] - road[:, :, None] * self.matrix[None, 2:, :2]
        moved: NDArray[np.float64] = rows / flat[:, 2:, None]
        return moved


def fitted(spots: Points, road: Points) -> Plane:
    """Return the plane that brings picture points to road points, best where there are over four.

    The points must not be degenerate: ask `points_problem` first.
    """
    from_picture, from_road = _normalised(spots), _normalised(road)
    rows = []
    for (x, y), (u, v) in zip(_moved(from_picture, spots), _moved(from_road, road), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, -u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, -v])
    matrix = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    matrix = np.linalg.inv(from_road) @ matrix @ from_picture
    middle = np.append(spots.mean(axis=0), 1.0)
    return Plane(matrix * np.sign(matrix[2] @ middle))


def points_problem(spots: Points, road: Points) -> str | None:
    """Say why points span no plane, or None if they do; points are numbered from 1."""
    if len(spots) < LEAST_POINTS:
        return f"{len(spots)} points, expected at least {LEAST_POINTS}"
    for points, where in ((spots, "in the picture"), (road, "on the road")):
        for trio in combinations(range(len(points)), 3):
            if len(spots) == LEAST_POINTS and abs(_area(points[list(trio)])) < _thin(points, trio):
                a, b, c = (number + 1 for number in trio)
                return f"points {a}, {b} and {c} lie in a line {where}"
    if len(spots) > LEAST_POINTS and not any(
        _is_spread(spots[list(four)]) and _is_spread(road[list(four)])
        for four in combinations(range(len(spots)), 4)
    ):
        return "no four of the points are such that no three lie in a line"
    turned = [
        _area(spots[list(trio)]) * _area(road[list(trio)])
        for trio in combinations(range(len(spots)), 3)
        if abs(_area(spots[list(trio)])) >= _thin(spots, trio)
        and abs(_area(road[list(trio)])) >= _thin(road, trio)
    ]
    if min(turned) < 0 < max(turned):
        return "the points go round in another order in the picture than on the road"
    return None


def _area(trio: Points) -> float:
    (ax, ay), (bx, by), (cx, cy) = trio.tolist()
    return float((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2


def _thin(points: Points, trio: tuple[int, ...]) -> float:
    """Return the area below which a triangle is a line."""
    sides = [float(np.hypot(*(points[a] - points[b]))) for a, b in combinations(trio, 2)]
    longest: float = max(sides)
    return THIN * longest**2 / 2 or float("inf")


def _is_spread(four: Points) -> bool:
    return all(abs(_area(four[list(t)])) >= _thin(four, t) for t in combinations(range(4), 3))


def _normalised(points: Points) -> NDArray[np.float64]:
    """Return the similarity (3, 3) that brings points to the origin, about one unit away."""
    middle = points.mean(axis=0)
    size = float(np.hypot(*(points - middle).T).mean()) or 1.0
    return np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, size]]) / size


def _moved(matrix: NDArray[np.float64], points: Points) -> Points:
    flat: Points = (np.concatenate([points, np.ones((len(points), 1))], axis=1) @ matrix.T)[:, :2]
    return flat
