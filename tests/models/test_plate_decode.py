"""What the detector's maps mean, held against the encoder its training used."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plate_detector.decode import (
    CANDIDATES_MAX,
    STRIDE_PX,
    Floats,
    compress,
    decode,
    expand,
    logit,
)
from models.plate_detector.train.targets import Label, encode

SIZE = (288, 512)
FLAT = np.zeros((36, 64, 4), np.float32)


def quad(x: float, y: float, width: float, height: float, turn: float = 0.0) -> Floats:
    """Return the corners of a plate about (x, y), clockwise from its own top left."""
    half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(half @ spin.T + (x, y), np.float32)


def maps(labels: list[Label]) -> tuple[Floats, Floats, Floats]:
    """Return what a perfect network would say of a picture with these plates."""
    targets = encode(labels, *SIZE)
    heat = np.log(
        np.clip(targets.heat, 1e-4, 1 - 1e-4) / (1 - np.clip(targets.heat, 1e-4, 1 - 1e-4))
    )
    code = targets.code.transpose(1, 2, 0)
    return heat, np.ascontiguousarray(code[..., :4]), np.ascontiguousarray(code[..., 4:])


@pytest.mark.parametrize(
    "corners",
    [
        quad(100, 80, 14, 4),
        quad(250, 150, 60, 14, 0.2),
        quad(300, 140, 310, 70, -0.1),
        quad(8, 8, 15, 12),
        quad(256, 144, 90, 70, 0.4),
    ],
    ids=["tiny", "tilted", "most of the picture", "in the corner", "two rows"],
)
def test_what_the_training_encodes_is_what_the_agent_decodes(corners: Floats) -> None:
    found, scores = decode(*maps([Label(corners, exact=True)]), 0.4)
    assert len(found) == 1
    np.testing.assert_allclose(found[0], corners, atol=0.01)
    assert scores[0] > 0.99


def test_each_of_several_plates_is_found_once_and_the_surest_comes_first() -> None:
    plates = [quad(100, 60, 40, 10), quad(300, 60, 90, 22), quad(300, 100, 80, 20)]
    heat, across, down = maps([Label(p, exact=True) for p in plates])
    row, column = 60 // STRIDE_PX, 100 // STRIDE_PX
    heat[row, column] = 12.0
    found, scores = decode(heat, across, down, 0.4)
    assert len(found) == 3
    np.testing.assert_allclose(found[0], plates[0], atol=0.01)
    assert list(scores) == sorted(scores, reverse=True)


def test_eight_bit_maps_cost_less_than_a_pixel_and_a_half() -> None:
    steps = (17.0 / 255, 24.0 / 255, 17.0 / 255)
    for corners in (quad(101, 83, 20, 5), quad(260, 150, 300, 66, 0.1)):
        heat, across, down = (
            np.asarray(np.round(values / step) * step, np.float32)
            for values, step in zip(maps([Label(corners, exact=True)]), steps, strict=True)
        )
        found, _ = decode(heat, across, down, 0.4)
        assert np.abs(found[0] - corners).max() < 1.5


def test_a_picture_of_nothing_but_heat_gives_a_bounded_number_of_plates() -> None:
    heat = np.full((36, 64), 9.0, np.float32)
    code = compress(np.tile(np.array([-3, 3, 3, -3], np.float32), (36, 64, 1)))
    found, _ = decode(heat, code, code, 0.4)
    assert len(found) <= CANDIDATES_MAX


def test_a_plate_without_area_stays_where_it_is() -> None:
    heat = np.full((36, 64), -9.0, np.float32)
    heat[4, 6] = 5.0
    found, _ = decode(heat, FLAT, FLAT, 0.4)
    assert found.shape == (1, 4, 2)
    np.testing.assert_allclose(found[0], np.tile((52.0, 36.0), (4, 1)))


def test_cold_maps_hold_no_plate() -> None:
    empty = np.full((36, 64), -9.0, np.float32)
    found, scores = decode(empty, FLAT, FLAT, 0.4)
    assert found.shape == (0, 4, 2)
    assert scores.shape == (0,)


@given(st.floats(-400, 400, width=32))
def test_the_code_of_an_offset_gives_the_offset_back(offset: float) -> None:
    there = np.array([offset], np.float32)
    np.testing.assert_allclose(expand(compress(there)), there, rtol=1e-4, atol=1e-3)


def test_a_score_of_a_half_is_no_heat() -> None:
    assert logit(0.5) == pytest.approx(0.0)


def test_regions_to_be_ignored_are_neither_plate_nor_background() -> None:
    targets = encode([Label(quad(100, 80, 60, 16), exact=True, ignored=True)], *SIZE)
    assert targets.heat.max() == 0.0
    assert targets.care[80 // STRIDE_PX, 100 // STRIDE_PX] == 0.0
    assert targets.care[0, 0] == 1.0
