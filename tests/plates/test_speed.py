"""Speed: metres from a plate's path, with an error that is honest."""

from math import cos, radians, sin
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.plates.direction import direction
from agent.plates.motion import Spot
from agent.plates.site import UNMEASURED, Site
from agent.plates.speed import Speed, Speedometer
from agent.plates.standing import Standing

FOCAL_PX, CAMERA_M, TILT = 2800.0, 4.6, radians(15)
SIZE = (1280, 720)


def seen(across_m: float, along_m: float, up_m: float) -> tuple[float, float, float]:
    """Where a camera on a pole sees a point of the street, (x, y), and how far away it is."""
    down = CAMERA_M - up_m
    depth = along_m * cos(TILT) + down * sin(TILT)
    return (
        640 + FOCAL_PX * across_m / depth,
        360 + FOCAL_PX * (down * cos(TILT) - along_m * sin(TILT)) / depth,
        depth,
    )


def site(**changed: Any) -> Site:
    marks = [(x, y) for y in (15.0, 24.0) for x in (-2.0, 2.0)]
    marks = [marks[0], marks[1], marks[3], marks[2]]
    points = [{"picture": seen(x, y, 0)[:2], "road_m": (x, y)} for x, y in marks]
    road = {"points": points, "camera_height_m": CAMERA_M, **changed}
    return msgspec.convert({"picture": SIZE, "road": road}, Site)


def path(
    speed_m_s: float, *, up_m: float, shake_px: float = 0.0, rate_hz: float = 12.0, seed: int = 1
) -> list[Spot]:
    """A plate that comes nearer from 28 m, or goes there from 13 m where the speed is negative."""
    rng = np.random.default_rng(seed)
    spots = []
    for at in range(60):
        along_m = (28.0 if speed_m_s > 0 else 13.0) - speed_m_s * at / rate_hz
        if not 13 <= along_m <= 28:
            break
        x, y, depth = seen(1.0, along_m, up_m)
        x, y = x + rng.normal(0, shake_px), y + rng.normal(0, shake_px)
        spots.append(Spot(at / rate_hz, float(x), float(y), FOCAL_PX * 0.52 / depth))
    return spots


def speed(way: list[Spot], of: Site | None = None, size: tuple[int, int] = SIZE) -> Speed:
    found = Speedometer(of or site()).speed(way, direction(way), size)
    assert found is not None
    return found


@pytest.mark.parametrize(("m_s", "up_m"), [(12.0, 0.5), (-12.0, 0.75), (4.0, 0.5)])
def test_a_plate_as_high_as_assumed_is_measured_exactly(m_s: float, up_m: float) -> None:
    assert speed(path(m_s, up_m=up_m)).m_s == pytest.approx(abs(m_s), rel=1e-3)


@given(st.floats(3, 20), st.floats(0.3, 0.7), st.integers(0, 1000))
def test_the_error_covers_shaken_corners_and_unusual_heights(
    m_s: float, up_m: float, seed: int
) -> None:
    found = speed(path(m_s, up_m=up_m, shake_px=0.8, seed=seed))
    assert abs(found.m_s - m_s) <= 3.5 * found.error_m_s
    assert found.error_m_s < 0.1 * m_s + 0.3


def test_one_look_far_off_turns_no_speed() -> None:
    way = path(12.0, up_m=0.5)
    way[4] = way[4]._replace(y=way[4].y + 60)
    assert speed(way).m_s == pytest.approx(12.0, rel=0.03)


def test_a_vehicle_that_brakes_has_a_large_error() -> None:
    steady, brakes = path(6.0, up_m=0.5), []
    for at, spot in enumerate(steady):
        x, y, depth = seen(1.0, 28 - 12 * at / 12 + 2 * (at / 12) ** 2, 0.5)
        brakes.append(Spot(spot.mono_s, x, y, FOCAL_PX * 0.52 / depth))
    assert speed(brakes).error_m_s > 3 * speed(steady).error_m_s


def test_unsure_measures_make_unsure_speeds() -> None:
    way = path(12.0, up_m=0.5)
    rough = speed(way, site(point_error_px=20.0, point_error_m=0.5))
    assert rough.error_m_s > 2 * speed(way).error_m_s
    assert not rough.is_sure
    assert speed(way).is_sure


def test_a_picture_of_another_size_is_measured_alike() -> None:
    way = path(12.0, up_m=0.5)
    half = [s._replace(x=s.x / 2, y=s.y / 2, width=s.width / 2) for s in way]
    assert speed(half, size=(640, 360)).m_s == pytest.approx(speed(way).m_s, rel=1e-3)


def test_without_a_calibration_or_a_path_there_is_no_speed() -> None:
    way = path(12.0, up_m=0.5)
    assert Speedometer(UNMEASURED).speed(way, direction(way), SIZE) is None
    assert Speedometer(site()).speed(way[:3], direction(way), SIZE) is None
    at_once = [spot._replace(mono_s=5.0) for spot in way]
    assert Speedometer(site()).speed(at_once, direction(way), SIZE) is None
    above = [spot._replace(y=-9e4) for spot in way]
    assert Speedometer(site()).speed(above, direction(way), SIZE) is None


def test_a_standing_vehicle_is_at_rest() -> None:
    x, y, depth = seen(1.0, 20.0, 0.5)
    way = [Spot(i / 12, x, y, FOCAL_PX * 0.52 / depth) for i in range(40)]
    found = speed(way)
    assert found.m_s == pytest.approx(0.0, abs=0.01)
    assert found.is_sure


def test_standing_adds_up_the_stops() -> None:
    spots = [Spot(i / 10, x, 100, 80) for i, x in enumerate([100.0] * 30 + [300.0] * 5)]
    way = [*spots, *(Spot(3.5 + i / 10, 500, 100, 80) for i in range(21))]
    standing = Standing(way[0])
    for spot in way[1:]:
        standing.take(spot)
    assert standing.total_s == pytest.approx(2.9 + 2.0)


def test_what_creeps_or_comes_straight_on_does_not_stand() -> None:
    creeps, grows = Standing(Spot(0, 0, 0, 80)), Standing(Spot(0, 0, 0, 80))
    for i in range(1, 50):
        creeps.take(Spot(i / 10, 6.0 * i, 0, 80))
        grows.take(Spot(i / 10, 0, 0, 80 * 1.03**i))
    assert creeps.total_s == grows.total_s == 0
