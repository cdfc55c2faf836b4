"""The real street frames the detector learns from, and the rides that are kept for judging it.

RobertLucian/license-plate-dataset (MIT): dash-cam frames 1280x720 of four rides, named by ride and
second, with upright boxes. Frames of one ride resemble each other, so two rides are held out whole;
of the only night ride and of the longest day ride the last part is, more than half a minute after
the last frame that is learned from.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from models.plate_detector.train.targets import Label

_NAME = re.compile(r"(\w+)_mp4_t_(\d+)$")

HELD_OUT_FROM_S = {
    "dayride_type1_001": 1449,
    "dayride_type1_002": 0,
    "dayride_type1_003": 0,
    "nightride_type3_001": 347,
}
"""From this second on a ride's frames judge the model and never train it."""

UNBOXED = Path(__file__).with_name("unboxed.json")
"""Plates that the set's authors did not box, found by the first rounds or by eye, looked at by eye.

Those of the frames to learn from are passed over; in the held-out frames they complete the truth.
"""


@dataclass(frozen=True, slots=True, eq=False)
class StreetFrame:
    """One frame: luma (720, 1280) and its plates' boxes, plus regions nobody should learn from."""

    name: str
    luma: NDArray[np.uint8]
    labels: tuple[Label, ...]

    @property
    def night(self) -> bool:
        return self.name.startswith("night")


def held_out(name: str) -> bool:
    """Tell whether a frame of this name is kept for judging.

    Raises:
        ValueError: the name is not that of a ride's frame.
    """
    match = _NAME.match(name)
    if match is None:
        raise ValueError(f"{name}: a street frame is called <ride>_mp4_t_<second>")
    return int(match[2]) >= HELD_OUT_FROM_S[match[1]]


def street_frames(data: Path, *, judging: bool) -> Iterator[StreetFrame]:
    """Read the frames to learn from, or with `judging` those held out, in order of name."""
    folder = data / "plates" / "street-romania"
    unboxed = msgspec.json.decode(
        UNBOXED.read_bytes(), type=dict[str, list[tuple[float, float, float, float]]]
    )
    for path in sorted((folder / "images").glob("*.jpg")):
        if held_out(path.stem) != judging:
            continue
        luma = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if luma is None:
            raise ValueError(f"{path}: not a picture")
        tree = ET.parse(folder / "annotations" / f"{path.stem}.xml")  # noqa: S314  our own data
        boxes = [_box(node) for node in tree.iter("bndbox")]
        labels = [Label(upright(*box), exact=False) for box in boxes]
        unsure = unboxed.get(path.stem, ())
        labels += [Label(upright(*box), exact=False, ignored=not judging) for box in unsure]
        yield StreetFrame(path.stem, np.asarray(luma, np.uint8), tuple(labels))


def upright(left: float, top: float, right: float, bottom: float) -> NDArray[np.float32]:
    """Return the corners (4, 2) of an upright box, clockwise from its top left."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _box(node: ET.Element) -> tuple[float, float, float, float]:
    sides = [float(node.findtext(key) or "nan") for key in ("xmin", "ymin", "xmax", "ymax")]
    return sides[0], sides[1], sides[2], sides[3]
