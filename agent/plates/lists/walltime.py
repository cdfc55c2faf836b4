"""What time it is, as far as that may be relied on without a network.

A node that was synchronised once goes on by its monotonic clock for days; a date that somebody sets
meanwhile changes nothing. A node that never was does not know what day it is.
"""

from datetime import datetime, timedelta

from agent.core.clock import Stamp

DRIFT = 100e-6
"""A quartz of a Pi is off by less than 100 ppm, nine seconds a day."""

MOST_OFF_S = 120.0
"""Hours of a delivery are no finer than this: at 100 ppm two weeks without a network."""


class WallTime:
    """Remembers the last stamp that was synchronised."""

    def __init__(self) -> None:
        self._last: Stamp | None = None

    def utc(self, now: Stamp) -> datetime | None:
        """Return the date, or None where nobody knows it well enough."""
        if now.synced:
            self._last = now
            return now.utc
        if self._last is None:
            return None
        gone_s = now.mono_s - self._last.mono_s
        off_s = (self._last.error_ms or 0) / 1000 + DRIFT * gone_s
        if off_s > MOST_OFF_S:
            return None
        return self._last.utc + timedelta(seconds=gone_s)
