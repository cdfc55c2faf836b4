"""A node's real agent, a real broker and the control centre, each a process that may be killed."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from agent.core.errors import DeviceSilent
from simulators.broker import find_mosquitto, free_port
from simulators.stage import answers, listens

NODE = "pole-017"
ORG = "ceuta"
POLL_S = 0.05


def mosquitto() -> str:
    """Return where the broker is; its absence is a failure in CI, a skip elsewhere."""
    if found := find_mosquitto():
        return str(found)
    if os.environ.get("CI"):
        pytest.fail("no Mosquitto here: make ci-deps")
    pytest.skip("no Mosquitto here: make ci-deps")


def until(true: Callable[[], bool], what: str, wait_s: float = 30) -> None:
    """Poll until `true()`.

    Raises:
        DeviceSilent: It did not come true within `wait_s` of real time.
    """
    end_s = time.monotonic() + wait_s
    while not true():
        if time.monotonic() > end_s:
            raise DeviceSilent("town", f"waited {wait_s:g} s for {what}")
        time.sleep(POLL_S)  # another process's real time


class Process:
    """One program that can be started, killed without mercy, and started again."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.kills = 0
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._running is not None, f"{self.name} was not started"
        return self._running.pid

    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        self.kills += 1
        self._end(signal.SIGKILL)

    def stop(self, within_s: float = 10) -> int:
        """End it as systemd would: SIGTERM; return its exit status."""
        return self._end(signal.SIGTERM, within_s)

    def _end(self, number: signal.Signals, within_s: float = 10) -> int:
        if self._running is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self._running.send_signal(number)
        try:
            return self._running.wait(within_s)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
            return -signal.SIGKILL

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Town:
    """One broker, one centre, one node; their files are in `folder`."""

    def __init__(self, folder: Path, parts: str, agent: Sequence[str] = ()) -> None:
        """Write the configuration; `parts` is its TOML beyond node, broker and store."""
        self.folder = folder
        self.port, self.http = free_port(), free_port()
        self.store = folder / "node"
        self.store.mkdir(exist_ok=True)
        self.centre_db = folder / "centre.db"
        self.config = folder / "sereno.toml"
        self.config.write_text(
            f'[node]\nid = "{NODE}"\norg = "{ORG}"\nplace = {{ lat = 35.8883, lon = -5.3062 }}\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {self.port}\ntls = false\n'
            f'[store]\ndir = "{self.store}"\n{parts}'
        )
        broker = folder / "mosquitto.conf"
        broker.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
            "max_queued_messages 0\n"
        )
        sereno = str(Path(sys.executable).with_name("sereno"))
        self.broker = Process("broker", [mosquitto(), "-c", str(broker)], folder / "broker.log")
        self.agent = Process(
            "agent",
            [*(agent or [sereno]), "run", "--config", str(self.config)],
            folder / "agent.log",
        )
        centre = ["-m", "simulators.centre", "--broker", f"127.0.0.1:{self.port}", "--org", ORG]
        centre += ["--db", str(self.centre_db), "--http", str(self.http)]
        self.centre = Process("centre", [sys.executable, *centre], folder / "centre.log")

    @property
    def processes(self) -> tuple[Process, Process, Process]:
        return self.broker, self.centre, self.agent

    def start(self) -> None:
        self.broker.start()
        until(lambda: listens(self.port), "the broker")
        self.centre.start()
        until(lambda: answers(self.http), "the centre")
        self.agent.start()

    def end(self) -> None:
        for process in reversed(self.processes):
            process.stop()

    def rows(self, stream: str) -> list[tuple[int, int, str]]:
        """Return (epoch, sequence, canonical JSON) of the centre's records of one stream."""
        if not self.centre_db.exists():
            return []
        reader = sqlite3.connect(f"file:{self.centre_db}?mode=ro", uri=True, timeout=10)
        with contextlib.closing(reader) as db:
            query = (
                "SELECT epoch, sequence, body FROM record WHERE stream = ? ORDER BY epoch, sequence"
            )
            return db.execute(query, (stream,)).fetchall()

    def duplicates(self) -> int:
        """Return how many records the centre was sent once more than once."""
        reader = sqlite3.connect(f"file:{self.centre_db}?mode=ro", uri=True, timeout=10)
        with contextlib.closing(reader) as db:
            [(count,)] = db.execute("SELECT coalesce(sum(duplicates), 0) FROM tally").fetchall()
        return int(count)


@contextlib.contextmanager
def town(folder: Path, parts: str, agent: Sequence[str] = ()) -> Iterator[Town]:
    """Run a town; end its processes whatever happens, and show their logs if it went wrong."""
    made = Town(folder, parts, agent)
    try:
        made.start()
        yield made
    except BaseException:
        for process in made.processes:
            if process.log.exists():
                print(f"--- {process.name}\n{process.said()[-3000:]}")
        raise
    finally:
        made.end()
