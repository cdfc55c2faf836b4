"""Each find is looked at again, larger: where its second look lies, and how two scores are one."""

import tracemalloc

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.plate_detector.closer import FAINTEST, INPUT, PLATE_PX, agreed, cut
from models.plate_detector.decode import Floats


def boxes(*sides: tuple[float, float, float, float]) -> Floats:
    corners = [
        [(left, top), (right, top), (right, bottom), (left, bottom)]
        for left, top, right, bottom in sides
    ]
    return np.array(corners, np.float32)


def speckled(rows: int = 720, columns: int = 1280) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(1, 256, (rows, columns), np.uint8)


def test_a_small_plate_is_made_as_wide_as_the_network_likes() -> None:
    into = np.zeros(INPUT, np.uint8)
    cutting = cut(speckled(), boxes((600, 300, 645, 310))[0], into)
    assert 45 / cutting.fitted.x == pytest.approx(PLATE_PX, rel=0.02)


@pytest.mark.parametrize("plate", [(600, 300, 645, 310), (2, 3, 60, 15), (1220, 700, 1279, 719)])
def test_corners_go_to_the_cut_out_and_back(plate: tuple[float, float, float, float]) -> None:
    into, luma = np.zeros(INPUT, np.uint8), np.zeros((720, 1280), np.uint8)
    left, top, right, bottom = (int(side) for side in plate)
    luma[top:bottom, left:right] = 255
    cutting = cut(luma, boxes(plate)[0], into)
    shown = np.argwhere(into > 127)
    (upper, before), (lower, after) = shown.min(0), shown.max(0) + 1
    seen = boxes((before, upper, after, lower))
    assert cutting.to_picture(seen)[0] == pytest.approx(boxes(plate)[0], abs=1.0)


@pytest.mark.parametrize("lean_deg", [-25.0, -8.0, 12.0, 30.0])
def test_a_leaning_plate_is_set_upright_and_its_corners_go_back(lean_deg: float) -> None:
    turn = np.radians(lean_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    half = np.array([(-60, -13), (60, -13), (60, 13), (-60, 13)])
    leaning = (half @ spin.T + (500, 340)).astype(np.float32)
    luma = np.zeros((720, 1280), np.uint8)
    cv2.fillPoly(luma, [np.rint((leaning - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    into = np.zeros(INPUT, np.uint8)
    cutting = cut(luma, leaning, into)
    shown = np.argwhere(into > 127)
    (top, left), (bottom, right) = shown.min(0), shown.max(0) + 1
    assert right - left == pytest.approx(PLATE_PX, abs=2)
    assert (right - left) / (bottom - top) == pytest.approx(120 / 26, rel=0.12)  # no upright box
    seen = boxes((left, top, right, bottom))
    back = cutting.to_picture(seen)[0]
    assert back.mean(0) == pytest.approx(leaning.mean(0), abs=0.6)
    assert back == pytest.approx(leaning, abs=2.5)  # a pixel of the input is 1.3 of the picture


def test_nothing_of_the_last_find_is_left_beside_the_next() -> None:
    into = np.full(INPUT, 77, np.uint8)
    cut(np.full((300, 100), 5, np.uint8), boxes((10, 100, 60, 112))[0], into)  # no wider than that
    assert set(np.unique(into)) == {0, 5}


@pytest.mark.parametrize("shape", [(16, 16), (8, 300), (300, 8), (1, 1)])
def test_pictures_of_any_shape_are_cut(shape: tuple[int, int]) -> None:
    into = np.zeros(INPUT, np.uint8)
    cut(speckled(*shape), boxes((-5, -5, 4, 4))[0], into)
    assert into.any()


def looked(score: float, again: Floats, scores: list[float]) -> tuple[Floats, float]:
    luma, first = speckled(), boxes((600, 300, 690, 320))[0]
    cutting = cut(luma, first, np.zeros(INPUT, np.uint8))
    inside = (again - cutting.picture) / (cutting.fitted.x, cutting.fitted.y)
    seconds = inside.astype(np.float32), np.array(scores, np.float32)
    return agreed((first, score), cutting, seconds)


def test_the_second_look_gives_the_corners_and_half_the_score() -> None:
    corners, score = looked(0.3, boxes((605, 302, 688, 321), (100, 100, 200, 120)), [0.7, 0.9])
    assert corners == pytest.approx(boxes((605, 302, 688, 321))[0], abs=0.1)
    assert score == pytest.approx(0.5, abs=1e-4)


def test_what_is_not_found_again_keeps_its_corners_and_becomes_doubtful() -> None:
    corners, score = looked(0.5, boxes((100, 100, 200, 120)), [0.9])
    assert corners == pytest.approx(boxes((600, 300, 690, 320))[0])
    assert score == pytest.approx(looked(0.5, boxes((600, 300, 690, 320)), [FAINTEST])[1])
    assert score < 0.2


def test_a_plate_across_a_large_picture_needs_no_large_patch() -> None:
    turn = np.radians(20)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    half = np.array([(-1200, -260), (1200, -260), (1200, 260), (-1200, 260)])
    leaning = (half @ spin.T + (1500, 1000)).astype(np.float32)
    luma = np.zeros((2000, 3000), np.uint8)
    cv2.fillPoly(luma, [np.rint((leaning - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    into = np.zeros(INPUT, np.uint8)
    tracemalloc.start()
    cutting = cut(luma, leaning, into)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 << 20
    shown = np.argwhere(into > 127)
    (top, left), (bottom, right) = shown.min(0), shown.max(0) + 1
    assert right - left == pytest.approx(PLATE_PX, abs=2)
    back = cutting.to_picture(boxes((left, top, right, bottom)))[0]
    assert back == pytest.approx(leaning, abs=30)  # a pixel of the input is 20 of the picture
