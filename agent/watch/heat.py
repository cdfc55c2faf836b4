"""How hot the board is, and how much work it may do: less before the firmware takes it away.

A Raspberry Pi lowers its clock from 80 °C on and once more at 85 °C, a 3B+ from a soft limit of
60 °C on (Raspberry Pi documentation, "Frequency management and thermal control"). A board that
slows itself drops frames at random; one that is asked less keeps an even pace.
"""

from collections.abc import Callable
from dataclasses import dataclass

from agent.core.clock import Clock

FEEL_S = 5.0
"""A board's temperature changes by less than a degree in this time."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `celsius` on the node works at `share`; below `celsius - COOLER` it goes back."""

    celsius: float
    share: float


STEPS = (Step(0.0, 1.0), Step(72.0, 0.66), Step(78.0, 0.4), Step(83.0, 0.2))
"""Below the firmware's own limits of 80 and 85 °C, the last step in between."""

COOLER = 4.0
"""Degrees below a step at which it is left again: a fan cycles within three."""


@dataclass(frozen=True, slots=True)
class Felt:
    """What is known of the board's heat at one moment; None where the board does not tell."""

    celsius: float | None = None
    throttled: bool = False
    """The firmware has lowered the clock: heat or under-voltage."""


def step_after(before: int, felt: Felt) -> int:
    """Return which of `STEPS` holds now, of which `before` did until now."""
    reached = 0
    if felt.celsius is not None:
        for number, step in enumerate(STEPS[1:], 1):
            least = step.celsius - (COOLER if number <= before else 0.0)
            if felt.celsius >= least:
                reached = number
    # a clock that was lowered is proof, whatever the sensor says: nothing is eased meanwhile
    return max(reached, before, 1) if felt.throttled else reached


class Heat:
    """A `Pace` that follows the board's heat."""

    def __init__(self, clock: Clock, feel: Callable[[], Felt]) -> None:
        self._clock = clock
        self._feel = feel
        self._step = 0
        self._felt_s: float | None = None

    def share(self) -> float:
        now_s = self._clock.stamp().mono_s
        if self._felt_s is None or now_s - self._felt_s >= FEEL_S:
            self._step = step_after(self._step, self._feel())
            self._felt_s = now_s
        return STEPS[self._step].share
