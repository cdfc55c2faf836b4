"""A real Mosquitto of Debian's, started and killed by a test."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest


def program() -> str:
    """Find Mosquitto; its absence fails in CI and skips elsewhere."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        words = "mosquitto is not installed: make ci-deps"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mosquitto:
    """One broker on loopback. `start` returns once it listens; `kill` is kill -9."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.port = free_port()
        self._program = program()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nset_tcp_nodelay true\nuser {getpass.getuser()}\n"
            + "".join(f"{line}\n" for line in lines or ("allow_anonymous true",))
        )
        self._log = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(self._config), "-v"], stdout=log, stderr=log
            )
        for _ in range(1000):  # each refused connection takes its time: about 10 s in all
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except ConnectionRefusedError:
                try:
                    code = self._process.wait(timeout=0.01)
                except subprocess.TimeoutExpired:
                    continue
                raise AssertionError(
                    f"mosquitto ended with {code}: {self._log.read_text()}"
                ) from None
            else:
                return
        raise AssertionError(f"mosquitto does not listen: {self._log.read_text()}")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(timeout=10)
            self._process = None
