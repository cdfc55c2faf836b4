"""Which pictures of a live camera are looked at, and where in them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pytest

from agent.core.vision import Quad
from agent.plates.reading import Limits, look
from agent.plates.regions import Region, far_ones, tiles
from agent.plates.turns import Turns
from tests.plates.drawn import DrawnDetector, DrawnReader, put, street


@dataclass
class Warm:
    now: float = 1.0

    def share(self) -> float:
        return self.now


def seen_of(times_s: Iterable[float], most_fps: float, share: float = 1.0) -> int:
    turns = Turns(Warm(share), most_fps, heartbeat_s=2.0, lost_s=1.0)
    return sum(turns.comes(at_s) for at_s in times_s)


@pytest.mark.parametrize(
    ("camera_fps", "budget_fps", "looked_fps"),
    [(10, 15, 10), (25, 10, 10), (30, 30, 30), (12, 5, 5)],
)
def test_no_more_pictures_than_the_budget(
    camera_fps: int, budget_fps: int, looked_fps: int
) -> None:
    times = [n / camera_fps for n in range(camera_fps * 10)]
    assert seen_of(times, budget_fps) == pytest.approx(looked_fps * 10, rel=0.05)


def test_a_hot_board_looks_at_its_share() -> None:
    assert seen_of([n / 20 for n in range(200)], 20, share=0.4) == pytest.approx(80, abs=3)


def test_a_jittering_camera_loses_no_picture_within_the_budget() -> None:
    rng = np.random.default_rng(4)
    times = [n / 10 + rng.uniform(-0.02, 0.02) for n in range(100)]
    assert seen_of(times, 10) >= 97


def test_after_a_pause_and_after_a_clock_set_back_it_goes_on() -> None:
    turns = Turns(Warm(), 10, heartbeat_s=2.0, lost_s=1.0)
    assert turns.comes(5.0)
    assert turns.comes(100.0)
    assert turns.comes(3.0)


def left_half() -> Region:
    return Region(polygon=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


def read(limits: Limits) -> list[str]:
    picture = street()
    put(picture, "1234BCD", 40, 60)
    put(picture, "5678FGH", 400, 60)
    return sorted(r.text for _, r in look(picture, DrawnDetector(), DrawnReader(), limits).plates)


def test_plates_count_only_in_the_regions() -> None:
    assert read(Limits()) == ["1234BCD", "5678FGH"]
    assert read(Limits(regions=(left_half(),))) == ["1234BCD"]


def test_tiles_cover_the_picture_and_overlap() -> None:
    shown = np.zeros((720, 1280), int)
    for left, top, right, bottom in tiles((720, 1280)):
        shown[top:bottom, left:right] += 1
    assert shown.min() == 1
    assert shown[:, 640].min() >= 2


def quad(left: float, width: float) -> Quad:
    right, bottom = left + width, 9 + width / 4
    corners = [(left, 9), (right, 9), (right, bottom), (left, bottom)]
    return Quad(np.array(corners, np.float32), 0.8)


def test_a_tile_adds_small_plates_that_the_whole_picture_missed() -> None:
    tile = (100, 0, 800, 400)
    found = far_ones([quad(10, 30), quad(300, 40), quad(500, 150)], tile, [quad(110, 31)])
    assert [float(one.corners[0, 0]) for one in found] == [400]
