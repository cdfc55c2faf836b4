"""The demonstration's programs: broker, centre and agent, each a real process of its own."""

import contextlib
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from agent.core.errors import DeviceError, DeviceSilent
from simulators.broker import find_mosquitto, free_port
from simulators.child import Child

NODE, ORG = "pole-017", "ceuta"
OUTBOX = "outbox.db"

START_S = 60.0
"""A program that is not ready by then has failed: loading models on a busy Pi takes some time."""

STOP_S = 8.0
"""An agent must end within 5 s of SIGTERM; this is some more."""

POLL_S = 0.1

CONFIG = """\
# Written by `sereno simulate street`; `sereno check` and `sereno run --config` take it as it is.
[node]
id = "{node}"
org = "{org}"
place = {{ lat = 35.8883, lon = -5.3062, note = "simulated street" }}

[broker]
host = "127.0.0.1"
port = {port}
tls = false
protocol = "{protocol}"

[store]
dir = "{store}"
"""

SIGHT = """
[camera.gate]
kind = "street"
scenario = "{scenario}"
seed = {seed}
started = {started}
speed = {speed}
rate_hz = {rate_hz}

[duty.plates]
camera = "gate"
purpose = "trial"
countries = [{countries}]
"""


@dataclass(frozen=True, slots=True)
class Street:
    """What the agent is to look at."""

    scenario: str
    seed: int
    speed: float
    rate_hz: float
    countries: tuple[str, ...]
    started: datetime


class Stage:
    """Starts the programs one after another and stops them in the other order."""

    def __init__(self, folder: Path, http: int = 0, *, embedded: bool = False) -> None:
        self.folder = folder
        self.store = folder / "node"
        self.centre_file = folder / "centre.db"
        self.port, self.http = free_port(), http or free_port()
        self._embedded = embedded or find_mosquitto() is None
        self.children: list[Child] = []

    @property
    def outbox(self) -> Path:
        return self.store / OUTBOX

    def __enter__(self) -> Self:
        self.store.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        with uninterrupted():
            for child in reversed(self.children):
                child.stop(STOP_S)

    def start_broker_and_centre(self) -> None:
        """Start what the agent talks to.

        Raises:
            DeviceError: One of them did not start; the message has its last words.
        """
        python = [sys.executable, "-m"]
        program = [*python, "simulators.broker_process", "--port", str(self.port)]
        broker = self._start("broker", program + ["--embedded"] * self._embedded)
        self.until(broker, lambda: listens(self.port), "to listen")
        centre = self._start(
            "centre",
            [*python, "simulators.centre", "--broker", f"127.0.0.1:{self.port}", "--org", ORG,
             "--db", str(self.centre_file), "--http", str(self.http), "--mqtt", self._mqtt],
        )  # fmt: skip
        self.until(centre, lambda: answers(self.http), "to answer")

    @property
    def _mqtt(self) -> str:
        return "3.1.1" if self._embedded else "auto"  # amqtt speaks no other

    def start_agent(self, street: Street | None) -> Child:
        """Start the agent on a street, or with nothing to do but to deliver what it has."""
        config = self.folder / ("sereno.toml" if street else "deliver.toml")
        text = CONFIG.format(
            node=NODE,
            org=ORG,
            port=self.port,
            protocol=self._mqtt,
            store=self.store,
        )
        if street is not None:
            text += SIGHT.format(
                scenario=street.scenario,
                seed=street.seed,
                started=street.started.astimezone(UTC).isoformat(),
                speed=street.speed,
                rate_hz=street.rate_hz,
                countries=", ".join(f'"{country}"' for country in street.countries),
            )
        config.write_text(text, encoding="utf-8")
        sereno = str(Path(sys.executable).with_name("sereno"))
        return self._start("agent", [sereno, "run", "--config", str(config)])

    def stop(self, child: Child) -> int:
        """End one program in order; return its exit status."""
        self.children.remove(child)
        return child.stop(STOP_S)

    def fallen(self) -> Child | None:
        """Return a program that has ended without having been told to."""
        return next((child for child in self.children if child.status is not None), None)

    def until(
        self, child: Child, true: Callable[[], bool], what: str, within_s: float = START_S
    ) -> None:
        """Wait for a program.

        Raises:
            DeviceError: It ended, or took too long.
        """
        end_s = time.monotonic() + within_s
        while not true():
            if child.status is not None:
                raise DeviceError(child.name, f"ended at once:\n{child.tail()}")
            if time.monotonic() > end_s:
                raise DeviceSilent(child.name, f"took over {within_s:g} s {what}:\n{child.tail()}")
            time.sleep(POLL_S)

    def _start(self, name: str, command: list[str]) -> Child:
        child = Child(name, command, self.folder / f"{name}.log")
        self.children.append(child)
        return child


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nobody interrupt the block: a second Ctrl-C must not leave programs behind."""
    before = {n: signal.signal(n, signal.SIG_IGN) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listens(port: int) -> bool:
    """Say whether somebody takes connections on this port of loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def answers(http: int) -> bool:
    """Say whether the control centre's page on this port of loopback is up."""
    address = f"http://127.0.0.1:{http}/healthz"
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=1) as answer:
        return int(answer.status) == 200  # noqa: PLR2004 - OK
    return False
