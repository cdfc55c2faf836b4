"""How fast a vehicle went, from its plate's path and the road's plane, and how sure that is.

A plate hangs above the road, so the point of the road behind it runs ahead of the vehicle: by
the camera's height over what of it is above the plate. All else is a straight line through places
on the road and the times of the pictures, fitted robustly. The error told is one standard
deviation of everything that is known to be unsure: corners, times, the points of the
calibration, the plate's height, and a speed that was not constant (docs/decisions/0087).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from agent.plates.direction import Direction
from agent.plates.motion import Spot
from agent.plates.plane import Plane, Points, fitted
from agent.plates.site import Road, Site

FEWEST_LOOKS = 5
SHORTEST_S = 0.25
"""Less is no path."""

FRONT_SPREAD_M, REAR_SPREAD_M = 0.12, 0.2
"""How differently plates hang, one standard deviation: rear plates on bumpers and on boots, within
0.30 m and 1.20 m (Regulation (EU) 2021/535, annex III)."""

SHAKE_WIDTHS = 0.015
SHAKE_PX = 0.7
"""How far a look's middle strays: of the plate's width, and in pixels."""

STAMP_ERROR_S = 0.01
"""How far a picture's time strays: many cameras' pictures are stamped on arrival
(docs/decisions/0052)."""

MOST_ERROR = 0.1
MOST_ERROR_M_S = 1.0
"""A speed is told if its error is below this part of it, or below this."""

ROUNDS = 5
HUBER = 1.5
"""Looks farther off than so many standard deviations count less, in so many rounds of fitting."""

MOST_ALIKE = 0.8
"""The most that neighbouring residuals are taken to be correlated."""


@dataclass(frozen=True, slots=True)
class Speed:
    """A mean speed while the plate was in view, with its standard error."""

    m_s: float
    error_m_s: float

    @property
    def is_sure(self) -> bool:
        """Say whether it is worth telling."""
        return self.error_m_s <= max(MOST_ERROR_M_S, MOST_ERROR * self.m_s)


class Speedometer:
    """Measures on one site; without a calibration it measures nothing."""

    def __init__(self, site: Site) -> None:
        self._road = site.road
        self._size = site.picture
        self._planes = _planes(site.road) if site.road.points else ()

    def speed(self, path: Sequence[Spot], going: Direction, size: tuple[int, int]) -> Speed | None:
        """Return the speed along a path in a picture (width, height), None where it is unknown."""
        if not self._planes or len(path) < FEWEST_LOOKS:
            return None
        scale = np.array([self._size[0] / size[0], self._size[1] / size[1]])
        spots = np.array([(spot.x, spot.y) for spot in path]) * scale
        times = np.array([spot.mono_s for spot in path])
        shakes = np.hypot(SHAKE_WIDTHS * np.array([spot.width for spot in path]), SHAKE_PX)
        plane = self._planes[0]
        there = np.isfinite(plane.road(spots)).all(axis=1)
        spots, times, shakes = spots[there], times[there], shakes[there] * float(scale.mean())
        if len(times) < FEWEST_LOOKS or np.ptp(times) < SHORTEST_S:
            return None
        return self._along(_Looks(spots, times - times.mean(), shakes), going)

    def _along(self, looks: "_Looks", going: Direction) -> Speed:
        plane = self._planes[0]
        ground = plane.road(looks.spots)
        way = np.polyfit(looks.times, ground, 1)[0]
        along = way / (hypot(*way) or 1.0)
        turns = along @ plane.metres_per_px(looks.spots)
        noise = np.hypot(turns[:, 0], turns[:, 1]) * looks.shakes
        line = _line(looks.times, ground @ along, noise)
        shifts = [line.slope_of(other.road(looks.spots) @ along) for other in self._planes[1:]]
        calibration = sqrt(sum((slope - line.slope) ** 2 for slope in shifts))
        height_m, spread_m = self._hangs(going)
        camera_m = self._road.camera_height_m
        above = 1 - height_m / camera_m
        error = hypot(line.error * above, calibration * above, line.slope * spread_m / camera_m)
        return Speed(abs(line.slope) * above, error)

    def _hangs(self, going: Direction) -> tuple[float, float]:
        """Return how high the plate hangs and how sure that is: nearing vehicles show the front."""
        front, rear = self._road.front_plate_m, self._road.rear_plate_m
        match going.along:
            case "approaching":
                return front, FRONT_SPREAD_M
            case "receding":
                return rear, REAR_SPREAD_M
            case _:
                return (front + rear) / 2, hypot(REAR_SPREAD_M, (rear - front) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class _Looks:
    """Where a plate was: pixels (n, 2), seconds about their mean (n,), error in pixels (n,)."""

    spots: Points
    times: NDArray[np.float64]
    shakes: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A slope, its standard error, and what each place along the line counts for it."""

    slope: float
    error: float
    parts: NDArray[np.float64]

    def slope_of(self, places: NDArray[np.float64]) -> float:
        """Return the slope through other places seen at the same times."""
        return float(self.parts @ np.nan_to_num(places))


def _line(
    times: NDArray[np.float64], places: NDArray[np.float64], noise: NDArray[np.float64]
) -> _Line:
    """Fit places (n,) to times (n,): weighted by their noise, far ones less (Huber)."""
    slope, trust = 0.0, np.ones_like(times)
    for _ in range(ROUNDS):
        spread = np.hypot(noise, slope * STAMP_ERROR_S)
        weights = trust / spread**2
        middle = weights @ times / weights.sum()
        parts = weights * (times - middle)
        parts /= parts @ times
        slope = float(parts @ places)
        start = weights @ places / weights.sum() - slope * middle
        off = (places - start - slope * times) / spread
        scale = max(float(np.median(np.abs(off))) * 1.4826, 1.0)
        trust = np.minimum(1.0, HUBER * scale / np.maximum(np.abs(off), 1e-9))
    free = max(len(times) - 2, 1)
    excess = max(float(trust @ off**2) / free, 1.0)
    alike = min(max(_neighbours(off), 0.0), MOST_ALIKE)
    error = sqrt(float((parts * spread) @ (parts * spread)) * excess * (1 + alike) / (1 - alike))
    return _Line(slope, hypot(error, _unsteady(times, places, spread)), parts)


def _neighbours(off: NDArray[np.float64]) -> float:
    """Return how much residuals are like the ones before them, -1 to 1."""
    return float(off[1:] @ off[:-1]) / max(float(off @ off), 1e-12)


def _unsteady(
    times: NDArray[np.float64], places: NDArray[np.float64], spread: NDArray[np.float64]
) -> float:
    """Return how far the speed was from constant, m/s: it is then unclear what "the" speed was."""
    if len(times) < FEWEST_LOOKS + 1:
        return 0.0
    (curve, _, _), covariance = np.polyfit(times, places, 2, w=1 / spread, cov=True)
    if abs(curve) < 2 * sqrt(max(float(covariance[0, 0]), 0.0)):
        return 0.0
    return abs(float(curve)) * float(np.ptp(times)) / 2


def _planes(road: Road) -> tuple[Plane, ...]:
    """Return the road's plane, then the same with each measure of each point off by its error."""
    spots, metres = road.arrays()
    planes = [fitted(spots, metres)]
    for number in range(len(spots)):
        for axis in range(2):
            moved = spots.copy()
            moved[number, axis] += road.point_error_px
            planes.append(fitted(moved, metres))
            moved = metres.copy()
            moved[number, axis] += road.point_error_m
            planes.append(fitted(spots, moved))
    return tuple(planes)
