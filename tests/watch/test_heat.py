"""A hot board is asked for less work, in steps that a fan does not make flutter."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from agent.core.clock import Stamp
from agent.watch.heat import FEEL_S, STEPS, Felt, Heat, step_after


@pytest.mark.parametrize(
    ("before", "celsius", "after"),
    [
        (0, 45, 0),
        (0, 72, 1),
        (0, 90, 3),
        (1, 69, 1),  # not yet four degrees below
        (1, 67, 0),
        (3, 80, 3),
        (3, 76, 2),  # one step after the other
        (3, 40, 0),
    ],
)
def test_steps_are_left_later_than_entered(before: int, celsius: float, after: int) -> None:
    assert step_after(before, Felt(celsius)) == after


def test_a_board_that_flutters_by_three_degrees_keeps_its_pace() -> None:
    step, found = 0, set()
    for n in range(50):
        step = step_after(step, Felt(76 + 3 * (n % 2)))
        found.add(step)
    assert found == {1, 2}
    assert step == 2


def test_a_lowered_clock_is_believed_whatever_the_sensor_says() -> None:
    assert step_after(0, Felt(50, throttled=True)) == 1
    assert step_after(2, Felt(50, throttled=True)) == 2
    assert step_after(2, Felt(None, throttled=True)) == 2


def test_a_board_that_tells_nothing_works_as_usual() -> None:
    assert step_after(3, Felt()) == 0


def test_each_step_is_less_work() -> None:
    shares = [step.share for step in STEPS]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 1


@dataclass
class At:
    mono_s: float = 0.0
    asked: list[float] = field(default_factory=list)

    def stamp(self) -> Stamp:
        return Stamp(self.mono_s, datetime(2030, 1, 1, tzinfo=UTC), synced=True)

    def feel(self) -> Felt:
        self.asked.append(self.mono_s)
        return Felt(79)


def test_the_board_is_felt_every_few_seconds_only() -> None:
    at = At()
    heat = Heat(at, at.feel)
    for at.mono_s in (0, 1, FEEL_S, FEEL_S + 1):
        assert heat.share() == STEPS[2].share
    assert at.asked == [0, FEEL_S]
