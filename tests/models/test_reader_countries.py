"""What the reader says of a country is freed of how often it was drawn, and sorted."""

import numpy as np
import pytest

from models.plate_reader.decode import decode, origins
from models.plate_reader.train.calibrate import temperature

SHARES = (("D", 0.8), ("E", 0.1), ("F", 0.1))


def test_a_common_country_wins_nothing_by_being_common() -> None:
    # A net that learned the shares by heart says just them where the picture tells it nothing.
    known = np.log(np.array([0.8, 0.1, 0.1], np.float32))
    said = dict(origins(known, SHARES))
    assert said == pytest.approx({"D": 1 / 3, "E": 1 / 3, "F": 1 / 3}, abs=1e-5)


def test_countries_come_likeliest_first() -> None:
    said = origins(np.array([1.0, 3.0, 2.0], np.float32), SHARES)
    assert [code for code, _ in said] == ["E", "F", "D"]
    assert sum(chance for _, chance in said) == pytest.approx(1, abs=1e-5)


def _steps(
    sure: float, rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return logits of one character whose probability is `sure`, against one rival."""
    logits = np.full((44, 37), -30, np.float32)
    logits[:, 0] = 30
    logits[20, 0] = -30
    first, second = rng.choice(np.arange(1, 37), 2, replace=False)
    logits[20, first] = np.log(sure)
    logits[20, second] = np.log(1 - sure)
    return logits


def test_a_boaster_is_cooled_until_it_is_as_right_as_it_says() -> None:
    rng = np.random.default_rng(3)
    logits = [_steps(0.99, rng) for _ in range(400)]
    truth = [decode(one).text if rng.random() < 0.8 else "?" for one in logits]
    warm = temperature(logits, truth)
    told = [decode(one, warm).characters[0].best[1] for one in logits]
    assert np.mean(told) == pytest.approx(0.8, abs=0.05)
    assert [decode(one, warm).text for one in logits] == [decode(one).text for one in logits]
