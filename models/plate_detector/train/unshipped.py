"""What pictures that may not be shipped would add: the price of clean data, measured.

    python -m models.plate_detector.train.unshipped [--work DIR] [--steps N]

Goes on from a finished run's checkpoint twice, for as many steps: once with what may be shipped,
once with UC3M-LP's 600 Spanish street pictures of its train part among them (ODbL 1.0, evaluation
only: README of the data). Both are judged on its val part. Nothing of it leaves the work folder.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import torch
from msgspec import structs
from rich.console import Console

from models.accuracy_table import table
from models.card import Accuracy
from models.data import data_folder
from models.large_pages import start_again_with_large_pages
from models.plate_detector.detector import load_detector
from models.plate_detector.train import judge
from models.plate_detector.train.__main__ import PLATES, STOCK_SEED, calibration
from models.plate_detector.train.export import export
from models.plate_detector.train.fit import Recipe, train
from models.plate_detector.train.plates import drawer
from models.plate_detector.train.record import write_card
from models.plate_detector.train.rides import StreetFrame, street_frames
from models.plate_detector.train.scenes import Stock, stock
from models.plate_detector.train.targets import Label

SET = "spain-uc3m-street"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m models.plate_detector.train.unshipped")
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--work", type=Path, default=Path("build/plate_detector"))
    parser.add_argument("--steps", type=int, default=400, help="of 32 pictures each, twice")
    asked = parser.parse_args()
    if not (asked.work / "checkpoint.pt").exists():
        parser.error(f"{asked.work}: no checkpoint.pt of python -m models.plate_detector.train")
    start_again_with_large_pages()
    cv2.setNumThreads(1)
    recipe = Recipe(asked.steps, seed=77, rate=6e-4, warm_steps=20, whole=0.25, average=0.99)
    clean = tuple(street_frames(asked.data, judging=False))
    more = clean + tuple(_spanish(asked.data / "plates" / SET))
    goods = stock(clean, drawer(PLATES, STOCK_SEED), STOCK_SEED + 1)
    lines: list[Accuracy] = []
    for name, frames in (("may be shipped", clean), ("may be shipped and what may not", more)):
        lines += _arm(asked.work, asked.data, recipe, name, replace(goods, streets=frames))
    Console().print(table(lines))


def _arm(finished: Path, data: Path, recipe: Recipe, name: str, goods: Stock) -> list[Accuracy]:
    """Go on with these goods and judge the int8 file."""
    work = finished / "unshipped" / name.replace(" ", "_")
    work.mkdir(parents=True, exist_ok=True)
    _begin(finished / "checkpoint.pt", work / "checkpoint.pt")
    net = train(goods, recipe, work)
    export(net, recipe.full, calibration(goods, goods.streets, recipe), work)
    write_card(work, recipe, "int8", [])
    detector = load_detector(work)
    lines = judge.labelled(detector, data / "plates" / SET, "int8", "val")
    rides = judge.street(detector, data, "int8")
    lines += [line for line in rides if line.slice.endswith(", all")]
    told = f"learned from what {name}"
    return [structs.replace(line, slice=f"{line.slice}; {told}") for line in lines]


def _begin(finished: Path, checkpoint: Path) -> None:
    """Start a run from the averaged weights of another, unless it is under way."""
    if checkpoint.exists():
        return
    state = torch.load(finished, weights_only=True)
    torch.save({**state, "net": state["average"], "step": 0}, checkpoint)


def _spanish(folder: Path) -> list[StreetFrame]:
    """Read the train part."""
    return [
        StreetFrame(name, luma, tuple(Label(box, exact=False) for box in boxes))
        for name, luma, boxes in judge.yolo_pictures(folder, "train")
    ]


if __name__ == "__main__":
    main()
