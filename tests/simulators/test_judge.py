"""Reports are held against the truth, one report for one passage."""

import pytest

from simulators.judge import Report, edits, judge
from simulators.scenario import Direction
from simulators.world import Passage


def _passage(plate: str, left_s: float) -> Passage:
    return Passage(plate, plate, "E", "in", Direction.APPROACHING, left_s - 0.5, left_s, 0.0)


def test_the_same_text_in_time_is_right() -> None:
    verdict = judge([_passage("1234BCD", 10.0)], [Report("1234BCD", 9.9)])
    assert [p.plate for p in verdict.right] == ["1234BCD"]
    assert verdict.passed == 1
    assert not verdict.extra


def test_the_same_text_at_another_time_is_no_reading_of_it() -> None:
    verdict = judge([_passage("1234BCD", 10.0)], [Report("1234BCD", 60.0)])
    assert len(verdict.unread) == len(verdict.extra) == 1


def test_another_text_in_time_is_wrong() -> None:
    verdict = judge([_passage("1234BCD", 10.0)], [Report("1234BCO", 10.0)])
    assert [(p.plate, r.text) for p, r in verdict.wrong] == [("1234BCD", "1234BCO")]


def test_one_report_serves_one_passage_only() -> None:
    verdict = judge([_passage("1234BCD", 10.0), _passage("1234BCD", 10.4)],
                    [Report("1234BCD", 10.0)])  # fmt: skip
    assert (len(verdict.right), len(verdict.unread)) == (1, 1)


def test_a_right_report_is_never_taken_for_a_neighbours_wrong_one() -> None:
    truth = [_passage("AAA111", 10.0), _passage("BBB222", 10.5)]
    verdict = judge(truth, [Report("BBB222", 10.4)])
    assert [p.plate for p in verdict.right] == ["BBB222"]
    assert [p.plate for p in verdict.unread] == ["AAA111"]


def test_a_second_report_of_one_vehicle_is_extra() -> None:
    verdict = judge([_passage("AAA111", 10.0)], [Report("AAA111", 9.8), Report("AAA111", 10.0)])
    assert (len(verdict.right), len(verdict.extra)) == (1, 1)


def test_what_is_said_of_a_covered_plate_was_made_up() -> None:
    covered = _passage("AAA111", 10.0)
    silent, said = judge([], [], [covered]), judge([], [Report("AAA1", 10.0)], [covered])
    assert (len(silent.blank), len(silent.invented)) == (1, 0)
    assert (len(said.blank), len(said.invented), len(said.extra)) == (0, 1, 0)


def test_a_vehicle_nobody_asks_about_may_be_told_rightly_but_not_wrongly() -> None:
    hidden = _passage("AAA111", 10.0)
    for text, extra in (("AAA111", 0), ("AAA117", 1)):
        assert len(judge([], [Report(text, 10.0)], (), [hidden]).extra) == extra


def test_nothing_passed_and_nothing_said_is_nothing() -> None:
    assert judge([], []).passed == 0


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("", "", 0), ("ABC", "ABC", 0), ("ABC", "AC", 1), ("8B", "B8", 2)]
)
def test_edits_are_counted(a: str, b: str, distance: int) -> None:
    assert edits(a, b) == edits(b, a) == distance
