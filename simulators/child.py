"""A program started by the simulator: in a process group of its own, and never left behind."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

TAIL_BYTES = 4000


class Child:
    """One program; everything it prints goes to `log`."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the terminal's Ctrl-C is ours alone, to stop in order
            )

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs."""
        return self._process.poll()

    def stop(self, within_s: float) -> int:
        """Ask it to end, and make it end after `within_s`; return its exit status."""
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
        return self._process.wait()

    def kill(self) -> None:
        """End it and all it started, now."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def tail(self) -> str:
        """Return the end of what it printed."""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
            return file.read().decode("utf-8", "replace")

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
