"""What is masked is seen by nobody, and mistakes in masks are told clearly."""

import re

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.core.clock import Stamp
from agent.core.expect import problems_of
from agent.core.frames import Frame, Pixels
from agent.core.polygon import polygon_problem
from agent.plates.masks import Mask, Masks
from agent.plates.settings import PlatesSettings
from tests.conftest import START

LEFT = Mask(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))


def frame(data: NDArray[np.uint8], pixels: Pixels = Pixels.GREY8) -> Frame:
    return Frame("gate", 1, Stamp(0.0, START, synced=True), pixels, data)


def test_masked_pixels_are_black_and_the_others_as_they_were() -> None:
    data = np.random.default_rng(1).integers(1, 255, (120, 160), np.uint8)
    seen = Masks([LEFT]).applied(frame(data)).data
    assert not seen[:, :80].any()
    assert (seen[:, 82:] == data[:, 82:]).all()
    assert data[:, :80].any()  # the camera's own picture is left alone


def test_colour_frames_are_masked_too() -> None:
    data = np.full((120, 160, 3), 200, np.uint8)
    seen = Masks([LEFT]).applied(frame(data, Pixels.BGR8)).data
    assert not seen[:, :80].any()
    assert (seen[:, 82:] == 200).all()


def test_a_frame_without_masks_is_the_very_frame() -> None:
    one = frame(np.zeros((120, 160), np.uint8))
    assert Masks(()).applied(one) is one


def test_masks_hold_for_every_size_of_picture() -> None:
    masks = Masks([LEFT])
    for height, width in ((120, 160), (480, 640), (120, 160)):
        keep = masks.keep(height, width)
        assert keep.shape == (height, width)
        assert 0.49 < (keep == 0).mean() < 0.53


def test_masks_may_overlap() -> None:
    other = Mask(name="top", polygon=((0, 0), (1, 0), (1, 0.5), (0, 0.5)))
    keep = Masks([LEFT, other]).keep(100, 100)
    assert not keep[:49].any()
    assert not keep[:, :49].any()
    assert keep[60:, 60:].all()


@pytest.mark.parametrize(
    ("polygon", "words"),
    [
        ([(0, 0), (1, 1), (1, 0), (0, 1)], "cross"),
        ([(0, 0), (0.5, 0.5), (1, 1)], "one line"),
        ([(0, 0), (0.001, 0), (0, 0.001)], "one line"),
        ([(0, 0), (0.6, 0), (0.6, 0.6), (0, 0.6)] * 2, "turn back|touch|cross"),
        (
            [
                *((0.1, 0.1), (0.5, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)),
                *((0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5)),
            ],
            "touch",
        ),
        ([(0, 0), (0.5, 0), (0.5, 0.5), (0.5, 0.2), (0, 0.5)], "turn back"),
    ],
)
def test_a_polygon_that_hides_nothing_or_has_holes_is_told(
    polygon: list[tuple[float, float]], words: str
) -> None:
    assert re.search(words, polygon_problem(polygon) or "")


def test_an_ordinary_polygon_has_no_problem() -> None:
    corners = [(0.1, 0.1), (0.5, 0.05), (0.6, 0.4), (0.3, 0.6), (0.05, 0.5)]
    assert polygon_problem(corners) is None
    assert polygon_problem([*corners, corners[0]]) is None
    assert polygon_problem([*corners[:2], (0.55, 0.225), *corners[2:]]) is None  # on the way


def table(**more: object) -> dict[str, object]:
    return {"camera": "gate", "purpose": "trial", **more}


def problems(**more: object) -> str:
    return "; ".join(map(str, problems_of(table(**more), PlatesSettings, "duty.plates")))


def test_masks_without_a_pose_are_refused_with_the_way_to_make_one() -> None:
    words = problems(masks=[msgspec.to_builtins(LEFT)])
    assert "duty.plates.pose: missing" in words
    assert "sereno plates aim gate --write-pose FILE" in words


def test_two_masks_of_one_name_are_told() -> None:
    words = problems(masks=[msgspec.to_builtins(LEFT)] * 2, pose="gate.pose")
    assert "duty.plates.masks: two masks are called left" in words


def test_a_mask_that_crosses_itself_is_told_by_its_name() -> None:
    crossed = {"name": "balcony", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}
    words = problems(masks=[crossed], pose="gate.pose")
    assert "duty.plates.masks[0].polygon: balcony: the edges from corners 1 and 3 cross" in words


def test_corners_are_shares_of_the_picture() -> None:
    words = problems(masks=[{"name": "a", "polygon": [[0, 0], [640, 0], [640, 360]]}], pose="p")
    assert "masks" in words
