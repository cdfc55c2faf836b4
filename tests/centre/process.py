"""The centre as it is really run: a process of its own, started, stopped and killed."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.centre.contract import ORG

PATIENCE_S = 20.0


class Centre:
    """`python -m simulators.centre`; `start` returns once it has printed its address."""

    def __init__(self, broker: str, db: Path, *more: str) -> None:
        self._command = [sys.executable, "-m", "simulators.centre", "--broker", broker]
        self._command += ["--org", ORG, "--db", str(db), "--http", "0", *more]  # the last counts
        self._db = db
        self._log = db.with_suffix(".log")
        self.address = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        assert line.startswith("centre: http://"), f"{line!r} {self._log.read_text()}"
        self.address = line.removeprefix("centre: ").strip()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it, and return its status."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(number)
        with process:
            return process.wait(PATIENCE_S)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def report(self) -> Any:
        """Return the sums that the command line prints."""
        done = subprocess.run(
            [sys.executable, "-m", "simulators.centre", "--db", str(self._db), "--report"],
            capture_output=True,
            check=True,
        )
        return json.loads(done.stdout)
