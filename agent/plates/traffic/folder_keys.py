"""Day keys of a zone from a folder: one file a day, in memory rather than on a card.

`<folder>/<zone>/2026-11-25` holds 64 hexadecimal digits. The folder belongs on a tmpfs such as
/run: what a flash card has once stored cannot be overwritten. Whoever keeps the zone makes the
files and copies the same ones to each gate; delivery under seal comes with the trust issue.
"""

import os
from datetime import date
from pathlib import Path

from agent.core.errors import DeviceError
from agent.core.files import open_regular

KEY_BYTES = 32

FILE_BYTES_MOST = 256


class FolderZoneKeys:
    """Reads and removes key files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def key(self, zone: str, day: date) -> bytearray | None:
        path = self._folder / zone / day.isoformat()
        try:
            with open_regular(path, buffered=False) as file:
                text = file.read(FILE_BYTES_MOST)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DeviceError("zone key", f"{path} cannot be read: {error.strerror}") from error
        try:
            key = bytearray.fromhex(text.decode("ascii"))
        except ValueError as error:
            raise DeviceError(
                "zone key", f"{path} holds no key, expected {2 * KEY_BYTES} hexadecimal digits"
            ) from error
        if len(key) != KEY_BYTES:
            words = f"{path} holds {len(key)} bytes, expected {KEY_BYTES}"
            raise DeviceError("zone key", words)
        return key

    def destroy_before(self, zone: str, day: date) -> None:
        folder = self._folder / zone
        try:
            old = [path for path in folder.iterdir() if _older(path.name, day) and path.is_file()]
            for path in old:
                with path.open("r+b", buffering=0) as file:
                    file.write(bytes(path.stat().st_size))
                    os.fsync(file.fileno())
                path.unlink()
        except FileNotFoundError:
            return
        except OSError as error:
            raise DeviceError(
                "zone key", f"a key of an earlier day stays in {folder}: {error.strerror}"
            ) from error


def _older(name: str, day: date) -> bool:
    try:
        return date.fromisoformat(name) < day
    except ValueError:
        return False  # not a key of ours
