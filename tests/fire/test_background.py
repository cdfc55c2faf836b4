"""What is usual is learned hour by hour, and a fire never becomes usual."""

import numpy as np
import pytest

from agent.core.errors import Rejected
from agent.fire.background import LEAST_LOOKS, QUIETEST_K, Background
from agent.fire.radiance import Kelvin

SIZE = 40, 60
NOISE_K = 0.2


class Landscape:
    """A slope that the sun warms, a shaded one, and a sky."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self._ground = self._rng.normal(288, 2, SIZE)
        self._ground[:10] = 262.0

    def seen(self, hour: float, drift_k: float = 0.0) -> Kelvin:
        sunny = np.zeros(SIZE)
        sunny[10:, 30:] = 8.0 * np.sin(np.pi * (hour - 6) / 12)
        noise = self._rng.normal(0, NOISE_K, SIZE)
        return np.asarray(self._ground + sunny + noise + drift_k, np.float32)


def learned(days: int = 4, land: Landscape | None = None) -> tuple[Background, Landscape]:
    land, memory = land or Landscape(), Background(SIZE)
    for at in range(days * 24 * 6):
        hour = at / 6 % 24
        memory.learn(land.seen(hour, drift_k=3 * np.sin(at)), hour)
    return memory, land


MEMORY, LAND = learned(12)


@pytest.mark.parametrize("hour", [0.1, 7.5, 12.0, 18.2, 23.9])
def test_an_ordinary_look_is_as_far_off_as_the_noise_says(hour: float) -> None:
    found = MEMORY.compare(LAND.seen(hour, drift_k=5.0), hour)
    assert found is not None
    shaded = np.s_[10:, :30]
    assert found.residual_k[shaded].std() == pytest.approx(NOISE_K, rel=0.25)
    assert np.median(found.noise_k[shaded]) == pytest.approx(NOISE_K, rel=0.35)
    assert (np.abs(found.residual_k) < 6 * found.noise_k).mean() > 0.999


def test_what_is_usual_at_noon_stands_out_at_midnight() -> None:
    noon = LAND.seen(12.0)
    found = MEMORY.compare(noon, 0.0)
    assert found is not None
    sunny = np.s_[10:, 30:]
    assert np.median(found.residual_k[sunny] / found.noise_k[sunny]) > 6


def test_nothing_is_told_of_an_hour_nobody_has_seen() -> None:
    memory, land = Background(SIZE), Landscape()
    for _ in range(int(LEAST_LOOKS)):
        assert memory.compare(land.seen(12.0), 12.0) is None
        memory.learn(land.seen(12.0), 12.0)
    assert memory.compare(land.seen(12.0), 12.0) is not None
    assert memory.compare(land.seen(22.0), 22.0) is None


def test_a_fire_that_is_frozen_never_becomes_usual_and_hides_none_beside_it() -> None:
    memory, land = learned()
    frozen = np.zeros(SIZE, np.bool_)
    frozen[18:25, 10:17] = True

    def burning(beside: bool) -> Kelvin:
        picture = land.seen(12.0)
        picture[21, 13] += 12.0
        picture[21, 20] += 12.0 if beside else 0.0
        return picture

    for _ in range(500):
        memory.learn(burning(beside=False), 12.0, frozen)
    found = memory.compare(burning(beside=True), 12.0)
    assert found is not None
    for place in ((21, 13), (21, 20)):
        assert found.residual_k[place] == pytest.approx(12.0, abs=1.5)
        assert found.residual_k[place] > 20 * found.noise_k[place]


def test_what_passes_once_does_not_move_what_is_usual() -> None:
    memory, land = learned()
    before = memory.compare(land.seen(12.0), 12.0)
    lorry = land.seen(12.0)
    lorry[30:34, 5:15] += 60.0
    memory.learn(lorry, 12.0)
    after = memory.compare(land.seen(12.0), 12.0)
    assert before is not None
    assert after is not None
    assert np.abs(after.residual_k - before.residual_k)[30:34, 5:15].mean() < 3 * NOISE_K
    assert after.noise_k[30:34, 5:15].mean() < 1.5 * before.noise_k[30:34, 5:15].mean()


def test_pixels_that_are_no_numbers_teach_nothing() -> None:
    memory, land = learned(1)
    dead = land.seen(12.0)
    dead[5, 5] = np.nan
    for _ in range(20):
        memory.learn(dead, 12.0)
    found = memory.compare(land.seen(12.0), 12.0)
    assert found is not None
    assert np.isfinite(found.residual_k).all()
    assert abs(found.residual_k[5, 5]) < 6 * found.noise_k[5, 5]
    blind = Background(SIZE)
    for _ in range(int(LEAST_LOOKS)):
        blind.learn(np.full(SIZE, np.nan, np.float32), 12.0)  # and raises nothing


def test_no_pixel_is_quieter_than_any_camera() -> None:
    memory, still = Background(SIZE), np.full(SIZE, 290.0, np.float32)
    for _ in range(200):
        memory.learn(still, 12.0)
    found = memory.compare(still, 12.0)
    assert found is not None
    assert found.noise_k.min() == pytest.approx(QUIETEST_K)


def test_the_memory_outlives_the_night() -> None:
    again = Background.from_bytes(MEMORY.to_bytes(), SIZE)
    assert again.looks == MEMORY.looks
    picture = LAND.seen(12.0)
    one, other = MEMORY.compare(picture, 12.0), again.compare(picture, 12.0)
    assert one is not None
    assert other is not None
    assert np.abs(one.residual_k - other.residual_k).max() < 0.05
    assert other.noise_k == pytest.approx(one.noise_k, rel=0.01)


def test_a_damaged_or_foreign_memory_is_refused() -> None:
    content = MEMORY.to_bytes()
    with pytest.raises(Rejected, match="damaged"):
        Background.from_bytes(content[: len(content) // 2], SIZE)
    with pytest.raises(Rejected, match="damaged"):
        Background.from_bytes(b"", SIZE)
    with pytest.raises(Rejected, match="of shape"):
        Background.from_bytes(content, (8, 8))


def test_pictures_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        MEMORY.compare(np.zeros((8, 8), np.float32), 12.0)
    with pytest.raises(ValueError, match="expected"):
        Background(SIZE).learn(np.zeros((8, 8), np.float32), 12.0)
