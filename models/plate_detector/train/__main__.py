"""From nothing to the shipped detector: draws, learns, converts, judges, writes the card.

    python -m models.plate_detector.train [--data DIR] [--work DIR] [--into DIR] [--steps N]

Needs the extra [train], Debian's fonts-dejavu-core, fonts-liberation and fonts-roadgeek, and the
street frames of $SERENO_DATA (MIT). Interrupted, it goes on from its work folder's checkpoint.
"""

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from models.accuracy_table import table
from models.card import Accuracy
from models.data import data_folder
from models.large_pages import start_again_with_large_pages
from models.plate_detector.detector import FOLDER
from models.plate_detector.letterbox import fit
from models.plate_detector.train.export import export
from models.plate_detector.train.fit import Recipe, train
from models.plate_detector.train.judge import Numbers
from models.plate_detector.train.judged import judged
from models.plate_detector.train.plates import drawer
from models.plate_detector.train.record import write_card
from models.plate_detector.train.rides import StreetFrame, street_frames
from models.plate_detector.train.scenes import Stock, compose, stock

PLATES = 6000
"""Flat plates in the drawer; each is shown about thirty times, never twice alike."""

STOCK_SEED, CALIBRATION_SEED = 11, 31
CALIBRATION_PICTURES = 300


def main() -> None:
    """Train and ship."""
    parser = argparse.ArgumentParser(prog="python -m models.plate_detector.train")
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--work", type=Path, default=Path("build/plate_detector"))
    parser.add_argument("--into", type=Path, default=FOLDER, help="where model and card are put")
    parser.add_argument("--steps", type=int, default=4600, help="of 32 pictures each")
    asked = parser.parse_args()
    start_again_with_large_pages()
    console = Console()
    cv2.setNumThreads(1)
    asked.work.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(asked.steps)
    frames = tuple(street_frames(asked.data, judging=False))
    with console.status("drawing plates, vehicles and clutter"):
        goods = stock(frames, drawer(PLATES, STOCK_SEED), STOCK_SEED + 1)
    net = train(goods, recipe, asked.work)
    plain, done = export(net, recipe.full, calibration(goods, frames, recipe), asked.work)
    lines: list[Accuracy] = []
    floats = asked.work / "float"
    for numbers, path, folder in (("float32", plain, floats), ("int8", done, asked.into)):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / "model.tflite")
        kind: Numbers = "int8" if numbers == "int8" else "float32"
        write_card(folder, recipe, kind, [])
        with console.status(f"judging {numbers}"):
            mine = judged(folder, asked.data, frames, kind)
        write_card(folder, recipe, kind, mine)
        lines = mine + lines
    write_card(asked.into, recipe, "int8", lines)
    console.print(table(lines))


def calibration(
    goods: Stock, frames: tuple[StreetFrame, ...], recipe: Recipe
) -> Iterator[NDArray[np.uint8]]:
    """Yield pictures to learn the activations' ranges from: drawn ones, and whole street frames."""
    for index in range(CALIBRATION_PICTURES * 2 // 3):
        yield compose(goods, CALIBRATION_SEED, index, recipe.full).luma
    for frame in frames[:: max(1, 3 * len(frames) // CALIBRATION_PICTURES)]:
        into = np.zeros(recipe.full[::-1], np.uint8)
        fit(frame.luma, into)
        yield into


if __name__ == "__main__":
    main()
