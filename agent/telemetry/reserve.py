"""Disk space kept back, so that on a full disk what was delivered can still be forgotten.

Even a deletion must first be written to SQLite's journal: without a reserve a disk that somebody
else has filled would stay full of records the centre has long had.
"""

import errno
import os
import sqlite3
from pathlib import Path

from agent.core.errors import DeviceError

LITTLE_BYTES = 256 * 1024
"""SQLite calls a full disk an I/O error where it cannot even make its shared memory, 32 KiB."""


def disk_full(error: BaseException | None, folder: Path) -> bool:
    """Say whether an error of the store in `folder` means that its disk is full."""
    match error:
        case DeviceError():
            return disk_full(error.__cause__, folder)
        case OSError():
            return error.errno in {errno.ENOSPC, errno.EDQUOT}
        case sqlite3.Error():
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
            if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}:
                return _nearly_full(folder)
            return code == sqlite3.SQLITE_FULL
        case _:
            return False


class Reserve:
    """A file of nothing, given up when room is needed and taken again when there is some."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    def take(self) -> bool:
        """Hold the space if the disk has it to spare, or half of it; say whether all is held."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError:
            return False  # the store itself will name the fault
        try:
            held = os.fstat(handle).st_size
            if held < self._size and not _grown(handle, held, self._size):
                if held < self._size // 2:
                    _grown(handle, held, self._size // 2)
                return False
        finally:
            os.close(handle)
        return True

    def halve(self) -> None:
        """Let half of the space go, and no more however often: settling needs the other."""
        try:
            if self._path.stat().st_size > self._size // 2:
                os.truncate(self._path, self._size // 2)
        except OSError:
            return  # there is none to give

    def give_up(self) -> None:
        """Let the space go."""
        self._path.unlink(missing_ok=True)


def _grown(handle: int, held: int, size: int) -> bool:
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError:
        os.ftruncate(handle, held)  # a failed allocation may have taken a part
        return False
    return True


def _nearly_full(folder: Path) -> bool:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False  # the disk is gone, which is another fault
    return disk.f_bavail * disk.f_frsize < LITTLE_BYTES
