"""One spot is a suspicion, several looks make an alarm, and none is forgotten in silence."""

import pytest

from agent.fire.confirm import MOST_OPEN, Level, Rule, Tracks
from agent.fire.spots import Spot


def spot(x: float = 100.0, y: float = 50.0, score: float = 7.0) -> Spot:
    return Spot(x, y, 3.0, score, 5.0)


def levels(tracks: Tracks, *looks: list[Spot]) -> list[list[Level]]:
    return [[news.level for news in tracks.look(spots)] for spots in looks]


def test_the_first_spot_is_a_suspicion_and_the_second_an_alarm() -> None:
    tracks = Tracks(Rule(2, 3, 6))
    assert levels(tracks, [spot()], [spot(101, 50.5)]) == [[Level.SUSPICION], [Level.ALARM]]
    assert levels(tracks, [spot()]) == [[]]  # told once


def test_two_of_three_looks_are_enough_and_two_of_four_are_not() -> None:
    assert levels(Tracks(Rule(2, 3, 6)), [spot()], [], [spot()])[-1] == [Level.ALARM]
    assert levels(Tracks(Rule(2, 3, 6)), [spot()], [], [], [spot()])[-1] == []


def test_where_one_look_is_enough_it_is_an_alarm_at_once() -> None:
    assert levels(Tracks(Rule(1, 1, 3)), [spot()]) == [[Level.ALARM]]


def test_what_is_not_seen_for_so_long_is_over_and_said_to_be() -> None:
    tracks = Tracks(Rule(2, 3, 4))
    told = levels(tracks, [spot()], [spot()], [], [], [], [])
    assert told == [[Level.SUSPICION], [Level.ALARM], [], [], [], [Level.OVER]]
    assert len(tracks) == 0
    assert levels(tracks, [spot()]) == [[Level.SUSPICION]]  # another fire


def test_a_fire_that_flickers_is_one_alarm() -> None:
    tracks = Tracks(Rule(2, 3, 4))
    looks = [[spot()] if at % 3 else [] for at in range(1, 30)]
    told = [level for look in levels(tracks, *looks) for level in look]
    assert told == [Level.SUSPICION, Level.ALARM]


def test_two_fires_side_by_side_are_two() -> None:
    tracks = Tracks(Rule(2, 3, 6))
    first = tracks.look([spot(100), spot(104)])
    second = tracks.look([spot(103.4), spot(100.6)])
    assert len(first) == 2
    assert {news.track: news.spot.x for news in second} == {1: 100.6, 2: 103.4}
    assert all(news.level is Level.ALARM for news in second)


def test_a_vehicle_that_drives_makes_no_alarm() -> None:
    tracks = Tracks(Rule(2, 3, 6))
    told = levels(tracks, *[[spot(10 + 12 * at)] for at in range(20)])
    assert all(level is not Level.ALARM for look in told for level in look)


def test_too_many_at_once_lose_the_weakest_suspicion_and_never_the_alarm() -> None:
    tracks = Tracks(Rule(2, 3, 6))
    levels(tracks, [spot(5, 5, score=5.0)], [spot(5, 5, score=5.0)])
    crowd = [spot(20.0 + 5 * at, 100, score=6.0 + at / 10) for at in range(MOST_OPEN + 3)]
    told = tracks.look([spot(5, 5, score=5.0), *crowd])
    gone = [news.spot.score for news in told if news.level is Level.OVER]
    assert gone == pytest.approx([6.0, 6.1, 6.2, 6.3])
    assert tracks.crowded == 4
    assert (5, 5) in tracks.places
    assert len(tracks) == MOST_OPEN


@pytest.mark.parametrize("figures", [(0, 3, 6), (4, 3, 6), (2, 3, 2)])
def test_rules_that_cannot_be_are_refused(figures: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Rule(*figures)
