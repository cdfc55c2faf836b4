"""Tracking: which plate in this picture is which plate of the last one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.clock import Stamp
from agent.core.frames import Frame, Pixels
from agent.core.vision import CharacterRead, PlateRead, Quad
from agent.plates.again import LatelySeen
from agent.plates.direction import direction
from agent.plates.motion import Spot
from agent.plates.track import MOST_BALLOTS, MOST_PATH, MOST_TRACKS, Sighting, Tracks

START = datetime(2030, 1, 1, tzinfo=UTC)


def seen(  # noqa: PLR0913 - each has its default
    mono_s: float, x: float, text: str = "", *, y: float = 100, width: float = 80, sure: float = 0.9
) -> Sighting:
    """A plate with its middle at (x, y), a quarter as high as wide."""
    half, up = width / 2, width / 8
    corners = [[x - half, y - up], [x + half, y - up], [x + half, y + up], [x - half, y + up]]
    quad = Quad(np.array(corners, np.float32), 0.9)
    stamp = Stamp(mono_s, START + timedelta(seconds=mono_s), synced=True)
    frame = Frame("gate", 0, stamp, Pixels.GREY8, np.zeros((2, 2), np.uint8))
    return Sighting(frame, quad, PlateRead(tuple(CharacterRead(((char, sure),)) for char in text)))


def test_a_plate_that_moves_a_little_is_one_track() -> None:
    tracks = Tracks(lost_s=1)
    for i in range(10):
        tracks.update([seen(i / 10, 100 + 20 * i, "1234BCD")])
    [track] = tracks
    assert (track.frames, len(track.ballots)) == (10, 10)
    assert (track.first.mono_s, track.last.mono_s) == (0, 0.9)


def test_a_fast_plate_is_followed_by_what_it_reads() -> None:
    tracks = Tracks(lost_s=1)
    for i in range(4):
        tracks.update([seen(i / 10, 100 + 350 * i, "1234BCD")])
    assert [track.frames for track in tracks] == [4]


def test_an_unread_plate_is_followed_by_its_motion() -> None:
    tracks = Tracks(lost_s=1)
    for i in range(6):
        tracks.update([seen(i / 10, 100 + 70 * i)])
    assert [track.frames for track in tracks] == [6]


def test_motion_is_followed_beyond_a_plates_own_width() -> None:
    tracks = Tracks(lost_s=1)
    for i, x in enumerate((100, 170, 250, 340, 440, 550)):
        tracks.update([seen(i / 10, x)])
    assert [track.frames for track in tracks] == [6]


def test_plates_that_cross_keep_their_own_reads() -> None:
    tracks = Tracks(lost_s=1)
    for i in range(21):
        tracks.update([seen(i / 10, 100 + 20 * i, "1234BCD"), seen(i / 10, 500 - 20 * i, "ZZ999")])
    texts = [{ballot.read.text for ballot in track.ballots} for track in tracks]
    assert sorted(texts, key=sorted) == [{"1234BCD"}, {"ZZ999"}]


def test_another_plate_in_the_same_place_is_another_vehicle() -> None:
    tracks = Tracks(lost_s=1)
    tracks.update([seen(0, 100, "1234BCD")])
    tracks.update([seen(0.5, 100, "8765LMN")])
    assert len(tracks) == 2


def test_a_bad_read_in_the_same_place_is_the_same_vehicle() -> None:
    tracks = Tracks(lost_s=1)
    tracks.update([seen(0, 100, "1234BCD")])
    tracks.update([seen(0.1, 105, "7254HOO", sure=0.4)])
    assert len(tracks) == 1


def test_a_track_ends_by_the_frames_own_time() -> None:
    tracks = Tracks(lost_s=1)
    tracks.update([seen(0, 100, "1234BCD")])
    assert tracks.expire(0.99) == ()
    [gone] = tracks.expire(1.0)
    assert gone.last.mono_s == 0
    assert len(tracks) == 0


def test_a_video_that_begins_anew_begins_new_tracks() -> None:
    tracks = Tracks(lost_s=1)
    tracks.update([seen(60, 100, "1234BCD")])
    assert len(tracks.expire(0.5)) == 1
    lately = LatelySeen(again_s=20)
    assert not lately.again(b"one", 58, 60)
    assert not lately.again(b"one", 0.5, 2)


def test_the_best_picture_is_the_one_most_worth() -> None:
    tracks = Tracks(lost_s=1)
    for i, width in enumerate((60, 160, 80)):
        tracks.update([seen(i / 10, 100, "1234BCD", width=width)])
    [track] = tracks
    assert track.best.frame.taken.mono_s == 0.1


@settings(deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.floats(-1e4, 1e4), st.sampled_from(["", "1234BCD", "5678FGH"])),
            max_size=20,
        ),
        max_size=30,
    )
)
def test_memory_is_bounded_and_no_sighting_lost(pictures: list[list[tuple[float, str]]]) -> None:
    tracks, shown, kept = Tracks(lost_s=1), 0, 0
    for i, picture in enumerate(pictures):
        shown += len(picture)
        kept += sum(t.frames for t in tracks.update([seen(i / 10, x, t) for x, t in picture]))
        kept += sum(t.frames for t in tracks.expire(i / 10))
        assert len(tracks) <= MOST_TRACKS
    kept += sum(track.frames for track in tracks.close())
    assert kept == shown


def test_a_parked_plate_takes_no_more_memory() -> None:
    tracks = Tracks(lost_s=1)
    for i in range(500):
        tracks.update([seen(i / 10, 100, "1234BCD")])
    [track] = tracks
    assert track.frames == 500
    assert len(track.ballots) <= MOST_BALLOTS
    assert len(track.path) <= MOST_PATH
    assert (track.path[0].mono_s, track.path[-1].mono_s) == (0, 49.9)


def test_time_that_stands_still_or_runs_back_harms_nothing() -> None:
    tracks = Tracks(lost_s=1)
    for mono_s in (5.0, 5.0, 4.0, 5.0):
        tracks.update([seen(mono_s, 100, "1234BCD")])
    assert [track.frames for track in tracks] == [4]


def path(*points: tuple[float, float]) -> list[Spot]:
    return [Spot(i / 10, x, 100, width) for i, (x, width) in enumerate(points)]


@pytest.mark.parametrize(
    ("points", "along", "across"),
    [
        ([(100, 60), (102, 66), (104, 74), (106, 84)], "approaching", "steady"),
        ([(100, 84), (102, 74), (104, 66), (106, 60)], "receding", "steady"),
        ([(100, 60), (160, 60), (220, 60), (280, 60)], "steady", "right"),
        ([(280, 60), (220, 60), (160, 60), (100, 60)], "steady", "left"),
        ([(100, 60), (101, 61), (100, 60)], "steady", "steady"),
        ([(100, 60), (300, 120)], "unknown", "unknown"),
    ],
)
def test_direction(points: list[tuple[float, float]], along: str, across: str) -> None:
    found = direction(path(*points))
    assert (found.along, found.across) == (along, across)


def test_one_bad_corner_turns_no_vehicle_round() -> None:
    good = [(100 + 2 * i, 60 + 4 * i) for i in range(9)]
    good[8] = (100, 20)
    assert direction(path(*good)).along == "approaching"


def test_lately_seen_forgets_in_time() -> None:
    lately = LatelySeen(again_s=20)
    assert not lately.again(b"one", 0, 5)
    assert lately.again(b"one", 20, 30)
    assert lately.again(b"one", 49, 49)
    assert not lately.again(b"one", 70, 71)
    assert not lately.again(b"other", 71, 71)
    lately.forget(91)
    assert len(lately) == 2
    lately.forget(91.1)  # nobody need come by for a plate to be forgotten
    assert len(lately) == 0


def test_lately_seen_knows_plates_by_marks_of_its_own() -> None:
    one, other = LatelySeen(again_s=20), LatelySeen(again_s=20)
    assert one.mark("1234BCD") == one.mark("1234BCD") != one.mark("1234BCF")
    assert one.mark("1234BCD") != other.mark("1234BCD")
    assert b"1234" not in one.mark("1234BCD")


def test_lately_seen_is_bounded() -> None:
    lately = LatelySeen(again_s=1e9)
    for number in range(300):
        assert not lately.again(number.to_bytes(2), number, number)
    assert not lately.again((0).to_bytes(2), 300, 300)  # the oldest made room
    assert lately.again((299).to_bytes(2), 301, 301)


# -- whole streets: straight ways at steady speeds, with looks that shake, fail and are misread

FOCAL_PX, PLATE_M, POLE_M = 2800.0, 0.52, 4.5


@dataclass(frozen=True)
class Vehicle:
    """A plate that comes down a lane: `right_m` beside the camera, `ahead_m` before it at zero."""

    text: str
    right_m: float
    ahead_m: float
    speed_m_s: float

    def look(self, time_s: float, rng: np.random.Generator, *, read: bool) -> Sighting | None:
        """Return a shaken look at it, None where it is out of the picture."""
        z = self.ahead_m - self.speed_m_s * time_s
        if not 9 < z < 40:
            return None
        width = FOCAL_PX * PLATE_M / z * float(rng.normal(1, 0.02))
        x = 640 + FOCAL_PX * self.right_m / z + float(rng.normal(0, 1))
        y = FOCAL_PX * POLE_M / z - 200 + float(rng.normal(0, 1))
        if not (0 < x < 1280 and 0 < y < 720):
            return None
        return seen(time_s, x, self.text if read else "", y=y, width=width)


def switches(vehicles: Sequence[Vehicle], rate_hz: float, missed: float, unread: float) -> int:
    """Drive vehicles past; return how many looks went to a track other than the last one's."""
    rng = np.random.default_rng(7)
    tracks, changed = Tracks(lost_s=1), 0
    owner: dict[str, int] = {}
    for at in range(round(6 * rate_hz)):
        time_s = at / rate_hz
        looks = {
            vehicle: look
            for vehicle in vehicles
            if rng.random() >= missed
            and (look := vehicle.look(time_s, rng, read=rng.random() >= unread))
        }
        tracks.expire(time_s)
        tracks.update(list(looks.values()))
        for vehicle, look in looks.items():
            [track] = [track for track in tracks if track.path[-1] == look.spot]
            changed += owner.setdefault(vehicle.text, track.number) != track.number
            owner[vehicle.text] = track.number
    assert len(owner) == len(vehicles)
    return changed + len(owner) - len(set(owner.values()))


PLATES = ("1234BCD", "8765LMN", "4409KKX", "7071TRW")


@pytest.mark.parametrize("rate_hz", [5.0, 12.0, 30.0])
@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
def test_a_queue_of_cars_is_so_many_cars(rate_hz: float, read: bool) -> None:
    cars = [Vehicle(text, -1.5, 30 + 8 * i, 8.0) for i, text in enumerate(PLATES)]
    assert switches(cars, rate_hz, 0.05, 0.1 if read else 1.0) == 0


@pytest.mark.parametrize("rate_hz", [5.0, 12.0, 30.0])
@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
def test_two_lanes_that_meet_stay_two_vehicles(rate_hz: float, read: bool) -> None:
    meeting = [Vehicle(PLATES[0], -1.2, 38, 12.0), Vehicle(PLATES[1], 1.2, 10, -11.0)]
    assert switches(meeting, rate_hz, 0.05, 0.1 if read else 1.0) == 0


@pytest.mark.parametrize("rate_hz", [5.0, 12.0, 30.0])
def test_a_plate_missed_in_every_third_picture_is_still_one(rate_hz: float) -> None:
    assert switches([Vehicle(PLATES[0], -1.2, 38, 11.0)], rate_hz, 0.35, 0.2) == 0


@settings(max_examples=30)
@given(
    st.lists(
        st.builds(
            Vehicle,
            st.just(""),
            st.sampled_from([-3.2, 0.0, 3.2]),
            st.floats(15, 60),
            st.floats(5, 16),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([8.0, 12.0, 25.0]),
)
def test_read_plates_on_any_street_keep_their_tracks(cars: list[Vehicle], rate_hz: float) -> None:
    named = [replace(car, text=text) for car, text in zip(cars, PLATES, strict=False)]
    shown = [car for car in named if car.ahead_m - 6 * car.speed_m_s < 30]
    assert switches(shown, rate_hz, 0.0, 0.0) == 0


def test_a_plate_hidden_for_half_a_second_goes_on() -> None:
    tracks = Tracks(lost_s=1)
    for i in [*range(8), *range(14, 20)]:  # behind a lorry in between
        tracks.update([seen(i / 12, 100 + 20 * i)])
    assert [track.frames for track in tracks] == [14]
