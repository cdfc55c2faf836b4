"""The hardened unit lets the agent do what it does."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import cv2
import pytest

from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World
from tests.town import town, until

pytestmark = pytest.mark.broker

UNIT = Path(__file__).parent.parent.parent / "systemd" / "sereno.service"

TRIED_ONLY = frozenset({"fchown"})
"""Calls whose refusal is taken without complaint: SQLite hands root's files to the folder's owner,
as root only."""


def filters() -> list[str]:
    return [
        line.partition("=")[2]
        for line in UNIT.read_text().splitlines()
        if line.startswith("SystemCallFilter=")
    ]


def members(name: str) -> set[str]:
    """Return the system calls of a set such as @system-service, those of its sets included."""
    shown = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    words = {line.strip() for line in shown.splitlines()[1:] if not line.strip().startswith("#")}
    plain = {word for word in words if word and not word.startswith("@")}
    return plain.union(*(members(word) for word in words if word.startswith("@")))


def allowed() -> set[str]:
    """Apply the unit's lines in order, as systemd.exec(5) says."""
    calls: set[str] = set()
    for line in filters():
        taken = line.removeprefix("~").split()
        meant: set[str] = set().union(*(members(w) if w[0] == "@" else {w} for w in taken))
        calls = calls - meant if line.startswith("~") else calls | meant
    return calls


def test_the_filter_is_read_as_systemd_reads_it() -> None:
    calls = allowed()
    assert {"read", "futex", "mbind", "clock_adjtime"} <= calls
    assert not {"mount", "reboot", "settimeofday", "ptrace", "set_mempolicy"} & calls


def test_the_agent_makes_no_call_that_the_unit_forbids(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    assert strace, "no strace here: make ci-deps"
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    world = World(load("street-day"), seed=1)
    first = world.passages(0, 60)[0]

    seen = Eye(world).grey(first.entered_s + 0.7 * (first.left_s - first.entered_s))
    cv2.imwrite(str(pictures / "one.png"), seen)
    parts = (
        f'[camera.gate]\nkind = "pictures"\npath = "{pictures}"\n'
        '[duty.plates]\ncamera = "gate"\npurpose = "access-control"\n'
    )
    with town(tmp_path, parts) as place:
        place.agent.stop()
        trace = tmp_path / "trace"
        place.agent.command[:0] = [strace, "-D", "-f", "-qq", "-c", "-o", str(trace)]
        place.agent.start()
        until(lambda: bool(place.rows("plates.passage")), "a passage", 60)
        assert place.agent.stop() == 0
        until(lambda: trace.exists() and "futex" in trace.read_text(), "the tracer's count")
    made = set(re.findall(r"(\w+)$", trace.read_text(), re.MULTILINE))
    calls = made - {"syscall", "total"}
    assert calls - allowed() - TRIED_ONLY == set()


def test_nothing_of_its_memory_reaches_a_disk() -> None:
    lines = UNIT.read_text().splitlines()
    assert {"MemorySwapMax=0", "LimitCORE=0"} <= set(lines)
    assert {"prctl", "prlimit64"} <= allowed()


def test_the_unit_is_one_that_systemd_takes() -> None:
    unit = ConfigParser(strict=False, interpolation=None)

    unit.read(UNIT)
    assert unit["Service"]["Type"] == "notify"
    done = subprocess.run(
        ["systemd-analyze", "verify", str(UNIT)], capture_output=True, text=True, check=False
    )
    complaints = [
        line
        for line in done.stderr.splitlines()
        if "sereno.service" in line and "not executable" not in line  # it is not installed here
    ]
    assert not complaints, complaints
