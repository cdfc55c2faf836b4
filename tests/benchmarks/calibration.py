"""Whether reads that say 0.99 are right 99 times in 100, on plates drawn as for the training.

    python -m tests.benchmarks.calibration [--plates 6000] [--seed N] [--json PATH]

The plates come from the reader training's own generator, at a seed that no training uses, seen as
its conditions have them and boxed as a detector would. Each is read by the shipped reader, its two
ways of cutting rows included, and judged by the syntax without a hint. Told: the confidence that a
record carries. Raw: the product of the reader's own characters, before the syntax.
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

import cv2
import msgspec
import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent.cli.plates.eval_told import calibration_table
from agent.core.vision import PlateReader, Quad
from agent.plates.evaluate.calibration import Calibration, Told, calibration
from agent.plates.evaluate.share import Share, share_of
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import take_apart
from models.data import data_folder
from models.plate_reader.reader import load_reader
from models.plate_reader.train.photograph import photograph, random_conditions
from models.plate_reader.train.samples import backgrounds, guessed
from models.plate_reader.train.scene import random_scene
from tests.benchmarks.of_plates.shipped import models_line, shipped_models

SEED = 83_000_083
"""Trainings draw from (seed, shard) with seeds of a few digits: this one is no training's."""

GOAL_PLATES = 5_000
"""The issue asks for at least so many."""

COVERED, UNCOVERED = "a character covered", "nothing covered"
"""Seven plates in a hundred have a character or two that nobody can read: told apart, because what
is not there to be seen is not a question of calibration alone."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was read of one drawn plate: right or not, how sure, and how it was seen."""

    told: Told | None
    raw: Told | None
    kinds: tuple[str, ...]


def drawn(reader: PlateReader, count: int, seed: int) -> Iterator[Drawn]:
    """Draw plates and read each once."""
    streets = backgrounds(data_folder())
    syntax = Syntax(shipped_book())
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        conditions = random_conditions(rng)
        density = float(np.clip(1.6 * conditions.width_px / 520, 0.3, 1.1))  # as for the training
        scene = random_scene(rng, streets, density)
        seen = photograph(scene.grey, scene.corners, conditions, rng)
        [read] = reader.read(seen.luma, [Quad(guessed(seen.corners, rng), 1.0)])
        width = conditions.width_px
        kinds = (
            "all",
            "under 90 px wide" if width < 90 else "90 px and wider",
            *(["night"] if conditions.night else []),
            *(["blurred"] if conditions.blurred else []),
            *(["oblique"] if conditions.oblique else []),
            *(["two rows"] if scene.rows == 2 else []),
            COVERED if "*" in scene.visible else UNCOVERED,
        )
        if not read.characters:
            yield Drawn(None, None, kinds)
            continue
        judgement = syntax.judge(read)
        told = take_apart(read, judgement).confidence
        raw = prod(place.best[1] for place in read.characters)
        yield Drawn((told, judgement.text == scene.text), (raw, read.text == scene.text), kinds)


def by_kind(plates: list[Drawn]) -> dict[str, dict[str, Share]]:
    """Return how many were right, and how many of the sure ones, by how they were seen."""
    kinds = sorted({kind for one in plates for kind in one.kinds})
    return {
        kind: {
            "right": share_of(one.told is not None and one.told[1] for one in part),
            "0.99 and more": calibration(one.told for one in part if one.told).sure,
        }
        for kind in kinds
        if (part := [one for one in plates if kind in one.kinds])
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--plates", type=int, default=6_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    console = Console()
    if not (data_folder() / "plates" / "street-romania").is_dir():
        console.print(f"no street pictures in {data_folder()}: set SERENO_DATA to their folder")
        return int("CI" in os.environ)
    cv2.setNumThreads(1)
    reading = drawn(load_reader(), asked.plates, asked.seed)
    plates = list(track(reading, "drawn plates", total=asked.plates))
    whole = [one for one in plates if UNCOVERED in one.kinds]
    covered = calibration(one.told for one in plates if one.told and COVERED in one.kinds)
    told = calibration(one.told for one in whole if one.told)
    raw = calibration(one.raw for one in whole if one.raw)
    unread = sum(one.told is None for one in plates)
    console.print(models_line())
    console.print(
        f"{len(plates)} plates drawn at seed {asked.seed}, {unread} of them read as nothing"
    )
    console.print(calibration_table(told, "told: after the syntax, no hint"))
    console.print(calibration_table(raw, "raw: the reader alone"))
    console.print(f"of the {len(whole)} plates with nothing covered:")
    console.print(claim(told))
    console.print(f"with a character covered, say 0.99 and more: right {covered.sure}")
    kinds = by_kind(plates)
    table = Table("seen", "right", "right of those that say 0.99 and more", box=SIMPLE_HEAD)
    for kind, shares in kinds.items():
        table.add_row(kind, *map(str, shares.values()))
    console.print(table)
    if asked.json:
        report = {
            "models": shipped_models(),
            "plates": len(plates),
            "unread": unread,
            "seed": asked.seed,
            "told": told,
            "raw": raw,
            "covered": covered,
            "kinds": kinds,
        }
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(msgspec.to_builtins(report), indent=1) + "\n")
    return 0


def claim(told: Calibration) -> str:
    """Say whether the goal is reached: reads that say 0.99 are right 99 ± 0.5 % of the time."""
    parts = {"0.985 to 0.995": told.say, "0.99 and more": told.sure}
    lines = [f"goal: reads that say 0.99 are right 99 ± 0.5 % of the time, of {GOAL_PLATES} plates"]
    for name, part in parts.items():
        lines.append(f"say {name}: right {part}" if part.count else f"say {name}: none")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
