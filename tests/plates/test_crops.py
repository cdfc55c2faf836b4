"""A plate is read from several crops of one picture, which together are no surer than one."""

from collections.abc import Sequence

import numpy as np
import pytest

from agent.core.vision import Luma, PlateRead, Quad
from agent.plates.crops import MARGINS, grown, read_crops
from tests.plates.reads import said

QUAD = Quad(np.array([[10, 10], [110, 10], [110, 30], [10, 30]], np.float32), 0.9)
LUMA = np.zeros((60, 200), np.uint8)


class ByWidth:
    """A reader whose read depends on how wide the quad is: tight, as found, wide."""

    def __init__(self, tight: PlateRead, found: PlateRead, wide: PlateRead) -> None:
        self.reads = {97: tight, 100: found, 104: wide}

    def read(self, luma: Luma, quads: Sequence[Quad]) -> Sequence[PlateRead]:
        return [self.reads[round(float(np.ptp(quad.corners[:, 0])))] for quad in quads]


def test_what_one_crop_loses_two_others_have() -> None:
    reader = ByWidth(said("234BCD"), said("1234BCD"), said("1234BCD"))
    [read] = read_crops(LUMA, [QUAD], reader)
    assert read.text == "1234BCD"


def test_a_bolt_that_only_the_wide_crop_lets_in_is_left_out() -> None:
    reader = ByWidth(said("1234BCD"), said("1234BCD"), said("11234BCD"))
    [read] = read_crops(LUMA, [QUAD], reader)
    assert read.text == "1234BCD"


def test_crops_that_agree_are_no_surer_than_one() -> None:
    read = said("1234BCD", 0.8)
    [voted] = read_crops(LUMA, [QUAD], ByWidth(read, read, read))
    assert [place.best[1] for place in voted.characters] == pytest.approx([0.8] * 7)


def test_crops_that_differ_are_less_sure() -> None:
    reader = ByWidth(said("1234BCB"), said("1234BCD"), said("1234BCD"))
    [read] = read_crops(LUMA, [QUAD], reader)
    *_, last = read.characters
    char, chance = last.best
    assert (char, round(chance, 6)) == ("D", 0.6)


def test_a_plate_that_leaves_no_doubt_is_not_read_again() -> None:
    clear, doubted = said("1234BCD", 0.99), said("1234BCD", 0.9)
    others = said("1234BCB", 0.95)
    assert read_crops(LUMA, [QUAD], ByWidth(others, clear, others))[0].text == "1234BCD"
    assert read_crops(LUMA, [QUAD], ByWidth(others, doubted, others))[0].text == "1234BCB"


def test_one_crop_is_the_quad_as_found() -> None:
    reader = ByWidth(said("WRONG"), said("1234BCD"), said("WRONG"))
    assert read_crops(LUMA, [QUAD], reader, crops=1)[0].text == "1234BCD"


def test_a_plate_no_crop_can_read_has_an_empty_read() -> None:
    nothing = PlateRead(())
    assert read_crops(LUMA, [QUAD], ByWidth(nothing, nothing, nothing)) == (nothing,)


@pytest.mark.parametrize("turn_deg", [0, 15, -80, 170])
def test_a_quad_grows_along_its_own_sides(turn_deg: float) -> None:
    turn = np.radians(turn_deg)
    spin = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    turned = Quad((QUAD.corners @ spin).astype(np.float32), 0.9)
    a, b, _, d = grown(turned, *MARGINS[1]).corners
    assert np.hypot(*(b - a)) == pytest.approx(104, abs=0.01)
    assert np.hypot(*(d - a)) == pytest.approx(22, abs=0.01)
