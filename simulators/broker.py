"""A broker to talk to: Mosquitto as a process where it is installed, else amqtt in this one.

amqtt speaks MQTT 3.1.1 only and forgets what is in flight when a client reconnects: it serves the
demonstration, and no claim about delivery rests on it.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PLACES = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")
"""Where it is when `sbin` is not on the path, as for an ordinary user of Debian."""

START_S = 10.0
STOP_S = 5.0
POLL_S = 0.02


class NoBroker(RuntimeError):
    """No broker could be started; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker listens; `what` is the program, `mqtt5` whether it speaks MQTT 5."""

    host: str
    port: int
    what: str
    mqtt5: bool


def find_mosquitto() -> Path | None:
    """Return the program's path, None where it is not installed."""
    found = shutil.which("mosquitto")
    if found:
        return Path(found)
    return next((Path(place) for place in PLACES if Path(place).is_file()), None)


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """One Mosquitto process on loopback, with a configuration of its own; a context manager.

    `acl` is the text of an access file; `more` are further lines of configuration. It can be
    killed, frozen and started again on the same port.
    """

    def __init__(
        self, folder: Path, port: int = 0, acl: str = "", more: str = "", *, anonymous: bool = True
    ) -> None:
        """Raise `NoBroker` where Mosquitto is not installed."""
        program = find_mosquitto()
        if program is None:
            raise NoBroker("no mosquitto on this machine: apt-get install mosquitto")
        self.port = port or free_port()
        self._program = program
        self._folder = folder
        self._config = folder / "mosquitto.conf"
        self._process: subprocess.Popen[bytes] | None = None
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {str(anonymous).lower()}",
            "set_tcp_nodelay true",  # 452 instead of 15,612 messages a second without, measured
            "max_queued_messages 100000",  # 1000 by default, and silent beyond
            "log_type all",
            # As root it would become the user `mosquitto`, who may not read our folder.
            *(["user root"] if os.geteuid() == 0 else []),
            more,
        ]
        if acl:
            access = folder / "acl"
            access.write_text(acl, "utf-8")
            access.chmod(0o600)
            lines.append(f"acl_file {access}")
        self._config.write_text("\n".join(lines) + "\n", "utf-8")
        self._config.chmod(0o600)

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.port, "mosquitto", mqtt5=True)

    @property
    def log(self) -> str:
        """What it has printed so far."""
        path = self._folder / "mosquitto.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it accepts connections; blocking for a fraction of a second."""
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program and file
                [str(self._program), "-c", str(self._config)],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise NoBroker(
                    f"mosquitto ended with {self._process.returncode}: {self.log[-500:]}"
                )
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), timeout=1),
            ):
                return
            time.sleep(POLL_S)
        self.stop()
        raise NoBroker(f"mosquitto did not listen on {self.port} within {START_S} s")

    def stop(self) -> None:
        """End it; kill it where it does not end."""
        if self._process is None:
            return
        self.thaw()
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it at once, with nothing saved: `kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it hold its connections and say nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


@contextlib.contextmanager
def mosquitto(
    port: int = 0, acl: str = "", more: str = "", *, anonymous: bool = True
) -> Iterator[Mosquitto]:
    """Run a Mosquitto in a folder of its own for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="sereno-broker-") as folder:
        place = Path(folder)
        with Mosquitto(place, port, acl, more, anonymous=anonymous) as broker:
            yield broker


@contextlib.asynccontextmanager
async def running_broker(port: int = 0) -> AsyncIterator[Address]:
    """Run a broker on loopback for the length of the block: Mosquitto if found, else amqtt."""
    if find_mosquitto() is None:
        async with embedded_broker(port) as address:
            yield address
        return
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as stack:
        broker = await loop.run_in_executor(None, stack.enter_context, mosquitto(port))
        yield broker.address


@contextlib.asynccontextmanager
async def embedded_broker(port: int = 0) -> AsyncIterator[Address]:
    """Run amqtt in this process: MQTT 3.1.1, anybody may say anything."""
    from amqtt.broker import Broker  # noqa: PLC0415 - slow to load, and not always needed

    where = port or free_port()
    logging.getLogger("amqtt").setLevel(logging.ERROR)
    logging.getLogger("transitions").setLevel(logging.ERROR)
    config: Mapping[str, object] = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{where}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    broker = Broker(dict(config))
    await broker.start()
    try:
        yield Address("127.0.0.1", where, "amqtt", mqtt5=False)
    finally:
        await broker.shutdown()
