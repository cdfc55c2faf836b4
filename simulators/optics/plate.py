"""A number plate is screwed on: in a holder, riveted, bent, soiled, warped to where it hangs."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_art import Layout, draw_plate
from models.plate_art.draw import Place
from models.plate_art.text import Written
from simulators.optics.canvas import Picture, window
from simulators.vehicle import Cover

Floats = NDArray[np.float64]

PIXELS_PER_MM = 1.0
FINER = 3
"""The warp is made this much finer and averaged, as a sensor's pixel averages."""

MARGIN_PX = 32
"""Room for a holder round the plate, in the face's own pixels."""

NAMES = (
    "AUTOS DEL ESTRECHO", "TALLERES BENITEZ", "www.motorsur.es", "HERMANOS GARCIA  956 51 20 40",
    "OCASION Y KM 0", "CEUTA MOTOR", "AUTO HALL MAROC", "GARAGE DU PORT", "Autohaus am Ring",
    "tel. 600 12 34 56", "CONCESIONARIO OFICIAL", "Q-CAR RENTING",
)  # fmt: skip
"""What dealers print on their holders; some of it looks like a plate."""


@dataclass(frozen=True, slots=True)
class Worn:
    """How one plate hangs and how it has aged."""

    dirt: float
    seed: int
    cover: Cover = Cover.NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A plate with what is round it, evenly lit, (H, W) or (H, W, 3); `there` (H, W) is its shape.

    The plate itself begins `MARGIN_PX` from every edge.
    """

    picture: Picture
    there: Picture


@lru_cache(maxsize=256)
def face(layout: Layout, written: Written, worn: Worn, *, grey: bool) -> Face:
    """Return a plate as it is on the road."""
    rng = np.random.default_rng([worn.seed, 21])
    art = draw_plate(layout, written, PIXELS_PER_MM)
    bgr = art.bgr.copy()
    _age(bgr, rng)
    _rivets(bgr, rng)
    _cover(bgr, art.places, worn.cover, rng)
    framed, there = _held(bgr, rng)
    bent = _bent(framed, there, rng)
    picture = cv2.cvtColor(bent[0], cv2.COLOR_BGR2GRAY) if grey else bent[0]
    soiled = _soiled(picture.astype(np.uint8, copy=False), worn.dirt, worn.seed)
    return Face(soiled, bent[1])


def _age(bgr: Picture, rng: np.random.Generator) -> None:
    """Let ink fade and sheeting go dull, on some more than on others."""
    faded = float(np.clip(rng.gamma(1.2, 0.06), 0, 0.45))
    dull = float(np.clip(rng.gamma(1.2, 0.04), 0, 0.3))
    table = np.arange(256, dtype=np.float64)
    table = table + faded * (120 - table) * (table < 120)
    table = table - dull * (table - 120) * (table > 120)
    bgr[:] = cv2.LUT(bgr, np.rint(table).astype(np.uint8))


def _rivets(bgr: Picture, rng: np.random.Generator) -> None:
    """Fix it with two or four screws, their caps of any colour."""
    if rng.random() < 0.35:
        return
    height, width = bgr.shape[:2]
    tone = float(rng.choice([30, 235, 150, 90]))
    across = float(rng.uniform(0.06, 0.3))
    rows = (0.5,) if rng.random() < 0.6 else (0.14, 0.86)
    for x in (across, 1 - across):
        for y in rows:
            at = (int(x * width), int(y * height))
            cv2.circle(bgr, at, int(rng.integers(3, 6)), (tone, tone, tone), -1, cv2.LINE_AA)
            cv2.circle(bgr, (at[0] - 1, at[1] - 1), 1, (255, 255, 255), -1, cv2.LINE_AA)


def _cover(bgr: Picture, places: tuple[Place, ...], cover: Cover, rng: np.random.Generator) -> None:
    """Lay what hides the plate over it."""
    height, width = bgr.shape[:2]
    match cover:
        case Cover.WHOLE:
            rough = rng.random((5, 18), dtype=np.float32)
            cloth = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
            tone = float(rng.uniform(25, 150))
            bgr[:] = np.clip(tone + 40 * (cloth[:, :, None] - 0.5), 0, 255).astype(np.uint8)
        case Cover.PART:
            place = places[int(rng.integers(len(places)))]
            left = place.x - 0.25 * place.width - 4
            right = place.x + 1.25 * place.width + 4 + float(rng.uniform(0, 40))
            strap = np.array([(left, 0), (right, 0), (right + 8, height), (left + 8, height)])
            tone = float(rng.uniform(10, 70))
            cv2.fillPoly(bgr, [np.rint(strap).astype(np.int32)], (tone, tone, tone), cv2.LINE_AA)
        case _:
            pass  # nothing, or no plate at all


def _held(bgr: Picture, rng: np.random.Generator) -> tuple[Picture, Picture]:
    """Put the plate into its holder, maybe with a dealer's name; return it and what is there."""
    height, width = bgr.shape[:2]
    shape = (height + 2 * MARGIN_PX, width + 2 * MARGIN_PX)
    sheet = np.full((*shape, 3), 20, np.uint8)
    there = np.zeros(shape, np.uint8)
    inner = (slice(MARGIN_PX, MARGIN_PX + height), slice(MARGIN_PX, MARGIN_PX + width))
    if rng.random() < 0.75:
        rim = int(rng.integers(4, 11))
        named = width > 400 and rng.random() < 0.5
        low = int(rng.integers(18, 28)) if named else rim
        tone = float(rng.choice([18, 35, 60, 175], p=[0.5, 0.3, 0.1, 0.1]))
        box = (MARGIN_PX - rim, MARGIN_PX - rim, width + 2 * rim, height + rim + low)
        cv2.rectangle(sheet, box, (tone, tone, tone), -1)
        cv2.rectangle(there, box, (255,), -1)
        if named:
            name = NAMES[int(rng.integers(len(NAMES)))]
            at = (MARGIN_PX + int(rng.integers(5, 120)), MARGIN_PX + height + low - 5)
            ink = (230, 230, 230) if tone < 100 else (30, 30, 30)
            cv2.putText(sheet, name, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, ink, 1, cv2.LINE_AA)
    sheet[inner] = bgr
    there[inner] = 255
    return sheet, there


def _bent(sheet: Picture, there: Picture, rng: np.random.Generator) -> tuple[Picture, Picture]:
    """Bend a plate as kerbs and other bumpers do: a bow all along, and now and then a corner."""
    height, width = there.shape
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    bow = float(rng.normal(0, 1.4)) * np.sin(np.pi * x)
    corner = float(rng.uniform(4, 12)) if rng.random() < 0.08 else 0.0
    side = x if rng.random() < 0.5 else 1 - x
    dent = corner * np.clip(side - 0.7, 0, 1) / 0.3 * y
    down = (np.arange(height, dtype=np.float32)[:, None] + bow + dent).astype(np.float32)
    along = np.broadcast_to(np.arange(width, dtype=np.float32)[None, :], down.shape)
    maps = (np.ascontiguousarray(along), np.ascontiguousarray(down))
    bent, left = (
        cv2.remap(one, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT).astype(
            np.uint8, copy=False
        )
        for one in (sheet, there)
    )
    return bent, left


def _soiled(picture: Picture, dirt: float, seed: int) -> Picture:
    """Lay dust over a plate, thicker towards its lower edge, and some splashes of mud."""
    if dirt <= 0:
        return picture
    rng = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    cloud = cv2.resize(
        rng.random((max(2, height // 24), max(2, width // 24)), dtype=np.float32),
        (width, height), interpolation=cv2.INTER_CUBIC,
    )  # fmt: skip
    down = np.linspace(0.25, 1.0, height, dtype=np.float32)[:, None]
    dust = np.clip(dirt * (0.35 + 0.9 * cloud) * down, 0, 0.75)
    for _ in range(rng.poisson(14 * dirt)):
        x, y = int(rng.integers(width)), int(height * (1 - rng.beta(1, 2)))
        cv2.circle(
            dust, (x, y), int(rng.integers(2, 7)), float(rng.uniform(0.4, 0.85)), -1, cv2.LINE_AA
        )
    mud = np.float32(96) if picture.ndim == 2 else np.array([70, 92, 108], np.float32)
    if picture.ndim == 3:
        dust = dust[:, :, None]
    soiled: Picture = (picture * (1 - dust) + mud * dust).astype(np.uint8)
    return soiled


def mount(
    picture: Picture, plate: Face, spots: Floats, brightness: float, shade: Floats | None = None
) -> None:
    """Warp a plate's face so that its four corners fall on `spots` (4, 2), lit to `brightness`.

    `shade` (rows, columns) says what share of the light reaches each part of it. What is lit
    beyond white bleeds into what is beside it, as on any sensor.
    """
    outer = outline(plate, spots)
    where = window(outer, picture, margin_px=2)
    if where is None or not np.isfinite(outer).all():
        return
    view = where.of(picture)
    if view.shape[0] > 600 or view.shape[1] > 900:
        return
    shape = (view.shape[1] * FINER, view.shape[0] * FINER)
    art, there = plate.picture, plate.there
    shrink = float(np.linalg.norm(outer[1] - outer[0])) * FINER / art.shape[1]
    if shrink < 1:  # the art is finer than needed: average it first, as mip levels do
        smaller = (max(2, round(art.shape[1] * shrink)), max(2, round(art.shape[0] * shrink)))
        art, there = (
            cv2.resize(one, smaller, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            for one in (art, there)
        )
    lit = art.astype(np.float32) * np.float32(brightness)
    if shade is not None:
        shaded = cv2.resize(
            shade.astype(np.float32), (art.shape[1], art.shape[0]), interpolation=cv2.INTER_LINEAR
        )
        lit *= shaded[:, :, None] if lit.ndim == 3 else shaded
    h, w = there.shape
    corners = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) - 0.5
    # A pixel centre at p lies at FINER * (p + 1/2) - 1/2 in the finer picture.
    target = ((outer - where.corner + 0.5) * FINER - 0.5).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    warped = cv2.warpPerspective(lit, matrix, shape, flags=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(there, matrix, shape, flags=cv2.INTER_LINEAR)
    small = (view.shape[1], view.shape[0])
    shone = cv2.resize(warped, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    if brightness > 1:  # beyond white
        shone += np.float32(min(0.5, brightness - 1)) * cv2.GaussianBlur(shone, (0, 0), 1.6)
    share = cv2.resize(cover, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if view.ndim == 3:
        share = share[:, :, None]
    back = view.astype(np.float32) * (1 - share)
    view[:] = np.rint(back + np.minimum(shone, 255) * share).astype(np.uint8)


def outline(plate: Face, spots: Floats) -> Floats:
    """Return where the corners of the whole face fall, (4, 2), when the plate's fall on `spots`."""
    h, w = plate.there.shape
    m = MARGIN_PX
    inner = np.array([(m, m), (w - m, m), (w - m, h - m), (m, h - m)], np.float32)
    whole = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float64)
    matrix = cv2.getPerspectiveTransform(inner, spots.astype(np.float32))
    lifted = np.concatenate([whole, np.ones((4, 1))], axis=1) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)
