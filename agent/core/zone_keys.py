"""Where the key of a zone's day comes from: every gate of a zone has the same one."""

from datetime import date
from typing import Protocol


class ZoneKeys(Protocol):
    """Hands out day keys, and destroys them. Blocking: they may lie on a disk or in a chip."""

    def key(self, zone: str, day: date) -> bytearray | None:
        """Return the zone's 32 bytes for a day, the caller's to wipe; None where there are none.

        Raises:
            DeviceError: What keeps the keys cannot be read.
        """
        ...

    def destroy_before(self, zone: str, day: date) -> None:
        """Make every key of an earlier day impossible to find again.

        Raises:
            DeviceError: One of them is still there.
        """
        ...
