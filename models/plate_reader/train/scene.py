"""A drawn plate is mounted: frame, dealer's name, screws, dirt, shadow, a car around it.

All grey, in the plate's own plane. Written apart from simulators/optics.py on purpose: what one
rendering gets wrong the other must not repeat.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_art import Look, draw_plate, layouts, random_plate
from models.plate_art.draw import Place
from models.plate_art.fonts import FONTS, glyph
from models.plate_art.layouts import Layout
from models.plate_art.text import Written

PLAIN_FONTS = tuple(font for font in FONTS if not font.startswith("fe-"))
AROUND_MM = 70.0
"""How much of the car around the plate is drawn."""

HIDDEN_SHARE = 0.12
"""Plates with a character or two covered. They are still asked for: what cannot be seen is learned
to be a guess of low confidence at its place, instead of a shorter text."""

Grey = NDArray[np.float32]
"""A luminance picture, (H, W) float32, 0 black to 255 white."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A mounted plate: `grey` (H, W) float32, the plate's corners in it (4, 2), its rows.

    `visible` is the text with a star for each character that something covers.
    """

    grey: Grey
    corners: NDArray[np.float32]
    text: str
    rows: int
    country: str
    visible: str


def random_scene(
    rng: np.random.Generator, backgrounds: list[NDArray[np.uint8]], pixels_per_mm: float
) -> Scene:
    """Return a random plate on a random car."""
    layout, plate = random_layout(rng)
    font = _font(layout, rng)
    look = Look(
        font=font,
        stretch=float(rng.uniform(0.82, 1.2)) * (0.85 if font == "heavy" else 1.0),
        height=float(rng.uniform(0.9, 1.08)),
        gap=float(rng.uniform(0.55, 1.45)),
        extra_weight_mm=float(rng.choice([0.0, 0.0, rng.uniform(0.0, 1.4)])),
        shift_mm=float(rng.normal(0, 8)),
        cell=float(rng.choice([0.0, rng.uniform(0.3, 1.0)])),
    )
    art = draw_plate(layout, plate, pixels_per_mm, look)
    face = _luma(art.bgr, rng)
    visible = _hide(face, art.places, rng) if rng.random() < HIDDEN_SHARE else art.text
    height, width = face.shape
    around = round(AROUND_MM * pixels_per_mm)
    shape = (height + 2 * around, width + 2 * around)
    grey = _car(shape, backgrounds, rng)
    if rng.random() < 0.75:
        _frame(grey, (around, around, width, height), pixels_per_mm, rng)
    grey[around : around + height, around : around + width] = face
    _screws(grey, (around, around, width, height), pixels_per_mm, rng)
    if rng.random() < 0.3:
        _frame_lip(grey, (around, around, width, height), pixels_per_mm, rng)
    _dirt(grey, rng)
    _shadow(grey, rng)
    low, high_x, high_y = around - 0.5, around + width - 0.5, around + height - 0.5
    corners = np.array([(low, low), (high_x, low), (high_x, high_y), (low, high_y)], np.float32)
    return Scene(grey, corners, art.text, len(plate.rows), art.country, visible)


def random_layout(rng: np.random.Generator) -> tuple[Layout, Written]:
    """Return a layout, drawn by weight, and a plate of it; now and then with free characters."""
    book = layouts()
    weights = np.array([layout.weight for layout in book])
    layout = book[int(rng.choice(len(book), p=weights / weights.sum()))]
    plate = random_plate(layout, rng)
    if rng.random() < 0.12:
        # A reader that has learned the syntax by heart would invent it where it is absent.
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        rows = tuple(
            tuple(
                alphabet[int(rng.integers(36))] if len(item) == 1 and rng.random() < 0.5 else item
                for item in row
            )
            for row in plate.rows
        )
        plate = Written(rows)
    return layout, plate


def _font(layout: Layout, rng: np.random.Generator) -> str:
    choice = rng.random()
    if layout.fonts[0].startswith("fe-") and choice < 0.85:
        return str(rng.choice(layout.fonts))
    if choice < 0.45:
        return str(rng.choice(layout.fonts))
    return str(rng.choice(PLAIN_FONTS))


def _luma(bgr: NDArray[np.uint8], rng: np.random.Generator) -> Grey:
    """Return the grey that some camera sees: the eye's weights, or infrared's other ones."""
    if rng.random() < 0.75:
        weights = np.array([0.114, 0.587, 0.299])
    else:
        weights = rng.dirichlet([1.0, 1.0, 1.5])
    flat: Grey = np.matmul(bgr.reshape(-1, 3), weights, dtype=np.float32)
    return flat.reshape(bgr.shape[:2])


def _hide(face: Grey, places: tuple[Place, ...], rng: np.random.Generator) -> str:
    """Cover one or two characters: a patch, mud, a strap or a tow ball; return what stays visible.

    Only covers that leave nothing legible count as hidden; `face` is painted in place.
    """
    visible = [place.character for place in places]
    count = 1 if rng.random() < 0.6 else 2
    for n in rng.choice(len(places), min(count, len(places)), replace=False):
        place = places[int(n)]
        grow = rng.uniform(0.0, 0.25, 4) * (place.width, place.height, place.width, place.height)
        x0, y0 = round(place.x - grow[0]), round(place.y - grow[1])
        x1 = round(place.x + place.width + grow[2])
        y1 = round(place.y + place.height + grow[3])
        x0, y0 = max(x0, 0), max(y0, 0)
        tone = float(rng.uniform(0, 255))
        kind = rng.random()
        if kind < 0.6:
            face[y0:y1, x0:x1] = tone
        elif kind < 0.8:  # mud: a ragged blot
            h, w = face.shape
            blot = np.zeros((h, w), np.float32)
            middle, half = ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) // 2, (y1 - y0) // 2)
            cv2.ellipse(blot, middle, (max(half[0], 2), max(half[1], 2)), 0, 0, 360, 1.0, -1)
            ragged = rng.random((6, 24), dtype=np.float32)
            blot += cv2.resize(ragged, (w, h), interpolation=cv2.INTER_CUBIC) - 0.5
            soft = cv2.GaussianBlur(np.clip(blot * 2, 0, 1), (0, 0), 1.0)
            face += (tone * 0.6 - face) * soft
        elif kind < 0.9:  # a strap or a ladder over the whole height
            face[:, x0:x1] = tone * 0.5
        else:
            radius = max(x1 - x0, y1 - y0) // 2 + 1
            cv2.circle(face, ((x0 + x1) // 2, (y0 + y1) // 2), radius, tone * 0.5, -1, cv2.LINE_AA)
            for other, near in enumerate(places):  # a ball is wide: what it covers more than half
                away = abs(near.x + near.width / 2 - (x0 + x1) / 2)
                if near.row == place.row and away < radius:
                    visible[other] = "*"
        visible[int(n)] = "*"
    return "".join(visible)


def _car(
    shape: tuple[int, int], backgrounds: list[NDArray[np.uint8]], rng: np.random.Generator
) -> Grey:
    kind = rng.random()
    if backgrounds and kind < 0.3:
        picture = backgrounds[int(rng.integers(len(backgrounds)))]
        h = int(rng.integers(24, 200))
        w = min(picture.shape[1] - 1, round(h * shape[1] / shape[0]))
        y = int(rng.integers(picture.shape[0] - h))
        x = int(rng.integers(picture.shape[1] - w))
        patch = picture[y : y + h, x : x + w]
        return cv2.resize(patch, shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    top, bottom = rng.uniform(5, 240, 2)
    if kind < 0.8:
        bottom = np.clip(top + rng.normal(0, 25), 0, 255)  # one body colour
    grey = np.repeat(np.linspace(top, bottom, shape[0], dtype=np.float32)[:, None], shape[1], 1)
    for _ in range(int(rng.integers(0, 5))):  # edges of bumper, grille and boot
        y = int(rng.integers(shape[0]))
        thick = int(rng.integers(1, 1 + shape[0] // 8))
        cv2.line(grey, (0, y), (shape[1], y + int(rng.integers(-9, 10))),
                 float(rng.uniform(0, 255)), thick)  # fmt: skip
    return grey


def _frame(
    grey: Grey, box: tuple[int, int, int, int], scale: float, rng: np.random.Generator
) -> None:
    """Draw the holder around the plate, with somebody's name below or above it."""
    x, y, w, h = box
    tone = float(rng.choice([rng.uniform(5, 60), rng.uniform(120, 230)], p=[0.85, 0.15]))
    side = float(rng.uniform(2, 10)) * scale
    strips = {"top": float(rng.uniform(2, 10)) * scale, "bottom": float(rng.uniform(2, 28)) * scale}
    if rng.random() < 0.12:
        strips["top"], strips["bottom"] = strips["bottom"], strips["top"]
    left_top = (round(x - side), round(y - strips["top"]))
    right_bottom = (round(x + w + side), round(y + h + strips["bottom"]))
    cv2.rectangle(grey, left_top, right_bottom, tone, -1)
    for place, size in strips.items():
        if size < 9 * scale or rng.random() < 0.15:  # too thin for a name
            continue
        strip = grey[round(y - size) : y, x : x + w] if place == "top" else (
            grey[y + h : round(y + h + size), x : x + w]
        )  # fmt: skip
        if rng.random() < 0.25:
            strip[:] = rng.uniform(100, 240)
        _name(strip, rng)


def _name(strip: Grey, rng: np.random.Generator) -> None:
    """Write a made-up dealer's name: letters that must not be read."""
    height = strip.shape[0] * rng.uniform(0.4, 0.75)
    ink = float((strip.mean() + rng.uniform(90, 180)) % 255)
    font = str(rng.choice(("road-d", "road-e", "soft", "thin", "heavy")))
    at, end = sorted(rng.uniform(0.02, 0.98, 2) * strip.shape[1])
    top = (strip.shape[0] - height) / 2
    while at < end:
        shape = glyph(font, chr(int(rng.integers(65, 91))))
        if rng.random() < 0.85:
            points = [np.rint((c * height + (at, top)) * 16).astype(np.int32)[:, None]
                      for c in shape.contours]  # fmt: skip
            cv2.fillPoly(strip, points, ink, cv2.LINE_8, 4)
        at += (shape.width + 0.2) * height


def _frame_lip(
    grey: Grey, box: tuple[int, int, int, int], scale: float, rng: np.random.Generator
) -> None:
    """Let the holder's lip cover a little of the plate's edge, often with a catch in the middle."""
    x, y, w, h = box
    tone = float(rng.uniform(5, 80))
    thick = max(1, round(float(rng.uniform(2, 7)) * scale))
    cv2.rectangle(grey, (x, y), (x + w, y + h), tone, thick)
    if rng.random() < 0.3:
        at = x + round(w * float(rng.uniform(0.2, 0.8)))
        size = (round(14 * scale), round(8 * scale))
        cv2.rectangle(grey, (at, y + h - size[1]), (at + size[0], y + h), tone, -1)


def _screws(
    grey: Grey, box: tuple[int, int, int, int], scale: float, rng: np.random.Generator
) -> None:
    if rng.random() < 0.5:
        return
    x, y, w, h = box
    tone = float(rng.choice([rng.uniform(0, 110), rng.uniform(150, 255)]))
    spots = [(0.09, 0.5), (0.91, 0.5), (0.13, 0.1), (0.87, 0.1), (0.13, 0.9), (0.87, 0.9)]
    spots += [(0.5, 0.06), (0.5, 0.94), (0.3, 0.5), (0.7, 0.5), (0.97, 0.5), (0.985, 0.15)]
    for n in rng.choice(len(spots), int(rng.integers(1, 4)), replace=False):
        at = (round(x + spots[n][0] * w), round(y + spots[n][1] * h))
        radius = max(1, round(float(rng.uniform(2.5, 6)) * scale))
        cv2.circle(grey, at, radius, tone, -1, cv2.LINE_AA)
        cv2.circle(grey, at, max(1, radius // 2), tone * 0.7, 1)


def _dirt(grey: Grey, rng: np.random.Generator) -> None:
    if rng.random() < 0.6:
        return
    shape = grey.shape
    cells = (int(rng.integers(3, 40)), int(rng.integers(2, 14)))
    cloud = rng.random((cells[1], cells[0]), dtype=np.float32)
    cover = cv2.resize(cloud, shape[::-1], interpolation=cv2.INTER_CUBIC)
    cover = np.clip((cover - rng.uniform(0.3, 0.8)) * 2.5, 0, 1) * rng.uniform(0.2, 0.75)
    grey += (rng.uniform(40, 170) - grey) * cover.astype(np.float32)


def _shadow(grey: Grey, rng: np.random.Generator) -> None:
    """Darken one side of a slanting line, and let light fall off along the plate."""
    h, w = grey.shape
    if rng.random() < 0.25:
        points = rng.uniform(-0.2, 1.2, (3, 2)) * (w, h)
        if rng.random() < 0.5:  # the bumper's or the boot lid's shadow
            edge = rng.uniform(0.1, 0.8) * h
            points = np.array([(0, -9), (w, -9), (w, edge + rng.normal(0, 9)), (0, edge)])
        mask = np.ones((h, w), np.float32)
        cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], float(rng.uniform(0.25, 0.85)))
        blur = float(rng.uniform(0.5, 8))
        grey *= cv2.GaussianBlur(mask, (0, 0), blur)
    if rng.random() < 0.4:
        slope = rng.normal(0, 0.25, 2)
        grey *= np.linspace(1 - slope[0], 1 + slope[0], w, dtype=np.float32)[None, :]
        grey *= np.linspace(1 - slope[1], 1 + slope[1], h, dtype=np.float32)[:, None]
