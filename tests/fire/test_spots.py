"""Spots are found as often, and falsely as seldom, as the theory says."""

from statistics import NormalDist

import numpy as np
import pytest

from agent.fire.optics import Optics
from agent.fire.radiance import Kelvin
from agent.fire.spots import MOST_SPOTS, PLACES, SpotFinder, threshold

OPTICS = Optics(12.0, 50.0, 1.0)
FINDER = SpotFinder(OPTICS)
SIZE = 256, 320
NOISE_K = 0.2


def noise(seed: int = 1) -> Kelvin:
    return np.random.default_rng(seed).normal(0, NOISE_K, SIZE).astype(np.float32)


def usual(kelvin: float = NOISE_K) -> Kelvin:
    return np.full(SIZE, kelvin, np.float32)


def lit(picture: Kelvin, x: float, y: float, energy_k: float) -> None:
    """Add a point source whose energy, all in one pixel, would be `energy_k`."""
    column, row = int(x), int(y)
    share = OPTICS.spread(x - column - 0.5, y - row - 0.5, reach=3)
    picture[row - 3 : row + 4, column - 3 : column + 4] += np.float32(energy_k) * share


def test_chance_passes_the_threshold_no_more_often_than_the_budget_says() -> None:
    looks, budget = 60, 60
    at_least = threshold(budget / looks, SIZE[0] * SIZE[1], 1.0)
    passed = sum(len(FINDER.find(noise(seed), usual(), at_least).found) for seed in range(looks))
    assert budget / 4 < passed < budget + 3 * budget**0.5


def test_the_threshold_follows_the_budget() -> None:
    one = NormalDist().cdf(-threshold(1.0, 640 * 512, 14_650))
    assert one * 640 * 512 * 14_650 * len(PLACES) ** 2 == pytest.approx(1.0, rel=0.01)
    assert threshold(0.1, 1000, 1000) > threshold(1.0, 1000, 1000)


@pytest.mark.parametrize(
    ("alarms", "pixels"), [(0.0, 100), (1.0, 0), (float("nan"), 100), (200, 100)]
)
def test_a_budget_that_cannot_be_is_refused(alarms: float, pixels: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        threshold(alarms, pixels, 1.0)


def test_points_are_found_nearly_as_often_as_the_best_test_finds_them() -> None:
    at_least, rng = 5.0, np.random.default_rng(2)
    energy = (at_least + NormalDist().inv_cdf(0.9)) * NOISE_K / OPTICS.matched_share
    found = trials = 0
    for seed in range(30):
        picture = noise(seed)
        places = [
            (x + rng.random(), y + rng.random()) for x in range(20, 300, 30) for y in (40, 200)
        ]
        for x, y in places:
            lit(picture, x, y, energy)
        spots = FINDER.find(picture, usual(), at_least).found
        found += sum(any(np.hypot(s.x - x, s.y - y) < 1.5 for s in spots) for x, y in places)
        trials += len(places)
    assert found / trials == pytest.approx(0.853, abs=0.045)  # of 0.9, had the place been known


def test_a_spot_tells_where_it_is_and_how_warm() -> None:
    rng, off, warm = np.random.default_rng(3), [], []
    for seed in range(20):
        picture = noise(seed)
        x, y = 100 + rng.random(), 120 + rng.random()
        lit(picture, x, y, 20.0)
        [spot] = FINDER.find(picture, usual(), 6.0).found
        off.append(np.hypot(spot.x - x, spot.y - y))
        warm.append(spot.kelvin)
    assert np.median(off) < 0.25
    assert np.mean(warm) == pytest.approx(20.0 * OPTICS.best_share, rel=0.15)


def test_where_a_pose_is_noisy_more_is_asked_for() -> None:
    picture, usually = noise(), usual()
    usually[:, 160:] = 2.0  # leaves that move before a warm wall
    for x in (80.5, 240.5):
        lit(picture, x, 100.5, 8.0)
    assert [round(s.x - 0.5) for s in FINDER.find(picture, usually, 6.0).found] == [80]


def test_clutter_that_the_pose_does_not_know_yet_does_not_pass() -> None:
    rng = np.random.default_rng(5)
    picture = noise()
    picture[100:180, 100:220] += rng.normal(0, 0.8, (80, 120)).astype(
        np.float32
    )  # new, warm gravel
    at_least = 5.0
    score, _ = FINDER.scores(picture, usual())
    assert (score >= at_least).sum() > 20
    assert len(FINDER.find(picture, usual(), at_least).found) < 0.5 * (score >= at_least).sum()
    lit(picture, 160.5, 140.5, 60.0)
    assert FINDER.find(picture, usual(), at_least).found[0].x == pytest.approx(160.5, abs=0.5)


def test_pixels_that_are_no_numbers_are_left_out() -> None:
    picture, usually = noise(), usual()
    picture[50, 60], usually[51, 60] = np.nan, np.nan
    lit(picture, 200.5, 100.5, 10.0)
    picture[100, 201] = np.nan  # a dead pixel beside the source
    [spot] = FINDER.find(picture, usually, 6.0).found
    assert (spot.x, spot.y) == pytest.approx((200.5, 100.5), abs=0.6)


def test_a_picture_that_has_changed_everywhere_is_bounded_and_counted() -> None:
    picture = noise()
    for x in range(10, 310, 12):
        for y in range(10, 250, 12):
            lit(picture, x + 0.5, y + 0.5, 30.0)
    spots = FINDER.find(picture, usual(), 6.0)
    assert len(spots.found) == MOST_SPOTS
    assert spots.more > 100
    scores = [spot.score for spot in spots.found]
    assert scores == sorted(scores, reverse=True)


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one"):
        FINDER.find(noise(), usual()[:-1], 6.0)
