"""`sereno simulate street`, whole: real agent, real broker, real centre, and no process left."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SERENO = str(Path(sys.executable).with_name("sereno"))
WAIT_S = 120.0

pytestmark = pytest.mark.broker


@contextlib.contextmanager
def _demonstration(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [SERENO, "simulate", "street", "--scenario", "calm", "--keep", str(folder), *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def _programs(folder: Path) -> dict[str, int]:
    """The demonstration's children that are alive, by what they are."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            line = " ".join(words)
            for name, mark in (("agent", f"run --config {folder}"), ("centre", f"{folder}/centre")):
                if mark in line:
                    found[name] = int(entry.name)
    return found


def _until(true: Callable[[], object], what: str) -> None:
    end_s = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end_s, f"waited {WAIT_S} s for {what}"
        time.sleep(0.1)  # another process's real time


def _figure(summary: str, name: str) -> int:
    found = re.search(rf"{name}\D*(\d+) *│", summary)
    assert found, f"no {name!r} in:\n{summary}"
    return int(found[1])


@pytest.mark.parametrize("broker", [[], ["--embedded-broker"]], ids=["mosquitto", "amqtt"])
def test_a_bounded_run_ends_with_nothing_lost_and_no_program_left(
    tmp_path: Path, broker: list[str]
) -> None:
    with _demonstration(tmp_path, "--for", "25", *broker) as running:
        said, _ = running.communicate(timeout=WAIT_S)
    assert running.returncode == 0, said
    assert _figure(said, "lost") == 0
    committed = _figure(said, "committed by the agent, by its own numbers")
    assert committed >= 1
    assert _figure(said, "records at the centre") == committed
    assert _figure(said, "read right") >= 1
    assert not _programs(tmp_path)


def test_an_interrupted_run_is_summed_up_too(tmp_path: Path) -> None:
    with _demonstration(tmp_path) as running:
        _until(lambda: "agent" in _programs(tmp_path), "the agent")
        _until(lambda: b"passage of" in (tmp_path / "agent.log").read_bytes(), "a passage")
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=WAIT_S)
    assert running.returncode == 0, said
    assert _figure(said, "lost") == 0
    assert not _programs(tmp_path)


def test_an_agent_that_dies_fails_the_run_and_takes_the_others_with_it(tmp_path: Path) -> None:
    with _demonstration(tmp_path) as running:
        _until(lambda: "agent" in _programs(tmp_path), "the agent")
        os.kill(_programs(tmp_path)["agent"], signal.SIGKILL)
        said, _ = running.communicate(timeout=WAIT_S)
    assert running.returncode != 0
    assert "agent: ended" in said
    assert not _programs(tmp_path)
