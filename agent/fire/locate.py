"""Where a fire is that a tower sees: regions of the ground with their probability, never a point.

Bayes on the ground: each visible piece of it is as likely beforehand as it is large, and the line
of sight that was measured says how likely each is afterwards. The smallest set of pieces that holds
68 or 95 % is published; a line that grazes several ridges has several regions. Errors of the
heights count as errors of the angle at which the ground is seen (docs/fire.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.fire.terrain import Floats, Profile, Spot, Terrain, metres_per_degree, profile

BEARINGS = 41
"""Bearings looked along, over `WIDEST` standard deviations to each side."""

WIDEST = 3.6

STEPS = 4096
"""Pieces of each bearing: 5 m of 20 km."""

LEVELS = (0.68, 0.95)

NOWHERE = 1e-12
"""Less than this of the sky's worth: the line of sight meets no ground at all."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A measured line of sight, in degrees from north and over the horizontal, with its errors.

    Raises:
        ValueError: An error is not above 0.
    """

    bearing_deg: float
    elevation_deg: float
    bearing_sd_deg: float
    elevation_sd_deg: float

    def __post_init__(self) -> None:
        if not (self.bearing_sd_deg > 0 and self.elevation_sd_deg > 0):
            raise ValueError(
                f"errors {self.bearing_sd_deg:g}, {self.elevation_sd_deg:g}, expected above 0"
            )


Ring = tuple[tuple[float, float], ...]
"""A closed line round a piece of ground, (latitude, longitude) each; the first is not repeated."""


@dataclass(frozen=True, slots=True)
class Region:
    """One piece of ground, and how likely the fire is in it."""

    outline: Ring
    probability: float
    area_m2: float


@dataclass(frozen=True, slots=True)
class Located:
    """Where a fire is: the likeliest spot, and for each level the regions that together hold it."""

    likeliest: Spot
    distance_m: float
    regions: dict[float, tuple[Region, ...]]

    def area_m2(self, level: float) -> float:
        """Return the area of all regions of a level."""
        return sum(region.area_m2 for region in self.regions[level])


def locate(
    terrain: Terrain, tower: Spot, sight: Sight, reach_m: float, height_sd_m: float
) -> Located | None:
    """Return where on the ground within reach a fire is; None where the line meets no ground.

    `height_sd_m` is how far the terrain's heights err, one standard deviation.
    """
    posterior = _posterior(terrain, tower, sight, reach_m, height_sd_m)
    if posterior is None:
        return None
    row, column = divmod(int(posterior.density.argmax()), posterior.density.shape[1])
    distance_m = float(posterior.distance_m[column])
    return Located(
        posterior.profiles[row].spot(distance_m),
        distance_m,
        {level: posterior.regions(level) for level in LEVELS},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Posterior:
    """Probabilities of the pieces of ground, (bearings, steps), and their density per m2."""

    profiles: Sequence[Profile]
    distance_m: Floats
    piece_m2: Floats
    probability: Floats
    density: Floats

    def regions(self, level: float) -> tuple[Region, ...]:
        """Return the smallest set of pieces that holds `level`, apart where it is apart."""
        order = np.argsort(-self.density, axis=None)
        sums = np.cumsum(self.probability.ravel()[order])
        held = order[: int(np.searchsorted(sums, level * sums[-1])) + 1]
        mask = np.zeros(self.density.shape, np.uint8)
        mask.ravel()[held] = 1
        count, labels = cv2.connectedComponents(mask, connectivity=8)
        found = [self._region(np.asarray(labels == label)) for label in range(1, count)]
        return tuple(sorted(found, key=lambda region: -region.probability))

    def _region(self, inside: NDArray[np.bool_]) -> Region:
        outlines, _ = cv2.findContours(
            inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        largest = max(outlines, key=len)[:, 0]
        return Region(
            tuple(self._corner(int(row), int(column)) for column, row in largest),
            float(self.probability[inside].sum()),
            float(np.broadcast_to(self.piece_m2, inside.shape)[inside].sum()),
        )

    def _corner(self, row: int, column: int) -> tuple[float, float]:
        spot = self.profiles[row].spot(float(self.distance_m[column]))
        return spot.lat, spot.lon


def _posterior(
    terrain: Terrain, tower: Spot, sight: Sight, reach_m: float, height_sd_m: float
) -> _Posterior | None:
    offsets = np.linspace(-WIDEST, WIDEST, BEARINGS)
    step_deg = sight.bearing_sd_deg * (offsets[1] - offsets[0])
    bearings = sight.bearing_deg + offsets * sight.bearing_sd_deg
    profiles = [profile(terrain, tower, float(bearing), reach_m) for bearing in bearings]
    distance = np.linspace(profiles[0].distance_m[0], reach_m, STEPS)
    step_m = distance[1] - distance[0]
    piece = distance * step_m * np.radians(step_deg)
    weights = np.stack([_seen(one, distance, sight, height_sd_m) for one in profiles])
    weights *= np.exp(-(offsets[:, None] ** 2) / 2)
    whole = float((weights * piece).sum())
    if whole <= NOWHERE * float(piece.sum()):
        return None
    density = weights / whole
    return _Posterior(profiles, distance, piece, density * piece, density)


def _seen(one: Profile, distance_m: Floats, sight: Sight, height_sd_m: float) -> Floats:
    """Return how likely the measured elevation is of each piece of ground on one bearing."""
    level = np.interp(distance_m, one.distance_m, one.level_m)
    angles = np.degrees(np.arctan2(level - one.tower.height_m, distance_m))
    highest = np.maximum.accumulate(np.where(np.isnan(angles), -np.inf, angles))
    visible = ~np.isnan(angles) & (angles >= highest)
    error = np.hypot(sight.elevation_sd_deg, np.degrees(height_sd_m / distance_m))
    off = np.where(visible, (angles - sight.elevation_deg) / error, 0.0)
    return np.where(visible, np.exp(-(off**2) / 2) / error, 0.0)


def contains(region: Region, spot: Spot) -> bool:
    """Say whether a spot lies in a region."""
    north, east = metres_per_degree(spot.lat)
    ring = (np.array(region.outline) - (spot.lat, spot.lon)) * (float(north), float(east))
    return cv2.pointPolygonTest(ring.astype(np.float32), (0.0, 0.0), False) >= 0
