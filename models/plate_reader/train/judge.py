"""Judges a reader file: drawn plates by how they were seen, and the development photographs."""

import csv
from collections.abc import Callable, Sequence
from math import prod
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.text import tolerant
from agent.core.vision import PlateRead, Quad
from models.card import Accuracy, measured
from models.plate_reader.reader import Reader
from models.plate_reader.train.learn import Shard
from models.plate_reader.train.spain import judge_characters

Numbers = Literal["int8", "float32"]

STRICT = "whole plate, exact"
TOLERANT = "whole plate, O and Q as 0, I as 1"
VISIBLE = "all visible characters, covered ones as any"
COUNTRY = "country, from the picture alone"

SURENESS = ((0.985, 0.995), (0.995, 2.0), (0.9, 0.985), (0.5, 0.9), (0.0, 0.5))
"""Classes of the probability told for a whole plate: the product of its characters'."""


def judge(reader: Reader, shard: Shard, data: Path, numbers: Numbers) -> list[Accuracy]:
    """Return every measured accuracy of one file."""
    return [
        *_drawn(reader, shard, numbers),
        *_photographs(reader, data, numbers),
        *_spain(reader, data, numbers),
    ]


def _drawn(reader: Reader, shard: Shard, numbers: Numbers) -> list[Accuracy]:
    width, night, blurred, oblique, rows = shard.slices.T
    shown = np.array([bool(text) for text in shard.texts])
    covered = np.array(["*" in text for text in shard.visible])
    anything = shown & ~covered
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
        "no plate, read as nothing": ~shown,
    }
    reads = [reader.see(crop) for crop in shard.crops]
    texts = [read.text for read in reads]
    right = np.array([a == b for a, b in zip(texts, shard.texts, strict=True)])
    lines = [
        measured(STRICT, f"drawn: {name}", numbers, int(right[part].sum()), int(part.sum()))
        for name, part in slices.items()
    ]
    around = np.array([_matches(a, b) for a, b in zip(texts, shard.visible, strict=True)])
    lines.append(
        measured(VISIBLE, "drawn: characters covered", numbers,
                 int(around[covered].sum()), int(covered.sum()))
    )  # fmt: skip
    named = shown & np.array([bool(code) for code in shard.countries])
    first = np.array([bool(read.countries) and read.countries[0][0] == code
                      for read, code in zip(reads, shard.countries, strict=True)])  # fmt: skip
    wide = named & (width >= 150)
    return [
        *lines,
        measured(COUNTRY, "drawn: all", numbers, int(first[named].sum()), int(named.sum())),
        measured(COUNTRY, "drawn: over 150 px wide", numbers,
                 int(first[wide].sum()), int(wide.sum())),
        *_sure(reads, right, anything, numbers),
    ]  # fmt: skip


def _matches(read: str, visible: str) -> bool:
    """Say whether a read agrees with a text whose covered characters are stars."""
    return len(read) == len(visible) and all(
        b in ("*", a) for a, b in zip(read, visible, strict=True)
    )


def _sure(
    reads: Sequence[PlateRead],
    right: NDArray[np.bool_],
    counts: NDArray[np.bool_],
    numbers: Numbers,
) -> list[Accuracy]:
    """Return how often reads are right that say they are, by how sure they say they are."""
    told = np.array([prod(place.best[1] for place in read.characters) for read in reads])
    told[[not read.characters for read in reads]] = 0.0
    lines = []
    for low, high in SURENESS:
        part = counts & (told >= low) & (told < high)
        words = f"drawn: told {low:g} to {min(high, 1):g}"
        lines.append(measured(STRICT, words, numbers, int(right[part].sum()), int(part.sum())))
    return lines


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
