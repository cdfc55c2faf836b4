"""systemd hears what sd_notify(3) says it should."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.watch.notify import ALIVE, READY, ServiceManager

pytestmark = pytest.mark.socket


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(path)
        server.settimeout(5)
        yield server, path


def test_words_arrive_as_one_datagram(manager: tuple[socket.socket, str]) -> None:
    server, path = manager
    ServiceManager({"NOTIFY_SOCKET": path}).tell(READY, "STATUS=one duty blind")
    assert server.recv(4096) == b"READY=1\nSTATUS=one duty blind"


def test_an_abstract_socket_is_reached() -> None:
    name = f"sereno-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind("\0" + name)
        server.settimeout(5)
        ServiceManager({"NOTIFY_SOCKET": "@" + name}).tell(ALIVE)
        assert server.recv(4096) == b"WATCHDOG=1"


def test_a_manager_that_is_gone_harms_nobody(tmp_path: Path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell(READY)
    ServiceManager({}).tell(READY)


@pytest.mark.parametrize(
    ("environment", "period_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
    ],
)
def test_the_watchdog_is_this_processs_own(
    environment: dict[str, str], period_s: float | None
) -> None:
    assert ServiceManager(environment).watchdog_s == period_s
