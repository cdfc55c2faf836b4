"""Judges single characters on Spanish crops, whose texts are partly greyed out for privacy."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import TWO_ROWS_ASPECT, Luma
from models.plate_reader.alphabet import CHARACTERS
from models.plate_reader.reader import Reader
from models.plate_reader.rectify import one_line

TRIM = (0.018, 0.05)
"""Cut from each side, in widths and heights: the crops are upright boxes around tilted plates."""


def judge_characters(reader: Reader, folder: Path) -> tuple[int, int]:
    """Return how many visible characters were read, in their order, and how many there are.

    `folder` is UC3M-LP's: images/ and labels/ (YOLO: class, middle x and y, width, height; the
    classes are in the order of our CHARACTERS). Crops with two rows are left out. A character
    counts by the longest common subsequence of what is labelled and what was read: CTC says in
    which order characters stand, not exactly where.
    """
    right = seen = 0
    for luma, labelled in one_row_crops(folder):
        right += common(labelled, reader.see(one_line(luma, trimmed(luma))).text)
        seen += len(labelled)
    return right, seen


def trimmed(luma: Luma) -> NDArray[np.float32]:
    """Return the corners (4, 2) of the plate in its crop."""
    height, width = luma.shape
    x, y = TRIM[0] * width, TRIM[1] * height
    return np.array([(x, y), (width - x, y), (width - x, height - y), (x, height - y)], np.float32)


def one_row_crops(folder: Path, part: str = "*") -> Iterator[tuple[Luma, str]]:
    """Yield crops with the characters that can be seen on them, from left to right."""
    pictures = {path.stem: path for path in folder.glob(f"images/{part}/*")}
    for labels in sorted(folder.glob(f"labels/{part}/*.txt")):
        picture = pictures.get(labels.stem)
        luma = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE) if picture else None
        if luma is None or luma.shape[1] / luma.shape[0] < TWO_ROWS_ASPECT:
            continue
        rows = [line.split() for line in labels.read_text().splitlines()]
        rows.sort(key=lambda row: float(row[1]))
        yield np.asarray(luma, np.uint8), "".join(CHARACTERS[int(row[0])] for row in rows)


def common(first: str, second: str) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for a in first:
        before = row
        row = [0]
        for n, b in enumerate(second):
            row.append(before[n] + 1 if a == b else max(before[n + 1], row[n]))
    return row[-1]
