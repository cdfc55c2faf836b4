"""What the card says of a trained detector, whichever run it came from."""

import hashlib
from pathlib import Path

import msgspec

from models.card import Accuracy, Card, Origin, Tensor, Training
from models.plate_detector.decode import STRIDE_PX
from models.plate_detector.train.fit import Recipe
from models.plate_detector.train.judge import Numbers
from models.plate_detector.train.net import macs
from models.plate_detector.train.smaller import write_closer

VERSION = "3"
THRESHOLD = 0.32
"""Where version 3 with its closer look finds as many of the held-out rides' plates as version 1
did, and as surely; what pictures without a plate then show is not believed
(agent/plates/reading.py, decision 24)."""

NOTE = "torch 2.13 CPU, float32, one thread; the last average of the weights is shipped."

LIMITS = (
    "Plates under 12 px wide in the 512x288 input, 30 px in a 1280 px frame, are not looked for.",
    "Street frames are of one city and one camera, at dusk, night and dull day.",
    "Exact corners were learned from drawn plates only; real ones have upright boxes.",
    "Half of the night and the end of the longest day ride are judged by, not whole rides.",
    "Plates turned by more than about 20 degrees or seen from over 60 degrees aside are missed.",
    "Dark plates with light letters, and plates in deep shade, are found less surely than others.",
    "The threshold was set, and thickets were added, after looking at plates/no-plates.",
    "What counts as covered was set after looking at plates/eu, which chose no checkpoint.",
    "The held-out rides were completed by eye with 41 plates their authors did not box.",
    "A sign of one short line of capitals and digits can pass for a plate: the reader decides.",
)
ORIGINS = (
    Origin("RobertLucian/license-plate-dataset, train part", "MIT", "training",
           "336 frames; 91 more are held out for judging"),
    Origin("models/plate_art", "font licences in LICENCES.md; our own layouts and emblems",
           "training", "every plate with exact corners is drawn"),
    Origin("Debian fonts-dejavu-core, fonts-liberation, fonts-roadgeek",
           "Bitstream Vera, OFL-1.1, MIT", "training", "lettering of what is no plate"),
    Origin("openalpr/benchmarks endtoend eu, us, br", "AGPL-3.0", "evaluation"),
    Origin("openalpr/train-detector raw-neg, 350 pictures", "AGPL-3.0", "evaluation"),
    Origin("UC3M-LP street pictures, 320 px wide", "ODbL-1.0", "evaluation"),
)  # fmt: skip


def write_card(folder: Path, recipe: Recipe, numbers: Numbers, lines: list[Accuracy]) -> None:
    """Write the card of folder/model.tflite, and the closer look's file and card."""
    width, height = recipe.full
    rows, columns = height // STRIDE_PX, width // STRIDE_PX
    card = Card(
        name="plate_detector",
        version=VERSION,
        file="model.tflite",
        sha256=hashlib.sha256((folder / "model.tflite").read_bytes()).hexdigest(),
        inputs=(
            Tensor((1, height, width, 1), numbers,
                   "luma of the whole picture, fitted by letterbox.py, 0..255 for 0..1"),
        ),
        outputs=(
            Tensor((1, rows, columns, 1), numbers, "logit that a plate's centre is in the cell"),
            Tensor((1, rows, columns, 4), numbers, "codes of the corners' x offsets, decode.py"),
            Tensor((1, rows, columns, 4), numbers, "codes of the corners' y offsets"),
        ),
        labels=("plate",),
        limits=LIMITS,
        training=Training(
            f"python -m models.plate_detector.train --steps {recipe.steps}",
            recipe.seed, recipe.steps * recipe.batch,
            NOTE,
        ),
        origins=ORIGINS,
        accuracy=tuple(lines),
        threshold=THRESHOLD,
        macs=macs(height, width),
    )  # fmt: skip
    (folder / "card.toml").write_bytes(msgspec.toml.encode(card))
    write_closer(folder)
