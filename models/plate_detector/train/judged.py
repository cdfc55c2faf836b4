"""Judges a finished detector on everything its card tells of, again where the code has changed.

    python -m models.plate_detector.train.judged [--data DIR] [FOLDER]

Replaces the int8 lines on the card of `FOLDER`; the others are of the day they were trained.
"""

import argparse
from pathlib import Path

import cv2
import msgspec
from rich.console import Console

from models.accuracy_table import table
from models.card import Accuracy, read_card
from models.data import data_folder
from models.plate_detector.detector import FOLDER, load_detector
from models.plate_detector.train import judge
from models.plate_detector.train.judge import Numbers
from models.plate_detector.train.judge_drawn import drawn
from models.plate_detector.train.plates import drawer
from models.plate_detector.train.rides import StreetFrame, street_frames
from models.plate_detector.train.scenes import stock

JUDGING_SEED = 41
DRAWN_PLATES = 600


def judged(
    folder: Path, data: Path, frames: tuple[StreetFrame, ...], numbers: Numbers
) -> list[Accuracy]:
    """Return every figure of the detector in `folder`; `frames` lie behind the drawn plates."""
    detector = load_detector(folder)
    _, rows, columns, _ = detector.network.card.inputs[0].shape
    plates = data / "plates"
    fresh = stock(frames, drawer(DRAWN_PLATES, JUDGING_SEED), JUDGING_SEED + 1, 0.3)
    lines = judge.street(detector, data, numbers)
    lines += drawn(detector, fresh, JUDGING_SEED + 2, (columns, rows), numbers)
    for name in ("eu", "us", "br"):
        lines += judge.close_up(detector, plates / name, numbers)
    lines += judge.labelled(detector, plates / "spain-uc3m-street", numbers)
    return lines + judge.plateless(detector, plates / "no-plates", numbers)


def main() -> None:
    """Judge again, print, and put the figures on the card."""
    parser = argparse.ArgumentParser(prog="python -m models.plate_detector.train.judged")
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    console = Console()
    with console.status("judging int8"):
        frames = tuple(street_frames(asked.data, judging=False))
        lines = judged(asked.folder, asked.data, frames, "int8")
    path = asked.folder / "card.toml"
    card = read_card(path)
    others = [line for line in card.accuracy if line.numbers != "int8"]
    card = msgspec.structs.replace(card, accuracy=(*lines, *others))
    path.write_bytes(msgspec.toml.encode(card))
    console.print(table(lines))


if __name__ == "__main__":
    main()
