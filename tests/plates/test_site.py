"""What a technician measures: wrong measures are told as such, right ones become a plane."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.core.expect import problems_of
from agent.plates.lane import Lanes, inside
from agent.plates.motion import Spot
from agent.plates.plane import fitted, points_problem
from agent.plates.settings import PlatesSettings
from agent.plates.site import Site

ROAD = ((-3.0, 8.0), (3.0, 8.0), (3.0, 20.0), (-3.0, 20.0))
SPOTS = ((180.0, 690.0), (1100.0, 690.0), (830.0, 260.0), (450.0, 260.0))


def points(spots: Any = SPOTS, road: Any = ROAD) -> list[dict[str, Any]]:
    return [{"picture": p, "road_m": r} for p, r in zip(spots, road, strict=True)]


def told(**site: Any) -> list[str]:
    """All that is wrong with a site, as `sereno check` tells it."""
    table = {"camera": "gate", "purpose": "trial", "site": site}
    return [str(problem) for problem in problems_of(table, PlatesSettings, "duty.plates")]


def road(**changed: Any) -> dict[str, Any]:
    return {"points": points(), "camera_height_m": 4.6, **changed}


LANE = {"name": "lane1", "corners": [[100, 700], [600, 700], [600, 200], [500, 200]]}


def test_a_measured_site_has_no_problems() -> None:
    assert told(picture=[1280, 720], road=road(), lane=[LANE]) == []
    assert told() == []


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ({"road": road()}, "duty.plates.site.picture: missing; expected [width, height]"),
        (
            {"picture": [1280, 720], "road": road(points=points()[:3])},
            "duty.plates.site.road.points: 3 points, expected at least 4",
        ),
        (
            {
                "picture": [1280, 720],
                "road": road(points=points(SPOTS, ((0, 0), (0, 5), (0, 10), (3, 0)))),
            },
            "duty.plates.site.road.points: points 1, 2 and 3 lie in a line on the road",
        ),
        (
            {
                "picture": [1280, 720],
                "road": road(points=points(((0, 0), (100, 100), (9, 500), (200, 200)))),
            },
            "duty.plates.site.road.points: points 1, 2 and 4 lie in a line in the picture",
        ),
        (
            {
                "picture": [1280, 720],
                "road": road(points=points((SPOTS[0], SPOTS[2], SPOTS[1], SPOTS[3]))),
            },
            "duty.plates.site.road.points: the points go round in another order",
        ),
        (
            {"picture": [640, 360], "road": road()},
            "duty.plates.site.road.points: point 1 lies outside the picture",
        ),
        (
            {"picture": [1280, 720], "road": road(camera_height_m=0)},
            "duty.plates.site.road.camera_height_m: expected above the plates, not 0 m",
        ),
        (
            {"picture": [1280, 720], "lane": [LANE, LANE]},
            "duty.plates.site.lane: two lanes are called lane1",
        ),
        (
            {"picture": [1280, 720], "lane": [{**LANE, "corners": [[0, 0], [5, 5], [9, 9]]}]},
            "duty.plates.site.lane: lane1: its corners lie on one line",
        ),
        (
            {
                "picture": [1280, 720],
                "lane": [{**LANE, "corners": [[0, 0], [900, 700], [900, 0], [0, 700]]}],
            },
            "duty.plates.site.lane: lane1: the edges from corners 1 and 3 cross",
        ),
        (
            {
                "picture": [1280, 720],
                "lane": [{**LANE, "corners": [[0, 0], [9000, 0], [900, 700]]}],
            },
            "duty.plates.site.lane: lane1: corner 2 at 9000 x 0 lies outside 1280 x 720",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_key(site: dict[str, Any], words: str) -> None:
    assert any(problem.startswith(words) for problem in told(**site)), told(**site)


def test_a_point_that_the_others_contradict_is_named() -> None:
    middle = fitted(np.array(SPOTS), np.array(ROAD)).picture(np.array([[0.0, 14.0], [0.0, 10.0]]))
    six = [*SPOTS, *map(tuple, middle.tolist())]
    right = [*ROAD, (0.0, 14.0), (0.0, 10.0)]
    assert told(picture=[1280, 720], road=road(points=points(six, right))) == []
    wrong = [*ROAD, (0.0, 17.0), (0.0, 10.0)]
    [problem] = told(picture=[1280, 720], road=road(points=points(six, wrong)))
    assert "point 5 is " in problem
    assert "m from where the others put it" in problem


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.floats(0, 5), st.floats(0, 5))
def test_a_plane_brings_every_point_of_the_road_home(
    shifts: list[float], across_m: float, along_m: float
) -> None:
    metres = np.array(ROAD) + np.array(shifts)[:, None]
    spots = np.array(SPOTS)
    assume(points_problem(spots, metres) is None)
    plane = fitted(spots, metres)
    assert plane.road(spots) == pytest.approx(metres, abs=1e-6)
    there = metres.mean(axis=0) + np.array([across_m, along_m]) / 5
    spot = plane.picture(there[None])
    assert plane.road(spot)[0] == pytest.approx(there, abs=1e-6)


def test_metres_per_pixel_is_how_the_road_moves() -> None:
    plane = fitted(np.array(SPOTS), np.array(ROAD))
    spot, step = np.array([[640.0, 400.0]]), 1e-4
    for axis in range(2):
        moved = spot.copy()
        moved[0, axis] += step
        slope = (plane.road(moved) - plane.road(spot))[0] / step
        assert plane.metres_per_px(spot)[0, :, axis] == pytest.approx(slope, rel=1e-3, abs=1e-6)


def test_beyond_the_horizon_there_is_no_road() -> None:
    plane = fitted(np.array(SPOTS), np.array(ROAD))
    assert np.isnan(plane.road(np.array([[640.0, -5000.0]]))).all()


def lanes(*, size: tuple[int, int] = (1280, 720)) -> Lanes:
    left = {"name": "left", "corners": [[0, 720], [600, 720], [600, 0], [0, 0]]}
    right = {"name": "right", "corners": [[640, 720], [1280, 720], [1280, 0], [640, 0]]}
    return Lanes(msgspec.convert({"picture": size, "lane": [left, right]}, Site))


def way(*xs: float) -> list[Spot]:
    return [Spot(i / 10, x, 300, 90) for i, x in enumerate(xs)]


def test_a_plate_is_in_the_lane_where_most_of_its_way_was() -> None:
    assert lanes().of(way(100, 200, 300, 700), (1280, 720)) == "left"
    assert lanes().of(way(800, 900), (1280, 720)) == "right"
    assert lanes().of(way(100, 700), (1280, 720)) is None  # half here, half there
    assert lanes().of(way(620, 621, 622), (1280, 720)) is None  # on the line between them
    assert lanes().of([], (1280, 720)) is None


def test_lanes_fit_a_picture_of_another_size() -> None:
    assert lanes().of(way(350, 351), (640, 360)) == "right"


def test_inside_is_inside_of_shapes_with_bays_too() -> None:
    bay = ((0, 0), (10, 0), (10, 10), (5, 2), (0, 10))
    assert inside((1, 5), bay)
    assert inside((9, 5), bay)
    assert not inside((5, 5), bay)
    assert not inside((11, 1), bay)


def test_the_site_in_the_documentation_is_a_right_one() -> None:
    text = Path("docs/plates.md").read_text(encoding="utf-8")
    [block] = [part for part in text.split("```toml\n")[1:] if "duty.plates.site" in part]
    site = tomllib.loads(block.split("```")[0])["duty"]["plates"]["site"]
    assert told(**site) == []
