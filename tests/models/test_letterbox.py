"""Pictures of any size fit the network's input, and its pixels lead back to theirs."""

import numpy as np
import pytest

from models.plate_detector.letterbox import fit


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (720, 1280),
        (1080, 1920),
        (360, 480),
        (1536, 2048),
        (480, 346),
        (1, 1),
        (2, 10_000),
        (3000, 1),
    ],
)
def test_a_mark_is_found_where_it_was(rows: int, columns: int) -> None:
    luma = np.zeros((rows, columns), np.uint8)
    top, left = rows // 2, columns // 3
    luma[top : top + max(1, rows // 8), left : left + max(1, columns // 8)] = 255
    into = np.full((288, 512), 99, np.uint8)
    fitted = fit(luma, into)
    weight = into.astype(float)
    y, x = (np.indices(into.shape) + 0.5).astype(float)
    seen = np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum() * (fitted.x, fitted.y)
    there = np.array([left + max(1, columns // 8) / 2, top + max(1, rows // 8) / 2])
    assert np.abs(seen - there).max() <= max(fitted.x, fitted.y)


def test_what_the_picture_does_not_cover_is_black() -> None:
    into = np.full((288, 512), 99, np.uint8)
    fit(np.full((400, 300), 200, np.uint8), into)
    assert (into[:, 216:] == 0).all()
    assert (into[:, :216] == 200).all()
    fit(np.full((100, 512), 200, np.uint8), into)
    assert (into[100:] == 0).all()
    assert (into[:100] == 200).all()


def test_strided_rows_are_read_as_they_lie() -> None:
    padded = np.random.default_rng(0).integers(0, 256, (720, 1344), np.uint8)
    one, other = np.zeros((288, 512), np.uint8), np.zeros((288, 512), np.uint8)
    fit(padded[:, :1280], one)
    fit(np.ascontiguousarray(padded[:, :1280]), other)
    np.testing.assert_array_equal(one, other)


def test_a_large_picture_is_averaged_not_skipped_over() -> None:
    stripes = np.zeros((720, 1280), np.uint8)
    stripes[:, ::2] = 200
    into = np.zeros((288, 512), np.uint8)
    fit(stripes, into)
    assert into.min() > 80
    assert into.max() < 120
