"""The detector alone: recall and precision of what it is sure of, on pictures with boxed plates."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.vision import Luma, PlateDetector
from agent.plates.evaluate.judge import IGNORED_IOU
from agent.plates.evaluate.labelled import Labelled
from agent.plates.evaluate.run import Open
from agent.plates.evaluate.shapes import matched, overlap
from agent.plates.evaluate.share import Share, share


@dataclass(frozen=True, slots=True)
class Detection:
    """Of the boxed plates those found (IoU 0.5), and of the finds those that are plates."""

    recall: Share
    precision: Share


def detection(
    pictures: Iterable[Labelled], detector: PlateDetector, open_picture: Open
) -> Detection:
    """Detect in every picture; all plates in them must be boxed, or boxed and ignored.

    Raises:
        Rejected: A picture cannot be read.
    """
    boxed = hit = made_up = 0
    for one in pictures:
        found, plates, wrong = _counted(one, open_picture(one.picture), detector)
        boxed, hit, made_up = boxed + plates, hit + found, made_up + wrong
    return Detection(share(hit, boxed), share(hit, hit + made_up))


def _counted(one: Labelled, luma: Luma, detector: PlateDetector) -> tuple[int, int, int]:
    """Return how many plates were found, how many there are, and how many finds are none."""
    boxes = [p.box.corners(luma.shape) for p in one.plates if p.box and not p.ignored]
    ignored = [p.box.corners(luma.shape) for p in one.plates if p.box and p.ignored]
    quads = [quad.corners for quad in detector.detect(luma) if quad.sure]
    hits = matched(boxes, quads)
    taken = set(hits.values())
    wrong = sum(
        number not in taken and all(overlap(quad, place) < IGNORED_IOU for place in ignored)
        for number, quad in enumerate(quads)
    )
    return len(hits), len(boxes), wrong
