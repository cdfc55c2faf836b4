"""A number that only grows, kept in a small file of its own: the epoch, the session."""

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from agent.core.clock import Stamp
from agent.core.errors import DeviceError
from agent.telemetry.reserve import disk_full

log = logging.getLogger(__name__)

UNSURE_S = 2**20
"""Twelve days: the range over which two first starts by an unset clock are told apart."""


class Counter:
    """Survives what stands beside it: losing the outbox does not lose the count of outboxes."""

    def __init__(self, path: Path, what: str) -> None:
        self._path = path
        self._what = what

    def next(self, now: Stamp, above: int = 0) -> int:
        """Store and return a number greater than every earlier one and than `above`.

        Where the file is lost the number begins at the wall clock's seconds since 1970, which
        exceed any count; by an unset clock with a random share, so that two new cards started
        from one image still differ (decision 0030).

        Raises:
            DeviceError: It cannot be stored.
        """
        return self.keep(self._upcoming(now, above))

    def next_if_full(self, now: Stamp, above: int, make_room: Callable[[], None]) -> int:
        """Return such a number on a full disk too: then it is only in the caller's memory.

        The caller gives it back as the next `above`; the next one that can be stored exceeds it.

        Raises:
            DeviceError: It cannot be stored for another reason than a full disk.
        """
        number = self._upcoming(now, above)
        try:
            return self.keep(number)
        except DeviceError as error:
            if not disk_full(error, self._path.parent):
                raise
        make_room()
        try:
            return self.keep(number)
        except DeviceError as error:
            if not disk_full(error, self._path.parent):
                raise
            log.warning("%s; going on with %d, kept in memory only", error, number)
            return number

    def _upcoming(self, now: Stamp, above: int) -> int:
        last = self.last()
        if last is None:
            last = int(now.utc.timestamp())
            if not now.synced:
                last += secrets.randbelow(UNSURE_S)
        return max(last, above, 0) + 1

    def last(self) -> int | None:
        """Return the number stored, or None where there is none that can be read."""
        try:
            text = self._path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return int(text) if text.isdecimal() and len(text) < len(str(2**53)) else None

    def keep(self, number: int) -> int:
        """Store a number, whole or not at all, and return it once it is on the disk."""
        fresh = self._path.with_name(self._path.name + ".new")
        try:
            with fresh.open("w", encoding="ascii") as file:
                file.write(f"{number}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)  # the new name itself
            finally:
                os.close(folder)
        except OSError as error:
            raise DeviceError("outbox", f"cannot store the {self._what}: {error}") from error
        return number
