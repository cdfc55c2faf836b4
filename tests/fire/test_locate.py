"""A fire is where the regions say it is, as often as they say."""

import numpy as np
import pytest

from agent.fire.locate import LEVELS, Located, Sight, contains, locate
from agent.fire.terrain import Spot, Terrain, profile

STEP_DEG = 1 / 1200
TOWER = Spot(35.9, -5.3, 320.0)
REACH_M = 15_000.0
SIDE = 401
SIGMA_DEG = 0.05


def hills(seed: int = 4) -> Terrain:
    """Hills of some hundred metres round a tower that stands on one of them."""
    rng = np.random.default_rng(seed)
    places = np.linspace(-1, 1, SIDE)
    across, up = np.meshgrid(places, places)
    heights = np.zeros((SIDE, SIDE))
    for _ in range(60):
        x, y = rng.uniform(-1, 1, 2)
        if np.hypot(x, y) > 0.12:
            wide = rng.uniform(0.05, 0.2)
            heights += rng.uniform(20, 220) * np.exp(
                -(((across - x) ** 2 + (up - y) ** 2) / wide**2)
            )
    half = STEP_DEG * (SIDE - 1) / 2
    return Terrain(heights, TOWER.lat + half, TOWER.lon - half, STEP_DEG, STEP_DEG)


HILLS = hills()


def trials(count: int, seed: int = 7) -> list[tuple[Spot, Located]]:
    """Draw fires evenly over the visible ground, and look at each with an error."""
    rng = np.random.default_rng(seed)
    done: list[tuple[Spot, Located]] = []
    while len(done) < count:
        bearing = rng.uniform(0, 360)
        distance = REACH_M * np.sqrt(rng.uniform((1000 / REACH_M) ** 2, 1))
        seen = profile(HILLS, TOWER, bearing, REACH_M)
        at = int(np.searchsorted(seen.distance_m, distance))
        if at >= len(seen.distance_m) or not seen.visible()[at]:
            continue
        truth = seen.spot(float(seen.distance_m[at]))
        off = rng.normal(0, SIGMA_DEG, 2)
        elevation = float(seen.elevation_deg()[at])
        sight = Sight(bearing + off[0], elevation + off[1], SIGMA_DEG, SIGMA_DEG)
        found = locate(HILLS, TOWER, sight, REACH_M, 0.1)
        assert found is not None
        done.append((truth, found))
    return done


def test_regions_hold_the_fire_as_often_as_they_say() -> None:
    done = trials(200)
    for level in LEVELS:
        held = [any(contains(r, truth) for r in found.regions[level]) for truth, found in done]
        error = 3 * np.sqrt(level * (1 - level) / len(done))
        assert np.mean(held) == pytest.approx(level, abs=error)


def test_regions_of_a_level_hold_that_level_and_the_greater_one_is_larger() -> None:
    for _, found in trials(10):
        for level in LEVELS:
            together = sum(region.probability for region in found.regions[level])
            assert together == pytest.approx(level, abs=0.02)
        assert found.area_m2(0.95) > found.area_m2(0.68)


def test_a_line_that_grazes_a_ridge_has_a_region_on_each_side() -> None:
    heights = np.zeros((SIDE, SIDE))
    heights[130:133] = 120.0  # a wall north of the tower, 6.3 km away
    half = STEP_DEG * (SIDE - 1) / 2
    walled = Terrain(heights, TOWER.lat + half, TOWER.lon - half, STEP_DEG, STEP_DEG)
    crest = float(np.degrees(np.arctan2(120.0 - 320.0 - 2.7, 6400.0)))
    found = locate(walled, TOWER, Sight(0.0, crest, 0.05, 0.05), REACH_M, 0.5)
    assert found is not None
    near, far = sorted(
        (region.outline[0][0] for region in found.regions[0.95]), key=lambda lat: lat
    )
    assert near < TOWER.lat + 6600 / 111_000 < far


def test_a_line_into_the_sky_meets_nothing() -> None:
    assert locate(HILLS, TOWER, Sight(10.0, 8.0, 0.05, 0.05), REACH_M, 5.0) is None


def test_worse_heights_make_larger_regions() -> None:
    sight = Sight(123.0, -3.0, 0.02, 0.02)
    areas = []
    for height_sd_m in (0.1, 5.0, 15.0):
        found = locate(HILLS, TOWER, sight, REACH_M, height_sd_m)
        assert found is not None
        areas.append(found.area_m2(0.95))
    assert areas == sorted(areas)
    assert areas[-1] > 1.5 * areas[0]


def test_an_error_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="expected above 0"):
        Sight(0.0, -1.0, 0.0, 0.1)
