"""The agent as systemd starts it: it says when it is ready, and ends when it is told."""

import contextlib
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.town import Process, Town, town, until

pytestmark = pytest.mark.broker

TOLD_TO_STOP_S = 5.0


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The service manager's end of the notification socket."""
    path = tmp_path / "notify"
    monkeypatch.setenv("NOTIFY_SOCKET", str(path))
    monkeypatch.setenv("WATCHDOG_USEC", "2000000")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(path))
        server.settimeout(20)
        yield server


def words(manager: socket.socket, wanted: bytes) -> list[bytes]:
    """Return what is said until `wanted` is."""
    said: list[bytes] = []
    while wanted not in said:
        said += manager.recv(4096).split(b"\n")
    return said


def test_it_says_ready_alive_and_stopping(tmp_path: Path, manager: socket.socket) -> None:
    with town(tmp_path, "") as place:
        said = words(manager, b"READY=1")
        assert any(word.startswith(b"STATUS=") for word in said)
        words(manager, b"WATCHDOG=1")
        until(lambda: state_of(place) == "ready", "the node's state at the centre")
        begin_s = time.monotonic()
        assert place.agent.stop(within_s=TOLD_TO_STOP_S) == 0
        assert time.monotonic() - begin_s < TOLD_TO_STOP_S
        words(manager, b"STOPPING=1")
        until(lambda: state_of(place) == "disconnected", "the farewell at the centre")


def state_of(place: Town) -> str | None:
    """Return what the centre last heard of the node's state."""
    reader = sqlite3.connect(f"file:{place.centre_db}?mode=ro", uri=True)
    with contextlib.closing(reader) as db:
        row = db.execute(
            "SELECT json_extract(body, '$.state') FROM said WHERE channel = 'state'"
        ).fetchone()
    return None if row is None else str(row[0])


def test_a_second_agent_on_the_same_store_is_refused_by_name(tmp_path: Path) -> None:
    with town(tmp_path, "") as place:
        until(lambda: "uplink is ready" in place.agent.said(), "the first agent")
        second = Process("second", place.agent.command, tmp_path / "second.log")
        second.start()
        until(lambda: not second.alive(), "the second agent to give up")
        assert second.stop() == 1
        assert "outbox" in second.said()
        assert "Traceback" not in second.said()
        assert place.agent.alive()


def test_a_store_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with town(tmp_path, "") as place:
        text = place.config.read_text().replace(str(place.store), str(place.config))
        place.agent.stop()
        place.config.write_text(text)
        place.agent.start()
        until(lambda: not place.agent.alive(), "the agent to give up")
        assert place.agent.stop() == 1
        assert str(place.config) in place.agent.said()
        assert "Traceback" not in place.agent.said()


def test_a_damaged_model_leaves_the_duty_blind_and_says_why(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    spoilt = Path(__file__).with_name("spoilt_model.py")
    parts = (
        f'[camera.gate]\nkind = "pictures"\npath = "{pictures}"\n'
        '[duty.plates]\ncamera = "gate"\npurpose = "access-control"\n'
    )

    with town(tmp_path, parts, [sys.executable, str(spoilt), str(tmp_path)]) as place:
        until(lambda: "no-model" in duties_of(place), "the duty to say that it is blind")
        told = duties_of(place)
        assert '"blind"' in told
        assert "SHA-256" in told
        assert place.agent.alive()


def duties_of(place: Town) -> str:
    """Return what the centre last heard of the node's duties, as JSON."""
    reader = sqlite3.connect(f"file:{place.centre_db}?mode=ro", uri=True)
    with contextlib.closing(reader) as db:
        row = db.execute("SELECT body FROM said WHERE channel = 'duties'").fetchone()
    return "" if row is None else str(row[0])
