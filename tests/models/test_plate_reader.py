"""The reader reads what is drawn, says how sure it is, and survives quads that are nonsense."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.core.text import tolerant
from agent.core.vision import PlateRead, PlateReader, Quad
from models.plate_art import draw_plate, layout, random_plate
from models.plate_reader.alphabet import CHARACTERS, classes
from models.plate_reader.decode import decode
from models.plate_reader.reader import Reader, load_reader
from models.plate_reader.rectify import aspect, one_line, two_lines

MAJOR = (
    "at", "be", "bg", "ch", "ch-two", "cz", "cz-old", "cz-two", "de", "de-two", "dk", "es",
    "es-moto", "es-old", "es-two", "fi", "fr", "gb-front", "gb-rear", "gb-two", "gr", "hr", "hu",
    "ie", "it", "lt", "ma", "nl", "no", "pl", "pl-two", "pt", "ro", "rs", "se", "si", "sk-1997",
    "sk-2004", "sk-2022", "sk-two", "tr", "ua",
)  # fmt: skip
MARGIN = 40
"""Pixels of plain grey around a drawn plate."""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def scene(name: str, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.float32], str]:
    """A clean plate of a layout on plain grey: luma, corners, text."""
    art = draw_plate(layout(name), random_plate(layout(name), np.random.default_rng(seed)), 0.6)
    luma = np.asarray(cv2.cvtColor(art.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
    luma = np.pad(luma, MARGIN, constant_values=70)
    h, w = art.bgr.shape[:2]
    corners = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) + MARGIN - 0.5
    return luma, corners, art.text


def read(reader: PlateReader, luma: NDArray[np.uint8], corners: NDArray[np.float32]) -> PlateRead:
    return reader.read(luma, [Quad(corners.astype(np.float32), 1.0)])[0]


@pytest.mark.parametrize("name", MAJOR)
def test_clean_plates_of_every_major_layout_are_read(reader: Reader, name: str) -> None:
    faults = []
    for seed in range(20):
        luma, corners, text = scene(name, seed)
        found = read(reader, luma, corners).text
        if tolerant(found) != tolerant(text):
            faults.append(f"{text} as {found}")
    assert len(faults) <= 3, faults


def test_a_tilted_plate_is_read_by_its_corners(reader: Reader) -> None:
    luma, corners, text = scene("es", 5)
    h, w = luma.shape
    target = np.array([(60, 40), (290, 90), (300, 150), (50, 120)], np.float32)
    warp = cv2.getPerspectiveTransform(corners, target)
    seen = np.asarray(cv2.warpPerspective(luma, warp, (w, h), borderValue=70), np.uint8)
    assert read(reader, seen, target).text == text


def test_reads_come_in_the_order_of_the_quads(reader: Reader) -> None:
    scenes = [scene("es", seed) for seed in (1, 2)]
    height = max(luma.shape[0] for luma, _, _ in scenes)
    luma = np.vstack([one for one, _, _ in scenes])
    second = scenes[1][1] + np.array([0, height], np.float32)
    quads = [Quad(second, 0.4), Quad(scenes[0][1], 0.9)]
    assert [found.text for found in reader.read(luma, quads)] == [scenes[1][2], scenes[0][2]]
    assert reader.read(luma, []) == []


def test_strided_rows_are_read_in_place(reader: Reader) -> None:
    luma, corners, text = scene("es", 7)
    wide = np.zeros((luma.shape[0], luma.shape[1] + 64), np.uint8)
    wide[:, : luma.shape[1]] = luma
    assert read(reader, wide[:, : luma.shape[1]], corners).text == text


@pytest.mark.parametrize(
    "corners",
    [
        [(10, 10), (10, 10), (10, 10), (10, 10)],
        [(10, 10), (50, 10), (90, 10), (130, 10)],
        [(-900, -900), (-800, -900), (-800, -870), (-900, -870)],
        [(1e7, 1e7), (2e7, 1e7), (2e7, 1.1e7), (1e7, 1.1e7)],
        [(10, 10), (60, 40), (60, 10), (10, 40)],
        [(1e30, 0), (2e30, 0), (2e30, 1e29), (1e30, 1e29)],
        [(float("nan"), 0), (60, 0), (60, 20), (0, 20)],
        [(float("inf"), 0), (60, 0), (60, 20), (0, 20)],
    ],
    ids=[
        "a point",
        "a line",
        "outside",
        "far outside",
        "crossed",
        "overflowing",
        "not a number",
        "infinite",
    ],
)
def test_a_quad_that_is_no_plate_is_answered_all_the_same(
    reader: Reader, corners: list[tuple[float, float]]
) -> None:
    luma = np.full((120, 200), 128, np.uint8)
    assert read(reader, luma, np.array(corners, np.float32)).characters == ()


def test_places_are_sorted_bounded_and_believable(reader: Reader) -> None:
    luma, corners, _ = scene("sk-2004", 3)
    softer = [np.asarray(cv2.GaussianBlur(luma, (0, 0), sigma), np.uint8) for sigma in range(3, 9)]
    places = [place for soft in softer for place in read(reader, soft, corners).characters]
    assert any(len(place.choices) > 1 for place in places)  # blur makes rivals
    for place in places:
        chances = [chance for _, chance in place.choices]
        assert chances == sorted(chances, reverse=True)
        assert 1 <= len(chances) <= 3
        assert 0 < sum(chances) <= 1 + 1e-6
        assert all(character in CHARACTERS for character, _ in place.choices)


def test_blur_makes_it_less_sure(reader: Reader) -> None:
    luma, corners, _ = scene("es", 9)
    soft = np.asarray(cv2.GaussianBlur(luma, (0, 0), 5), np.uint8)
    assert read(reader, soft, corners).likelihood < read(reader, luma, corners).likelihood


def test_a_read_does_not_print_its_plate(reader: Reader) -> None:
    luma, corners, text = scene("es", 1)
    found = read(reader, luma, corners)
    assert found.text == text
    assert text not in repr(found)


def steps(path: str, sure: float = 9.0) -> NDArray[np.float32]:
    """Logits that say each character of `path` at one step, `-` for none."""
    out = np.zeros((len(path), 37), np.float32)
    for n, character in enumerate(path):
        out[n, 0 if character == "-" else classes(character)[0]] = sure
    return out


@pytest.mark.parametrize(
    ("path", "text"),
    [("", ""), ("----", ""), ("AAA", "A"), ("A-A", "AA"), ("-AAB--B1", "ABB1"), ("0O0", "0O0")],
)
def test_repeats_merge_and_blanks_part(path: str, text: str) -> None:
    if path:
        assert decode(steps(path)).text == text


def test_a_rival_at_any_step_of_a_place_is_kept() -> None:
    logits = steps("--8-")
    logits[2, classes("B")[0]] = 8.0
    (place,) = decode(logits).characters
    assert [character for character, _ in place.choices] == ["8", "B"]
    assert place.choices[1][1] == pytest.approx(1 / (1 + np.e), abs=0.01)


def test_probabilities_of_a_place_never_exceed_one() -> None:
    logits = steps("88")
    logits[0, classes("B")[0]] = 8.9
    logits[1, classes("B")[0]] = 8.9
    logits[1, classes("8")[0]] = 30.0
    (place,) = decode(logits).characters
    assert sum(chance for _, chance in place.choices) <= 1 + 1e-6


def test_setting_upright_undoes_the_perspective() -> None:
    luma, corners, _ = scene("de", 1)
    target = np.array([(30, 60), (280, 20), (300, 90), (25, 140)], np.float32)
    warp = cv2.getPerspectiveTransform(corners, target)
    seen = np.asarray(cv2.warpPerspective(luma, warp, (360, 200), borderValue=70), np.uint8)
    straight, back = one_line(luma, corners), one_line(seen, target)
    assert straight.shape == back.shape == (40, 176)
    assert np.abs(straight.astype(int) - back).mean() < 12  # two resamplings apart, no more
    shifted = one_line(seen, target + np.array([25, 0], np.float32))
    assert np.abs(straight.astype(int) - shifted).mean() > 30


def test_light_and_dark_pictures_become_alike() -> None:
    luma, corners, _ = scene("de", 2)
    dim = (luma // 5 + 3).astype(np.uint8)
    assert np.abs(one_line(luma, corners).astype(int) - one_line(dim, corners)).mean() < 6


def test_a_huge_plate_is_averaged_not_picked_at() -> None:
    stripes = np.tile(np.array([[0], [255]], np.uint8), (400, 4000))
    corners = np.array([(100, 100), (3900, 100), (3900, 700), (100, 700)], np.float32)
    crop = one_line(stripes, corners).astype(int)
    assert crop.std() < 40  # every other pixel would be black or white


def test_two_rows_come_side_by_side() -> None:
    luma, corners, _ = scene("gb-two", 1)
    assert aspect(corners) == pytest.approx(279 / 203, abs=0.02)
    h = int(corners[3, 1] - corners[0, 1])
    luma[MARGIN : MARGIN + h // 2] = 0
    luma[MARGIN + h // 2 : MARGIN + h] = 255
    crop = two_lines(luma, corners)
    assert crop.shape == (40, 176)
    assert crop[20, 44] < 100
    assert crop[20, 132] > 150


@pytest.mark.data
def test_photographs_are_read_in_their_own_boxes(reader: Reader, data_dir: Path) -> None:
    folder = data_dir / "plates" / "eu"
    with (folder / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 57
    strict = 0
    folded = 0
    for row in rows:
        luma = np.asarray(cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE), np.uint8)
        x, y, w, h = (float(row[key]) for key in ("x", "y", "width", "height"))
        corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
        found = read(reader, luma, corners).text
        strict += found == row["plate"]
        folded += tolerant(found) == tolerant(row["plate"])
    # The floor, below what was measured on shipping (see the card); never a plate in a message.
    assert strict >= 51, f"{strict} of {len(rows)} exactly right"
    assert folded >= 53, f"{folded} of {len(rows)} right with O as 0 and I as 1"
