"""The closer look's file is the detector's own network, made for a smaller picture."""

import numpy as np
import pytest

from models.card import read_card
from models.plate_detector.closer import INPUT
from models.plate_detector.detector import CLOSER, FOLDER, load_detector
from models.plate_detector.train.smaller import smaller

WHOLE = (FOLDER / "model.tflite").read_bytes()


def test_the_shipped_file_is_made_of_the_shipped_detector() -> None:
    assert smaller(WHOLE, INPUT) == (FOLDER / "closer.tflite").read_bytes()
    assert read_card(FOLDER / "card.toml").sha256 == read_card(FOLDER / CLOSER).weights_of


def test_both_see_the_same_away_from_the_edge() -> None:
    detector = load_detector()
    rows, columns = INPUT
    whole = np.zeros(detector.network.card.inputs[0].shape[1:3], np.uint8)
    part = np.random.default_rng(5).integers(0, 256, (rows, columns), np.uint8)
    whole[:rows, :columns] = part
    seen, close = detector.network.run(whole)[0], detector.closer.run(part)[0]
    # What lies beyond the lower and right edge is black to one and nothing to the other.
    assert np.median(np.abs(seen[0, :8, :16] - close[0, :8, :16])) < 0.2
    assert np.ptp(close[0, :8, :16]) > 1.0


@pytest.mark.parametrize("size", [(144, 256), (160, 250), (31, 64)])
def test_sides_that_shift_the_upsampled_maps_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="multiples of 32"):
        smaller(WHOLE, size)
