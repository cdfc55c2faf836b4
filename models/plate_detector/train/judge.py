"""Judges the shipped file on pictures it never learned from; the numbers go into its card.

Everything here runs the int8 file through the agent's own detector class, so that letterboxing,
quantisation and decoding are judged with it.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma, PlateDetector
from models.card import Accuracy, measured
from models.plate_detector.train.rides import street_frames, upright

FOUND_IOU = 0.5
"""A plate is found when its upright box and the quad's overlap this much (Pascal VOC)."""

COVERED = 0.8
"""A plate can be read when this share of its box lies in the quad: the boxes are upright and drawn
a little outside the rim, so that a perfect quad of a tilted plate covers about nine tenths.
"""

NEAR_PX = 80.0
"""In a 1280 px street frame: narrower plates are hard to read for anybody."""

Numbers = Literal["int8", "float32"]
Box = NDArray[np.float32]
"""Upright corners (4, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Photograph:
    """One picture and where its one plate is."""

    luma: Luma
    box: Box


def street(detector: PlateDetector, data: Path, numbers: Numbers) -> list[Accuracy]:
    """Judge on the rides held out, completed: plates by day and night, near and far, made up."""
    found: dict[str, list[bool]] = {}
    right: list[bool] = []
    for frame in street_frames(data, judging=True):
        boxes = [label.corners for label in frame.labels]
        quads = [quad.corners for quad in detector.detect(frame.luma)]
        hits, taken = matched(boxes, quads)
        for box, hit in zip(boxes, hits, strict=True):
            size = "under 80 px wide" if float(np.ptp(box[:, 0])) < NEAR_PX else "80 px and wider"
            for part in ("all", "night" if frame.night else "day", size):
                found.setdefault(part, []).append(hit)
        right += [number in taken for number in range(len(quads))]
    lines = [
        tally("recall at IoU 0.5", f"held-out rides, {part}", numbers, answers)
        for part, answers in sorted(found.items())
    ]
    return [*lines, tally("precision at IoU 0.5", "held-out rides, all", numbers, right)]


def close_up(detector: PlateDetector, folder: Path, numbers: Numbers) -> list[Accuracy]:
    """Judge on photographs of one plate each (truth.csv): does the best quad lie on it."""
    hits: list[bool] = []
    covered: list[bool] = []
    for asked in _photographs(folder):
        quads = detector.detect(asked.luma)
        hits.append(bool(quads) and overlap(quads[0].corners, asked.box) >= FOUND_IOU)
        covered.append(bool(quads) and coverage(quads[0].corners, asked.box) >= COVERED)
    part = f"plates/{folder.name}"
    return [
        tally("best quad has IoU 0.5", part, numbers, hits),
        tally("best quad covers 80 % of the plate's box", part, numbers, covered),
    ]


def plateless(detector: PlateDetector, folder: Path, numbers: Numbers) -> list[Accuracy]:
    """Judge on pictures without a plate: how many stay empty."""
    empty = [not detector.detect(_grey(path)) for path in sorted(folder.glob("*.jpg"))]
    return [tally("nothing found", "plates/no-plates", numbers, empty)]


def labelled(
    detector: PlateDetector, folder: Path, numbers: Numbers, part: str = ""
) -> list[Accuracy]:
    """Judge on pictures with YOLO boxes, or on one `part` of them: recall and precision."""
    found: list[bool] = []
    right: list[bool] = []
    for _, luma, boxes in yolo_pictures(folder, part):
        quads = [quad.corners for quad in detector.detect(luma)]
        hits, taken = matched(boxes, quads)
        found += hits
        right += [number in taken for number in range(len(quads))]
    name = "/".join(filter(None, ("plates", folder.name, part)))
    return [
        tally("recall at IoU 0.5", name, numbers, found),
        tally("precision at IoU 0.5", name, numbers, right),
    ]


def yolo_pictures(folder: Path, part: str = "") -> Iterator[tuple[str, Luma, list[Box]]]:
    """Yield name, luma and boxes of the pictures in images/ and labels/, or of one part of them."""
    for path in sorted((folder / "images" / part).rglob("*.jpg")):
        luma = _grey(path)
        told = folder / "labels" / path.relative_to(folder / "images").with_suffix(".txt")
        yield path.stem, luma, [_yolo(line, luma.shape) for line in told.read_text().splitlines()]


def matched(boxes: Sequence[Box], quads: Sequence[Box]) -> tuple[list[bool], set[int]]:
    """Give each quad, best first, its best free box; return which boxes and quads found one."""
    free = set(range(len(boxes)))
    taken: set[int] = set()
    for number, quad in enumerate(quads):
        best = max(free, key=lambda index: overlap(quad, boxes[index]), default=None)
        if best is not None and overlap(quad, boxes[best]) >= FOUND_IOU:
            free.discard(best)
            taken.add(number)
    return [index not in free for index in range(len(boxes))], taken


def overlap(one: Box, other: Box) -> float:
    """Return the intersection over union of two quads' upright bounding boxes."""
    low = np.maximum(one.min(0), other.min(0))
    high = np.minimum(one.max(0), other.max(0))
    common = float(np.prod(np.maximum(high - low, 0)))
    both = float(np.prod(np.ptp(one, 0)) + np.prod(np.ptp(other, 0)))
    return common / max(both - common, 1e-6)


def coverage(quad: Box, box: Box) -> float:
    """Return the share of `box` that lies inside `quad`."""
    common, _ = cv2.intersectConvexConvex(cv2.convexHull(quad), box)
    return float(common) / max(float(np.prod(np.ptp(box, 0))), 1e-6)


def tally(measure: str, part: str, numbers: Numbers, answers: Sequence[bool]) -> Accuracy:
    """Return the share of true answers as a line of the card."""
    return measured(measure, part, numbers, sum(answers), len(answers))


def _photographs(folder: Path) -> Iterator[_Photograph]:
    with (folder / "truth.csv").open(newline="") as truth:
        for row in csv.DictReader(truth):
            x, y, width, height = (float(row[k]) for k in ("x", "y", "width", "height"))
            yield _Photograph(_grey(folder / row["image"]), upright(x, y, x + width, y + height))


def _grey(path: Path) -> Luma:
    luma = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if luma is None:
        raise ValueError(f"{path}: not a picture")
    return np.asarray(luma, np.uint8)


def _yolo(line: str, shape: tuple[int, ...]) -> Box:
    x, y, width, height = (float(v) for v in line.split()[1:5])
    left, top = (x - width / 2) * shape[1], (y - height / 2) * shape[0]
    return upright(left, top, left + width * shape[1], top + height * shape[0])
