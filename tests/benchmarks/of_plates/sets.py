"""The development pictures as labelled sets: one place that knows their folders."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from agent.core.vision import Luma
from agent.plates.evaluate.labelled import Box, Labelled, LabelledPlate, Truth
from agent.plates.evaluate.peers.peer import Bgr
from agent.plates.evaluate.truth import find_truth
from drivers.ports.picture import SUFFIXES, read_picture
from models.data import data_folder
from models.plate_detector.train.rides import street_frames


def labelled_set(name: str) -> Truth:
    """Return one folder of `plates` as it is labelled."""
    return find_truth(
        data_folder() / "plates" / name, SUFFIXES, plateless=name == "no-plates", show=True
    )


def held_out_rides() -> Truth:
    """Return the street frames that no detector learned from, with their unboxed plates ignored."""
    folder = data_folder() / "plates" / "street-romania" / "images"
    pictures = tuple(
        Labelled(
            folder / f"{frame.name}.jpg",
            tuple(
                LabelledPlate(None, _box(label.corners), ignored=label.ignored)
                for label in frame.labels
            ),
            (("ride", "night" if frame.night else "day"),),
        )
        for frame in street_frames(data_folder(), judging=True)
    )
    return Truth("held-out rides", "boxes of plates (VOC)", pictures, complete=True)


def _box(corners: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> Box:
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def open_luma(path: Path) -> Luma:
    return read_picture(path).luma


def open_bgr(path: Path) -> Bgr:
    """Open a picture in colour, (H, W, 3) uint8."""
    picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit(f"{path}: OpenCV decodes no picture")
    return np.asarray(picture, np.uint8)


def evenly(pictures: Sequence[Labelled], most: int) -> list[Labelled]:
    """Return at most so many pictures, evenly from all; all of them for 0."""
    if not most or len(pictures) <= most:
        return list(pictures)
    return [pictures[at * len(pictures) // most] for at in range(most)]
