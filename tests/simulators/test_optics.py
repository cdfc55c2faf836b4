"""The pictures: the same each time, darker by night, blurred by speed, and legible."""

from dataclasses import replace

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from models.plate_art import draw_plate
from simulators.optics.backdrop import Plan, backdrop
from simulators.optics.eye import Eye
from simulators.optics.pinhole import Pinhole
from simulators.scenario import Lane
from simulators.vehicle import Vehicle
from simulators.world import Passage, World
from tests.simulators.streets import changed, eye, first, scenario, world

LONG_TIMES_S = (0.5, 5.2, 9.1)


def _upright(picture: NDArray[np.uint8], spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring a plate in a picture into its own shape, (55, 260)."""
    flat = np.array([(0, 0), (260, 0), (260, 55), (0, 55)], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(spots.astype(np.float32), flat)
    return cv2.warpPerspective(picture, matrix, (260, 55), flags=cv2.INTER_LINEAR).astype(
        np.float64
    )


def _clean(vehicle: Vehicle) -> NDArray[np.float64]:
    art = cv2.cvtColor(draw_plate(vehicle.layout, vehicle.written).bgr, cv2.COLOR_BGR2GRAY)
    return cv2.resize(art, (260, 55), interpolation=cv2.INTER_AREA).astype(np.float64)


def _alike(look: Eye, vehicle: Vehicle, time_s: float) -> float:
    """Correlation of a plate in the picture with its art."""
    seen = _upright(look.grey(time_s), look.spots(vehicle, time_s))
    return float(np.corrcoef(seen.ravel(), _clean(vehicle).ravel())[0, 1])


def _middle(passage: Passage) -> float:
    return (passage.entered_s + passage.left_s) / 2


@pytest.mark.parametrize("name", ["street-day", "street-night", "rain"])
def test_a_picture_is_the_same_for_the_same_seed_and_moment(name: str) -> None:
    again = Eye(World(scenario(name), 1))
    for time_s in reversed(LONG_TIMES_S):
        np.testing.assert_array_equal(again.grey(time_s), eye(name).grey(time_s))


def test_another_seed_gives_another_picture() -> None:
    other = Eye(World(scenario("street-day"), 2))
    assert not np.array_equal(other.grey(5.2), eye("street-day").grey(5.2))


def test_a_picture_has_the_size_of_its_scenario_and_is_luma() -> None:
    picture = eye("street-day").grey(1.0)
    assert picture.shape == (720, 1280)
    assert picture.dtype == np.uint8


def test_grey_is_the_luma_of_colour() -> None:
    look = eye("street-day")
    luma = cv2.cvtColor(look.colour(5.2), cv2.COLOR_BGR2GRAY).astype(float)
    difference = np.abs(cv2.blur(luma, (9, 9)) - cv2.blur(look.grey(5.2).astype(float), (9, 9)))
    assert float(np.median(difference)) < 2


@pytest.mark.parametrize(("name", "least"), [("street-day", 0.75), ("street-night", 0.75)])
def test_every_plate_is_where_the_truth_says_and_its_glyphs_are_legible(
    name: str, least: float
) -> None:
    clean = World(changed(name, dirt=0.0, covered=0.0), 1)
    look = Eye(clean)
    seen = clean.passages(0, 40)
    assert len(seen) >= 8
    scores: list[float] = []
    for passage in seen:
        time_s = _middle(passage)
        vehicle = next(v for v in clean.vehicles(time_s) if v.id == passage.vehicle)
        scores.append(_alike(look, vehicle, time_s))
        assert scores[-1] > least, vehicle
    assert float(np.median(scores)) > least + 0.08


def test_another_vehicles_plate_is_told_apart() -> None:
    """The control of the test above: the measure notices a wrong text."""
    passage, vehicle = first(world("street-day"))
    others = [v for v in world("street-day").vehicles(300.0) if v.plate != vehicle.plate]
    wrong = _with_plate_of(vehicle, others[0])
    right = _alike(eye("street-day"), vehicle, _middle(passage))
    assert _alike(eye("street-day"), wrong, _middle(passage)) < right - 0.1


def _with_plate_of(vehicle: Vehicle, other: Vehicle) -> Vehicle:
    return replace(vehicle, written=other.written, layout=other.layout)


def test_dirt_makes_plates_harder_to_read() -> None:
    clean, dirty = (World(changed("street-day", dirt=dirt), 1) for dirt in (0.0, 0.9))
    likeness = []
    for street in (clean, dirty):
        look = Eye(street)
        scores = []
        for passage in street.passages(0, 30):
            time_s = _middle(passage)
            vehicle = next(v for v in street.vehicles(time_s) if v.id == passage.vehicle)
            scores.append(_alike(look, vehicle, time_s))
        likeness.append(float(np.mean(scores)))
    assert likeness[1] < likeness[0] - 0.02


def test_night_is_darker_than_day_but_plates_shine() -> None:
    day, night = eye("street-day").grey(300.0), eye("street-night").grey(300.0)
    assert float(night.mean()) < 0.6 * float(day.mean())
    passage, vehicle = first(world("street-night"))
    time_s = _middle(passage)
    spots = world("street-night").pinhole.project(vehicle.plate_corners(time_s))
    picture = eye("street-night").grey(time_s)
    assert float(_upright(picture, spots).max()) > 3 * float(np.median(picture))


def test_lamps_dazzle_by_night_only() -> None:
    passage, vehicle = first(world("street-night"))
    time_s = _middle(passage)
    lamps = world("street-night").pinhole.project(vehicle.placed(vehicle.body.lamps, time_s))
    picture = eye("street-night").grey(time_s)
    for x, y in np.rint(lamps).astype(int):
        assert int(picture[y - 3 : y + 4, x - 3 : x + 4].max()) > 220


def test_a_vehicle_casts_a_shadow_on_the_road_in_the_sun() -> None:
    street, look = world("street-day"), eye("street-day")
    passage, vehicle = first(street)
    time_s = _middle(passage)
    beside = vehicle.placed(vehicle.body.footprint, time_s).mean(axis=0, keepdims=True)
    beside = beside + np.array([[1.5, 0.6, 0.0]])  # the sun stands to the left
    x, y = np.rint(street.pinhole.project(beside)[0]).astype(int)
    with_vehicle = look.grey(time_s)[y - 4 : y + 5, x - 4 : x + 5]
    empty_s = 300.0
    without = look.grey(empty_s)[y - 4 : y + 5, x - 4 : x + 5]
    assert float(with_vehicle.mean()) < 0.85 * float(without.mean())


def _sharpness(look: Eye, vehicle: Vehicle, time_s: float) -> float:
    """Energy of the plate's vertical detail."""
    plate = _upright(look.grey(time_s), look.spots(vehicle, time_s))
    return float(np.square(np.diff(plate, axis=0)).mean())


def test_motion_blur_grows_with_speed() -> None:
    sharp = []
    for speed_kmh in (10.0, 60.0, 120.0):
        lane = msgspec.structs.replace(
            scenario("calm").lane[0], speed_kmh=speed_kmh, spread_kmh=0.0, filled=1.0
        )
        pole = msgspec.structs.replace(scenario("calm").pole, exposure_ms=3.0, jpeg=0)
        street = World(changed("calm", lane=(lane,), pole=pole, dirt=0.0), 4)
        # whoever has the same place is the same vehicle, however fast it goes
        vehicle = next(v for t in range(40) for v in street.vehicles(t / 2) if v.id == "inbound-1")
        at_gate_s = vehicle.drive.gate_s
        sharp.append(_sharpness(Eye(street), vehicle, at_gate_s))
    assert sharp[0] > 1.2 * sharp[1] > 1.2 * sharp[2]


def test_rain_falls_between_one_picture_and_the_next() -> None:
    changes = []
    for rain in (0.0, 0.7):
        look = Eye(World(changed("rain", rain=rain, lane=_empty()), 1))
        one, next_one = (look.grey(time_s).astype(int) for time_s in (300.0, 300.1))
        changes.append(float(np.percentile(np.abs(next_one - one), 99.8)))
    assert changes[1] > changes[0] + 5


def _empty() -> tuple[Lane, ...]:
    return tuple(msgspec.structs.replace(lane, filled=0.0) for lane in scenario("rain").lane)


def test_a_covered_lens_sees_next_to_nothing() -> None:
    assert float(eye("street-day").capped(5.0).mean()) < 8


def test_a_vehicle_half_behind_the_camera_is_drawn_without_harm() -> None:
    street, look = world("street-day"), eye("street-day")
    for passage in street.passages(0, 60):
        for late_s in (0.2, 0.4, 0.6, 0.8, 1.0):
            assert look.grey(passage.left_s + late_s).shape == (720, 1280)
            assert look.grey(passage.entered_s - late_s).shape == (720, 1280)


def test_the_empty_street_is_the_same_however_often_it_is_traced() -> None:
    street = world("rain")
    small = msgspec.structs.replace(street.scenario.pole, width_px=320, height_px=180)
    plan = Plan.of(street.scenario, Pinhole(small), 1)
    np.testing.assert_array_equal(backdrop.__wrapped__(plan), backdrop.__wrapped__(plan))
    other = replace(plan, seed=2)
    assert not np.array_equal(backdrop.__wrapped__(plan), backdrop.__wrapped__(other))
