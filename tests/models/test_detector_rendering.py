"""The detector's training pictures show their plates where they say, of all shapes and slants."""

import numpy as np
import pytest

from agent.core.vision import TWO_ROWS_ASPECT
from models.plate_detector.train.plates import drawer
from models.plate_detector.train.rides import StreetFrame, upright
from models.plate_detector.train.scenes import Picture, Stock, compose, stock
from models.plate_detector.train.targets import WIDTH_MIN_PX, Label

SIZE = (384, 224)


@pytest.fixture(scope="module")
def goods() -> Stock:
    luma = np.random.default_rng(0).integers(60, 120, (720, 1280)).astype(np.uint8)
    luma[400:430, 600:740] = 230
    labels = (Label(upright(600, 400, 740, 430), exact=False),)
    return stock((StreetFrame("dayride", luma, labels),), drawer(40, 1), 2, part=0.03)


@pytest.fixture(scope="module")
def pictures(goods: Stock) -> list[Picture]:
    return [compose(goods, 3, index, SIZE) for index in range(150)]


def test_a_picture_is_the_same_for_the_same_seed_and_index(goods: Stock) -> None:
    first, again, other = (compose(goods, 3, index, SIZE) for index in (7, 7, 8))
    np.testing.assert_array_equal(first.luma, again.luma)
    assert not np.array_equal(first.luma, other.luma)


def test_plates_that_are_asked_for_can_be_seen(pictures: list[Picture]) -> None:
    asked = [label for one in pictures for label in one.labels if not label.ignored]
    assert len(asked) > 75
    for label in asked:
        middle = label.corners.mean(0)
        assert (middle > 0).all()
        assert (middle < SIZE).all()
        assert np.hypot(*(label.corners[1] - label.corners[0])) >= WIDTH_MIN_PX
    assert any(not one.labels for one in pictures)  # a street without a plate is learned too


def test_motorcycles_plates_are_shown_more_often_than_they_are_drawn(
    goods: Stock, pictures: list[Picture]
) -> None:
    assert 0 < len(goods.near_square) < len(goods.plates)
    shapes = [_shape(label) for one in pictures for label in one.labels if label.exact]
    share = np.mean([shape < TWO_ROWS_ASPECT for shape in shapes])
    assert share > 1.5 * len(goods.near_square) / len(goods.plates)


def test_some_plates_lean_as_a_camera_from_aside_sees_them(pictures: list[Picture]) -> None:
    slants = []
    for label in (label for one in pictures for label in one.labels if label.exact):
        along = label.corners[1] - label.corners[0]
        down = label.corners[3] - label.corners[0]
        slants.append(float(along @ down) / float(np.hypot(*along) * np.hypot(*down)))
    assert np.mean(np.abs(slants) > np.sin(np.radians(15))) > 0.1  # that far off a right angle


def _shape(label: Label) -> float:
    corners = label.corners
    return float(np.hypot(*(corners[1] - corners[0])) / np.hypot(*(corners[3] - corners[0])))
