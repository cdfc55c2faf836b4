"""Motion: where a plate should be now, held against a pinhole camera and straight roads."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.plates.motion import Motion, Spot

FOCAL_PX = 2800.0
PLATE_M = 0.52


def seen(time_s: float, start: tuple[float, float, float], speed: tuple[float, float]) -> Spot:
    """A plate at `start` metres (right, down, ahead), moving right and towards the camera."""
    x, y, z = start[0] + speed[0] * time_s, start[1], start[2] - speed[1] * time_s
    return Spot(time_s, 640 + FOCAL_PX * x / z, 360 + FOCAL_PX * y / z, FOCAL_PX * PLATE_M / z)


@given(
    st.tuples(st.floats(-4, 4), st.floats(-1, 4), st.floats(12, 40)),
    st.tuples(st.floats(-3, 3), st.floats(-20, 12)),
    st.sampled_from([5.0, 12.0, 30.0]),
)
def test_a_plate_that_keeps_its_speed_is_met_where_it_is_expected(
    start: tuple[float, float, float], speed: tuple[float, float], rate_hz: float
) -> None:
    motion = Motion(seen(0, start, speed))
    count = 12
    for at in range(1, count):
        spot = seen(at / rate_hz, start, speed)
        if spot.width <= 0 or spot.width > 400:
            return  # it has driven past the camera
        if at > count // 2:
            expected = motion.expected(spot.mono_s)
            assert abs(expected.x - spot.x) < 0.5 * spot.width
            assert abs(expected.y - spot.y) < 0.5 * spot.width
            assert abs(log(expected.width / spot.width)) < 0.2
            assert motion.surprise(spot)[0] < 9
        motion.take(spot)


def test_the_longer_it_is_unseen_the_less_is_expected() -> None:
    motion = Motion(Spot(0, 100, 100, 80))
    for at in range(1, 5):
        motion.take(Spot(at / 10, 100, 100, 80))
    soon, late = (motion.surprise(Spot(0.4 + gap_s, 180, 100, 80)) for gap_s in (0.1, 0.8))
    assert soon[0] > late[0]


def test_asking_changes_nothing() -> None:
    motion = Motion(Spot(0, 100, 100, 80))
    motion.take(Spot(0.1, 110, 100, 82))
    before = motion.expected(0.2)
    motion.surprise(Spot(0.9, 500, 100, 80))
    assert motion.expected(0.2) == before


def test_time_that_runs_back_stands_still() -> None:
    motion = Motion(Spot(5, 100, 100, 80))
    motion.take(Spot(4, 104, 100, 80))
    spot = motion.expected(3)
    assert spot.x == pytest.approx(102, abs=3)
    assert spot.width == pytest.approx(80, abs=2)
