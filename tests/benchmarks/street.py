"""The simulated street as judge: passages read right, wrong and not at all, against the goals.

    python -m tests.benchmarks.street [--passages N] [--seed N] [--scenario NAME ...]
        [--processes N] [--json PATH] [--sheet PATH] [--fresh] [--speed]

The real duty reads every passage, with the camera on the bus; the world's truth judges. A scenario
is read in stretches of a few minutes, each with a seed of its own, none of which was ever shown to
the models' training: it has its own rendering, and shares the plate art only. What was read is
kept in build/street until the code or the models change, so that an interrupted run goes on.
Intervals are Wilson's, 95 %. `--speed` measures the rendering.
"""

import argparse
import json
import platform
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import msgspec
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from agent.core.share import wilson
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World
from tests.benchmarks.judging.sheet import sheet
from tests.benchmarks.judging.stretch import ROOT, STRETCH_S, Stretch, stretch, version
from tests.benchmarks.of_plates.shipped import models_line, shipped_models
from tests.simulators.reading import asked

SCENARIOS = ("street-day", "street-night", "rain", "street-50")
RIGHT_GOAL, WRONG_GOAL = 0.98, 0.003
APART = 1000
"""Between the seeds of one scenario and those of the next."""

KEPT = ROOT / "build" / "street"

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
    invented: int
    """Said of plates that nobody can read: counted with the wrong ones against the goal."""
    blank: int
    extra: int
    reasons: dict[str, int]
    by_layout: dict[str, tuple[int, int]]
    extras: list[tuple[int, float, str]]
    """Seed, world time and text of what was told of nobody."""


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


def seeds(scenario: str, first: int, passages: int) -> list[int]:
    """Return the seeds of as many stretches as have so many passages, by the truth alone.

    Each scenario has its own: the same seed would send the same vehicles.
    """
    first += APART * SCENARIOS.index(scenario)
    found: list[int] = []
    count = 0
    while count < passages:
        found.append(first + len(found))
        count += len(asked(World(load(scenario), found[-1]), STRETCH_S)[0])
    return found


def added(scenario: str, stretches: Sequence[Stretch]) -> Read:
    """Add up the stretches of a scenario."""
    layouts: dict[str, tuple[int, int]] = {}
    for one in stretches:
        for layout, (right, passed) in one.by_layout.items():
            before = layouts.get(layout, (0, 0))
            layouts[layout] = (before[0] + right, before[1] + passed)
    reasons = Counter(miss.reason for one in stretches for miss in one.misses)
    sums = {
        name: sum(getattr(one, name) for one in stretches)
        for name in ("passed", "right", "wrong", "unread", "invented", "blank", "extra")
    }
    return Read(
        scenario=scenario,
        reasons=dict(reasons.most_common()),
        by_layout=dict(sorted(layouts.items(), key=lambda item: -item[1][1])),
        extras=[(one.seed, *extra) for one in stretches for extra in one.extras],
        **sums,
    )


def read_all(
    wanted: dict[str, list[int]], folder: Path, processes: int, console: Console
) -> dict[str, list[Stretch]]:
    """Read every stretch that is not kept yet; in other processes, since Python shares no core."""
    done: dict[str, list[Stretch]] = {scenario: [] for scenario in wanted}
    with (
        Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(), console=console,
        ) as progress,
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
    ):  # fmt: skip
        bars = {name: progress.add_task(name, total=len(wanted[name]), note="") for name in wanted}
        under_way: dict[Future[Stretch], str] = {
            pool.submit(stretch, folder, scenario, seed): scenario
            for scenario, seed in _in_turn(wanted)
        }
        try:
            for future in as_completed(under_way):
                scenario = under_way[future]
                done[scenario].append(future.result())
                so_far = added(scenario, done[scenario])
                note = f"{so_far.right} of {so_far.passed} right, {so_far.wrong} wrong"
                progress.update(bars[scenario], advance=1, note=note)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {name: sorted(found, key=lambda one: one.seed) for name, found in done.items()}


def _in_turn(wanted: dict[str, list[int]]) -> Iterator[tuple[str, int]]:
    """Yield one stretch of each scenario after another: an unfinished run says something of all."""
    for turn in range(max(map(len, wanted.values()), default=0)):
        for scenario, mine in wanted.items():
            if turn < len(mine):
                yield scenario, mine[turn]


def _speed_table(pictures: list[Rendered]) -> Table:
    speed = Table(title="the street, rendered at 1280 by 720, one thread")
    for column in ("scenario", "pictures/s", "goal", "median ms", "worst ms", "first s"):
        speed.add_column(column, justify="left" if column == "scenario" else "right")
    for one in pictures:
        speed.add_row(
            one.scenario, f"{one.frames_per_s:.0f}", f"≥ {FRAMES_GOAL:.0f}",
            f"{one.median_ms:.1f}", f"{one.worst_ms:.1f}", f"{one.first_s:.1f}",
        )  # fmt: skip
    return speed


def _tables(readings: list[Read]) -> list[Table]:
    sight = Table(
        title=f"vehicles read by the duty; goals: right ≥ {RIGHT_GOAL:.0%}, "
        f"wrong with invented ≤ {WRONG_GOAL:.1%}"
    )
    columns = ("scenario", "passed", "right", "95 %", "wrong", "95 %", "unread", "invented",
               "blank", "extra")  # fmt: skip
    for column in columns:
        sight.add_column(column, justify="left" if column == "scenario" else "right", no_wrap=True)
    for row in readings:
        bad = row.wrong + row.invented
        sight.add_row(
            row.scenario, str(row.passed), f"{_met(row.right, row.passed)} {row.right}",
            _interval(row.right, row.passed),
            f"{'✓' if bad <= WRONG_GOAL * row.passed else '✗'} {row.wrong}",
            _interval(bad, row.passed), str(row.unread), str(row.invented), str(row.blank),
            str(row.extra),
        )  # fmt: skip
    why = Table(title="why a passage was not read right, by the models' looks at its pictures")
    why.add_column("scenario")
    why.add_column("reasons")
    for row in readings:
        why.add_row(row.scenario, ", ".join(f"{r}: {n}" for r, n in row.reasons.items()))
    kinds = Table(title="by layout: right of passed, where any was not read right")
    kinds.add_column("scenario")
    kinds.add_column("layouts")
    for row in readings:
        missed = (f"{k} {r}/{n}" for k, (r, n) in row.by_layout.items() if r < n)
        kinds.add_row(row.scenario, ", ".join(missed))
    return [sight, why, kinds]


def _met(right: int, passed: int) -> str:
    return "✓" if right >= RIGHT_GOAL * passed else "✗"


def _interval(count: int, of: int) -> str:
    low, high = wilson(count, of)
    return f"{low * 100:.1f}-{high * 100:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheet", type=Path, default=KEPT / "misses.png")
    parser.add_argument("--passages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--scenario", action="append", choices=SCENARIOS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget what was kept")
    parser.add_argument("--speed", action="store_true", help="measure the rendering too")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    console = Console()
    scenarios = options.scenario or SCENARIOS
    folder = KEPT / version()
    if options.fresh and folder.exists():
        for file in folder.glob("*.json"):
            file.unlink()
    wanted = {name: seeds(name, options.seed, options.passages) for name in scenarios}
    found = read_all(wanted, folder, options.processes, Console(stderr=True))
    readings = [added(name, found[name]) for name in scenarios]
    pictures = [rendered(name, options.seed) for name in scenarios] if options.speed else []
    if pictures:
        console.print(_speed_table(pictures))
    console.print(models_line())
    for table in _tables(readings):
        console.print(table)
    misses = [miss for name in scenarios for one in found[name] for miss in one.misses]
    if misses:
        sheet(misses, options.sheet)
        console.print(f"every passage not read right: {options.sheet}")
    if options.json:
        figures = {
            "machine": platform.processor() or platform.machine(),
            "models": shipped_models(),
            "seed": options.seed,
            "rendered": [asdict(one) for one in pictures],
            "read": [asdict(row) for row in readings],
            "misses": msgspec.to_builtins(misses),
        }
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
