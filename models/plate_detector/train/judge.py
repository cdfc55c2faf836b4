"""Judges the shipped file on pictures it never learned from; the numbers go into its card.

Everything here runs the int8 file through the agent's own detector class, so that letterboxing,
quantisation and decoding are judged with it.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma, PlateDetector
from models.plate_detector.train.rides import street_frames, upright
from models.plate_detector.train.scenes import Stock, compose

FOUND_IOU = 0.5
"""A plate is found when its upright box and the quad's overlap this much (Pascal VOC)."""

COVERED = 0.9
"""A plate can be read when this share of it lies in the quad."""

Box = NDArray[np.float32]
"""Upright corners (4, 2)."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many."""

    good: int
    of: int

    @property
    def share(self) -> float:
        return self.good / self.of if self.of else float("nan")


@dataclass(frozen=True, slots=True)
class Slice:
    """One line of the card: what was asked of which pictures, and how often it was so."""

    name: str
    count: Count


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One picture and the plates known to be in it."""

    luma: Luma
    boxes: tuple[Box, ...]


def street(detector: PlateDetector, data: Path) -> list[Slice]:
    """Judge on the rides held out: every plate by day and night, near and far, and what was made up."""
    frames = list(street_frames(data, judging=True))
    found: dict[str, list[bool]] = {}
    right: list[bool] = []
    for frame in frames:
        boxes = [label.corners for label in frame.labels if not label.ignored]
        unsure = [label.corners for label in frame.labels if label.ignored]
        quads = [quad.corners for quad in detector.detect(frame.luma)]
        hits, taken = matched(boxes, quads)
        for box, hit in zip(boxes, hits, strict=True):
            wide = float(np.ptp(box[:, 0]))
            size = "under 80 px" if wide < 80 else "80 px and over"  # noqa: PLR2004
            for name in ("all", "night" if frame.night else "day", size):
                found.setdefault(name, []).append(hit)
        for number, quad in enumerate(quads):
            if number in taken:
                right.append(True)
            elif all(overlap(quad, box) < 0.2 for box in unsure):  # noqa: PLR2004  unboxed by its authors
                right.append(False)
    lines = [Slice(f"street, held-out rides, recall, {k}", tally(v)) for k, v in found.items()]
    return [*lines, Slice("street, held-out rides, precision", tally(right))]


def close_up(detector: PlateDetector, folder: Path) -> list[Slice]:
    """Judge on photographs of one plate each (truth.csv): is the best quad on it, is it covered."""
    hits: list[bool] = []
    covered: list[bool] = []
    for asked in _photographs(folder):
        quads = detector.detect(asked.luma)
        best = [quads[0].corners] if quads else []
        hits.append(bool(best) and overlap(best[0], asked.boxes[0]) >= FOUND_IOU)
        covered.append(bool(best) and coverage(best[0], asked.boxes[0]) >= COVERED)
    name = f"photographs {folder.name}"
    return [
        Slice(f"{name}, best quad IoU >= {FOUND_IOU}", tally(hits)),
        Slice(f"{name}, best quad covers >= {COVERED:.0%} of the plate", tally(covered)),
    ]


def plateless(detector: PlateDetector, folder: Path) -> list[Slice]:
    """Judge on pictures without a plate: how many stay empty."""
    pictures = [_grey(path) for path in sorted(folder.iterdir())]
    return [
        Slice("no plates, pictures left empty", tally([not detector.detect(p) for p in pictures]))
    ]


def labelled(detector: PlateDetector, folder: Path) -> list[Slice]:
    """Judge on pictures with YOLO boxes: recall and precision."""
    found: list[bool] = []
    right: list[bool] = []
    for path in sorted((folder / "images").rglob("*.jpg")):
        luma = _grey(path)
        told = folder / "labels" / path.relative_to(folder / "images").with_suffix(".txt")
        lines = told.read_text().splitlines()
        boxes = [_yolo(line, luma.shape) for line in lines]
        quads = [quad.corners for quad in detector.detect(luma)]
        hits, taken = matched(boxes, quads)
        found += hits
        right += [number in taken for number in range(len(quads))]
    return [
        Slice(f"{folder.name}, recall", tally(found)),
        Slice(f"{folder.name}, precision", tally(right)),
    ]


def drawn(
    detector: PlateDetector, goods: Stock, seed: int, pictures: int, size: tuple[int, int]
) -> tuple[list[Slice], float]:
    """Judge on fresh pictures of our own, the only ones with exact corners.

    Return the slices and the median distance of a found plate's corners, as a share of its width.
    """
    hits: list[bool] = []
    exact: list[bool] = []
    apart: list[float] = []
    for index in range(pictures):
        picture = compose(goods, seed, index, size)
        quads = [quad.corners for quad in detector.detect(picture.luma)]
        for label in picture.labels:
            if label.ignored or not label.exact:
                continue
            near = max(quads, key=lambda quad: overlap(quad, label.corners), default=None)
            hit = near is not None and overlap(near, label.corners) >= FOUND_IOU
            hits.append(hit)
            if near is not None and hit:
                wide = float(np.hypot(*(label.corners[1] - label.corners[0])))
                away = float(np.hypot(*(near - label.corners).T).mean())
                apart.append(away / wide)
                exact.append(away <= max(1.5, 0.03 * wide))
    lines = [
        Slice("drawn, recall", tally(hits)),
        Slice("drawn, corners within 1.5 px or 3 % of the width", tally(exact)),
    ]
    return lines, float(np.median(apart))


def matched(boxes: Sequence[Box], quads: Sequence[Box]) -> tuple[list[bool], set[int]]:
    """Give each quad, best first, its best free box; return which boxes and which quads are matched."""
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


def tally(answers: Sequence[bool]) -> Count:
    """Count the true ones."""
    return Count(sum(answers), len(answers))


def _photographs(folder: Path) -> Iterator[Asked]:
    with (folder / "truth.csv").open(newline="") as truth:
        for row in csv.DictReader(truth):
            x, y, width, height = (float(row[k]) for k in ("x", "y", "width", "height"))
            yield Asked(_grey(folder / row["image"]), (upright(x, y, x + width, y + height),))


def _grey(path: Path) -> Luma:
    luma = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if luma is None:
        raise ValueError(f"{path}: not a picture")
    return np.asarray(luma, np.uint8)


def _yolo(line: str, shape: tuple[int, ...]) -> Box:
    x, y, width, height = (float(v) for v in line.split()[1:5])
    left, top = (x - width / 2) * shape[1], (y - height / 2) * shape[0]
    return upright(left, top, left + width * shape[1], top + height * shape[0])
