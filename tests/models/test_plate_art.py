"""A drawn plate shows what it says, where it says, and the same again for the same seed."""

import re
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest

from agent.core.errors import Rejected
from models.plate_art import (
    Layout,
    Look,
    draw_plate,
    expression,
    layout,
    layouts,
    random_plate,
    random_text,
    written,
)
from models.plate_art.fonts import FONT_FILES, FONTS, glyph

EVERY = pytest.mark.parametrize("one", layouts(), ids=lambda one: one.id)


@EVERY
def test_random_plates_match_their_own_pattern(one: Layout) -> None:
    patterns = [expression(one, pattern) for pattern in one.patterns]
    rng = np.random.default_rng(1)
    for _ in range(50):
        text = random_text(one, rng)
        assert any(pattern.fullmatch(text) for pattern in patterns)
        assert re.fullmatch("[A-Z0-9]+", text)


def test_a_number_without_leading_zeros_has_none() -> None:
    one = Layout(id="one", country="D", patterns=("B{space}n99",), size_mm=(300.0, 110.0))
    rng = np.random.default_rng(3)
    assert {random_text(one, rng)[1] for _ in range(300)} == set("123456789")
    assert expression(one, one.patterns[0]).fullmatch("B100")
    assert not expression(one, one.patterns[0]).fullmatch("B010")
    assert "{space}" in written(one, "B100").rows[0]
    assert "{space}" not in written(one, "B010").rows[0]


@EVERY
def test_every_character_is_drawn_in_its_box(one: Layout) -> None:
    rng = np.random.default_rng(2)
    for font in one.fonts:
        plate = random_plate(one, rng)
        art = draw_plate(one, plate, 1.0, Look(font=font))
        assert art.text == plate.text
        height, width = art.bgr.shape[:2]
        grey = art.bgr.mean(axis=2)
        paper = np.median(grey)
        inked = np.abs(grey - paper) > 60
        for place in art.places:
            assert 0 <= place.x < place.x + place.width <= width
            assert 0 <= place.y < place.y + place.height <= height
            box = inked[
                round(place.y) : round(place.y + place.height),
                round(place.x) : round(place.x + place.width),
            ]
            share = box.mean()
            assert 0.15 < share <= 1.0, f"{place.character} of {font}: {share:.0%} ink"
            assert box.any(axis=0).mean() > 0.9  # the ink reaches from side to side
            assert box.any(axis=1).mean() > 0.9  # and from top to base line


@EVERY
def test_characters_follow_each_other_without_touching(one: Layout) -> None:
    plate = random_plate(one, np.random.default_rng(3))
    places = draw_plate(one, plate).places
    for left, right in pairwise(places):
        if left.row == right.row:
            assert left.x + left.width < right.x
        else:
            assert left.y + left.height < right.y


@EVERY
def test_the_same_seed_draws_the_same_plate(one: Layout) -> None:
    first, second = (
        draw_plate(one, random_plate(one, np.random.default_rng(4)), 0.7).bgr for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_layouts_have_names_of_their_own() -> None:
    names = [one.id for one in layouts()]
    assert len(names) == len(set(names))
    with pytest.raises(KeyError, match=r"no layout 'atlantis'; there are de, "):
        layout("atlantis")


@pytest.mark.parametrize("font", FONTS)
def test_every_font_draws_every_character(font: str) -> None:
    shapes = set()
    for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
        shape = glyph(font, character)
        points = np.concatenate(shape.contours)
        assert points[:, 0].min() == pytest.approx(0)
        assert points[:, 0].max() == pytest.approx(shape.width)
        assert -0.1 < points[:, 1].min() < 0.15
        assert 0.85 < points[:, 1].max() < 1.15
        shapes.add(np.round(points, 6).tobytes())
    assert len(shapes) >= 35  # Roadgeek draws O and 0 alike, as many countries do


def test_the_font_s_height_is_the_capital_s() -> None:
    points = np.concatenate(glyph("din", "H").contours)
    assert points[:, 1].min() == pytest.approx(0, abs=1e-9)
    assert points[:, 1].max() == pytest.approx(1)


@pytest.mark.parametrize(
    ("font", "character", "words"),
    [("no-such", "A", "no font 'no-such'; there are"), ("din", "\u3042", "draws nothing for"),
     ("round", "?", "draws nothing for")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(font: str, character: str, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        glyph(font, character)


def test_a_text_finds_its_pattern_and_the_emblems_of_it() -> None:
    assert written(layout("sk-2022"), "BA123CD").rows == (("B", "A", "1", "2", "3", "C", "D"),)
    assert written(layout("hr"), "ZG123AB").rows == (
        ("Z", "G", "{crest}", "1", "2", "3", "{hyphen}", "A", "B"),
    )
    assert written(layout("es-two"), "1234BCD").rows == (("1", "2", "3", "4"), ("B", "C", "D"))


def test_a_vanity_text_is_drawn_all_the_same() -> None:
    assert draw_plate(layout("es"), "SERENO").text == "SERENO"


def test_a_text_too_long_is_set_narrower_and_stays_on_the_plate() -> None:
    art = draw_plate(layout("es"), "WWWWWWWWWWWWW")
    assert art.places[-1].x + art.places[-1].width < art.bgr.shape[1]


def test_narrow_characters_can_be_set_in_cells() -> None:
    tight, loose = (draw_plate(layout("sk-1997"), "LM298AI", 1.0, Look(cell=c)) for c in (0.0, 1.0))
    gaps = [art.places[6].x - art.places[5].x - art.places[5].width for art in (tight, loose)]
    assert gaps[1] > gaps[0] + 8  # millimetres between A and I
    assert loose.places[6].width == pytest.approx(tight.places[6].width, rel=0.05)


def test_twice_the_pixels_are_the_same_plate_twice_as_large() -> None:
    small, large = (draw_plate(layout("de"), "MAB123", scale) for scale in (1.0, 2.0))
    assert large.bgr.shape[:2] == (220, 1040)
    for a, b in zip(small.places, large.places, strict=True):
        assert (b.x, b.y, b.width) == pytest.approx((2 * a.x, 2 * a.y, 2 * a.width))


def test_a_picture_of_a_plate_does_not_print_its_text() -> None:
    assert "MAB123" not in repr(draw_plate(layout("de"), "MAB123"))


def test_every_font_file_has_its_licence() -> None:
    folder = files("models.plate_art")
    licences = folder.joinpath("LICENCES.md").read_text()
    shipped = {item.name for item in folder.joinpath("fonts").iterdir()}
    assert {name for name in shipped if name.endswith(".ttf")} == set(FONT_FILES.values())
    for name in FONT_FILES.values():
        family = name.removesuffix(".ttf")
        assert family in licences or family.startswith("RG2014"), name
    assert {"OFL.txt", "MIT.txt"} <= shipped
