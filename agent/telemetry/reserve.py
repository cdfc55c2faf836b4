"""Disk space kept back, so that on a full disk what was delivered can still be forgotten.

Even a deletion must first be written to SQLite's journal: without a reserve a disk that somebody
else has filled would stay full of records the centre has long had.
"""

import os
from pathlib import Path


class Reserve:
    """A file of nothing, given up when room is needed and taken again when there is some."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    def take(self) -> bool:
        """Hold the space if the disk has it to spare; say whether it is held."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError:
            return False  # the store itself will name the fault
        try:
            if os.fstat(handle).st_size < self._size:
                os.posix_fallocate(handle, 0, self._size)
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)
        return True

    def give_up(self) -> None:
        """Let the space go."""
        self._path.unlink(missing_ok=True)
