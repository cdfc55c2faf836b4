"""A pose's looks together: a fire becomes an alarm, fog is no clearance, a shaking head no fire."""

import numpy as np
import pytest

from agent.fire.background import Background
from agent.fire.confirm import Level
from agent.fire.optics import Optics
from agent.fire.pose import Looked, PoseWatch, Use
from agent.fire.radiance import Kelvin
from agent.fire.spots import threshold
from tests.fire.test_register import SIZE, seen

OPTICS = Optics(12.0, 50.0, 1.0)
AT_LEAST = threshold(1.0, SIZE[0] * SIZE[1], 480)
NOISE_K = 0.1
FIRE = 80, 100
"""Column and row."""


class Hill:
    """A pose whose head never comes back quite to where it was."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(4)
        self._seed = 0

    def seen(self, fire_k: float = 0.0) -> Kelvin:
        self._seed += 1
        right, down = (self._rng.integers(-8, 9, 2) / 8).tolist()
        picture = seen(right, down, NOISE_K, self._seed)
        column, row = FIRE
        share = OPTICS.spread(right, down, reach=3)
        picture[row - 3 : row + 4, column - 3 : column + 4] += np.float32(fire_k) * share
        return picture


@pytest.fixture
def hill() -> Hill:
    return Hill()


@pytest.fixture
def watch(hill: Hill) -> PoseWatch:
    one = PoseWatch(OPTICS, Background(SIZE), AT_LEAST)
    for _ in range(60):
        one.look(hill.seen(), 12.0)
    return one


def levels(looked: Looked) -> list[Level]:
    return [news.level for news in looked.news]


def test_looks_are_searched_once_the_hour_is_known(hill: Hill) -> None:
    one = PoseWatch(OPTICS, Background(SIZE), AT_LEAST)
    uses = [one.look(hill.seen(), 12.0).use for _ in range(12)]
    assert uses[0] is Use.LEARNED
    assert uses[-1] is Use.SEARCHED
    assert uses == sorted(uses, key=lambda use: use is Use.SEARCHED)


def test_an_ordinary_day_has_no_alarm(watch: PoseWatch, hill: Hill) -> None:
    told = [watch.look(hill.seen(), 12.0) for _ in range(60)]
    assert all(look.use is Use.SEARCHED for look in told)
    assert not any(Level.ALARM in levels(look) for look in told)
    noise = told[-1].noise_k
    assert noise is not None
    assert noise < 5 * NOISE_K


def test_a_fire_is_suspected_at_once_and_an_alarm_at_the_second_look(
    watch: PoseWatch, hill: Hill
) -> None:
    first, second = (watch.look(hill.seen(fire_k=40.0), 12.0) for _ in range(2))
    assert levels(first) == [Level.SUSPICION]
    assert levels(second) == [Level.ALARM]
    [news] = second.news
    assert (news.spot.x, news.spot.y) == pytest.approx(
        (FIRE[0] + 0.5, FIRE[1] + 0.5), abs=1.8
    )  # of the first look, itself off


def test_a_fire_that_burns_for_hours_stays_one_alarm(watch: PoseWatch, hill: Hill) -> None:
    news = [one for _ in range(80) for one in watch.look(hill.seen(fire_k=40.0), 12.0).news]
    assert [one.level for one in news if one.track == 1] == [Level.SUSPICION, Level.ALARM]
    assert [one.track for one in news if one.level is Level.ALARM] == [1]


def test_fog_neither_clears_an_alarm_nor_is_searched(watch: PoseWatch, hill: Hill) -> None:
    for _ in range(2):
        watch.look(hill.seen(fire_k=40.0), 12.0)
    rng = np.random.default_rng(1)
    for _ in range(20):
        fog = rng.normal(285, NOISE_K, SIZE).astype(np.float32)
        looked = watch.look(fog, 12.0)
        assert (looked.use, looked.news) == (Use.UNREGISTERED, ())
    assert len(watch.tracks) == 1
    out = [level for _ in range(8) for level in levels(watch.look(hill.seen(), 12.0))]
    assert out == [Level.OVER]


def test_dead_pixels_are_no_fire_and_hide_none_elsewhere(watch: PoseWatch, hill: Hill) -> None:
    picture = hill.seen(fire_k=40.0)
    picture[20, 20] = np.nan
    looked = watch.look(picture, 12.0)
    assert looked.use is Use.SEARCHED
    assert levels(looked) == [Level.SUSPICION]
