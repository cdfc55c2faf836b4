"""Time: one monotonic clock, the event loop's, and an honest wall clock."""

import asyncio
import ctypes
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was sensed.

    `mono_s` orders events on this node and survives clock steps. `utc` is for people; trust it
    only when `synced`, since a Pi boots without a real clock. `error_ms` is the kernel's own
    estimate of the wall clock's error, None where it has none.
    """

    mono_s: float
    utc: datetime
    synced: bool
    error_ms: int | None = None


class Clock(Protocol):
    """Where stamps come from. Waiting is `asyncio.sleep`: time is the loop's time."""

    def stamp(self) -> Stamp: ...


class SystemClock:
    """Reads the loop for order and the operating system for the date."""

    def __init__(self) -> None:
        self._checked_s = float("-inf")
        self._synced = False
        self._error_ms: int | None = None

    def stamp(self) -> Stamp:
        mono_s = asyncio.get_running_loop().time()
        if mono_s - self._checked_s >= 1:  # the kernel updates its estimate once a second
            self._checked_s = mono_s
            self._synced, self._error_ms = kernel_clock_state()
        return Stamp(mono_s, datetime.now(UTC), self._synced, self._error_ms)


class _Timex(ctypes.Structure):
    """`struct timex` up to the fields read here; see adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


_STA_UNSYNC = 0x0040
"""Clock unsynchronised, adjtimex(2)."""


def kernel_clock_state() -> tuple[bool, int | None]:
    """Say whether the kernel's clock is disciplined, and its estimated error in ms.

    Source: adjtimex(2), which every NTP client keeps up to date.
    """
    timex = _Timex()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.adjtimex(ctypes.byref(timex)) < 0:
        return False, None  # a sandbox may forbid the call: then nothing is promised
    synced = not timex.status & _STA_UNSYNC
    return synced, timex.maxerror // 1000 if synced else None
