"""Judges single characters on Spanish crops, whose texts are partly greyed out for privacy."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma
from models.plate_reader.alphabet import BLANK, CHARACTERS
from models.plate_reader.reader import Reader
from models.plate_reader.rectify import MARGIN_X, TWO_LINE_ASPECT, one_line

TRIM = (0.018, 0.05)
"""Cut from each side, in widths and heights: the crops are upright boxes around tilted plates."""
NEAR = 0.6
"""A character counts as read at a place if it lies within this many of its widths."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A character and where its middle lies, in shares of the crop's width."""

    character: str
    x: float
    width: float


def judge_characters(reader: Reader, folder: Path) -> tuple[int, int]:
    """Return how many visible characters were read in their place, and how many there are.

    `folder` is UC3M-LP's: images/ and labels/ (YOLO: class, middle x and
    y, width, height; the classes are in the order of our CHARACTERS).
    Crops with two rows are left out.
    """
    right = seen = 0
    for luma, marks in _crops(folder):
        found = _read_places(reader, luma)
        for mark in marks:
            near = min(found, key=lambda one: abs(one.x - mark.x), default=None)
            seen += 1
            if near is not None and abs(near.x - mark.x) <= NEAR * mark.width:
                right += near.character == mark.character
    return right, seen


def _crops(folder: Path) -> Iterator[tuple[Luma, list[_Mark]]]:
    pictures = {path.stem: path for path in folder.glob("images/*/*")}
    for labels in sorted(folder.glob("labels/*/*.txt")):
        picture = pictures.get(labels.stem)
        luma = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE) if picture else None
        if luma is None or luma.shape[1] / luma.shape[0] < TWO_LINE_ASPECT:
            continue
        rows = [line.split() for line in labels.read_text().splitlines()]
        marks = [_Mark(CHARACTERS[int(row[0])], float(row[1]), float(row[3])) for row in rows]
        yield np.asarray(luma, np.uint8), marks


def _read_places(reader: Reader, luma: Luma) -> list[_Mark]:
    height, width = luma.shape
    x, y = TRIM[0] * width, TRIM[1] * height
    corners = np.array([(x, y), (width - x, y), (width - x, height - y), (x, height - y)])
    logits = reader.network.run(one_line(luma, corners.astype(np.float32)))[0][0]
    best: NDArray[np.intp] = logits.argmax(axis=1)
    edges = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1], [True]]))
    places = []
    for start, end in pairwise(edges):
        if best[start] != BLANK:
            along = (start + end) / 2 / len(best) * (1 + 2 * MARGIN_X) - MARGIN_X
            middle = TRIM[0] + along * (1 - 2 * TRIM[0])
            places.append(_Mark(CHARACTERS[best[start] - 1], middle, 0.0))
    return places
