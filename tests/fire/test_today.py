"""What is seen today: behind a hill, beyond the reach and in unknown air nothing is."""

import math

import numpy as np
import pytest

from agent.fire.atmosphere import Air, Haze
from agent.fire.optics import Optics
from agent.fire.reach import Eye, reach
from agent.fire.terrain import Profile, profile
from agent.fire.today import SIZES_M2, Bearing, Today, today
from tests.fire.test_terrain import FLAT, TOWER, land

HUMID = Air(25.0, 70.0, 10.0, Haze.MARITIME)
FOG = Air(15.0, 95.0, 0.5, Haze.RADIATION_FOG)
EYE = Eye(Optics(12.0, 50.0, 1.0), 0.5, 6.25, 22.0)
FARTHEST_M = 20_000.0


def all_round(eye: Eye | None = EYE, ground: Profile | None = None) -> list[Bearing]:
    return [
        Bearing(ground or profile(FLAT, TOWER, bearing, FARTHEST_M), 45.0, eye)
        for bearing in range(0, 360, 45)
    ]


def of_size(told: tuple[Today, ...], emissive_m2: float) -> Today:
    [one] = [each for each in told if each.emissive_m2 == emissive_m2]
    return one


def test_on_flat_ground_a_disc_as_wide_as_the_reach_is_seen() -> None:
    told = today(all_round(), HUMID)
    assert [one.emissive_m2 for one in told] == list(SIZES_M2)
    for one in told:
        far = reach(EYE, HUMID, one.emissive_m2)
        disc = [math.pi * (m / 1000) ** 2 for m in (far.least_m, far.likely_m, far.most_m)]
        assert one.seen_km2 == pytest.approx(disc, rel=0.03)
        assert one.in_sight_km2 == pytest.approx(math.pi * 20**2, rel=0.03)
        assert all(s.farthest_m == pytest.approx(far.likely_m, abs=100) for s in one.sectors)


def test_ground_behind_a_hill_is_not_seen() -> None:
    heights = np.zeros((721, 721))
    heights[: 360 - 55] = np.where(np.arange(305)[:, None] == 304, 600.0, 0.0)  # a wall, 5 km north
    hidden = profile(land(heights), TOWER, 0.0, FARTHEST_M)
    [sector] = of_size(today([Bearing(hidden, 45.0, EYE)], HUMID), 10.0).sectors
    [open_sector] = of_size(today(all_round()[:1], HUMID), 10.0).sectors
    assert sector.farthest_m == pytest.approx(5_100, abs=200)
    assert sector.seen_m2[1] < 0.25 * open_sector.seen_m2[1]
    assert sector.reach == open_sector.reach  # the air is the same
    [(near, far)] = sector.stretches_m
    assert (near, far) == (0.0, sector.farthest_m)


def test_fog_takes_the_sight_and_leaves_what_is_in_sight() -> None:
    clear, fog = (of_size(today(all_round(), air), 10.0) for air in (HUMID, FOG))
    assert fog.seen_km2[2] < 0.05 * clear.seen_km2[0]
    assert fog.in_sight_km2 == clear.in_sight_km2


def test_a_direction_nobody_looks_in_is_unknown_and_not_seen() -> None:
    some = [*all_round()[:6], *all_round(None)[6:]]
    one = of_size(today(some, HUMID), 1.0)
    assert [sector.bearing_deg for sector in one.unknown] == [270.0, 315.0]
    assert all(sector.farthest_m is None for sector in one.unknown)
    whole = of_size(today(all_round(), HUMID), 1.0)
    assert one.seen_km2[1] == pytest.approx(0.75 * whole.seen_km2[1], rel=0.01)


def test_where_nobody_knows_the_air_everything_is_unknown() -> None:
    for one in today(all_round(), None):
        assert len(one.unknown) == 8
        assert one.seen_km2 == (0.0, 0.0, 0.0)
        assert one.in_sight_km2 > 0


def test_directions_that_cannot_be_are_refused() -> None:
    ground = all_round()[0].ground
    with pytest.raises(ValueError, match="without width, expected more than 0 degrees"):
        today([Bearing(ground, 0.0, EYE)], HUMID)
    with pytest.raises(ValueError, match="405 degrees together, expected 360 at most"):
        today([*all_round(), Bearing(ground, 45.0, EYE)], HUMID)
