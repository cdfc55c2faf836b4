"""The ground round a tower: heights on a grid, and where a line of sight meets them.

The earth is a sphere of its mean radius (IUGG) and light bends with the usual share of its
curvature, so that ground at distance s lies s^2 (1 - k) / 2R lower than on a flat earth: 15 m at 15
km. Heights are of the ground, or of the canopy where the grid has it; a canopy is no wall.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_M = 6_371_008.8
"""Mean radius (IUGG)."""

REFRACTION = 0.13
"""Share of the earth's curvature that the air gives light; by day over land (Gauss)."""

ROUNDS = 4
"""Of the mid-latitude formulas: each brings three more digits."""

NEAREST_M = 50.0
"""Nearer ground is under the tower's feet."""

EDGE = 1e-9
"""Of a cell: so little beyond the last middle is a rounding error and no way out."""

LEAST_SIDE = 2
"""Rows and columns of the smallest grid that has an inside."""


def drop_m(distance_m: Floats, refraction: float = REFRACTION) -> Floats:
    """Return how much lower ground at these distances lies than on a flat earth."""
    return np.asarray(distance_m**2 * (1.0 - refraction) / (2 * EARTH_M), np.float64)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the earth: WGS84, degrees, and metres above the geoid."""

    lat: float
    lon: float
    height_m: float = 0.0


def metres_per_degree(lat: Floats | float) -> tuple[Floats, Floats]:
    """Return the length of a degree north and of a degree east at latitudes (WGS84 series)."""
    phi = np.radians(np.asarray(lat, np.float64))
    north = 111_132.92 - 559.82 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi)
    east = 111_412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    return np.asarray(north, np.float64), np.asarray(east, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Terrain:
    """Heights on a grid that is regular in degrees: (rows, columns), north first, west first.

    `north` and `west` are those of the middle of the first cell, `step_lat` and `step_lon` the
    degrees from one middle to the next, both above 0. Cells without a height are no numbers.

    Raises:
        ValueError: The grid is smaller than 2 by 2, a step is not above 0, or no cell has a height.
    """

    heights_m: Floats
    north: float
    west: float
    step_lat: float
    step_lon: float

    def __post_init__(self) -> None:
        if self.heights_m.ndim != 2 or min(self.heights_m.shape) < LEAST_SIDE:  # noqa: PLR2004
            raise ValueError(f"terrain of shape {self.heights_m.shape}, expected 2 by 2 or more")
        if not (self.step_lat > 0 and self.step_lon > 0):
            raise ValueError(f"steps {self.step_lat:g}, {self.step_lon:g}, expected above 0")
        if np.isnan(self.heights_m).all():
            raise ValueError("terrain without a single height")

    def height_m(self, lat: Floats | float, lon: Floats | float) -> Floats:
        """Return heights between four cells each; outside, and beside a hole, no number."""
        row = (self.north - np.asarray(lat, np.float64)) / self.step_lat
        column = (np.asarray(lon, np.float64) - self.west) / self.step_lon
        rows, columns = self.heights_m.shape
        inside = (row >= -EDGE) & (column >= -EDGE)
        inside &= (row <= rows - 1 + EDGE) & (column <= columns - 1 + EDGE)
        above = np.clip(np.floor(row), 0, rows - 2).astype(int)
        left = np.clip(np.floor(column), 0, columns - 2).astype(int)
        down, along = row - above, column - left
        grid = self.heights_m
        upper = (1 - along) * grid[above, left] + along * grid[above, left + 1]
        lower = (1 - along) * grid[above + 1, left] + along * grid[above + 1, left + 1]
        return np.where(inside, (1 - down) * upper + down * lower, np.nan)

    @property
    def cell_m(self) -> float:
        """Return the shorter side of a cell in the grid's middle, metres."""
        middle = self.north - self.step_lat * self.heights_m.shape[0] / 2
        north, east = metres_per_degree(middle)
        return float(min(self.step_lat * north, self.step_lon * east))


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The ground along one bearing from a tower: distances and heights, (n,) each.

    `level_m` are heights as seen from the tower: lowered by the earth's curvature, less what
    refraction gives back; no number where the grid has none.
    """

    tower: Spot
    bearing_deg: float
    distance_m: Floats
    ground_m: Floats
    level_m: Floats

    def spot(self, distance_m: float) -> Spot:
        """Return the ground at a distance."""
        lat, lon = _along(self.tower, self.bearing_deg, np.array([distance_m]))
        height = float(np.interp(distance_m, self.distance_m, self.ground_m))
        return Spot(float(lat[0]), float(lon[0]), height)

    def elevation_deg(self) -> Floats:
        """Return at which angle over the horizontal each point is seen from the tower's eye."""
        return np.degrees(np.arctan2(self.level_m - self.tower.height_m, self.distance_m))

    def visible(self) -> NDArray[np.bool_]:
        """Say of each point whether no nearer ground hides it."""
        angles = np.where(np.isnan(self.level_m), -np.inf, self.elevation_deg())
        before = np.maximum.accumulate(np.concatenate([[-np.inf], angles[:-1]]))
        return (angles > before) & ~np.isnan(self.level_m)

    def horizon_deg(self) -> float:
        """Return the angle of the skyline on this bearing."""
        return float(np.nanmax(self.elevation_deg()))

    def hit_m(self, elevation_deg: float) -> float | None:
        """Return how far away a line of sight meets the ground, None where it does not."""
        ray = self.tower.height_m + self.distance_m * np.tan(np.radians(elevation_deg))
        over = ray - self.level_m  # no number where the grid has none: not met there
        under = np.flatnonzero(over <= 0)
        if not under.size:
            return None
        at = int(under[0])
        if at == 0 or np.isnan(over[at - 1]):
            return float(self.distance_m[at])
        share = over[at - 1] / (over[at - 1] - over[at])
        return float(
            self.distance_m[at - 1] + share * (self.distance_m[at] - self.distance_m[at - 1])
        )


def profile(
    terrain: Terrain,
    tower: Spot,
    bearing_deg: float,
    farthest_m: float,
    refraction: float = REFRACTION,
) -> Profile:
    """Return the ground from the tower's eye outwards, in steps of a cell; bearings from north.

    Raises:
        ValueError: The farthest distance is nearer than the first step.
    """
    if not farthest_m > NEAREST_M:
        raise ValueError(f"ground as far as {farthest_m:g} m, expected more than {NEAREST_M:g} m")
    distance = np.arange(NEAREST_M, farthest_m + terrain.cell_m, terrain.cell_m)
    ground = terrain.height_m(*_along(tower, bearing_deg, distance))
    return Profile(tower, bearing_deg, distance, ground, ground - drop_m(distance, refraction))


def _along(tower: Spot, bearing_deg: float, distance_m: Floats) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes along a bearing, by Gauss's mid-latitude formulas.

    A straight line turns against north by the meridians' convergence; half of that is its mean
    bearing. Right to a metre at 50 km below 70 degrees of latitude.
    """
    lat, lon = np.full(distance_m.shape, tower.lat), np.full(distance_m.shape, tower.lon)
    for _ in range(ROUNDS):
        middle = (tower.lat + lat) / 2
        north, east = metres_per_degree(middle)
        turned = (lon - tower.lon) * np.sin(np.radians(middle)) / 2
        bearing = np.radians(bearing_deg + turned)
        lat = tower.lat + distance_m * np.cos(bearing) / north
        lon = tower.lon + distance_m * np.sin(bearing) / east
    return lat, lon
