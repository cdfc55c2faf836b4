"""From nothing to the shipped reader: renders, learns, converts, judges, writes the card.

    python -m models.plate_reader.train [--work DIR] [--rounds N] [--seed N] [--into DIR]

Needs the extra [train] and the street pictures of $SERENO_DATA (MIT). Interrupted, it goes on
from the last whole round of its working folder.
"""

import argparse
import hashlib
import shutil
from pathlib import Path

import cv2
import msgspec
import torch
from rich.console import Console

from models.accuracy_table import table
from models.card import Accuracy, Card, CountryShare, Origin, Tensor, Training
from models.data import data_folder
from models.large_pages import start_again_with_large_pages
from models.plate_art import layouts
from models.plate_reader.alphabet import CHARACTERS
from models.plate_reader.reader import FOLDER, Reader, load_reader
from models.plate_reader.rectify import HEIGHT, STEPS, WIDTH
from models.plate_reader.train.calibrate import temperature
from models.plate_reader.train.convert import to_float, to_int8
from models.plate_reader.train.judge import Numbers, judge
from models.plate_reader.train.learn import VALIDATION_SEED, Shard, learn, load_shard
from models.plate_reader.train.network import COUNTRIES, PlateReaderNet, multiply_adds
from models.plate_reader.train.samples import SHARD

VERSION = "3"
CALIBRATION = 512
"""Crops that the activations' ranges are learned from; they are not judged."""

MACHINE = "torch 2.13 on CPU, float32, one thread."

LIMITS = (
    "Latin capitals A to Z and digits only: a Moroccan plate's Arabic letter is not read.",
    "O and 0, I and 1 look alike in many countries' faces: the country's syntax must decide.",
    "Guesses at plates under 70 px wide, over 55 degrees aside, or blurred by a stroke's width.",
    "Learned from drawn plates alone: faces that were not drawn are read worse.",
    "The faces of Slovakia, Czechia, Spain, Norway and others are our own approximations.",
    "Two-line plates are recognised by a quad less than 2.45 times as wide as high.",
    "plates/eu is a development set: its errors were looked at while the rendering was made.",
)
ORIGINS = (
    Origin("models/plate_art", "font licences in LICENCES.md; our own layouts, faces and emblems",
           "training", "every plate is drawn here; no photograph of a plate was learned from"),
    Origin("RobertLucian/license-plate-dataset, train part", "MIT", "training",
           "street pictures as surroundings of drawn plates"),
    Origin("openalpr/benchmarks endtoend/eu, 57 pictures", "AGPL-3.0", "evaluation",
           "development set; nothing of it is shipped or learned from"),
    Origin("UC3M-LP, crops of Spanish plates", "ODbL 1.0", "evaluation",
           "characters partly greyed out; looked at for the shapes of Spain's letters"),
)  # fmt: skip


def main() -> None:
    """Train and ship."""
    parser = argparse.ArgumentParser(prog="python -m models.plate_reader.train")
    parser.add_argument("--work", type=Path, default=Path("build/plate_reader"))
    parser.add_argument("--into", type=Path, default=FOLDER, help="where model and card are put")
    parser.add_argument("--rounds", type=int, default=36, help="of 8,192 new crops each")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--note", default="", help="said on the card, about this training")
    asked = parser.parse_args()
    start_again_with_large_pages()
    console = Console()
    cv2.setNumThreads(1)
    asked.work.mkdir(parents=True, exist_ok=True)
    net = learn(asked.work, asked.rounds, asked.seed, console)
    done = int(torch.load(asked.work / "learner.pt", weights_only=True)["done"])
    shard = load_shard(asked.work / "shards" / f"{VALIDATION_SEED:05d}.npz")
    judged = shard.part(slice(None, -CALIBRATION))
    trained = Training(
        f"python -m models.plate_reader.train --rounds {done} --seed {asked.seed}",
        asked.seed, done * SHARD, " ".join(filter(None, (MACHINE, asked.note))),
    )  # fmt: skip
    ship(net, asked.work, asked.into, trained)
    with console.status("calibrating"):
        warm = _temperature(load_reader(asked.into), judged)
        write_card(asked.work / "float", trained, "float32", [], warm)
        write_card(asked.into, trained, "int8", [], warm)
    with console.status("judging"):
        accuracy: list[Accuracy] = []
        accuracy += judge(load_reader(asked.into), judged, data_folder(), "int8")
        accuracy += judge(load_reader(asked.work / "float"), judged, data_folder(), "float32")
    write_card(asked.into, trained, "int8", accuracy, warm)
    console.print(table(accuracy))


def ship(net: torch.nn.Module, work: Path, into: Path, trained: Training) -> None:
    """Write the int8 model with its card to `into`, the float one to work/float."""
    plain = work / "float"
    plain.mkdir(exist_ok=True)
    into.mkdir(parents=True, exist_ok=True)
    to_float(net.eval(), plain / "model.tflite")
    shard = load_shard(work / "shards" / f"{VALIDATION_SEED:05d}.npz")
    to_int8(plain / "model.tflite", work / "model.tflite", shard.crops[-CALIBRATION:])
    shutil.copyfile(work / "model.tflite", into / "model.tflite")
    write_card(plain, trained, "float32", [])
    write_card(into, trained, "int8", [])


def _temperature(reader: Reader, shard: Shard) -> float:
    """Return what makes the reader's sureness honest on plates with nothing covered."""
    kept = [n for n, text in enumerate(shard.texts) if text and "*" not in shard.visible[n]]
    logits = [reader.logits(shard.crops[n]) for n in kept]
    return temperature(logits, [shard.texts[n] for n in kept])


def write_card(
    folder: Path,
    trained: Training,
    numbers: Numbers,
    accuracy: list[Accuracy],
    warm: float = 1.0,
) -> None:
    """Write the card of folder/model.tflite; `warm` is the temperature."""
    card = Card(
        name="plate_reader",
        version=VERSION,
        file="model.tflite",
        sha256=hashlib.sha256((folder / "model.tflite").read_bytes()).hexdigest(),
        inputs=(
            Tensor((1, HEIGHT, WIDTH, 1), numbers,
                   "luma of a plate set upright by rectify.py, 0..255 for 0..1"),
        ),
        outputs=(
            Tensor((1, STEPS, len(CHARACTERS) + 1), numbers,
                   "logits at each step from left to right: no new character, then each label"),
            Tensor((1, len(COUNTRIES)), numbers, "logits of the countries, in their order below"),
        ),
        labels=tuple(CHARACTERS),
        limits=LIMITS,
        training=trained,
        origins=ORIGINS,
        accuracy=tuple(accuracy),
        macs=multiply_adds(PlateReaderNet()),
        countries=_countries(),
        temperature=warm,
    )  # fmt: skip
    (folder / "card.toml").write_bytes(msgspec.toml.encode(card))


def _countries() -> tuple[CountryShare, ...]:
    """Return the countries drawn, and how often each is."""
    weights = dict.fromkeys(COUNTRIES, 0.0)
    for layout in layouts():
        if layout.country:
            weights[layout.country] += layout.weight
    whole = sum(weights.values())
    return tuple(CountryShare(code, round(weights[code] / whole, 5)) for code in COUNTRIES)


if __name__ == "__main__":
    main()
