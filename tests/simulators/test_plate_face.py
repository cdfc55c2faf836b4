"""A plate on the road: covered where it says so, legible where it does not, warped to its place."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.plate_art import Art, draw_plate, layout, written
from simulators.optics import plate, signs
from simulators.optics.plate import MARGIN_PX, Face, Worn
from simulators.scenario import Direction, Shape
from simulators.vehicle import Cover

ES = layout("es")


def _art() -> Art:
    return draw_plate(ES, "1234BCD", 1.0)


def _face(cover: Cover, seed: int) -> Face:
    return plate.face(ES, written(ES, "1234BCD"), Worn(0.05, seed, cover), grey=True)


def _inner(face: Face) -> NDArray[np.float64]:
    m = MARGIN_PX
    return face.picture[m:-m, m:-m].astype(np.float64)


def _likeness(face: Face, box: tuple[int, int, int, int]) -> float:
    """Correlation of a part of a face with the clean art."""
    x, y, w, h = box
    art = cv2.cvtColor(_art().bgr, cv2.COLOR_BGR2GRAY).astype(np.float64)
    one, other = (p[y : y + h, x : x + w].ravel() for p in (_inner(face), art))
    if one.std() < 1:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _boxes() -> list[tuple[int, int, int, int]]:
    return [(int(p.x) - 4, int(p.y) - 4, int(p.width) + 8, int(p.height) + 8)
            for p in _art().places]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_a_plain_plate_keeps_every_character_legible(seed: int) -> None:
    face = _face(Cover.NOTHING, seed)
    assert min(_likeness(face, box) for box in _boxes()) > 0.6


@pytest.mark.parametrize("seed", range(12))
def test_a_plate_covered_in_part_has_lost_at_least_one_character(seed: int) -> None:
    face = _face(Cover.PART, seed)
    likeness = [_likeness(face, box) for box in _boxes()]
    assert min(likeness) < 0.3
    assert max(likeness) > 0.6


@pytest.mark.parametrize("seed", range(6))
def test_of_a_plate_covered_wholly_nothing_is_left(seed: int) -> None:
    face = _face(Cover.WHOLE, seed)
    assert max(_likeness(face, box) for box in _boxes()) < 0.5


def test_the_same_seed_ages_a_plate_alike_and_another_does_not() -> None:
    plate.face.cache_clear()
    one = _face(Cover.NOTHING, 1).picture
    plate.face.cache_clear()
    np.testing.assert_array_equal(one, _face(Cover.NOTHING, 1).picture)
    assert not np.array_equal(one, _face(Cover.NOTHING, 2).picture)


def test_a_face_reaches_past_its_plate_by_its_margin() -> None:
    face = _face(Cover.NOTHING, 1)
    spots = np.array([(100.0, 100.0), (620.0, 100.0), (620.0, 210.0), (100.0, 210.0)])
    outer = plate.outline(face, spots)
    m = float(MARGIN_PX)
    wanted = spots + np.array([(-m, -m), (m, -m), (m, m), (-m, m)])
    np.testing.assert_allclose(outer, wanted, atol=0.05)


def test_a_plate_is_mounted_just_where_its_corners_fall() -> None:
    sheet = np.full((400, 700), 60, np.uint8)
    spots = np.array([(150.0, 150.0), (410.0, 160.0), (408.0, 215.0), (148.0, 205.0)])
    plate.mount(sheet, _face(Cover.NOTHING, 3), spots, 0.9)
    flat = np.array([(0, 0), (520, 0), (520, 110), (0, 110)], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(spots.astype(np.float32), flat)
    seen = cv2.warpPerspective(sheet, matrix, (520, 110)).astype(np.float64)
    art = cv2.cvtColor(_art().bgr, cv2.COLOR_BGR2GRAY).astype(np.float64)
    assert float(np.corrcoef(seen.ravel(), art.ravel())[0, 1]) > 0.8
    assert (sheet[:90] == 60).all()


def test_what_shines_beyond_white_bleeds_into_the_characters() -> None:
    ink = []
    for brightness in (0.9, 1.3):
        sheet = np.zeros((300, 400), np.uint8)
        spots = np.array([(60.0, 100.0), (216.0, 100.0), (216.0, 133.0), (60.0, 133.0)])
        plate.mount(sheet, _face(Cover.NOTHING, 3), spots, brightness)
        inside = sheet[102:131, 75:214]
        ink.append(float(np.percentile(inside, 5)) / float(np.percentile(inside, 95)))
    assert ink[1] > 1.2 * ink[0]


def test_vans_lorries_and_buses_are_lettered_and_cars_are_not() -> None:
    assert signs.corners(Shape.HATCHBACK, Direction.LEAVING) is None
    for shape in (Shape.VAN, Shape.LORRY, Shape.BUS, Shape.ARTICULATED):
        for direction in Direction:
            corners = signs.corners(shape, direction)
            assert corners is not None
            size = (float(np.ptp(corners[:, 0])), float(np.ptp(corners[:, 2])))
            lettered = signs.sign(shape, size, 4, grey=True)
            inside = lettered.picture[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
            assert int(inside.max()) - int(inside.min()) > 100
