"""A drawer full of clean plates of every layout, drawn once and shown again and again."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.errors import Rejected
from models.plate_art import Look, draw_plate, layouts, random_plate

Luma = NDArray[np.uint8]
Rng = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class FlatPlate:
    """A frontal plate's luma (H, W); H / W is the plate's real proportion."""

    luma: Luma

    @property
    def aspect(self) -> float:
        return float(self.luma.shape[1] / self.luma.shape[0])


def drawer(count: int, seed: int) -> tuple[FlatPlate, ...]:
    """Draw `count` plates. Weights are flattened: a rare country is still a country."""
    rng = np.random.default_rng(seed)
    kinds = layouts()
    shares = np.sqrt([kind.weight for kind in kinds])
    plates: list[FlatPlate] = []
    while len(plates) < count:
        kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
        look = Look(
            font=kind.fonts[int(rng.integers(len(kind.fonts)))],
            stretch=float(rng.uniform(0.85, 1.12)),
            height=float(rng.uniform(0.9, 1.08)),
            gap=float(rng.uniform(0.7, 1.3)),
            extra_weight_mm=float(max(0.0, rng.normal(0.2, 0.7))),
            shift_mm=float(rng.normal(0, 8)),
        )
        try:
            art = draw_plate(kind, random_plate(kind, rng), 0.8, look)
        except Rejected:
            continue  # a letter this font lacks: another plate will do
        luma = np.asarray(cv2.cvtColor(art.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
        plates.append(FlatPlate(255 - luma if rng.random() < 0.04 else luma))
    return tuple(plates)


def weathered(plate: FlatPlate, rng: Rng) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Mount a plate: dirt, bolts, a holder round it. Return 0 to 1 luma and its margins in pixels.

    Margins are (left, top, right, bottom) of the holder around the plate proper.
    """
    luma = plate.luma.astype(np.float64) / 255.0
    height, width = luma.shape
    if rng.random() < 0.3:  # dirt and wear
        coarse = rng.standard_normal((6, 16)).astype(np.float32)
        veil = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        amount = np.clip(veil * 0.5 + rng.uniform(-0.4, 0.4), 0, 1) * rng.uniform(0.2, 0.8)
        luma = luma * (1 - amount) + rng.uniform(0.1, 0.7) * amount
    if rng.random() < 0.35:  # bolts
        for share in (rng.uniform(0.12, 0.35), rng.uniform(0.65, 0.88)):
            at = (int(share * width), int(height * rng.choice([0.12, 0.5, 0.88])))
            cv2.circle(luma, at, int(rng.integers(3, 6)), float(rng.uniform(0, 1)), -1, cv2.LINE_AA)
    if (
        rng.random() < 0.06
    ):  # a tow bar, a strap, a leaf: still a plate, and its corners still there
        _cover(luma, rng)
    margins = np.zeros(4, np.uint8)
    if rng.random() < 0.6:
        margins[:] = rng.integers(2, 10, 4)
        if rng.random() < 0.3:  # the dealer's name under it
            margins[3] = rng.integers(8, 20)
        left, top, right, bottom = (int(v) for v in margins)
        tone = float(rng.choice([rng.uniform(0, 0.2), rng.uniform(0, 1)]))
        framed = cv2.copyMakeBorder(luma, top, bottom, left, right, cv2.BORDER_CONSTANT, value=tone)
        luma = np.asarray(framed, np.float64)
        if margins[3] > 8 and rng.random() < 0.7:
            at = (int(width * rng.uniform(0.05, 0.4)), height + top + int(margins[3]) - 3)
            name = "".join(rng.choice(list("abcdefghilmnoprstuvw"), int(rng.integers(6, 16))))
            size = float(margins[3]) / 30
            ink = np.zeros(luma.shape, np.uint8)  # OpenCV 5 writes on bytes only
            cv2.putText(ink, name, at, cv2.FONT_HERSHEY_SIMPLEX, size, 255, 1, cv2.LINE_AA)
            luma = luma + (ink / 255.0) * (1.0 - 2 * tone)
    return np.asarray(luma, np.float32), margins


def _cover(luma: NDArray[np.float64], rng: Rng) -> None:
    """Hide up to a third of a plate, in place."""
    height, width = luma.shape
    tone = float(rng.uniform(0, 1))
    at = int(rng.uniform(0, 1) * width)
    kind = rng.random()
    if kind < 0.4:
        half = max(1, int(width * rng.uniform(0.02, 0.12)))
        luma[:, max(at - half, 0) : at + half] = tone
    elif kind < 0.7:
        middle = (at, int(height * rng.uniform(0.3, 1.1)))
        cv2.circle(luma, middle, int(height * rng.uniform(0.2, 0.6)), tone * 0.5, -1, cv2.LINE_AA)
    else:
        edge = int(height * rng.uniform(0.1, 0.3))
        if rng.random() < 0.5:
            luma[:edge] = tone
        else:
            luma[height - edge :] = tone
