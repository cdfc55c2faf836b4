"""A rolling shutter takes each row in its own time, and a shutter blurs what moves."""

import msgspec
import numpy as np
import pytest

from simulators.optics.pinhole import Pinhole
from simulators.optics.shutter import Shutter
from simulators.scenario import Direction
from tests.simulators.streets import first, world

DAY = world("street-day")


def _shutter(exposure_s: float, readout_s: float) -> Shutter:
    return Shutter(DAY.pinhole, exposure_s, readout_s)


def test_a_low_row_is_read_later_than_a_high_one() -> None:
    passage, vehicle = first(DAY)
    shutter = _shutter(0.001, 0.012)
    early, late = (shutter.roll(vehicle, time_s)
                   for time_s in (passage.entered_s, passage.left_s))  # fmt: skip
    assert passage.direction is Direction.APPROACHING
    assert early.row_px < late.row_px
    assert late.shot_s - passage.left_s > early.shot_s - passage.entered_s
    assert abs(late.shot_s - passage.left_s) <= 0.006


def test_what_comes_down_the_picture_is_drawn_out_and_what_goes_up_is_pressed() -> None:
    shutter = _shutter(0.001, 0.012)
    for lane, sign in (("inbound", 1), ("outbound", -1)):
        passage, vehicle = first(DAY, lane)
        roll = shutter.roll(vehicle, passage.left_s)
        assert sign * roll.rate > 0.005
        spots = np.array([(0.0, roll.row_px - 20), (0.0, roll.row_px), (0.0, roll.row_px + 20)])
        tall = float(np.ptp(roll.sheared(spots)[:, 1]))
        assert (tall > 40) is (sign > 0)


def test_a_shutter_that_reads_all_rows_at_once_shears_nothing() -> None:
    passage, vehicle = first(DAY)
    roll = _shutter(0.001, 0.0).roll(vehicle, passage.left_s)
    spots = np.array([(10.0, 20.0), (30.0, 700.0)])
    np.testing.assert_array_equal(roll.sheared(spots), spots)
    assert roll.shot_s == passage.left_s


def test_the_blur_grows_with_the_exposure() -> None:
    passage, vehicle = first(DAY)
    short, long = (
        float(np.hypot(*_shutter(exposure_s, 0.0).roll(vehicle, passage.left_s).drift_px))
        for exposure_s in (0.001, 0.004)
    )
    assert long == pytest.approx(4 * short, rel=0.05)


def test_a_lens_bends_points_inwards_and_its_rays_back() -> None:
    barrel = msgspec.structs.replace(DAY.scenario.pole, barrel=0.3)
    lens, plain = Pinhole(barrel), Pinhole(msgspec.structs.replace(barrel, barrel=0.0))
    point = np.array([[3.0, 16.0, 0.5]])
    bent, straight = lens.project(point)[0], plain.project(point)[0]
    assert np.hypot(*(bent - lens.centre)) < np.hypot(*(straight - lens.centre))
    ray = lens.rays(lens.project(point))[0]
    way = point[0] - lens.eye
    assert float(ray @ (way / np.linalg.norm(way))) == pytest.approx(1.0, abs=1e-9)
