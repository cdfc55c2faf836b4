"""Labelled pictures drawn for these tests, and the plain models that judge them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from agent.core.vision import Luma
from agent.plates.evaluate.judge import Judge
from agent.plates.evaluate.view import View
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import Limits
from drivers.ports.picture import read_picture
from tests.plates.drawn import CELL, DrawnDetector, DrawnReader, put, street

AT = (40, 30)
"""Where the first plate of a drawn picture is, (x, y)."""

PITCH_PX = 110
"""From one plate of a picture down to the next."""


def street_with(*texts: str) -> NDArray[np.uint8]:
    picture = street()
    for row, text in enumerate(texts):
        put(picture, text, AT[0], AT[1] + PITCH_PX * row)
    return picture


def box_of(text: str, row: int = 0) -> tuple[int, int, int, int]:
    """Return x, y, width and height of a drawn plate."""
    rim = CELL[1] // 2 * 2
    return AT[0], AT[1] + PITCH_PX * row, CELL[1] * len(text) + rim, CELL[0] + rim


def save(path: Path, *texts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(street_with(*texts)).save(path)
    return path


def drawn_judge(view: View = View.WHOLE, *, shortest: int = 4) -> Judge:
    syntax = Syntax(shipped_book())
    return Judge(DrawnDetector(), DrawnReader(), syntax, Limits(shortest=shortest), view)


def open_luma(path: Path) -> Luma:
    return read_picture(path).luma
