"""What crops that may not be shipped would add: the price of clean data, measured.

    python -m models.plate_reader.train.unshipped [--work DIR] [--rounds N]

Goes on from a finished run twice, for as many rounds: once with drawn plates alone, once with a
third of each shard from UC3M-LP's Spanish crops of its train part (ODbL 1.0, evaluation only:
README of the data). Both are judged on its val part. Nothing of it leaves the work folder.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from rich.console import Console

from models.accuracy_table import table
from models.card import Accuracy, measured
from models.data import data_folder
from models.large_pages import start_again_with_large_pages
from models.plate_reader.rectify import HEIGHT, WIDTH, one_line
from models.plate_reader.train.learn import Learner, keep, learn, resume, texts
from models.plate_reader.train.samples import backgrounds, mix_in, render_shard
from models.plate_reader.train.spain import common, one_row_crops, trimmed

SET = "spain-uc3m-crops"
SEED = 77
RATE = 4e-4
REAL_SHARE = 1 / 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m models.plate_reader.train.unshipped")
    parser.add_argument("--work", type=Path, default=Path("build/plate_reader"))
    parser.add_argument("--rounds", type=int, default=4, help="of 8,192 crops, twice")
    asked = parser.parse_args()
    if not (asked.work / "learner.pt").exists():
        parser.error(f"{asked.work}: no learner.pt of python -m models.plate_reader.train")
    start_again_with_large_pages()
    cv2.setNumThreads(1)
    console = Console()
    folder = data_folder() / "plates" / SET
    streets = backgrounds(data_folder())
    real = [(luma, trimmed(luma), text) for luma, text in one_row_crops(folder, "train")]
    lines: list[Accuracy] = []
    for name, extra in (("may be shipped", []), ("may be shipped and what may not", real)):
        work = asked.work / "unshipped" / name.replace(" ", "_")
        (work / "shards").mkdir(parents=True, exist_ok=True)
        if not (work / "learner.pt").exists():
            keep(work / "learner.pt", _as_new(asked.work / "learner.pt"))
        for number in range(asked.rounds):
            path = work / "shards" / f"{number:05d}.npz"
            if not path.exists():
                with console.status(f"rendering {path.name}"):
                    render_shard(path, (SEED, number), streets)
                    if extra:
                        mix_in(path, extra, REAL_SHARE, np.random.default_rng((SEED, number, 1)))
        net = learn(work, asked.rounds, SEED, console, RATE)
        lines.append(_judged(net, folder, name))
    console.print(table(lines))


def _as_new(finished: Path) -> Learner:
    """Return a learner that begins with the mean weights of a finished one."""
    learner = resume(finished, SEED)
    learner.net.load_state_dict(learner.mean.state_dict())
    learner.done = learner.steps = 0  # a short climb, and a mean over the new steps
    return learner


def _judged(net: torch.nn.Module, folder: Path, name: str) -> Accuracy:
    """Judge single characters, in order, on the val part."""
    shown = list(one_row_crops(folder, "val"))
    crops = np.empty((len(shown), HEIGHT, WIDTH), np.uint8)
    for n, (luma, _) in enumerate(shown):
        crops[n] = one_line(luma, trimmed(luma))
    read = texts(net, crops)
    right = sum(common(text, said) for (_, text), said in zip(shown, read, strict=True))
    seen = sum(len(text) for _, text in shown)
    return measured(
        "single character, in order", f"UC3M-LP crops/val; learned from what {name}",
        "float32", right, seen,
    )  # fmt: skip


if __name__ == "__main__":
    main()
