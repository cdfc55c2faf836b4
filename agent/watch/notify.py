"""Tells systemd that the agent is ready, alive and stopping; see sd_notify(3)."""

import contextlib
import os
import socket
from collections.abc import Mapping

READY = "READY=1"
STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"


class ServiceManager:
    """The notification socket of the service manager; silent where there is none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # sd_notify(3): a leading @ stands for the null byte of an abstract socket
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_s = _watchdog_s(environment)

    def tell(self, *words: str) -> None:
        """Send assignments such as `READY=1` or `STATUS=two duties performing`."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.setblocking(False)
            # The manager may restart, or its queue be full: the next word gets through.
            with contextlib.suppress(OSError):
                to.connect(self._address)
                to.send("\n".join(words).encode())


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    """Return the watchdog's period in seconds, None where none is set for this process."""
    usec = environment.get("WATCHDOG_USEC", "")
    pid = environment.get("WATCHDOG_PID", str(os.getpid()))
    if not usec.isdigit() or pid != str(os.getpid()) or int(usec) == 0:
        return None
    return int(usec) / 1e6
