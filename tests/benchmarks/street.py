"""The simulated street: pictures rendered in a second, and how well the agent reads them.

    python -m tests.benchmarks.street [--json PATH] [--passages N] [--seed N]

Of all the seeds and scenarios shown here none was ever shown to the models' training, which has
its own rendering; they share the plate art. Intervals are Wilson's, 95 %.
"""

import argparse
import json
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from agent.core.share import wilson
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World
from tests.simulators.reading import verdict

SCENARIOS = ("street-day", "street-night", "rain")
FRAMES = 120
FRAMES_GOAL = 12.0
"""Pictures in a second of one core that the demonstration needs."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one scenario's pictures cost, on one thread."""

    scenario: str
    frames_per_s: float
    median_ms: float
    worst_ms: float
    first_s: float


@dataclass(frozen=True, slots=True)
class Read:
    """How one scenario's vehicles were read."""

    scenario: str
    passed: int
    right: int
    wrong: int
    unread: int
    extra: int


def rendered(scenario: str, seed: int) -> Rendered:
    """Measure the rendering of ten seconds of traffic."""
    begin_s = time.perf_counter()
    eye = Eye(World(load(scenario), seed))
    eye.warm_up()
    first_s = time.perf_counter() - begin_s
    took_ms = []
    for moment in range(FRAMES):
        begin_s = time.perf_counter()
        eye.grey(moment / 12)
        took_ms.append((time.perf_counter() - begin_s) * 1000)
    return Rendered(
        scenario, 1000 / float(np.mean(took_ms)), float(np.median(took_ms)), max(took_ms), first_s
    )


def read(scenario: str, seed: int, passages: int) -> Read:
    """Let the agent's duty read about so many passages."""
    world = World(load(scenario), seed)
    for_s = 10.0
    while len(world.passages(0.0, for_s)) < passages:
        for_s += 5.0
    found = verdict(scenario, seed, for_s)
    return Read(
        scenario,
        found.passed,
        len(found.right),
        len(found.wrong),
        len(found.unread),
        len(found.extra),
    )


def _tables(pictures: list[Rendered], readings: list[Read]) -> list[Table]:
    speed = Table(title="the street, rendered at 1280 by 720, one thread")
    for column in ("scenario", "pictures/s", "goal", "median ms", "worst ms", "first s"):
        speed.add_column(column, justify="left" if column == "scenario" else "right")
    for one in pictures:
        speed.add_row(
            one.scenario, f"{one.frames_per_s:.0f}", f"≥ {FRAMES_GOAL:.0f}",
            f"{one.median_ms:.1f}", f"{one.worst_ms:.1f}", f"{one.first_s:.1f}",
        )  # fmt: skip
    sight = Table(title="vehicles read by the agent's own models")
    for column in ("scenario", "passed", "right", "95 %", "wrong", "95 %", "unread", "extra"):
        sight.add_column(column, justify="left" if column == "scenario" else "right", no_wrap=True)
    for row in readings:
        sight.add_row(
            row.scenario, str(row.passed), str(row.right), _interval(row.right, row.passed),
            str(row.wrong), _interval(row.wrong, row.passed), str(row.unread), str(row.extra),
        )  # fmt: skip
    return [speed, sight]


def _interval(count: int, of: int) -> str:
    low, high = wilson(count, of)
    return f"{low * 100:.0f}-{high * 100:.0f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--passages", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    pictures = [rendered(scenario, options.seed) for scenario in SCENARIOS]
    readings = [read(scenario, options.seed, options.passages) for scenario in SCENARIOS]
    console = Console()
    for table in _tables(pictures, readings):
        console.print(table)
    if options.json:
        figures = {
            "machine": platform.processor() or platform.machine(),
            "seed": options.seed,
            "rendered": [asdict(one) for one in pictures],
            "read": [asdict(row) for row in readings],
        }
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
