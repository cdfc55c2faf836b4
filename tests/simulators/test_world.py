"""The world is a pure function, and its truth agrees with its geometry."""

import random
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.scenario import Direction
from simulators.vehicle import Cover
from simulators.world import World
from tests.simulators.streets import changed, first, scenario, world

times_s = st.floats(-100, 5000, allow_nan=False)


def _look(street: World, time_s: float) -> list[tuple[str, str, tuple[float, ...]]]:
    return [
        (v.id, v.plate, tuple(v.plate_corners(time_s).ravel().tolist()))
        for v in street.vehicles(time_s)
    ]


@settings(max_examples=20, deadline=None)
@given(st.lists(times_s, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_any_order_of_questions_gives_the_same_answers(
    moments: list[float], shuffle: random.Random
) -> None:
    street = World(scenario("street-day"), 3)
    forward = {moment: _look(street, moment) for moment in moments}
    shuffled = list(moments)
    shuffle.shuffle(shuffled)
    fresh = World(scenario("street-day"), 3)
    assert {moment: _look(fresh, moment) for moment in shuffled} == forward


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 1000), st.floats(1, 40), st.floats(1, 40))
def test_the_truth_of_an_interval_is_that_of_its_parts(
    start: float, first_s: float, then_s: float
) -> None:
    street = world("street-day")
    whole = street.passages(start, start + first_s + then_s)
    middle = start + first_s
    parts = street.passages(start, middle) + street.passages(middle, start + first_s + then_s)
    across = [p for p in whole if p.entered_s < middle < p.left_s]
    assert {p.vehicle for p in whole} == {p.vehicle for p in parts} | {p.vehicle for p in across}


def test_another_seed_is_another_traffic() -> None:
    assert [p.plate for p in world("street-day", 1).passages(0, 60)] != [
        p.plate for p in world("street-day", 2).passages(0, 60)
    ]


def test_plates_of_several_countries_drive_past() -> None:
    countries = [p.country for p in world("street-day").passages(0, 300)]
    assert {"E", "MA"} < set(countries)
    assert countries.count("E") > len(countries) / 2


def test_both_directions_have_traffic() -> None:
    assert {p.direction for p in world("street-day").passages(0, 60)} == set(Direction)


@pytest.mark.parametrize("name", ["street-day", "street-night", "rain", "calm", "street-50"])
def test_a_plate_is_in_the_picture_just_while_the_truth_says_so(name: str) -> None:
    street = world(name)
    for passage in street.passages(0, 40):
        middle_s = (passage.entered_s + passage.left_s) / 2
        vehicle = next(v for v in street.vehicles(middle_s) if v.id == passage.vehicle)
        inside = np.linspace(passage.entered_s, passage.left_s, 9)
        assert all(street.sees(vehicle, float(time)) for time in inside), passage
        assert not street.sees(vehicle, passage.entered_s - 0.005), passage
        assert not street.sees(vehicle, passage.left_s + 0.005), passage


def test_an_approaching_plate_grows_and_a_leaving_one_shrinks() -> None:
    street = world("street-day")
    for lane, grows in (("inbound", True), ("outbound", False)):
        passage, vehicle = first(street, lane)
        sizes = []
        for time_s in (passage.entered_s, passage.left_s):
            spots = street.pinhole.project(vehicle.plate_corners(time_s))
            sizes.append(float(np.linalg.norm(spots[1] - spots[0])))
        assert (sizes[1] > sizes[0]) is grows


def test_a_plate_reads_from_left_to_right_and_is_as_wide_as_asked_for_at_the_read_point() -> None:
    street = world("street-day")
    for passage in street.passages(0, 60):
        middle_s = (passage.entered_s + passage.left_s) / 2
        vehicle = next(v for v in street.vehicles(middle_s) if v.id == passage.vehicle)
        near_s = passage.left_s if passage.direction is Direction.APPROACHING else passage.entered_s
        spots = street.pinhole.project(vehicle.plate_corners(near_s))
        top_left, top_right, bottom_right, _ = spots
        assert top_left[0] < top_right[0]
        assert bottom_right[1] > top_right[1]
        share = vehicle.layout.size_mm[0] / 520
        assert 110 * share <= float(np.linalg.norm(top_right - top_left)) <= 220 * share


def test_every_vehicle_is_seen_for_several_pictures() -> None:
    for passage in world("street-day").passages(0, 120):
        assert (passage.left_s - passage.entered_s) * 12 >= 3.5


def test_vehicles_of_a_lane_never_touch() -> None:
    street = world("street-day")
    for time_s in np.arange(0, 200, 0.5):
        for lane in ("inbound", "outbound"):
            spans = sorted(
                (float(box[:, 1].min()), float(box[:, 1].max()))
                for v in street.vehicles(float(time_s))
                if v.lane == lane
                for box in [v.placed(v.body.extent, float(time_s))]
            )
            for (_, end), (begin, _) in pairwise(spans):
                assert end < begin


def test_a_vehicle_drives_at_the_speed_of_its_lane() -> None:
    _, vehicle = first(world("street-day"))
    moved = vehicle.plate_y_m(10.0) - vehicle.plate_y_m(11.0)
    assert moved == pytest.approx(vehicle.speed_mps(10.5))
    assert 41.9 <= moved * 3.6 <= 58.1


def test_a_faster_vehicle_follows_the_one_ahead_and_never_touches_it() -> None:
    lane = msgspec.structs.replace(
        scenario("street-day").lane[0], every_s=3.6, filled=1.0, spread_kmh=20.0
    )
    street = World(changed("street-day", lane=(lane,)), 5)
    held_up = 0
    for time_s in np.arange(0, 120, 0.5):
        there = sorted(street.vehicles(float(time_s)), key=lambda v: v.nose_y_m(float(time_s)))
        held_up += sum(v.drive.speed_mps - v.speed_mps(float(time_s)) > 1.0 for v in there)
        for before, behind in pairwise(there):
            gap_m = behind.nose_y_m(float(time_s)) - before.nose_y_m(float(time_s))
            assert gap_m > before.length_m + 1.0
    assert held_up > 0


def test_a_queue_stands_at_a_red_light_and_leaves() -> None:
    street = world("queue")
    red, green = ([v for v in street.vehicles(time_s) if v.lane == "inbound"]
                  for time_s in (36.0, 62.0))  # fmt: skip
    standing = [v for v in red if v.speed_mps(36.0) < 0.01]
    assert len(standing) >= 2
    assert min(v.nose_y_m(36.0) for v in standing) == pytest.approx(13.0)
    gone = {v.id for v in green if v.nose_y_m(62.0) > 5}
    assert not {v.id for v in standing} & gone


def test_every_vehicle_crosses_the_line_once_with_its_class_speed_and_headway() -> None:
    street = world("street-day")
    crossed = street.crossings(0, 120)
    parts = street.crossings(0, 50) + street.crossings(50, 120)
    assert crossed == parts
    assert len({c.vehicle for c in crossed}) == len(crossed) > 30
    for lane in ("inbound", "outbound"):
        mine = [c for c in crossed if c.lane == lane]
        for one, following in pairwise(mine):
            assert following.headway_s == pytest.approx(following.time_s - one.time_s, abs=0.01)
            assert following.headway_s is not None
            assert following.headway_s > 1.0
    for crossing in crossed:
        vehicle = next(v for v in street.vehicles(crossing.time_s) if v.id == crossing.vehicle)
        assert vehicle.plate_y_m(crossing.time_s) == pytest.approx(12.0, abs=0.05)
        assert 41.9 <= crossing.speed_mps * 3.6 <= 58.1
    assert {c.kind for c in street.crossings(0, 600)} >= {"car", "van", "motorcycle", "lorry"}


def test_a_vehicle_that_had_to_wait_is_known_to_have_stood() -> None:
    stood = [c.stood_s for c in world("queue").crossings(20, 60) if c.lane == "inbound"]
    assert max(stood) > 10


def test_the_line_is_occupied_while_a_vehicle_passes_over_it() -> None:
    street = world("street-day")
    crossing = street.crossings(0, 60)[3]
    over_s = crossing.length_m / crossing.speed_mps
    sign = 1 if crossing.direction is Direction.APPROACHING else -1
    assert street.occupied(crossing.lane, crossing.time_s + sign * over_s / 2)
    assert not street.occupied(crossing.lane, crossing.time_s - sign * 0.3)


def test_motorcycles_that_come_and_vehicles_without_plates_are_passages_of_nothing_to_read() -> (
    None
):
    street = World(changed("street-day", plateless=0.2, covered=0.2), 1)
    blanks = street.blanks(0, 200)
    assert {b.cover for b in blanks} == set(Cover) - {Cover.NOTHING}
    assert all(not b.plate for b in blanks if b.cover is Cover.ABSENT)
    assert not {b.vehicle for b in blanks} & {p.vehicle for p in street.passages(0, 200)}
    riders = [c for c in world("street-day").crossings(0, 900)
              if c.kind == "motorcycle" and c.direction is Direction.APPROACHING]  # fmt: skip
    assert riders
    named = {p.vehicle for p in world("street-day").passages(0, 900)}
    assert not named & {c.vehicle for c in riders}


def test_a_plate_behind_another_vehicle_counts_as_hidden() -> None:
    low = msgspec.structs.replace(
        scenario("street-day").pole,
        height_m=1.0,
        tilt_deg=0.0,
        across_m=4.2,
        yaw_deg=-20.0,
        view_deg=40.0,
        least_plate_px=30.0,
    )
    from_above = world("street-day").passages(0, 400)
    from_below = World(changed("street-day", pole=low), 1).passages(0, 400)
    assert max(passage.hidden for passage in from_above) == 0
    assert max(passage.hidden for passage in from_below) > 0


def test_a_plate_stays_out_of_every_repr() -> None:
    passage, vehicle = first(world("street-day"))
    assert passage.plate not in repr(passage)
    assert vehicle.plate not in repr(vehicle)
