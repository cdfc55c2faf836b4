"""What the node itself has left: memory, processor, disk, temperature, power."""

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

from agent.watch.heat import Felt

_THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
_THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
"""Raspberry Pi firmware flags: bit 0 under-voltage now, bit 16 under-voltage since boot."""


_SLOWED = 0b1110
"""Bits 1 to 3: frequency capped, throttled, soft temperature limit, each of them now."""


def felt() -> Felt:
    """Return how hot the board says it is, and whether its firmware has lowered the clock."""
    milli_celsius, flags = _number(_THERMAL), _number(_THROTTLED, base=16)
    return Felt(
        None if milli_celsius is None else milli_celsius / 1000, bool((flags or 0) & _SLOWED)
    )


class Resources:
    """Reads the kernel's figures for this process and this machine."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._cpu_s = time.process_time()
        self._wall_s = time.monotonic()

    def readings(self) -> Mapping[str, float]:
        """Return figures with their units in their names; absent ones are left out."""
        figures = {"cpu_percent": self._cpu_percent(), **_memory()}
        with contextlib.suppress(OSError):  # a card that is gone has no figure; the outbox says so
            disk = os.statvfs(self._store)
            figures["disk_free_mib"] = disk.f_bavail * disk.f_frsize / 2**20
        if (milli_celsius := _number(_THERMAL)) is not None:
            figures["soc_celsius"] = milli_celsius / 1000
        if (flags := _number(_THROTTLED, base=16)) is not None:
            figures["under_voltage_now"] = float(flags & 1)
            figures["under_voltage_since_boot"] = float(flags >> 16 & 1)
        return figures

    def _cpu_percent(self) -> float:
        """Return this process's share of one core since the last call."""
        cpu_s, wall_s = time.process_time(), time.monotonic()
        share = (cpu_s - self._cpu_s) / max(wall_s - self._wall_s, 1e-3)
        self._cpu_s, self._wall_s = cpu_s, wall_s
        return round(100 * share, 1)


def _memory() -> dict[str, float]:
    """Return anonymous and resident memory from proc(5), in MiB."""
    names = {"RssAnon:": "anonymous_mib", "VmRSS:": "resident_mib"}
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    fields = (line.split() for line in lines)
    return {names[f[0]]: round(int(f[1]) / 1024, 1) for f in fields if f and f[0] in names}


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").strip(), base)
    except (OSError, ValueError):  # another board has other files
        return None
