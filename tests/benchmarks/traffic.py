"""Counting the simulated street: the virtual loops against the truth, and what a picture costs.

    python -m tests.benchmarks.traffic [--json PATH] [--for-s S] [--seed N] [--keep FOLDER]

Plates play no part. The seed was shown to nobody who set the thresholds (those were set on another
one, before motorcycles, buses and trailers drove here). CPU time is of one thread, so that other
work on the machine does not count. `--keep` keeps the small pictures, to look again without
rendering. Truth is the world's own: `World.crossings` and `World.occupied`.
"""

import argparse
import json
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from agent.plates.traffic.geometry import class_of
from agent.plates.traffic.lane import Passed
from agent.plates.traffic.settings import TrafficSettings
from agent.plates.traffic.watch import Watch
from agent.plates.traffic.zone import lores
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.site import NEAR_M, traffic_table
from simulators.world import Crossing, World

SCENARIOS = ("street-day", "street-night", "rain", "queue")
RATE_HZ = 12.0
LEARN_S = 25.0
"""Shown before the first second that counts: the road is learned in it."""

TOGETHER_S = 1.5
"""A count and a crossing further apart are not the same vehicle."""

BIN_S = 60
COST_FRAMES = 60
COST_LIMIT_MS = 0.5


@dataclass(frozen=True, slots=True)
class LaneResult:
    """How one lane of one scenario was counted."""

    scenario: str
    lane: str
    heading: str
    true: int
    counted: int
    missed: int
    extra: int
    mape_pct: float
    """Mean absolute error of one-minute counts, in percent of each minute's truth."""
    headway_error_s: float
    speed_measured: int
    speed_bias_pct: float
    speed_error_pct: float
    """Median of the absolute error."""
    length_bias_m: float
    length_error_m: float
    class_right: int
    class_measured: int
    occupancy_pct: float
    occupancy_true_pct: float


def settings_of(world: World) -> TrafficSettings:
    """Return the duty's settings for this street."""
    table = tomllib.loads(traffic_table(world, "gate"))["duty"]["traffic"]
    return msgspec.convert(table, TrafficSettings)


def pictures(name: str, seed: int, for_s: float, keep: Path | None) -> NDArray[np.uint8]:
    """Return the scenario's pictures at the size that is looked at, from `-LEARN_S` on."""
    kept = None if keep is None else keep / f"{name}-{seed}-{for_s:g}.npy"
    if kept is not None and kept.exists():
        loaded: NDArray[np.uint8] = np.load(kept)
        return loaded
    eye = Eye(World(load(name), seed))
    count = round((LEARN_S + for_s) * RATE_HZ)
    made = np.stack([lores(eye.grey(n / RATE_HZ - LEARN_S)) for n in range(count)])
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, made)
    return made


def counted(
    name: str, seed: int, for_s: float, keep: Path | None, confusion: Counter[tuple[str, str]]
) -> Iterator[LaneResult]:
    """Count one scenario; yield each lane's result, and add to the classes' confusion."""
    world = World(load(name), seed)
    watch = Watch(settings_of(world))
    found: list[Passed] = []
    covered: dict[str, float] = dict.fromkeys(watch.lanes, 0.0)
    for number, picture in enumerate(pictures(name, seed, for_s, keep)):
        seen = watch.look(picture, number / RATE_HZ - LEARN_S)
        found += seen.passed
        for where, from_s, to_s in seen.covered:
            covered[where] += max(0.0, to_s - max(from_s, 0.0))
    for lane in world.scenario.lane:
        approaching = lane.direction.value == "approaching"
        truth = [c for c in world.crossings(0, for_s - 3, NEAR_M[1]) if c.lane == lane.name]
        mine = [p for p in found if p.lane == lane.name]
        at_s = {id(p): p.on_s if approaching else p.off_s for p in mine}
        mine = [p for p in mine if 0 <= at_s[id(p)] < for_s - 3]
        pairs = _paired(truth, mine, at_s)
        covers_s = covered[lane.name] + sum(
            p.over_s - (p.off_s - p.on_s) for p in mine if p.over_s is not None
        )
        speeds = [100 * (p.speed_m_s / c.speed_mps - 1) for c, p in pairs if p.speed_m_s]
        lengths = [p.length_m - c.length_m for c, p in pairs if p.length_m is not None]
        measured = [(c, p) for c, p in pairs if p.length_m is not None]
        headways = [
            abs(p.headway_s - c.headway_s)
            for c, p in pairs
            if p.headway_s is not None and c.headway_s is not None
        ]
        for c, p in measured:
            confusion[class_of(c.length_m).value, p.kind.value] += 1
        yield LaneResult(
            scenario=name,
            lane=lane.name,
            heading=lane.direction.value,
            true=len(truth),
            counted=len(mine),
            missed=len(truth) - len(pairs),
            extra=len(mine) - len(pairs),
            mape_pct=_mape([c.time_s for c in truth], [at_s[id(p)] for p in mine], for_s),
            headway_error_s=_median(headways),
            speed_measured=len(speeds),
            speed_bias_pct=fmean(speeds) if speeds else 0.0,
            speed_error_pct=_median([abs(each) for each in speeds]),
            length_bias_m=fmean(lengths) if lengths else 0.0,
            length_error_m=_median([abs(each) for each in lengths]),
            class_right=sum(class_of(c.length_m) is p.kind for c, p in measured),
            class_measured=len(measured),
            occupancy_pct=100 * covers_s / for_s,
            occupancy_true_pct=100 * _true_occupancy(world, lane.name, for_s),
        )


def _paired(
    truth: list[Crossing], mine: list[Passed], at_s: dict[int, float]
) -> list[tuple[Crossing, Passed]]:
    """Pair each crossing with the nearest count that is still free."""
    ways = sorted(
        (abs(c.time_s - at_s[id(p)]), i, j)
        for i, c in enumerate(truth)
        for j, p in enumerate(mine)
        if abs(c.time_s - at_s[id(p)]) <= TOGETHER_S
    )
    left, right, pairs = set(range(len(truth))), set(range(len(mine))), []
    for _, i, j in ways:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            pairs.append((truth[i], mine[j]))
    return sorted(pairs, key=lambda pair: pair[0].time_s)


def _mape(truth: list[float], mine: list[float], for_s: float) -> float:
    """Return the mean absolute error of counts a minute, in percent of the mean count."""
    edges = np.arange(0, for_s + 1, BIN_S)
    true, got = np.histogram(truth, edges)[0], np.histogram(mine, edges)[0]
    some = true > 0
    return float(100 * (np.abs(got - true)[some] / true[some]).mean()) if some.any() else 0.0


def _median(values: list[float]) -> float:
    return median(values) if values else 0.0


def _true_occupancy(world: World, lane: str, for_s: float) -> float:
    """Return the share of the time in which a vehicle stood over any of the near zone."""
    lines = np.linspace(*NEAR_M, 4)
    times = np.arange(0, for_s, 0.2)
    return fmean(
        any(world.occupied(lane, float(time_s), float(y_m)) for y_m in lines) for time_s in times
    )


def cost_ms(seed: int) -> tuple[float, float]:
    """Return CPU ms a 1280x720 picture, and a picture that is already small, of two lanes."""
    world = World(load("street-day"), seed)
    eye = Eye(world)
    large = [eye.grey(n / RATE_HZ) for n in range(COST_FRAMES)]
    small = [lores(each) for each in large]
    return _cost_ms(world, large), _cost_ms(world, small)


def _cost_ms(world: World, shown: list[NDArray[np.uint8]]) -> float:
    watch = Watch(settings_of(world))
    rounds = 20
    learn = round(LEARN_S * RATE_HZ)
    for number in range(learn):
        watch.look(shown[number % len(shown)], number / RATE_HZ)
    begin_s = time.process_time()
    for number in range(rounds * len(shown)):
        watch.look(shown[number % len(shown)], (learn + number) / RATE_HZ)
    return 1000 * (time.process_time() - begin_s) / (rounds * len(shown))


def _tables(rows: list[LaneResult], confusion: Counter[tuple[str, str]]) -> list[Table]:
    lanes = Table(title="virtual loops on the simulated street, two zones a lane, 12 pictures/s")
    for column in (
        "lane", "true", "counted", "missed", "extra", "MAPE/min", "headway ±", "speed (n)",
        "length", "class", "occupancy (true)",
    ):  # fmt: skip
        lanes.add_column(column, justify="left" if column == "lane" else "right", no_wrap=True)
    for row in rows:
        lanes.add_row(
            f"{row.scenario} {row.heading}", str(row.true), str(row.counted), str(row.missed),
            str(row.extra), f"{row.mape_pct:.1f} %", f"{row.headway_error_s:.2f} s",
            f"{row.speed_bias_pct:+.1f} ± {row.speed_error_pct:.1f} % ({row.speed_measured})",
            f"{row.length_bias_m:+.1f} ± {row.length_error_m:.1f} m",
            f"{row.class_right}/{row.class_measured}",
            f"{row.occupancy_pct:.1f} ({row.occupancy_true_pct:.1f}) %",
        )  # fmt: skip
    classes = ("short", "car", "medium", "long")
    table = Table(title="classes by length: true in rows, measured in columns")
    for column in ("", *classes):
        table.add_column(column, justify="right")
    for true in classes:
        table.add_row(true, *(str(confusion[true, got]) for got in classes))
    return [lanes, table]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--for-s", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--scenario", action="append", choices=SCENARIOS)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    confusion: Counter[tuple[str, str]] = Counter()
    rows = [
        row
        for name in options.scenario or SCENARIOS
        for row in counted(name, options.seed, options.for_s, options.keep, confusion)
    ]
    large_ms, small_ms = cost_ms(options.seed)
    console = Console(width=150)
    for table in _tables(rows, confusion):
        console.print(table)
    console.print(
        f"CPU a picture, two lanes with two zones each: {large_ms:.2f} ms from 1280x720, "
        f"{small_ms:.2f} ms from 320x180 (goal: at most {COST_LIMIT_MS} ms)"
    )
    if options.json:
        figures = {
            "seed": options.seed,
            "for_s": options.for_s,
            "cost_ms": {"1280x720": large_ms, "320x180": small_ms},
            "lanes": [asdict(row) for row in rows],
            "classes": [[true, got, n] for (true, got), n in sorted(confusion.items())],
        }
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
