"""Plates drawn plainly, and honest models that find and read just such plates."""

import threading
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.errors import Rejected
from agent.core.vision import (
    CharacterRead,
    Luma,
    PlateDetector,
    PlateRead,
    PlateReader,
    Quad,
)

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CELL = (40, 26)
"""Height and width of one drawn character."""

WHITE = 250
BLACK = 5


@cache
def _glyph(char: str) -> NDArray[np.uint8]:
    cell = np.full(CELL, WHITE, np.uint8)
    cv2.putText(cell, char, (2, 33), cv2.FONT_HERSHEY_DUPLEX, 1.0, BLACK, 2, cv2.LINE_AA)
    return cell


def street(height: int = 360, width: int = 640) -> NDArray[np.uint8]:
    """Return an empty street: dark, but not of one grey."""
    ramp = np.linspace(30, 120, width, dtype=np.uint8)
    return np.repeat(ramp[None, :], height, axis=0)


def plate(text: str) -> NDArray[np.uint8]:
    """Draw one plate with a white rim of half a character."""
    rim = CELL[1] // 2
    row = np.hstack([_glyph(char) for char in text])
    return np.pad(row, rim, constant_values=WHITE)


def put(picture: NDArray[np.uint8], text: str, x: int, y: int, scale: float = 1.0) -> None:
    """Draw a plate into a picture with its upper left corner at (x, y)."""
    drawn = plate(text)
    if scale != 1.0:
        drawn = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).view(
            np.uint8
        )
    height, width = drawn.shape
    picture[y : y + height, x : x + width] = drawn


class DrawnDetector:
    """Finds bright rectangles."""

    def detect(self, luma: Luma) -> Sequence[Quad]:
        _, bright = cv2.threshold(np.ascontiguousarray(luma), 180, 255, cv2.THRESH_BINARY)
        shapes, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        quads = []
        for shape in shapes:
            x, y, w, h = cv2.boundingRect(shape)
            if h >= 12 and 2 * w >= 3 * h:
                corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
                quads.append(Quad(np.array(corners, np.float32), 0.99))
        return quads


class DrawnReader:
    """Compares each character's cell with every drawn character; takes plates for `countries`'."""

    def __init__(self, countries: tuple[tuple[str, float], ...] = ()) -> None:
        self._countries = countries

    def read(self, luma: Luma, quads: Sequence[Quad]) -> Sequence[PlateRead]:
        return [self._one(luma, self._snapped(luma, quad)) for quad in quads]

    def _snapped(self, luma: Luma, quad: Quad) -> Quad:
        """Return the drawn plate under a quad: like the real reader, this one bears wide crops."""
        middle = quad.corners.mean(axis=0)
        for drawn in DrawnDetector().detect(luma):
            if np.abs(drawn.corners.mean(axis=0) - middle).max() < 2:
                return drawn
        return quad

    def _one(self, luma: Luma, quad: Quad) -> PlateRead:
        (x, y), (right, bottom) = (quad.corners[i].astype(int).clip(0) for i in (0, 2))
        rim = CELL[1] // 2
        height = CELL[0] + 2 * rim
        places = round((right - x) * height / (bottom - y) / CELL[1]) - 1
        if places < 1:
            return PlateRead(())
        size = (places * CELL[1] + 2 * rim, height)
        crop = cv2.resize(np.ascontiguousarray(luma[y:bottom, x:right]), size)
        cells = crop[rim:-rim, rim:-rim].astype(np.float32)
        return PlateRead(
            tuple(self._place(cells[:, i * CELL[1] : (i + 1) * CELL[1]]) for i in range(places)),
            self._countries,
        )

    def _place(self, cell: NDArray[np.float32]) -> CharacterRead:
        errors = np.array([np.abs(cell - _glyph(char)).mean() for char in ALPHABET])
        chances = np.exp(-errors / 3)
        chances /= chances.sum()
        best = np.argsort(-chances)[:4]
        return CharacterRead(tuple((ALPHABET[i], float(chances[i])) for i in best))


class DrawnModels:
    """Both models; `load` notes which thread called it."""

    def __init__(self, reader: PlateReader | None = None) -> None:
        self.loaded_in = ""
        self._reader = reader or DrawnReader()

    def load(self) -> tuple[PlateDetector, PlateReader]:
        self.loaded_in = threading.current_thread().name
        return DrawnDetector(), self._reader


class RefusedModels:
    """Models that cannot be loaded until they are mended."""

    def __init__(self, words: str) -> None:
        self.words: str | None = words

    def load(self) -> tuple[PlateDetector, PlateReader]:
        if self.words is not None:
            raise Rejected(self.words)
        return DrawnModels().load()


class HangingDetector(DrawnDetector):
    """Hangs in every picture until it is let go."""

    def __init__(self) -> None:
        self.hangs = False
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def detect(self, luma: Luma) -> Sequence[Quad]:
        if self.hangs:
            self.entered.set()
            self.let_go.wait(timeout=10)
        return super().detect(luma)


class HangingModels:
    """Models whose detector can be made to hang."""

    def __init__(self) -> None:
        self.detector = HangingDetector()

    def load(self) -> tuple[PlateDetector, PlateReader]:
        return self.detector, DrawnReader()
