"""The reader's training pictures are where they say, say what they show, and repeat by seed."""

from pathlib import Path

import numpy as np
import pytest

from models.plate_reader.alphabet import CHARACTERS
from models.plate_reader.train.photograph import Conditions, photograph
from models.plate_reader.train.samples import (
    LONGEST,
    backgrounds,
    guessed,
    mix_in,
    random_samples,
    render_shard,
)
from models.plate_reader.train.spain import common

STREETS = [np.random.default_rng(0).integers(0, 256, (360, 640)).astype(np.uint8)]
CLEAR = Conditions(width_px=200.0, night=False, blurred=False, oblique=False)


def test_samples_are_crops_with_a_readable_text() -> None:
    rng = np.random.default_rng(1)
    samples = [sample for _ in range(75) for sample in random_samples(rng, STREETS)]
    for sample in samples:
        assert sample.crop.shape == (40, 176)
        assert sample.crop.dtype == np.uint8
        assert len(sample.text) <= LONGEST
        assert set(sample.text) <= set(CHARACTERS)
        assert len(sample.visible) == len(sample.text)
        assert all(
            seen in ("*", char) for seen, char in zip(sample.visible, sample.text, strict=True)
        )
    assert any("*" in sample.visible for sample in samples)  # covered, and asked for all the same
    assert {sample.rows for sample in samples} == {1, 2}
    assert 0 < sum(not sample.text for sample in samples) < 15  # nothing is an answer too
    for name in ("night", "blurred", "oblique"):
        assert 0 < sum(getattr(sample.conditions, name) for sample in samples) < 150


def test_a_shard_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.npz" for n in range(3)]
    for path, seed in zip(paths, (5, 5, 6), strict=True):
        render_shard(path, (7, seed), STREETS, count=12)
    first, again, other = ({**np.load(path)} for path in paths)
    for key in ("crops", "texts", "visible", "countries", "slices"):
        np.testing.assert_array_equal(first[key], again[key])
    assert not np.array_equal(first["crops"], other["crops"])
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("oblique", [False, True])
def test_the_true_corners_are_the_plate_s(seed: int, oblique: bool) -> None:
    grey = np.full((250, 660), 10, np.float32)
    corners = np.array([(69.5, 69.5), (589.5, 69.5), (589.5, 179.5), (69.5, 179.5)], np.float32)
    grey[70:180, 70:590] = 245
    conditions = Conditions(200.0, night=False, blurred=False, oblique=oblique)
    seen = photograph(grey, corners, conditions, np.random.default_rng(seed))
    top = np.linalg.norm(seen.corners[1] - seen.corners[0])
    assert top == pytest.approx(200, rel=0.02)
    middle = seen.corners.mean(axis=0)
    inside, outside = (_mean(seen.luma, middle, seen.corners, at) for at in (0.85, 1.18))
    assert inside > outside + 25  # across the plate's edge, on all four corners


def _mean(
    luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    middle: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    corners: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    share: float,
) -> float:
    points = middle + (corners - middle) * share
    grown = np.rint(points).astype(int).clip(0, np.array(luma.shape[::-1]) - 1)
    return float(np.mean([luma[y, x] for x, y in grown]))


def test_guessed_corners_stay_near_the_true_ones() -> None:
    rng = np.random.default_rng(3)
    true = np.array([(50, 60), (170, 66), (170, 92), (50, 86)], np.float32)
    errors = np.array([guessed(true, rng) - true for _ in range(400)])
    assert np.abs(errors.mean(axis=(0, 1))).max() < 2  # no side is favoured
    assert 1 < np.abs(errors[..., 0]).std() < 8
    assert np.abs(errors).max() < 40


def test_some_quads_leave_a_slant() -> None:
    rng = np.random.default_rng(4)
    true = np.array([(50, 60), (170, 60), (170, 90), (50, 90)], np.float32)
    slants = []
    for _ in range(400):
        corners = guessed(true, rng)
        slants.append(float((corners[[1, 2]].mean(0) - corners[[0, 3]].mean(0))[1]) / 30)
    assert np.mean(np.abs(slants) > 0.15) > 0.04  # of the plate's height, from end to end


def test_real_plates_take_the_place_of_a_share_of_a_shard(tmp_path: Path) -> None:
    path = tmp_path / "shard.npz"
    render_shard(path, (7, 5), STREETS, count=30)
    before = {**np.load(path)}
    corners = np.array([(2, 2), (198, 2), (198, 42), (2, 42)], np.float32)
    real = [(np.full((44, 200), 200, np.uint8), corners, "0000XYZ")]
    mix_in(path, real, 1 / 3, np.random.default_rng(1))
    after = {**np.load(path)}
    changed = after["texts"] == "0000XYZ"
    assert changed.sum() == 10
    assert np.ptp(after["crops"][changed]) == 0  # one grey, contrast spread or not
    assert (after["visible"][changed] == "0000XYZ").all()
    assert (after["countries"][changed] == "E").all()
    for key, kept in before.items():
        np.testing.assert_array_equal(after[key][~changed], kept[~changed])
    assert not list(tmp_path.glob("*.part*"))


def test_without_street_pictures_training_stops_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="set SERENO_DATA"):
        backgrounds(tmp_path)


@pytest.mark.parametrize(
    ("first", "second", "length"),
    [("", "", 0), ("1234", "", 0), ("1234", "1234", 4), ("1245", "A1B2345", 4), ("AB", "BA", 1)],
)
def test_characters_are_counted_in_their_order(first: str, second: str, length: int) -> None:
    assert common(first, second) == length
