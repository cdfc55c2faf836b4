"""Every form of truth is read, and every fault in one is told with its place."""

from pathlib import Path

import pytest

from agent.core.errors import Rejected
from agent.plates.evaluate.characters import CLASSES, Character, rows, written
from agent.plates.evaluate.labelled import Box, Truth
from agent.plates.evaluate.names import masked_name
from agent.plates.evaluate.truth import find_truth
from agent.plates.evaluate.yolo import Labels
from tests.plates.evaluate.pictures import save

SUFFIXES = (".jpg", ".png")


def truth(place: Path, *, plateless: bool = False, labels: Labels = Labels.AUTO) -> Truth:
    return find_truth(place, SUFFIXES, plateless=plateless, labels=labels)


def texts(found: Truth) -> dict[str, list[str | None]]:
    return {one.picture.name: [p.text for p in one.plates] for one in found.pictures}


def refusal(place: Path, *, plateless: bool = False) -> str:
    with pytest.raises(Rejected) as refused:
        truth(place, plateless=plateless)
    return str(refused.value)


def test_a_files_name_is_its_plate(tmp_path: Path) -> None:
    names = (
        "1234BCD.png",
        "1234BCD_2.png",
        "sub/9999XYZ-night.png",
        "b12 rain, dusk.png",
        "1*4B.png",
    )
    for name in names:
        save(tmp_path / name)
    found = truth(tmp_path)
    assert found.form == "file names"
    assert texts(found) == {
        "1*4B.png": ["1*4B"],
        "1234BCD.png": ["1234BCD"],
        "1234BCD_2.png": ["1234BCD"],
        "9999XYZ-night.png": ["9999XYZ"],
        "b12 rain, dusk.png": ["B12"],
    }
    slices = {one.picture.name: one.slices for one in found.pictures}
    assert slices["9999XYZ-night.png"] == (("name", "night"),)
    assert slices["1234BCD_2.png"] == ()


@pytest.mark.parametrize(
    "name", ["1234-BCD", "12-34-AB", "x", "holiday picture of 2019", "1234BCD_1234"]
)
def test_a_name_that_may_be_read_wrongly_is_refused(tmp_path: Path, name: str) -> None:
    save(tmp_path / f"{name}.png")
    save(tmp_path / "1234BCD.png")
    words = refusal(tmp_path)
    assert "the file's name is no plate" in words
    assert "1234BCD_2.jpg" in words


def test_names_that_may_be_plates_are_masked_in_errors(tmp_path: Path) -> None:
    save(tmp_path / "1234-BCD.png")
    assert "1***-B**.png" in refusal(tmp_path)
    assert masked_name("1234bcd_2.jpg", ["1234BCD"]) == "1******_2.jpg"
    with pytest.raises(Rejected, match="1234-BCD"):
        find_truth(tmp_path, SUFFIXES, show=True)


def test_of_many_wrong_names_ten_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    for number in range(13):
        save(tmp_path / f"no-Plate{number}.png")
    words = refusal(tmp_path)
    assert words.count("is no plate") == 10
    assert "and 3 more" in words


def table(folder: Path, *lines: str, name: str = "truth.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_names_pictures_boxes_plates_and_slices(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png", "d.png", "unnamed.png"):
        save(tmp_path / name)
    table(
        tmp_path,
        "image,x,y,width,height,plate,slice,author",
        "a.png,1,2,30,10,1234 bcd,rain,me",
        "b.png,1,2,30,10,,,me",
        "c.png,,,,,,,me",
        "d.png,,,,,AB1,,me",
        "d.png,,,,,CD2,,me",
        "gone.png,,,,,CD2,,me",
    )
    found = truth(tmp_path)
    assert found.form == "table"
    assert texts(found) == {
        "a.png": ["1234BCD"],
        "b.png": [None],
        "c.png": [],
        "d.png": ["AB1", "CD2"],
        "gone.png": ["CD2"],
    }
    first = found.pictures[0]
    assert first.plates[0].box == Box(1, 2, 31, 12)
    assert first.slices == (("slice", "rain"),)
    assert "1 pictures of truth.csv are not there" in found.notes
    assert "1 pictures in the folder are not named by truth.csv" in found.notes


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_may_lie_anywhere_and_come_from_a_spreadsheet(
    tmp_path: Path, separator: str
) -> None:
    save(tmp_path / "deep" / "a.png")
    lines = [separator.join(cells) for cells in (("Image ", "PLATE"), ("deep/a.png", "AB 12"))]
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert texts(truth(path)) == {"a.png": ["AB12"]}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["picture,plate", "a.png,AB1"], "line 1: no column 'image' among 'picture', 'plate'"),
        (["image,x,y,plate", "a.png,1,2,AB1"], "line 1: columns x, y without width, height"),
        (["image,text", "a.png,AB1"], "line 1: neither a column 'plate' nor a box"),
        (["image,plate", "a.png,AB1", ",AB1"], "line 3: column 'image' is empty"),
        (["image,plate", "a.png,A/1"], "line 2: column 'plate': a plate with '/', expected A to Z"),
        (["image,plate", "a.png,AB1,7"], "line 2: more than the header's 2 fields"),
        (
            ["image,x,y,width,height", "a.png,1,2,-3,4"],
            "line 2: column 'width' is '-3', expected a number above 0",
        ),
        (["image,x,y,width,height", "a.png,1,,3,4"], "line 2: column 'y' is '', expected a number"),
        (["image,x,y,width,height", "a.png,nan,1,3,4"], "line 2: column 'x' is 'nan'"),
        (["image,plate"], "no lines below the header"),
        (["image,plate", "gone.png,AB1"], "none of its 1 pictures is there"),
        ([""], "line 1: no column 'image' among"),
    ],
)
def test_a_fault_in_a_table_is_told_with_its_line(
    tmp_path: Path, lines: list[str], told: str
) -> None:
    save(tmp_path / "a.png")
    path = table(tmp_path, *lines)
    words = refusal(tmp_path)
    assert words.startswith(str(path))
    assert told in words


def test_all_faults_of_a_table_are_told_at_once(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    table(tmp_path, "image,plate", "a.png,A/1", "a.png,AB1", "a.png,A/2")
    words = refusal(tmp_path)
    assert "line 2" in words
    assert "line 4" in words


def test_a_table_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_bytes(b"image,plate\n\xff\xfe")
    save(tmp_path / "a.png")
    assert "not UTF-8 at byte 12" in refusal(tmp_path)


def yolo(folder: Path, name: str, *lines: str) -> None:
    save(folder / "images" / "val" / f"{name}.png")
    path = folder / "labels" / "val" / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def test_boxes_of_one_class_are_plates(tmp_path: Path) -> None:
    yolo(tmp_path, "a", "0 0.5 0.5 0.2 0.1", "0 0.2 0.2 0.1 0.1")
    yolo(tmp_path, "b")
    save(tmp_path / "images" / "val" / "c.png")
    (tmp_path / "labels" / "val" / "lost.txt").write_text("")
    found = truth(tmp_path)
    assert found.form == "boxes of plates (YOLO)"
    assert found.complete
    assert texts(found) == {"a.png": [None, None], "b.png": [], "c.png": []}
    box = found.pictures[0].plates[0].box
    assert box is not None
    assert box.corners((100, 200))[[0, 2]].round(3).tolist() == [[80, 45], [120, 55]]
    assert "1 pictures have no label file and count as pictures without a plate" in found.notes
    assert "1 label files have no picture" in found.notes


def boxes(*places: tuple[str, float, float], width: float = 0.1, height: float = 0.3) -> list[str]:
    return [f"{CLASSES.index(char)} {x} {y} {width} {height}" for char, x, y in places]


def test_boxes_of_many_classes_are_a_plates_characters(tmp_path: Path) -> None:
    row = [("4", 0.55, 0.5), ("1", 0.15, 0.5), ("B", 0.85, 0.5), ("2", 0.27, 0.5)]
    yolo(tmp_path, "a", *boxes(*row))
    yolo(tmp_path, "00001_AN-1*2*4B", *boxes(*row))
    yolo(tmp_path, "b", *boxes(("1", 0.1, 0.5)))
    yolo(tmp_path, "c")
    found = truth(tmp_path)
    assert found.crops
    assert not found.complete
    assert texts(found)["00001_AN-1*2*4B.png"] == ["1*2*4B"]
    assert texts(found)["a.png"] == ["12*4*B"]
    assert any("1 pictures have no labelled character" in note for note in found.notes)
    assert truth(tmp_path, labels=Labels.PLATES).form == "boxes of plates (YOLO)"


def character(char: str, x: float, y: float, width: float = 0.1, height: float = 0.3) -> Character:
    return Character(
        CLASSES.index(char), Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2, True)
    )


def test_a_tilted_row_is_one_row_and_two_rows_are_two() -> None:
    tilted = [character(c, 0.1 + 0.13 * i, 0.9 - 0.1 * i) for i, c in enumerate("1234BCD")]
    assert len(rows(tilted)) == 1
    assert written(tilted[::-1], "x") == "1234BCD"
    square = [character(c, 0.2 + 0.2 * i, 0.3 + 0.05 * i) for i, c in enumerate("1234")]
    square += [character(c, 0.3 + 0.2 * i, 0.7 + 0.05 * i) for i, c in enumerate("BCD")]
    assert ["".join(CLASSES[c.kind] for c in row) for row in rows(square)] == ["1234", "BCD"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0 0.5 0.5 0.2", "line 2: 4 fields"),
        ("0 0.5 0.5 0.2 high", "line 2: not numbers"),
        ("36 0.5 0.5 0.2 0.1", "line 2: class 36, expected 0 to 35"),
        ("0 50 50 20 10", "line 2: a box outside the picture, expected parts of it from 0 to 1"),
        ("0 0.5 0.5 0.2 0", "line 2: a box outside the picture"),
        ("0 nan 0.5 0.2 0.1", "line 2: a box outside the picture"),
    ],
)
def test_a_fault_in_a_label_file_is_told_with_its_line(
    tmp_path: Path, line: str, told: str
) -> None:
    yolo(tmp_path, "a", "0 0.5 0.5 0.2 0.1", line)
    words = refusal(tmp_path)
    assert str(tmp_path / "labels" / "val" / "a.txt") in words
    assert told in words


def test_a_folder_without_plates_is_taken_at_its_word(tmp_path: Path) -> None:
    save(tmp_path / "any name at all.png")
    found = truth(tmp_path, plateless=True)
    assert texts(found) == {"any name at all.png": []}


def test_nothing_to_judge_is_told(tmp_path: Path) -> None:
    assert "no pictures in this folder, expected .jpg, .png" in refusal(tmp_path)
    assert "there is no such folder or file" in refusal(tmp_path / "gone")
    path = table(tmp_path, "image,plate", "a,B")
    assert "expected a folder of pictures without plates" in refusal(path, plateless=True)


def test_boxes_of_two_classes_are_plates_and_said_to_be(tmp_path: Path) -> None:
    yolo(tmp_path, "a", "0 0.5 0.5 0.2 0.1", "1 0.2 0.2 0.1 0.1")
    found = truth(tmp_path)
    assert found.form == "boxes of plates (YOLO)"
    assert any(note.startswith("2 classes of boxes, all taken as plates") for note in found.notes)
    assert truth(tmp_path, labels=Labels.CHARACTERS).crops


def test_pictures_of_a_set_of_characters_are_left_out_or_plateless_and_never_both(
    tmp_path: Path,
) -> None:
    yolo(tmp_path, "a", "3 0.5 0.5 0.2 0.1")
    save(tmp_path / "images" / "val" / "bare.png")
    found = truth(tmp_path, labels=Labels.CHARACTERS)
    assert found.notes == ("1 pictures have no labelled character and are left out",)


def test_what_is_left_out_of_a_folder_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    save(folder / "1234BCD.png")
    save(folder / "build" / "misses-001.png")
    save(tmp_path / "elsewhere" / "5678FGH.png")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    found = truth(folder)
    assert texts(found) == {"1234BCD.png": ["1234BCD"]}
    assert len(found.notes) == 2
    assert found.notes[0] == "1 folders are links and were not followed"
    assert found.notes[1].startswith("1 pages of contact sheets")
