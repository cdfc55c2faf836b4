"""What is written on vehicles besides plates: trades, telephone numbers, where a bus goes."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.optics.canvas import Picture
from simulators.optics.plate import MARGIN_PX, Face
from simulators.scenario import Direction, Shape

Floats = NDArray[np.float64]

TRADES = (
    "956 51 23 45", "TEL 600 123 456", "LIMPIEZAS SUR", "TRANSPORTES LEON", "24 H", "FRIO 3000",
    "PESCADOS J4", "MUDANZAS 98", "www.envios24.es", "REPARTO 7", "ELECTRO 2000 SL",
    "CARGAS HASTA 3500 KG", "ALQUILER 654 321 098", "B52 SONIDO",
)  # fmt: skip
ROUTES = ("L7 CENTRO", "L2 HADU", "L8 BENZU", "L1 PRINCIPE", "FUERA DE SERVICIO", "L4 PUERTO")

PLACES: dict[tuple[Shape, Direction], tuple[float, float, float, float, float]] = {
    (Shape.VAN, Direction.LEAVING): (5.08, 0.36, 1.08, 0.58, 0.14),
    (Shape.VAN, Direction.APPROACHING): (0.62, 0.0, 1.19, 0.5, 0.07),
    (Shape.LORRY, Direction.LEAVING): (7.6, 0.0, 2.5, 1.9, 0.4),
    (Shape.LORRY, Direction.APPROACHING): (0.1, 0.0, 2.5, 1.5, 0.16),
    (Shape.ARTICULATED, Direction.LEAVING): (16.45, 0.0, 2.9, 2.0, 0.45),
    (Shape.ARTICULATED, Direction.APPROACHING): (0.1, 0.0, 2.5, 1.5, 0.16),
    (Shape.BUS, Direction.LEAVING): (12.03, 0.0, 2.85, 1.4, 0.22),
    (Shape.BUS, Direction.APPROACHING): (-0.02, 0.0, 2.77, 1.7, 0.22),
    (Shape.TRAILER, Direction.LEAVING): (7.27, 0.0, 1.05, 0.8, 0.16),
}
"""s, u and z of a sign's middle, its width and height, metres."""


def corners(shape: Shape, direction: Direction) -> Floats | None:
    """Return where on a body its sign is, (4, 3) metres in the body's axes, as one reads it."""
    place = PLACES.get((shape, direction))
    if place is None:
        return None
    s, u, z, width, height = place
    left = -width / 2 if direction is Direction.LEAVING else width / 2
    return np.array([(u + left, s, z + height / 2), (u - left, s, z + height / 2),
                     (u - left, s, z - height / 2), (u + left, s, z - height / 2)])  # fmt: skip


@lru_cache(maxsize=128)
def sign(shape: Shape, size_m: tuple[float, float], seed: int, *, grey: bool) -> Face:
    """Draw what is written there."""
    rng = np.random.default_rng([seed, 33])
    words = ROUTES if shape is Shape.BUS else TRADES
    text = words[int(rng.integers(len(words)))]
    tall = 64
    wide = round(tall * size_m[0] / size_m[1])
    dark = shape is Shape.BUS or rng.random() < 0.4
    paper, ink = (25, 235) if dark else (215, 30)
    sheet = np.full((tall, wide), paper, np.uint8)
    font = cv2.FONT_HERSHEY_DUPLEX
    (long, high), _ = cv2.getTextSize(text, font, 1.0, 3)
    scale = min(0.9 * wide / long, 0.62 * tall / high)
    thick = max(1, round(3 * scale))
    (long, high), _ = cv2.getTextSize(text, font, scale, thick)
    at = ((wide - long) // 2, (tall + high) // 2)
    cv2.putText(sheet, text, at, font, scale, (ink,), thick, cv2.LINE_AA)
    m = MARGIN_PX
    framed = np.pad(sheet, m, constant_values=paper)
    there = np.pad(np.full_like(sheet, 255), m)
    picture: Picture = framed if grey else np.repeat(framed[:, :, None], 3, axis=2)
    return Face(picture, there)
