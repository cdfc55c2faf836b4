"""Each import contract holds, and breaks when it is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("agent", "drivers", "models", "simulators")

BREACHES = {
    "the floor imports nothing of ours": ("agent/core/clock.py", "agent.plates.formats.syntax"),
    "the parts meet only in agent.core and are joined only by agent.app": (
        "agent/plates/formats/syntax.py",
        "models.runtime",
    ),
    "kinds never import kinds": ("drivers/camera_video/driver.py", "drivers.camera_rtsp"),
    "a wire knows bytes, and nothing of time or the world": ("drivers/pelco_d/wire.py", "asyncio"),
    "production never loads a simulator": ("agent/watch/notify.py", "simulators.loop"),
    "the control centre is independent of the agent it judges": (
        "simulators/centre/ingest.py",
        "agent.telemetry.topics",
    ),
    "the street shares the plate art with the training, and nothing else": (
        "simulators/world.py",
        "models.plate_reader",
    ),
}
"""For each contract by name: a file, and the import that it must not make."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of our packages that a test may spoil."""
    ignore = shutil.ignore_patterns("__pycache__", "*.tflite", "*.ttf")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignore)
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def check(tree: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


def test_every_contract_has_a_breach_here() -> None:
    lines = (ROOT / "setup.cfg").read_text().splitlines()
    at = [i for i, line in enumerate(lines) if line.startswith("[importlinter:contract:")]
    assert {lines[i + 1].removeprefix("name = ") for i in at} == set(BREACHES)


def test_the_contracts_hold(copy: Path) -> None:
    done = check(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_seen(copy: Path, name: str) -> None:
    file, module = BREACHES[name]
    with (copy / file).open("a") as target:
        target.write(f"\nimport {module}\n")
    done = check(copy)
    assert done.returncode != 0
    assert f"{name} BROKEN" in " ".join(done.stdout.split()), done.stdout
