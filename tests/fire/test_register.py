"""A picture's shift is found to a fraction of a pixel, or said not to be known."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.fire.radiance import Kelvin
from agent.fire.register import register

SIZE = 120, 160
FINER = 8
"""The scene is drawn so much finer than the pixels that see it."""

MARGIN = 48


def scene(seed: int = 1) -> Kelvin:
    """Draw slopes, fields and a ridge, finer than any pixel."""
    rng = np.random.default_rng(seed)
    rows, columns = ((side + 2 * MARGIN) * FINER for side in SIZE)
    ground = np.zeros((rows, columns), np.float32)
    for cell, kelvin in ((160, 4.0), (40, 2.0), (16, 1.0)):
        coarse = rng.normal(0, kelvin, (rows // cell + 2, columns // cell + 2)).astype(np.float32)
        ground += cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
    ridge = rows * 0.4 + 60 * np.cumsum(rng.normal(0, 0.02, columns))
    ground[np.arange(rows)[:, None] < ridge] -= 15.0
    return 290.0 + ground


SCENE = scene()


def seen(
    right: float = 0.0, down: float = 0.0, noise_k: float = 0.0, seed: int = 0, of: Kelvin = SCENE
) -> Kelvin:
    """Take a picture in which everything stands `right` and `down` of where it stood."""
    left, top = ((MARGIN - moved) * FINER for moved in (right, down))
    x, y = round(left), round(top)
    assert (x, y) == pytest.approx((left, top), abs=1e-6), "shifts are in eighths of a pixel"
    cut = of[y : y + SIZE[0] * FINER, x : x + SIZE[1] * FINER]
    picture = cv2.resize(cut, (SIZE[1], SIZE[0]), interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(seed).normal(0, noise_k, SIZE)
    return np.asarray(picture + noise, np.float32)


eighths = st.integers(-200, 200).map(lambda n: n / 8)


@settings(max_examples=60)
@given(eighths, eighths, st.integers(0, 1000))
def test_a_shift_is_found_to_a_tenth_of_a_pixel(right: float, down: float, seed: int) -> None:
    found = register(seen(noise_k=0.05, seed=-seed - 1 & 0xFFFF), seen(right, down, 0.05, seed))
    assert found is not None
    assert (found.right, found.down) == pytest.approx((right, down), abs=0.1)
    assert found.peak > 0.9


def test_neither_a_fire_nor_the_hour_moves_it() -> None:
    picture = 0.6 * (seen(1.5, -0.75, 0.05) - 290) + 301  # less contrast, and warmer
    picture[60:64, 80:85] = 700.0
    found = register(seen(noise_k=0.05, seed=7), picture)
    assert found is not None
    assert (found.right, found.down) == pytest.approx((1.5, -0.75), abs=0.1)


@pytest.mark.parametrize(
    "picture",
    [
        seen(of=scene(2)),  # another pose
        np.random.default_rng(3).normal(285, 0.05, SIZE).astype(np.float32),  # fog
        np.full(SIZE, 290.0, np.float32),  # blocked
        np.full(SIZE, np.nan, np.float32),
        seen(44, 0),  # too far
    ],
    ids=["another pose", "fog", "blocked", "nan", "too far"],
)
def test_what_does_not_show_the_same_has_no_shift(picture: Kelvin) -> None:
    assert register(seen(noise_k=0.05), picture) is None


def test_along_a_sea_horizon_nobody_knows_the_shift() -> None:
    sea = np.where(np.arange(SIZE[0])[:, None] < 60, 260.0, 290.0) * np.ones(SIZE)
    noise = np.random.default_rng(1).normal(0, 0.02, (2, *SIZE))
    one, other = (np.asarray(sea + each, np.float32) for each in noise)
    assert register(one, other) is None


def test_the_pictures_are_left_as_they_were() -> None:
    one, other = seen(noise_k=0.05), seen(2, 1, 0.05, 1)
    kept = one.copy(), other.copy()
    register(one, other)
    assert np.array_equal(one, kept[0])
    assert np.array_equal(other, kept[1])


def test_pictures_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one"):
        register(seen(), seen()[:-1])
    with pytest.raises(ValueError, match="expected 16 pixels or more"):
        register(seen()[:10], seen()[:10])
