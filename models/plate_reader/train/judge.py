"""Judges a reader file: drawn plates by how they were seen, and the development photographs."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from agent.core.vision import Quad
from models.card import Accuracy, measured
from models.plate_reader.decode import decode
from models.plate_reader.reader import Reader
from models.plate_reader.train.learn import Shard
from models.plate_reader.train.spain import judge_characters

Numbers = Literal["int8", "float32"]

STRICT = "whole plate, exact"
TOLERANT = "whole plate, O and Q as 0, I as 1"


def tolerant(text: str) -> str:
    """Return the text with letters and digits that many countries draw alike made one."""
    return text.translate(str.maketrans("OQI", "001"))


def judge(reader: Reader, shard: Shard, data: Path, numbers: Numbers) -> list[Accuracy]:
    """Return every measured accuracy of one file."""
    return [
        *_drawn(reader, shard, numbers),
        *_photographs(reader, data, numbers),
        *_spain(reader, data, numbers),
    ]


def _drawn(reader: Reader, shard: Shard, numbers: Numbers) -> list[Accuracy]:
    width, night, blurred, oblique, rows = shard.slices.T
    anything = np.array([bool(text) for text in shard.texts])
    easy = (night == 0) & (blurred == 0) & (oblique == 0)
    slices = {
        "all": anything,
        "day, sharp, nearly frontal": anything & easy,
        "under 90 px wide": anything & (width < 90),  # the slices' own bounds
        "90 to 150 px wide": anything & (width >= 90) & (width < 150),
        "over 150 px wide": anything & (width >= 150),
        "night or infrared": anything & (night == 1),
        "blurred": anything & (blurred == 1),
        "oblique, to 55 degrees": anything & (oblique == 1),
        "two-line": anything & (rows == 2),
        "no plate, read as nothing": ~anything,
    }
    read = [decode(reader.network.run(crop)[0][0]).text for crop in shard.crops]
    right = np.array([a == b for a, b in zip(read, shard.texts, strict=True)])
    return [
        measured(STRICT, f"drawn: {name}", numbers, int(right[part].sum()), int(part.sum()))
        for name, part in slices.items()
    ]


def _photographs(reader: Reader, data: Path, numbers: Numbers) -> list[Accuracy]:
    """Return accuracies on plates/eu with its own boxes, which stand loosely around the plates."""
    folder = data / "plates" / "eu"
    if not (folder / "truth.csv").exists():
        return []
    pairs = read_truth_boxes(reader, folder)
    return [
        measured(measure, "plates/eu, its own boxes", numbers, _count(pairs, fold), len(pairs))
        for measure, fold in ((STRICT, str), (TOLERANT, tolerant))
    ]


def _spain(reader: Reader, data: Path, numbers: Numbers) -> list[Accuracy]:
    folder = data / "plates" / "spain-uc3m-crops"
    if not (folder / "labels").is_dir():
        return []
    right, seen = judge_characters(reader, folder)
    return [measured("single character, in order", "UC3M-LP crops", numbers, right, seen)]


def read_truth_boxes(reader: Reader, folder: Path) -> list[tuple[str, str]]:
    """Return (read, true) for each photograph of a folder with truth.csv."""
    with (folder / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = []
    for row in rows:
        luma = cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE)
        if luma is None:
            raise FileNotFoundError(folder / row["image"])
        x, y, w, h = (float(row[key]) for key in ("x", "y", "width", "height"))
        corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
        (read,) = reader.read(np.asarray(luma, np.uint8), [Quad(corners, 1.0)])
        pairs.append((read.text, row["plate"]))
    return pairs


def _count(pairs: Sequence[tuple[str, str]], fold: Callable[[str], str]) -> int:
    return sum(fold(read) == fold(true) for read, true in pairs)
