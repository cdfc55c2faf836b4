"""The centre as a process: it starts, says where it is, survives kill -9, and stops when told."""

import json
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.broker import Mosquitto
from tests.centre.conftest import TEST_STREAM
from tests.centre.contract import NODE, record
from tests.centre.node import Node
from tests.centre.process import PATIENCE_S, Centre

NOBODY = "127.0.0.1:1"


@pytest.fixture
def made(path: Path) -> Iterator[Callable[[str], Centre]]:
    centres: list[Centre] = []

    def make(broker: str) -> Centre:
        folder = path.parent / "schemas"
        folder.mkdir()
        (folder / "test.json").write_text(json.dumps(TEST_STREAM))
        centres.append(Centre(broker, path, "--schemas", str(folder)))
        return centres[-1]

    yield make
    for centre in centres:
        centre.kill()


@pytest.mark.socket
def test_it_says_where_it_is_and_stops_when_told(made: Callable[[str], Centre]) -> None:
    centre = made(NOBODY)
    centre.start()
    port = int(centre.address.rstrip("/").rpartition(":")[2])
    socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S).close()
    assert centre.stop() == 0


@pytest.mark.socket
def test_a_taken_port_is_an_error_with_words(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "simulators.centre", "--broker", NOBODY]
        done = subprocess.run(
            [*command, "--db", str(path), "--http", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.broker
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_it_loses_and_doubles_nothing(
    mosquitto: Mosquitto, made: Callable[[str], Centre], seed: int
) -> None:
    """The node keeps what is not acknowledged and sends it again; the centre dies all the time."""
    chance = random.Random(seed)
    centre = made(f"127.0.0.1:{mosquitto.port}")
    centre.start()
    upto, last = 0, 400
    try:
        with Node(mosquitto.port) as node:
            while upto < last:
                missing = range(upto + 1, last + 1)
                for first in missing[::20]:
                    node.send(*(record(n) for n in range(first, min(first + 20, last + 1))))
                    if chance.random() < 0.2:  # one batch in five
                        centre.kill()
                        centre.start()
                while (ack := node.patient_ack()) is not None:
                    assert ack["epoch"] == 7
                    if not ack["nak"]:
                        upto = max(upto, ack["upto"])
    finally:
        centre.stop()
    (account,) = centre.report()["accounts"]
    assert (account["node"], account["stored"], account["highest"]) == (NODE, last, last)
    assert (account["awaited"], account["missing"], account["quarantined"]) == (0, 0, 0)
