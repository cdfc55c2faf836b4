"""The ground is where it is, and a line of sight meets it where it must."""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from agent.fire.terrain import (
    EARTH_M,
    REFRACTION,
    Spot,
    Terrain,
    drop_m,
    metres_per_degree,
    profile,
)

STEP_DEG = 1 / 1200
"""Of SRTM3: about 90 m."""

TOWER = Spot(35.9, -5.3, 200.0)


def land(heights_m: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Terrain:
    """Lay heights round the tower, which stands over their middle."""
    rows, columns = heights_m.shape
    return Terrain(
        heights_m,
        TOWER.lat + STEP_DEG * (rows - 1) / 2,
        TOWER.lon - STEP_DEG * (columns - 1) / 2,
        STEP_DEG,
        STEP_DEG,
    )


FLAT = land(np.zeros((721, 721)))


@given(st.floats(-70, 70), st.floats(0, 360), st.floats(100, 50_000))
def test_a_bearing_and_a_distance_lead_where_the_geodesic_does(
    lat: float, bearing_deg: float, distance_m: float
) -> None:
    tower = Spot(lat, 10.0)
    step = 1.0
    world = Terrain(np.zeros((3, 3)), lat + step, 9.0, step, step)
    found = profile(world, tower, bearing_deg, 200.0).spot(distance_m)
    true = Geodesic.WGS84.Direct(lat, 10.0, bearing_deg, distance_m)
    north, east = metres_per_degree(lat)
    off_m = np.hypot((found.lat - true["lat2"]) * north, (found.lon - true["lon2"]) * east)
    assert off_m < 3.0


def test_heights_between_cells_are_between_theirs() -> None:
    grid = np.array([[0.0, 10.0], [20.0, 30.0]])
    terrain = Terrain(grid, 36.0, -5.0, 0.1, 0.1)
    assert terrain.height_m(36.0, -5.0) == 0
    assert terrain.height_m(35.95, -4.95) == pytest.approx(15.0)
    assert terrain.height_m(35.9, -4.9) == pytest.approx(30.0)
    outside = terrain.height_m(np.array([36.01, 35.95, 35.95]), np.array([-4.95, -5.01, -4.89]))
    assert np.isnan(outside).all()


def test_a_hole_has_no_height_and_is_not_met() -> None:
    grid = np.zeros((721, 721))
    grid[200:361, 340:381] = np.nan  # from the tower northwards
    north, south = (profile(land(grid), TOWER, bearing, 20_000) for bearing in (0.0, 180.0))
    assert south.hit_m(-2.0) == pytest.approx(200.0 / np.tan(np.radians(2.0)), rel=0.015)
    hit = north.hit_m(-2.0)
    assert hit is None or hit > 12_000
    assert not north.visible()[10]


@pytest.mark.parametrize(
    ("distance_m", "low_m"), [(5_000, 1.7), (10_000, 6.8), (15_000, 15.4), (20_000, 27.3)]
)
def test_far_ground_lies_lower(distance_m: float, low_m: float) -> None:
    assert drop_m(np.array([distance_m])) == pytest.approx(low_m, abs=0.06)


def test_over_the_sea_the_horizon_is_where_seamen_know_it() -> None:
    eye_m = 200.0
    dip_deg = np.degrees(np.sqrt(2 * eye_m * (1 - REFRACTION) / EARTH_M))
    sea = land(np.zeros((1601, 1601)))
    seen = profile(sea, TOWER, 90.0, 58_000)
    assert seen.horizon_deg() == pytest.approx(-dip_deg, abs=1e-3)
    assert seen.hit_m(-dip_deg + 0.01) is None
    assert seen.hit_m(-1.0) == pytest.approx(eye_m / np.tan(np.radians(1.0)), rel=0.1)


def test_a_ridge_hides_the_valley_behind_it_and_its_own_slope_is_seen() -> None:
    grid = np.zeros((721, 721))
    grid[240:244] = 150.0  # four cells, 10.7 to 11 km north of the tower
    seen = profile(land(grid), TOWER, 0.0, 20_000)
    visible = dict(zip((seen.distance_m // 1000).tolist(), seen.visible().tolist(), strict=False))
    assert visible[5.0]
    assert not visible[12.0]
    at_ridge = seen.hit_m(float(np.degrees(np.arctan2(100.0 - 200.0, 10_700.0))))
    assert at_ridge == pytest.approx(10_750, abs=150)


@given(st.floats(0, 359.9), st.floats(-8, -0.8))
def test_what_is_hit_is_seen_at_the_angle_it_was_looked_at(
    bearing_deg: float, elevation_deg: float
) -> None:
    seen = profile(FLAT, TOWER, bearing_deg, 25_000)
    hit_m = seen.hit_m(elevation_deg)
    assert hit_m is not None
    level = np.interp(hit_m, seen.distance_m, seen.level_m)
    angle = np.degrees(np.arctan2(level - TOWER.height_m, hit_m))
    assert angle == pytest.approx(elevation_deg, abs=2e-3)


def test_what_is_no_terrain_is_refused() -> None:
    for grid, step, words in (
        (np.zeros((1, 5)), 0.1, "expected 2 by 2 or more"),
        (np.zeros((5, 5)), 0.0, "expected above 0"),
        (np.full((5, 5), np.nan), 0.1, "without a single height"),
    ):
        with pytest.raises(ValueError, match=words):
            Terrain(grid, 36.0, -5.0, step, 0.1)
    with pytest.raises(ValueError, match="expected more than 50 m"):
        profile(FLAT, TOWER, 0.0, 10.0)
