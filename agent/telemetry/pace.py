"""A bounded rate: one token at a time, with the right to a short burst."""

BURST_S = 0.25
"""How much of a silence may be made up for at once."""


class Pace:
    """Says when the next of many may go. Times are of one monotonic clock, in seconds."""

    def __init__(self, rate_hz: float) -> None:
        self._step_s = 1 / rate_hz
        self._free_s = float("-inf")
        self._slow_until_s = float("-inf")

    def slow(self, now: float, for_s: float) -> None:
        """Go at a tenth of the rate for a while."""
        self._slow_until_s = max(self._slow_until_s, now + for_s)

    def ready(self, now: float) -> bool:
        """Say whether the next may go now."""
        return now >= self._free_s

    @property
    def next_s(self) -> float:
        """When the next may go."""
        return self._free_s

    def spend(self, now: float) -> None:
        """Count one that goes now."""
        step_s = self._step_s * (10 if now < self._slow_until_s else 1)
        self._free_s = max(self._free_s, now - BURST_S) + step_s
