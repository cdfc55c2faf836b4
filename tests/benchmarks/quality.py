"""What measuring image quality costs, and what the figures are worth.

    python -m tests.benchmarks.quality [--json PATH] [--cost-only]

Three tables. Cost: milliseconds of processor time on one thread. Faults: drawn plates with one
fault at growing strength, which figure moves, and how many the shipped reader still reads: where
the limits of goals.py come from. Real pictures ($SERENO_DATA): how well each figure alone ranks
plates that were read above those that were not (AUC; 0.5 is chance). No plate is shown.
"""

import argparse
import csv
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from agent.core.vision import PlateDetector, PlateReader, Quad
from agent.plates.quality.goals import GOALS, Figure, values
from agent.plates.quality.plate import measure_plate
from agent.plates.quality.pose import Pose
from agent.plates.quality.scene import measure_scene
from drivers.ports.picture import read_picture
from models.data import data_folder
from models.plate_art import layout
from models.plate_art.text import random_text
from models.plates import ShippedPlateModels
from tests.models.street import with_plate
from tests.plates.quality.shots import Shot

PLATES = 24
"""Plates drawn for each strength of each fault."""

LIMIT_MS = 0.3
"""The goal for one plate."""

FAULTS: dict[str, tuple[Shot, ...]] = {
    "plate width": tuple(Shot(width_px=w) for w in (130, 90, 70, 50, 42, 36)),
    "defocus": tuple(Shot(blur_sigma_px=s) for s in (0.5, 1, 1.5, 2, 2.5, 3, 3.5)),
    "motion across": tuple(Shot(motion_px=(m, 0)) for m in (2, 4, 6, 8, 10)),
    "motion along": tuple(Shot(motion_px=(0, m)) for m in (2, 4, 6, 8)),
    "motion aslant": tuple(Shot(motion_px=(m, m)) for m in (2, 4, 6)),
    "dark": tuple(Shot(light=b) for b in (0.4, 0.2, 0.1, 0.05, 0.02)),
    "overexposed": tuple(Shot(light=b, blur_sigma_px=0.6) for b in (1.5, 3, 5, 7, 9)),
    "veil": tuple(Shot(veil=v) for v in (0.5, 0.8, 0.9, 0.95)),
    "noise": tuple(Shot(noise_levels=n) for n in (5, 10, 20, 40)),
}

SHOWN = (
    Figure.WIDTH, Figure.CHARACTER, Figure.BLUR, Figure.MOTION, Figure.CONTRAST, Figure.PAPER,
    Figure.CLIPPED,
)  # fmt: skip

UNSURE = 0.9
"""Street pictures have no truth: a plate counts as read from this mean likelihood on."""

Figures = dict[Figure, float]


def cost_ms(work: Callable[[], object], rounds: int = 300) -> tuple[float, ...]:
    """Return the 5th, 50th and 95th percentile of processor time.

    Beside other programs caches are cold: the first is what an idle machine takes.
    """
    took = []
    for _ in range(rounds):
        begin = time.thread_time()
        work()
        took.append((time.thread_time() - begin) * 1e3)
    return tuple(np.percentile(took, (5, 50, 95)).tolist())


def costs() -> dict[str, tuple[float, ...]]:
    """Measure every part on 1280 x 720 pictures."""
    told = {}
    for width in (50, 100, 150, 300):
        luma, corners = with_plate("es", width)
        told[f"one plate, {width} px wide"] = cost_ms(lambda m=luma, c=corners: measure_plate(m, c))  # type: ignore[misc]
    luma, _ = with_plate("es", 120)
    pose = Pose()
    told["the whole picture (every 15 s)"] = cost_ms(lambda: measure_scene(luma), 60)
    told["the pose (every 5 s)"] = cost_ms(lambda: pose.look(luma), 100)
    return told


def fault(shot: Shot, reader: PlateReader) -> tuple[float, Figures]:
    """Return the share of plates read right, and the figures' medians."""
    made, right, told = layout(shot.kind), 0, []
    for seed in range(PLATES):
        rng = np.random.default_rng(seed)
        text = random_text(made, rng)
        luma, corners = replace(shot, seed=seed, text=text).take()
        figures = measure_plate(luma, corners)
        if figures is not None:
            told.append(values(figures))
        jitter = rng.normal(0, 0.01 * shot.width_px, (4, 2)) * (1, 0.5)  # as a detector's corners
        [read] = reader.read(luma, [Quad((corners + jitter).astype(np.float32), 1.0)])
        right += read.text == text
    return right / PLATES, _medians(told)


def _medians(told: Sequence[Figures]) -> Figures:
    return {f: median(one[f] for one in told if f in one) for f in Figure
            if any(f in one for one in told)}  # fmt: skip


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Return how often a good one has more than a bad one, ties half."""
    a, b = np.array(good)[:, None], np.array(bad)[None, :]
    return float(((a > b) + 0.5 * (a == b)).mean())


def real(
    data: Path, detector: PlateDetector, reader: PlateReader
) -> dict[str, list[tuple[bool, Figures]]]:
    """Measure the development pictures' plates: whether each was read, and its figures."""
    with (data / "plates/eu/truth.csv").open() as file:
        truth = {row["image"]: row["plate"] for row in csv.DictReader(file)}
    eu, street = [], []
    for name, plate in truth.items():
        luma = read_picture(data / "plates/eu" / name).luma
        quads = detector.detect(luma)[:1]
        for quad, read in zip(quads, reader.read(luma, quads), strict=True):
            if (figures := measure_plate(luma, quad.corners)) is not None:
                eu.append((read.text == plate, values(figures)))
    for path in sorted((data / "plates/street-romania").rglob("*.jpg")):
        luma = read_picture(path).luma
        quads = [quad for quad in detector.detect(luma) if quad.sure]
        for quad, read in zip(quads, reader.read(luma, quads), strict=True):
            if (figures := measure_plate(luma, quad.corners)) is not None:
                street.append((read.likelihood >= UNSURE, values(figures)))
    return {"plates/eu, read right": eu, f"street-romania, likelihood >= {UNSURE}": street}


def ranked(plates: Sequence[tuple[bool, Figures]]) -> dict[str, float]:
    """Return each figure's AUC, and that of the worst figure against its goal."""
    told = {}
    for goal in GOALS:
        sign = 1 if goal.more else -1
        good = [sign * f[goal.figure] for read, f in plates if read and goal.figure in f]
        bad = [sign * f[goal.figure] for read, f in plates if not read and goal.figure in f]
        if good and bad:
            told[goal.what] = round(auc(good, bad), 3)
    worst = [(read, min(g.share(f[g.figure]) for g in GOALS if g.figure in f and g.figure in SHOWN))
             for read, f in plates]  # fmt: skip
    good, bad = ([w for read, w in worst if read is wanted] for wanted in (True, False))
    if good and bad:
        told["the worst of them against its goal"] = round(auc(good, bad), 3)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cost-only", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    console = Console()
    told: dict[str, object] = {}
    spent = costs()
    table = Table(
        "measured", "ms, 5 %", "median", "95 %", "goal", title="Cost: processor time, one thread"
    )
    for what, times in spent.items():
        goal = f"{LIMIT_MS:g}" if "plate" in what else ""
        table.add_row(what, *(f"{ms:.3f}" for ms in times), goal)
    console.print(table)
    told["cost_ms_5_50_95"] = {what: [round(ms, 4) for ms in t] for what, t in spent.items()}
    if not asked.cost_only:
        told |= _worth(console)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(told, indent=1))
    return 0


def _worth(console: Console) -> dict[str, object]:
    detector, reader = ShippedPlateModels().load()
    heads = ("width", "chars", "blur", "motion", "contrast", "paper", "clipped")
    table = Table("fault", "read", *heads,
                  title=f"One fault at a time, {PLATES} plates each (medians)")  # fmt: skip
    rows: list[dict[str, object]] = []
    for name, shots in FAULTS.items():
        for shot in shots:
            share, figures = fault(shot, reader)
            shown = [f"{figures[f]:.2f}" if f in figures else "-" for f in SHOWN]
            table.add_row(name, f"{share:.0%}", *shown)
            rows.append({"fault": name, "read": share, **{f.value: v for f, v in figures.items()}})
        table.add_section()
    console.print(table)
    data = data_folder()
    if not data.is_dir():
        console.print(f"no development pictures at {data}: set SERENO_DATA to their folder")
        return {"faults": rows}
    table = Table("pictures", "read / not", "figure", "AUC", title="Real pictures")
    ranks: dict[str, object] = {}
    for name, plates in real(data, detector, reader).items():
        read = sum(one for one, _ in plates)
        ranks[name] = {"read": read, "unread": len(plates) - read, "auc": ranked(plates)}
        for figure, value in ranked(plates).items():
            table.add_row(name, f"{read} / {len(plates) - read}", figure, f"{value:.2f}")
        table.add_section()
    console.print(table)
    return {"faults": rows, "real": ranks}


if __name__ == "__main__":
    raise SystemExit(main())
