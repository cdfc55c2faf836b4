"""Finds the picture files that a path names, without opening any."""

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from agent.core.errors import DeviceRefused
from drivers.ports.picture import SUFFIXES

MOST_FILES = 100_000
"""More in one folder is refused: each look would take longer than the pause between two."""


class Signature(NamedTuple):
    """What changes when a file does."""

    inode: int
    size_bytes: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a picture."""

    path: str
    signature: Signature

    @property
    def as_path(self) -> Path:
        return Path(self.path)


def scan(camera: str, path: str) -> list[Found]:
    """List the files `path` names, sorted by path. Blocking.

    A folder gives what is named like a picture in it, not in folders below. A file or a pattern
    gives what it names, whatever it is called: somebody asked for it.

    Raises:
        DeviceRefused: Nothing is at `path`, it may not be read, or it holds too many files.
    """
    if "\0" in path:
        raise DeviceRefused(
            camera, f"path: {path!r} holds a NUL, expected a picture, a folder or a pattern"
        )
    try:
        if Path(path).is_dir():
            found = _in_folder(camera, path)
        elif glob.has_magic(path) and not os.path.lexists(path):
            found = _matching(camera, path)
        else:
            os.lstat(path)  # is anything there?
            found = [Found(path, _signature(path))]
    except OSError as error:
        raise DeviceRefused(
            camera, f"{path}: {error.strerror}, expected a picture, a folder or a pattern"
        ) from error
    return sorted(found, key=lambda file: file.path)


def _in_folder(camera: str, path: str) -> list[Found]:
    found: list[Found] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.name.lower().endswith(SUFFIXES) or entry.name.startswith("."):
                continue
            _admit(camera, path, found)
            found.append(Found(entry.path, _signature(entry.path)))
    return found


def _matching(camera: str, pattern: str) -> list[Found]:
    found: list[Found] = []
    for path in glob.iglob(pattern, recursive=True):  # noqa: PTH207 - Path.glob refuses absolute
        _admit(camera, pattern, found)
        found.append(Found(path, _signature(path)))
    return found


def _admit(camera: str, path: str, found: list[Found]) -> None:
    if len(found) >= MOST_FILES:
        raise DeviceRefused(camera, f"{path}: holds more than {MOST_FILES} pictures, expected less")


def _signature(path: str) -> Signature:
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path for each of many files, each look
    except OSError:  # gone since it was listed, or a link to nowhere: the reader will say so
        return Signature(0, 0, 0)
    return Signature(status.st_ino, status.st_size, status.st_mtime_ns)
