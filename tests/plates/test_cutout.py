"""A picture that is nothing but a plate is read like one."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.core.vision import Luma, Quad
from agent.plates.cutout import LARGEST_PX, border, bordered, is_cut_out
from agent.plates.evaluate.judge import Judge
from agent.plates.evaluate.labelled import Box, Labelled, LabelledPlate
from agent.plates.evaluate.view import View
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import Limits, read_plates
from models.plate_art import draw_plate, layout
from models.plates import ShippedPlateModels
from tests.plates.reads import Says

SYNTAX = Syntax(shipped_book())
TEXT = "4821GKL"


class Blind:
    def detect(self, luma: Luma) -> list[Quad]:
        return []


def test_a_cut_out_plate_is_read_and_its_corners_are_the_picture_s() -> None:
    art = draw_plate(layout("es"), TEXT, 0.3).bgr
    luma = art.mean(axis=2).astype(np.uint8)
    assert is_cut_out(luma)
    (plate, *_) = read_plates(luma, *ShippedPlateModels().load(), SYNTAX, Limits()).plates
    assert plate.text == TEXT
    height, width = luma.shape
    expected = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    assert np.abs(plate.quad.corners - expected).max() < 0.12 * width


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("size", [(34, 156), (14, 60)])
def test_a_cut_out_plate_that_is_read_is_found(view: View, size: tuple[int, int]) -> None:
    art = draw_plate(layout("es"), TEXT, 0.6).bgr.mean(axis=2).astype(np.uint8)
    luma = cv2.resize(art, size[::-1], interpolation=cv2.INTER_AREA).view(np.uint8)
    judge = Judge(*ShippedPlateModels().load(), SYNTAX, view=view)
    box = Box(0, 0, size[1], size[0])
    seen = judge.judge(Labelled(Path("a.png"), (LabelledPlate(TEXT, box),)), luma)
    [plate] = seen.plates
    assert plate.found == (plate.read is not None)
    assert seen.extra == ()
    assert plate.strict or size[0] < 20  # that small it may be misread, but is no other plate


def test_where_nothing_is_found_the_whole_picture_is_the_plate_if_its_read_vouches() -> None:
    luma = np.full((40, 160), 90, np.uint8)
    (plate,) = read_plates(luma, Blind(), Says(TEXT, 0.97), SYNTAX, Limits()).plates
    assert plate.quad.corners.tolist() == [[0, 0], [160, 0], [160, 40], [0, 40]]
    assert not read_plates(luma, Blind(), Says(TEXT, 0.9), SYNTAX, Limits()).plates


def test_a_larger_picture_is_a_street_and_is_not_guessed_at() -> None:
    street = np.full((120, LARGEST_PX + 1), 90, np.uint8)
    assert not read_plates(street, Blind(), Says(TEXT, 0.99), SYNTAX, Limits()).plates


@pytest.mark.parametrize("shape", [(20, 50), (20, 50, 3)])
def test_the_border_is_as_wide_and_high_as_the_picture(shape: tuple[int, ...]) -> None:
    picture = np.zeros(shape, np.uint8)
    picture[:10] = 101
    wide = bordered(picture)
    assert wide.shape == (60, 150, *shape[2:])
    assert (wide[20:40, 50:100] == picture).all()
    assert set(np.unique(wide)) == {0, 50, 101}


@pytest.mark.parametrize("shape", [(40, 160), (40, 160, 3)])
def test_the_border_is_the_picture_s_mean(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    wide = bordered(picture)
    x, y = border(picture)
    assert (wide[y:-y, x:-x] == picture).all()
    assert np.abs(wide[0, 0].astype(float) - picture.mean(axis=(0, 1))).max() <= 0.5
