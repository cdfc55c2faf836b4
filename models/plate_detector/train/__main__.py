"""From nothing to the shipped file: `python -m models.plate_detector.train`."""

import argparse
from pathlib import Path

from models.plate_detector.train.fit import Recipe, train
from models.plate_detector.train.plates import drawer
from models.plate_detector.train.rides import street_frames
from models.plate_detector.train.scenes import stock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("build/plate_detector"))
    parser.add_argument("--steps", type=int, default=6500)
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    frames = tuple(street_frames(asked.data, judging=False))
    goods = stock(frames, drawer(6000, 11), 12)
    train(goods, Recipe(asked.steps), asked.work)


main()
