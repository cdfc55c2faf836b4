"""Vehicles, walls and skies drawn by us: places where a plate hangs that no ride has shown.

A body is a picture of one vehicle's front or back with the spot where its plate belongs. They are
plain, but their edges, gloss, lamps and grilles are what a plate is embedded in close up by day.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_detector.train.clutter import clutter, page
from models.plate_detector.train.light import clouds, window

Luma = NDArray[np.uint8]
Rng = np.random.Generator
SIZE = (640, 480)
"""Width and height of every drawn scene."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A drawn or real picture and the upright boxes (left, top, right, bottom) plates belong in."""

    luma: Luma
    spots: tuple[tuple[float, float, float, float], ...] = ()


def backdrop(rng: Rng) -> Luma:
    """Draw a scene without vehicles: gradients, walls, foliage, planks, pages of text."""
    width, height = SIZE
    kind = rng.random()
    if kind < 0.2:
        return np.asarray(cv2.resize(page(rng), SIZE), np.uint8)
    if kind < 0.5:
        return tangle(rng)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None]
    sheet = rng.uniform(20, 235) + rng.uniform(-90, 90) * y + rng.uniform(-50, 50) * x
    sheet = sheet + rng.uniform(5, 60) * window(clouds(), (height, width), rng)
    horizon = int(height * rng.uniform(0.2, 0.8))
    if rng.random() < 0.6:
        sheet[horizon:] = sheet[horizon:] * rng.uniform(0.4, 1.2) + rng.uniform(-60, 60)
    texture = rng.standard_normal((height // 2, width // 2)).astype(np.float32)
    texture = cv2.GaussianBlur(texture, (0, 0), rng.uniform(0.6, 4)) * rng.uniform(5, 60)
    if rng.random() < 0.6:  # asphalt, leaves, render
        part = slice(horizon, None) if rng.random() < 0.5 else slice(0, horizon)
        sheet[part] += cv2.resize(texture, (width, height))[part]
    if rng.random() < 0.35:  # bricks or planks
        pitch_x, pitch_y = int(rng.integers(12, 90)), int(rng.integers(8, 50))
        tone = float(rng.uniform(-60, 60))
        for row, top in enumerate(range(0, horizon, pitch_y)):
            cv2.line(sheet, (0, top), (width, top), float(sheet.mean() + tone), 1)
            for left in range((row % 2) * pitch_x // 2, width, pitch_x):
                cv2.line(sheet, (left, top), (left, top + pitch_y), float(sheet.mean() + tone), 1)
    luma = np.clip(sheet, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 14))):
        corners = rng.uniform(0, 1, 2) * SIZE + rng.normal(
            0, rng.uniform(10, 120), (int(rng.integers(3, 7)), 2)
        )
        shape = cv2.convexHull(corners.astype(np.int32))
        cv2.fillPoly(luma, [shape], int(rng.integers(0, 256)), cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 6))):
        one, other = rng.uniform(0, 1, (2, 2)) * SIZE
        ends = one.astype(int).tolist(), other.astype(int).tolist()
        tone, thick = int(rng.integers(0, 256)), int(rng.integers(1, 9))
        cv2.line(luma, *ends, tone, thick, cv2.LINE_AA)
    return np.asarray(luma, np.uint8)


def tangle(rng: Rng) -> Luma:
    """Draw a thicket of fine detail: foliage, stone, lace, windows by the hundred."""
    width, height = SIZE
    sheet = np.zeros((height, width), np.float32)
    for cells in 2 ** rng.integers(3, 9, 3):
        coarse = rng.standard_normal((max(3, int(cells) * 3 // 4), int(cells))).astype(np.float32)
        sheet += cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC) * rng.uniform(0.2, 1.0)
    kind = rng.random()
    if kind < 0.35:  # contour lines, marble, water
        sheet = np.cos(sheet * rng.uniform(2, 12))
    elif kind < 0.6:  # hard black and white
        sheet = np.tanh(sheet * rng.uniform(2, 20))
    sheet = 128 + rng.uniform(30, 110) * sheet
    luma = np.clip(sheet, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:  # a town's windows, shelves, keys
        pitch = rng.integers(8, 60, 2)
        for top in range(0, height, int(pitch[1])):
            for left in range(0, width, int(pitch[0])):
                if rng.random() < 0.8:
                    size = (pitch * rng.uniform(0.3, 0.8, 2)).astype(int)
                    end = (left + int(size[0]), top + int(size[1]))
                    cv2.rectangle(luma, (left, top), end, int(rng.integers(0, 256)), -1)
    leaves = int(rng.integers(20, 400)) if rng.random() < 0.35 else 0
    for _ in range(leaves):  # or pebbles, or a crowd
        at = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(2, 24)), int(rng.integers(2, 10)))
        turn, tone = float(rng.uniform(0, 180)), int(rng.integers(0, 256))
        cv2.ellipse(luma, at, axes, turn, 0, 360, tone, -1, cv2.LINE_AA)
    return luma


def _box(luma: Luma, box: tuple[float, float, float, float], tone: int, bend: float = 0.12) -> None:
    """Fill a box with rounded corners."""
    left, top, right, bottom = (int(v) for v in box)
    radius = max(1, int(min(right - left, bottom - top) * bend))
    cv2.rectangle(luma, (left + radius, top), (right - radius, bottom), tone, -1)
    cv2.rectangle(luma, (left, top + radius), (right, bottom - radius), tone, -1)
    for x in (left + radius, right - radius):
        for y in (top + radius, bottom - radius):
            cv2.circle(luma, (x, y), radius, tone, -1, cv2.LINE_AA)


def _put(luma: Luma, left: float, top: float, size: tuple[float, float], rng: Rng) -> None:
    """Put a piece of clutter into a box of the picture."""
    patch, cover = clutter(rng)
    width, height = max(4, int(size[0])), max(4, int(size[1]))
    x, y = int(left), int(top)
    if x < 0 or y < 0 or x + width > luma.shape[1] or y + height > luma.shape[0]:
        return
    share = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA) / np.float32(255)
    fill = cv2.resize(patch, (width, height), interpolation=cv2.INTER_AREA)
    here = luma[y : y + height, x : x + width]
    here[:] = (here * (1 - share) + fill * share).astype(np.uint8)


def vehicle(rng: Rng) -> Scene:
    """Draw a vehicle's front or back on a backdrop."""
    luma = backdrop(rng)
    width, height = SIZE
    wide = rng.uniform(0.55, 1.1) * width
    tall = wide * rng.uniform(0.6, 0.95)
    left = (width - wide) / 2 + rng.uniform(-0.08, 0.08) * width
    bottom = min(height * 0.96, (height + tall) / 2)
    top, right = bottom - tall, left + wide
    paint = int(rng.integers(10, 250))
    waist = top + tall * rng.uniform(0.32, 0.5)
    tumble = wide * rng.uniform(0.04, 0.16)
    shadow = ((left + right) / 2, bottom)
    cv2.ellipse(
        luma,
        (int(shadow[0]), int(shadow[1])),
        (int(wide * 0.52), int(tall * 0.06)),
        0,
        0,
        360,
        20,
        -1,
    )
    for x in (left + 0.03 * wide, right - 0.17 * wide):
        _box(luma, (x, bottom - 0.22 * tall, x + 0.14 * wide, bottom + 0.04 * tall), 25, 0.3)
    roof = [(left + tumble, top), (right - tumble, top), (right, waist), (left, waist)]
    cv2.fillPoly(luma, [np.array(roof, np.int32)], paint, cv2.LINE_AA)
    _box(luma, (left, waist - 4, right, bottom - 0.08 * tall), paint, 0.1)
    glass = int(np.clip(paint * 0.3 + rng.uniform(0, 90), 0, 255))
    high, low = top + 0.05 * tall, waist - 0.04 * tall
    pane = [(left + tumble * 1.4, high), (right - tumble * 1.4, high),
            (right - 0.07 * wide, low), (left + 0.07 * wide, low)]  # fmt: skip
    cv2.fillPoly(luma, [np.array(pane, np.int32)], glass, cv2.LINE_AA)
    if rng.random() < 0.4:
        _put(luma, left + rng.uniform(0.1, 0.5) * wide, top + 0.12 * tall,
             (wide * rng.uniform(0.1, 0.35), tall * rng.uniform(0.06, 0.15)), rng)  # fmt: skip
    body = luma[max(0, int(waist)) : int(bottom), max(0, int(left)) : int(right)]
    sheen = np.linspace(rng.uniform(0.8, 1.25), rng.uniform(0.5, 1.0), body.shape[0])[:, None]
    body[:] = np.clip(body * sheen * (1 + 0.12 * window(clouds(), body.shape[:2], rng)), 0, 255)
    lamp_h, lamp_w = tall * rng.uniform(0.08, 0.25), wide * rng.uniform(0.1, 0.22)
    lamp_y = waist + tall * rng.uniform(0.02, 0.12)
    lamp = int(rng.choice([rng.integers(30, 120), rng.integers(160, 256)]))
    for x in (left + 0.02 * wide, right - 0.02 * wide - lamp_w):
        _box(luma, (x, lamp_y, x + lamp_w, lamp_y + lamp_h), lamp, 0.25)
        bulb = (lamp_w * 0.2, lamp_h * 0.2, lamp_w * 0.7, lamp_h * 0.7)
        _box(luma, (x + bulb[0], lamp_y + bulb[1], x + bulb[2], lamp_y + bulb[3]),
             int(np.clip(lamp + rng.normal(0, 60), 0, 255)), 0.3)  # fmt: skip
    if rng.random() < 0.6:  # grille or boot lid between the lamps
        _put(
            luma, left + lamp_w + 0.05 * wide, lamp_y, (wide - 2 * lamp_w - 0.1 * wide, lamp_h), rng
        )
    bumper = bottom - tall * rng.uniform(0.18, 0.34)
    dark = int(np.clip(paint * rng.uniform(0.3, 1.1), 0, 255))
    _box(luma, (left - 2, bumper, right + 2, bottom - 0.06 * tall), dark, 0.2)
    for _ in range(int(rng.integers(0, 5))):
        y = int(rng.uniform(waist, bottom))
        cv2.line(
            luma,
            (int(left), y),
            (int(right), y),
            int(rng.integers(0, 256)),
            int(rng.integers(1, 4)),
        )
    for _ in range(int(rng.integers(0, 4))):  # names, badges, stickers
        _put(luma, left + rng.uniform(0.05, 0.75) * wide, rng.uniform(waist, bumper),
             (wide * rng.uniform(0.06, 0.25), tall * rng.uniform(0.03, 0.09)), rng)  # fmt: skip
    across = wide * rng.uniform(0.24, 0.36)
    middle_x = (left + right) / 2 + rng.normal(0, 0.03) * wide
    middle_y = rng.uniform(lamp_y + 0.6 * lamp_h, bottom - 0.12 * tall)
    high = across * rng.uniform(0.2, 0.26)
    recess = rng.random()
    if recess < 0.5:
        grow_x, grow_y = across * rng.uniform(0.55, 0.75), high * rng.uniform(0.65, 1.4)
        tone = int(np.clip(paint * rng.uniform(0.2, 1.2), 0, 255))
        _box(
            luma,
            (middle_x - grow_x, middle_y - grow_y, middle_x + grow_x, middle_y + grow_y),
            tone,
            0.15,
        )
    spot = (middle_x - across / 2, middle_y - high / 2, middle_x + across / 2, middle_y + high / 2)
    return Scene(luma, (spot,))
