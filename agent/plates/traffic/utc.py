"""From monotonic seconds to UTC minutes, and what to do when the clock is set."""

from datetime import UTC, datetime, timedelta
from math import floor

from agent.core.clock import Stamp

STEP_S = 2.0
"""A wall clock that departs from the monotonic one by more than this was set."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Calendar:
    """Counts UTC minutes since 1970 by the node's clock, as one agreed offset from monotonic."""

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self._closed = -1
        self.synced = False

    def was_set(self, now: Stamp) -> bool:
        """Say whether the clock was set since the last stamp that was followed.

        Minutes gathered before belong to no known minute after: tell them, then `follow`.
        """
        return self._offset_s is not None and abs(_offset_s(now) - self._offset_s) > STEP_S

    def follow(self, now: Stamp) -> None:
        """Take the offset of a stamp, if there is none yet or the clock was set."""
        if self._offset_s is None or self.was_set(now):
            self._offset_s = _offset_s(now)
            self._closed = self.minute(now.mono_s) - 1
        self.synced = now.synced

    def minute(self, mono_s: float) -> int:
        """Return the number of the minute in which a moment lies."""
        return floor((mono_s + (self._offset_s or 0.0)) / 60)

    def mono_s(self, minute: int) -> float:
        """Return when a minute begins, monotonic."""
        return minute * 60 - (self._offset_s or 0.0)

    def start(self, minute: int) -> datetime:
        """Return when a minute begins, UTC."""
        return _EPOCH + timedelta(minutes=minute)

    def utc(self, mono_s: float) -> datetime:
        """Return a moment's date."""
        return _EPOCH + timedelta(seconds=mono_s + (self._offset_s or 0.0))

    def closed(self, minute: int) -> bool:
        """Say whether a minute has been told already."""
        return minute <= self._closed

    def due(self, mono_s: float, late_s: float) -> range:
        """Return the minutes that can be told now, and close them."""
        last = self.minute(mono_s - late_s) - 1
        due = range(self._closed + 1, last + 1)
        self._closed = max(self._closed, last)
        return due


def _offset_s(now: Stamp) -> float:
    return (now.utc - _EPOCH).total_seconds() - now.mono_s
