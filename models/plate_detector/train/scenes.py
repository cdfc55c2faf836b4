"""Composes one training picture: a view of a street or drawing, plates, clutter, light, lens.

Picture `index` of a seed is always the same picture, so a training can stop and go on anywhere.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import TWO_ROWS_ASPECT
from models.plate_detector.train.bodies import Scene, backdrop, vehicle
from models.plate_detector.train.clutter import Patch, clutter
from models.plate_detector.train.hang import Corners, hang, move, paste
from models.plate_detector.train.light import Real, Rng, expose, record
from models.plate_detector.train.plates import FlatPlate
from models.plate_detector.train.rides import StreetFrame, upright
from models.plate_detector.train.targets import WIDTH_MIN_PX, Label

WIDTHS_PX = (12.0, 310.0)
"""Plates are shown from barely readable to more than half of the network's input."""

NEAR_SQUARE_SHARE = 0.3
"""How often a plate is hung that is less wide than TWO_ROWS_ASPECT: motorcycles'. They
are seldom in the layouts' weights, and small on a street: shown as seldom as they are, they were
missed (decision 23)."""

_HALF_PIXEL = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """What pictures are composed of; made once."""

    streets: tuple[StreetFrame, ...]
    drawings: tuple[Scene, ...]
    backdrops: tuple[NDArray[np.uint8], ...]
    plates: tuple[FlatPlate, ...]
    near_square: tuple[FlatPlate, ...]
    clutter: tuple[Patch, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One finished picture, luma (H, W), and what is to be found in it."""

    luma: NDArray[np.uint8]
    labels: tuple[Label, ...]


def stock(
    streets: tuple[StreetFrame, ...], plates: tuple[FlatPlate, ...], seed: int, part: float = 1.0
) -> Stock:
    """Draw the vehicles, backdrops and clutter to go with these frames and plates."""
    rng = np.random.default_rng(seed)
    return Stock(
        streets,
        tuple(vehicle(rng) for _ in range(int(500 * part))),
        tuple(backdrop(rng) for _ in range(int(300 * part))),
        plates,
        tuple(plate for plate in plates if plate.aspect < TWO_ROWS_ASPECT),
        tuple(clutter(rng) for _ in range(int(1500 * part))),
    )


def compose(goods: Stock, seed: int, index: int, size: tuple[int, int]) -> Picture:
    """Make picture `index`, (width, height) = size."""
    rng = np.random.default_rng((seed, index))
    kind = rng.random()
    if kind < 0.22:
        picture, labels = _street(goods, rng, size, swap=0.0)
    elif kind < 0.52:
        picture, labels = _street(goods, rng, size, swap=0.85)
    elif kind < 0.62:
        picture, labels = _street(goods, rng, size, swap=0.0, anywhere=True)
    elif kind < 0.82:
        picture, labels = _drawing(goods, rng, size)
    else:
        picture, labels = _plateless(goods, rng, size)
    lit = expose(picture, rng)
    luma = record(lit, rng)
    if rng.random() < 0.15:
        _letterbox(luma, labels, rng)
    return Picture(luma, tuple(_judge(label, size) for label in labels))


def _width(rng: Rng, widest: float) -> float:
    """Draw a plate's width in pixels, every octave alike."""
    low, high = np.log(WIDTHS_PX[0]), np.log(min(WIDTHS_PX[1], widest))
    return float(np.exp(rng.uniform(low, high)))


def _shear(rng: Rng) -> NDArray[np.float64]:
    """Draw what a low or a high camera does to a plate it sees from aside, as a 2x2 map.

    The base line slants while the letters stay upright, or the letters lean on a level line; mostly
    little, now and then as much as a pole at the kerb sees.
    """
    slant, lean = (0.06, 0.05) if rng.random() < 0.65 else (0.22, 0.14)
    return np.array([[1.0, rng.normal(0, lean)], [rng.normal(0, slant), 1.0]])


def _view(
    box: Corners, rng: Rng, size: tuple[int, int], across: float, scales: tuple[float, float]
) -> Corners:
    """Return the 3x3 map that shows `box` (4, 2) about `across` pixels wide somewhere in view."""
    scale = float(np.clip(across / max(float(np.ptp(box[:, 0])), 1.0), *scales))
    shown = float(np.ptp(box[:, 0])) * scale
    turn = float(rng.normal(0, 0.05) if rng.random() < 0.6 else rng.normal(0, 0.22))
    margin = np.array([min(shown * 0.45, size[0] * 0.45), min(shown * 0.15, size[1] * 0.4)])
    place = margin + rng.uniform(0, 1, 2) * (np.array(size) - 2 * margin)
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    squash = float(np.exp(rng.normal(0, 0.1)))
    linear = np.array([[cos * squash, -sin], [sin * squash, cos]])
    linear = linear @ _shear(rng)
    shift = place - linear @ box.mean(0)
    flat = np.vstack([np.column_stack([linear, shift]), [0, 0, 1]])
    frame = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    bent = frame + rng.normal(0, 0.05, (4, 2)) * size
    tilt = cv2.getPerspectiveTransform(frame, bent.astype(np.float32))
    return np.asarray(tilt @ flat, np.float32)


def _show(luma: NDArray[np.uint8], view: Corners, size: tuple[int, int], rng: Rng) -> Real:
    """Show a picture through a view, without aliasing."""
    scale = float(np.sqrt(abs(np.linalg.det(view[:2, :2]))))
    if scale < 0.6:
        luma = np.asarray(
            cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
        )
        view = np.asarray(view @ np.diag([2.0, 2.0, 1.0]), np.float32)
    # Our coordinates run from the picture's edge, OpenCV's from the first pixel's centre.
    view = np.asarray(_HALF_PIXEL @ view @ np.linalg.inv(_HALF_PIXEL), np.float32)
    # Never mirrored: that would show plates nobody labelled.
    border = cv2.BORDER_REPLICATE if rng.random() < 0.5 else cv2.BORDER_CONSTANT
    return np.asarray(
        cv2.warpPerspective(luma, view, size, flags=cv2.INTER_LINEAR, borderMode=border,
                            borderValue=int(rng.integers(0, 256))), np.float32)  # fmt: skip


def _street(
    goods: Stock, rng: Rng, size: tuple[int, int], swap: float, *, anywhere: bool = False
) -> tuple[Real, list[Label]]:
    """Show a real frame around one of its plates; with chance `swap` each plate is one of ours.

    Or show it enlarged `anywhere`: most of a street is no plate, and looks like one close up.
    """
    frame = goods.streets[int(rng.integers(len(goods.streets)))]
    boxes = [label for label in frame.labels if not label.ignored]
    if anywhere or not boxes:
        rows, columns = frame.luma.shape
        middle = rng.uniform(0.1, 0.9, 2) * (columns, rows)
        half = np.array([60.0, 15.0])
        anchor = upright(*(middle - half), *(middle + half))
    else:
        anchor = boxes[int(rng.integers(len(boxes)))].corners
    luma, labels = frame.luma, list(frame.labels)
    if rng.random() < 0.35:
        luma, width = np.ascontiguousarray(luma[:, ::-1]), luma.shape[1]
        mirror = np.array([-1, 1], np.float32)
        labels = [
            Label((label.corners * mirror + (width, 0))[[1, 0, 3, 2]], label.exact, label.ignored)
            for label in labels
        ]
        anchor = (anchor * mirror + np.array((width, 0), np.float32))[[1, 0, 3, 2]]
    whole = size[0] / luma.shape[1]  # smaller, and the frame would no longer fill the view
    view = _view(anchor, rng, size, _width(rng, size[0] * 0.75), (whole, 4.0))
    picture = _show(luma, view, size, rng)
    if rng.random() < 0.5:
        _litter(picture, goods, rng, [label.corners for label in labels], view)
    shown: list[Label] = []
    for label in labels:
        corners = move(label.corners, view)
        if not label.ignored and rng.random() < swap:
            grown = corners.mean(0) + (corners - corners.mean(0)) * rng.uniform(1.02, 1.25)
            exact = hang(
                picture,
                _any_plate(goods, rng),
                rng,
                np.asarray(grown, np.float32),
                keep_aspect=0.35,
            )
            shown.append(Label(exact, exact=True))
        else:
            shown.append(Label(corners, label.exact, label.ignored))
    return picture, shown


def _drawing(goods: Stock, rng: Rng, size: tuple[int, int]) -> tuple[Real, list[Label]]:
    """Show a drawn vehicle with one of our plates, or plates hung anywhere in any picture."""
    if rng.random() < 0.6:
        scene = goods.drawings[int(rng.integers(len(goods.drawings)))]
        spot = upright(*scene.spots[0])
        view = _view(spot, rng, size, _width(rng, size[0] * 0.75), (0.2, 3.0))
        picture = _show(scene.luma, view, size, rng)
        if rng.random() < 0.4:
            _litter(picture, goods, rng, [spot], view)
        exact = hang(picture, _any_plate(goods, rng), rng, move(spot, view), keep_aspect=0.8)
        return picture, [Label(exact, exact=True)]
    luma = goods.backdrops[int(rng.integers(len(goods.backdrops)))]
    whole = upright(0, 0, luma.shape[1], luma.shape[0])
    view = _view(whole, rng, size, size[0] * rng.uniform(1.0, 1.6), (0.3, 3.0))
    picture = _show(luma, view, size, rng)
    labels: list[Label] = []
    for _ in range(int(rng.integers(1, 5))):
        across = _width(rng, size[0] * 0.7)
        half = np.array([across / 2, across * rng.uniform(0.1, 0.14)])
        middle = half + rng.uniform(0, 1, 2) * (np.array(size) - 2 * half)
        box = upright(*(middle - half), *(middle + half))
        spread = rng.normal(0, 0.03, (4, 2)) * (across, across * 0.6)
        turn = rng.normal(0, 0.18)
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        bent = (box - middle) @ (spin @ _shear(rng)).T
        corners = np.asarray(bent + middle + spread, np.float32)
        if any(_near(corners, label.corners) for label in labels):
            continue
        labels.append(
            Label(hang(picture, _any_plate(goods, rng), rng, corners, keep_aspect=0.8), exact=True)
        )
    _litter(picture, goods, rng, [label.corners for label in labels], np.eye(3, dtype=np.float32))
    return picture, labels


def _plateless(goods: Stock, rng: Rng, size: tuple[int, int]) -> tuple[Real, list[Label]]:
    """Show a drawing full of clutter and without a plate, or a street on its side or its head."""
    kind = rng.random()
    if kind < 0.3:
        return _overturned(goods, rng, size)
    if kind < 0.5:
        luma = goods.drawings[int(rng.integers(len(goods.drawings)))].luma
    else:
        luma = goods.backdrops[int(rng.integers(len(goods.backdrops)))]
    whole = upright(0, 0, luma.shape[1], luma.shape[0])
    view = _view(whole, rng, size, size[0] * rng.uniform(0.9, 2.5), (0.3, 4.0))
    picture = _show(luma, view, size, rng)
    for _ in range(int(rng.integers(1, 4))):
        _litter(picture, goods, rng, [], np.eye(3, dtype=np.float32))
    return picture, []


def _overturned(goods: Stock, rng: Rng, size: tuple[int, int]) -> tuple[Real, list[Label]]:
    """Show part of a street turned so far that its plates are none, perhaps as a negative."""
    frame = goods.streets[int(rng.integers(len(goods.streets)))]
    rows, columns = frame.luma.shape
    turn = float(rng.uniform(0.35, 2 * np.pi - 0.35))
    scale = float(np.exp(rng.uniform(np.log(0.4), np.log(4.0))))
    middle = rng.uniform(0.2, 0.8, 2) * (columns, rows)
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shift = np.array(size) / 2 - linear @ middle
    view = np.vstack([np.column_stack([linear, shift]), [0, 0, 1]]).astype(np.float32)
    picture = _show(frame.luma, view, size, rng)
    if rng.random() < 0.4:
        picture = 255.0 - picture
    if rng.random() < 0.5:  # daylight's contrast
        picture = (picture - float(picture.mean())) * rng.uniform(1.0, 3.5) + rng.uniform(80, 170)
    hidden = [Label(move(label.corners, view), exact=False, ignored=True) for label in frame.labels]
    return np.asarray(picture, np.float32), hidden


def _near(one: Corners, other: Corners) -> bool:
    gap = np.maximum(one.min(0), other.min(0)) - np.minimum(one.max(0), other.max(0))
    return bool((gap < 6).all())


def _any_plate(goods: Stock, rng: Rng) -> FlatPlate:
    drawer = goods.near_square if rng.random() < NEAR_SQUARE_SHARE else goods.plates
    return drawer[int(rng.integers(len(drawer)))]


def _litter(picture: Real, goods: Stock, rng: Rng, taken: list[Corners], view: Corners) -> None:
    """Strew clutter where no plate is; it must never hide one."""
    size = np.array(picture.shape[::-1], np.float32)
    kept = [move(corners, view) for corners in taken]
    for _ in range(int(rng.integers(1, 5))):
        patch, cover = goods.clutter[int(rng.integers(len(goods.clutter)))]
        across = float(np.exp(rng.uniform(np.log(14), np.log(size[0] * 0.8))))
        half = np.array([across / 2, across / 2 * patch.shape[0] / patch.shape[1]])
        middle = rng.uniform(0, 1, 2) * size
        corners = upright(*(middle - half), *(middle + half))
        corners = np.asarray(corners + rng.normal(0, 0.04, (4, 2)) * half * 2, np.float32)
        if any(_near(corners, other) for other in kept):
            continue
        paste(picture, patch.astype(np.float32), cover, corners, 1.0)


def _letterbox(luma: NDArray[np.uint8], labels: list[Label], rng: Rng) -> None:
    """Black out the bars that a picture of another shape leaves, in place."""
    height, width = luma.shape
    if rng.random() < 0.5:
        bar = int(width * rng.uniform(0.05, 0.35))
        luma[:, width - bar :] = 0
        limit = np.array([width - bar, height])
    else:
        bar = int(height * rng.uniform(0.05, 0.35))
        luma[height - bar :] = 0
        limit = np.array([width, height - bar])
    for number, label in enumerate(labels):
        cut = (label.corners > limit).any()
        if cut:
            whole = (label.corners.min(0) > limit).any()
            labels[number] = Label(label.corners, label.exact, ignored=not whole)
            if whole:
                labels[number] = Label(label.corners - 1e6, label.exact, ignored=True)


def _judge(label: Label, size: tuple[int, int]) -> Label:
    """Ask only for plates that are whole and wide enough; others are neither right nor wrong."""
    inside = np.clip(label.corners, 0, size)
    whole = float(np.ptp(inside[:, 0]) * np.ptp(inside[:, 1]))
    full = float(np.ptp(label.corners[:, 0]) * np.ptp(label.corners[:, 1]))
    wide = float(np.hypot(*(label.corners[1] - label.corners[0])))
    if whole < 0.9 * full or wide < WIDTH_MIN_PX:
        return Label(label.corners, label.exact, ignored=True)
    return label
