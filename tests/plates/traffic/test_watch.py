"""Virtual loops: what drives over them is counted and measured, and light is not."""

import itertools

import pytest

from agent.plates.traffic.geometry import LengthClass
from agent.plates.traffic.watch import LONG_S, Watch
from tests.plates.traffic.road import (
    FAR_M,
    NEAR_END_M,
    NEAR_M,
    RATE_HZ,
    Car,
    Drive,
    drawn,
    drive,
    empty,
    lane,
    settings,
)


@pytest.mark.parametrize("heading", ["approaching", "leaving"])
def test_a_vehicle_is_counted_with_its_speed_and_length(heading: str) -> None:
    road = drive(heading)
    begin_s = road.time_s
    front_m = 50.0 if heading == "approaching" else -10.0
    [one] = road.run([Car(front_m, 12.0, 4.2)], 6.0)
    assert one.speed_m_s == pytest.approx(12.0, rel=0.06)
    assert one.length_m == pytest.approx(4.2, abs=0.6)
    assert one.kind is LengthClass.CAR
    came_m = front_m - NEAR_END_M if heading == "approaching" else NEAR_M - front_m
    assert one.on_s - begin_s == pytest.approx(came_m / 12.0, abs=0.1)
    assert one.over_s == pytest.approx((4.2 + 3.0) / 12.0, abs=0.1)


@pytest.mark.parametrize(
    ("length_m", "kind"),
    [
        (2.1, LengthClass.SHORT),
        (4.2, LengthClass.CAR),
        (9.0, LengthClass.MEDIUM),
        (16.5, LengthClass.LONG),
    ],
)
def test_length_makes_the_class(length_m: float, kind: LengthClass) -> None:
    [one] = drive().run([Car(50, 12.0, length_m)], 8.0)
    assert one.kind is kind


def test_without_measures_there_is_no_class() -> None:
    watch = Watch(settings(lane(), camera_height_m=None))
    road = Drive(watch, empty())
    road.run((), 8.0)
    [one] = road.run([Car(50)], 6.0)
    assert one.speed_m_s is not None
    assert one.kind is LengthClass.UNKNOWN


def test_one_zone_counts_and_claims_no_speed() -> None:
    [one] = drive(far=False).run([Car(50)], 6.0)
    assert (one.speed_m_s, one.length_m, one.over_s) == (None, None, None)
    assert one.kind is LengthClass.UNKNOWN


def test_headway_is_front_to_front() -> None:
    found = drive().run([Car(50), Car(50 + 24), Car(50 + 60)], 12.0)
    assert [one.headway_s for one in found] == [
        None,
        pytest.approx(2.0, abs=0.05),
        pytest.approx(3.0, abs=0.05),
    ]


def test_headway_does_not_span_a_time_without_pictures() -> None:
    road = drive()
    road.run([Car(50)], 6.0)
    road.time_s += 5.0
    [one] = road.run([Car(50)], 6.0)
    assert one.headway_s is None


def test_a_shadow_alone_is_no_vehicle() -> None:
    assert drive().run([Car(50, length_m=0.0, shadow_m=5.0)], 6.0) == []


def test_headlights_on_the_road_are_no_vehicle() -> None:
    assert drive(level=35).run([Car(50, length_m=0.0, light_m=14.0)], 6.0) == []


def test_a_vehicle_behind_its_own_light_is_counted_once() -> None:
    [one] = drive(level=35).run([Car(50, grey=60, light_m=14.0)], 6.0)
    assert one.speed_m_s == pytest.approx(12.0, rel=0.08)


def test_a_cloud_is_no_vehicle_and_hides_none() -> None:
    road = drive()
    road.gain = 0.6
    assert road.run((), 3.0) == []
    assert len(road.run([Car(50)], 6.0)) == 1
    road.gain = 1.2
    assert road.run((), 3.0) == []
    assert len(road.run([Car(50)], 6.0)) == 1


def test_a_plain_lorry_is_one_vehicle() -> None:
    [one] = drive().run([Car(50, 10.0, 11.0, plain=True)], 8.0)
    assert one.kind is LengthClass.MEDIUM


def test_a_standing_queue_is_never_taken_for_road() -> None:
    road = drive()
    standing = [Car(NEAR_M - 0.5, 0.0), Car(FAR_M - 1.0, 0.0)]
    assert road.run(standing, 240.0) == []
    eyed = road.watch.lanes["one"]
    assert all(each.detector.since_s is not None for each in eyed.zones)
    moving = [Car(NEAR_M - 0.5, 8.0), Car(FAR_M - 1.0, 8.0)]
    assert len(road.run(moving, 8.0)) == 2
    assert len(road.run([Car(50)], 6.0)) == 1


def test_a_road_learned_under_a_vehicle_is_learned_again() -> None:
    watch = Watch(settings(lane()))
    road = Drive(watch, empty())
    road.run([Car(NEAR_M - 0.5, 0.0)], 8.0)  # it stood there while the road was learned
    road.run((), 60.0)
    assert watch.lanes["one"].near.detector.since_s is None
    assert len(road.run([Car(50)], 6.0)) == 1


def test_learning_sees_the_road_between_vehicles() -> None:
    watch = Watch(settings(lane(), learn_s=20.0))
    road = Drive(watch, empty())
    assert road.run([Car(40 + 30 * n) for n in range(12)], 19.0) == []
    assert not watch.learned
    found = road.run([Car(50 + 30 * n) for n in range(4)], 14.0)
    assert watch.learned
    assert len(found) == 4


def test_a_zone_covered_for_half_an_hour_is_told() -> None:
    road = drive()
    road.run([Car(NEAR_M - 0.5, 0.0)], 5.0)
    assert road.watch.trouble() is None
    picture = drawn(road.road, [Car(NEAR_M - 0.5, 0.0)], 0.0)
    for _ in range(int(5 * LONG_S) + 10):  # few pictures are enough for what stands
        road.watch.look(picture, road.time_s)
        road.time_s += 0.2
    trouble = road.watch.trouble()
    assert trouble is not None
    assert trouble[0] == "covered"


def test_the_time_covered_is_told_without_gap_or_overlap() -> None:
    road = drive()
    begin_s, stretches = road.time_s, []
    for picture in road.pictures([Car(50), Car(74)], 8.0):
        seen = road.watch.look(picture, road.time_s)
        stretches += [(a, b) for _, a, b in seen.covered]
        road.time_s += 1 / RATE_HZ
    assert all(a < b for a, b in stretches)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(stretches))
    assert begin_s < stretches[0][0]
    total_s = sum(b - a for a, b in stretches)
    assert total_s == pytest.approx(2 * (4.2 + 3.0) / 12, abs=0.25)


def test_a_camera_that_has_moved_is_noticed() -> None:
    import numpy as np  # noqa: PLC0415 - only here

    road = drive()
    road.run((), 60.0)
    assert road.watch.aim.moved_px == 0
    road.road = np.roll(road.road, (30, 40), axis=(0, 1))
    road.run((), 150.0)
    assert road.watch.aim.moved_px > 10


def test_a_zone_too_small_is_told() -> None:
    small = lane()
    tiny = ((0.5, 0.5), (0.51, 0.5), (0.51, 0.53))
    from msgspec.structs import replace  # noqa: PLC0415 - only here

    watch = Watch(settings(replace(small, near=replace(small.near, corners=tiny))))
    trouble = watch.trouble()
    assert trouble is not None
    assert trouble[0] == "zone-small"
