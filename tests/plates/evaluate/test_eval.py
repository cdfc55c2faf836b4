"""`sereno plates eval` on pictures drawn here: tables, JSON, sheet, exit status, plates masked."""

import errno
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.cli import main
from models.plate_art import layout, random_text
from tests.models.street import with_plate
from tests.plates.evaluate.pictures import save

PLATE = "1234BCD"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two pictures called after their plate; what is drawn is none that the models know."""
    folder = tmp_path / "mine"
    save(folder / f"{PLATE}.png", PLATE)
    save(folder / f"{PLATE}-night.png")
    return folder


def told(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return out + err


def evaluated(folder: Path, tmp_path: Path, *words: str) -> int:
    sheet = ["--sheet", str(tmp_path / "sheet"), "--json", str(tmp_path / "out" / "eval.json")]
    return main(["plates", "eval", str(folder), *sheet, *words])


def test_figures_are_printed_and_kept_with_plates_masked(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluated(pictures, tmp_path) == 0
    words = told(capsys)
    assert "2 pictures, 2 plates, labelled by file names" in words
    assert "character error rate" in words
    assert "name: night" in words
    assert PLATE not in words
    written = (tmp_path / "out" / "eval.json").read_text()
    assert PLATE not in written
    report = json.loads(written)
    assert report["figures"]["strict"]["count"] == 2
    assert report["pictures"][0]["plates"][0]["truth"] == "1******"
    assert report["pictures"][0]["picture"].endswith("1******-night.png")
    assert set(report["models"]) == {"plate_detector", "plate_closer", "plate_reader"}
    assert (tmp_path / "sheet" / "misses-001.png").is_file()


def test_plates_are_shown_only_when_asked(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluated(pictures, tmp_path, "--show-text", "--no-sheet") == 0
    assert f"{PLATE} read as" in told(capsys)
    assert not (tmp_path / "sheet").exists()


def test_pictures_that_cannot_be_read_are_told_masked_and_fail_the_command(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "9999XYZ.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    assert evaluated(pictures, tmp_path) == 1
    words = " ".join(told(capsys).split())
    assert "pictures that could not be read 1" in words
    assert "not read: " in words
    assert "9******.png: damaged" in words
    assert "9999XYZ" not in words


def test_small_letters_are_masked_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "1234bcd.jpg").write_bytes(b"nothing")
    (tmp_path / "mine" / "ab12cde.jpg").write_bytes(b"nothing")
    assert evaluated(tmp_path / "mine", tmp_path) == 1
    words = told(capsys) + (tmp_path / "out" / "eval.json").read_text()
    assert "1******.jpg" in words
    assert "a******.jpg" in words
    assert "bcd.jpg" not in words
    assert "cde.jpg" not in words


def test_pictures_without_plates_are_judged_by_what_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "empty" / "any street.png")
    assert evaluated(tmp_path / "empty", tmp_path, "--no-plates") == 0
    assert "no plate in it, none read" in told(capsys)


def table(folder: Path, *lines: str) -> Path:
    save(folder / "street.png")
    (folder / "truth.csv").write_text("\n".join(["image,plate,x,y,width,height,slice", *lines]))
    return folder


def test_words_of_the_users_own_are_printed_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = table(tmp_path / "mine", "street.png,1234BCD,,,,,[/red] dusk")
    assert evaluated(folder, tmp_path) == 0
    assert "slice: [/red] dusk" in told(capsys)


def test_file_names_that_are_no_text_are_judged_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [b"1234BCD-ca\xf1on.png", b"1234BCD-two\nlines.png"]
    for name in names:
        save(tmp_path / "mine" / os.fsdecode(name))
    assert evaluated(tmp_path / "mine", tmp_path, "--show-text") == 0
    assert "1234BCD-ca\N{REPLACEMENT CHARACTER}on.png" in "".join(told(capsys).split("\n"))
    written = (tmp_path / "out" / "eval.json").read_text()
    assert "1234BCD-two\N{REPLACEMENT CHARACTER}lines.png" in written


def test_where_nothing_can_be_written_it_is_said_before_the_work(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    for option in ("--json", "--sheet"):
        wanted = str(tmp_path / "file" / "eval.json")
        assert main(["plates", "eval", str(pictures), option, wanted]) == 1
        words = " ".join(told(capsys).split())
        assert "cannot be written; expected a file in a folder of yours" in words
        assert "Judging" not in words


def test_figures_are_told_though_they_cannot_be_kept(
    pictures: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert evaluated(pictures, tmp_path) == 1
    words = told(capsys)
    assert "strict: the text exactly" in words
    assert "No space left on device" in words


def test_what_is_found_beside_a_plate_without_a_box_is_no_mistake(tmp_path: Path) -> None:
    folder, sheet = tmp_path / "mine", tmp_path / "out" / "eval.json"
    luma, _ = with_plate("es", 200)
    text = random_text(layout("es"), np.random.default_rng(3))  # as with_plate writes it
    folder.mkdir()
    cv2.imwrite(str(folder / f"{text}.png"), luma)
    assert evaluated(folder, tmp_path, "--no-sheet") == 0
    [picture] = json.loads(sheet.read_text())["pictures"]
    assert picture["plates"][0]["outcome"] == "right"
    assert picture["extra"] == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["street.png,1234BCD,1,1,90,20,", "street.png,1234BCD,1,1,90,20,"],
            "line 3: says what line 2 says, expected it once",
        ),
        (["street.png,1234BCD,1,1,90,20,dusk", 'b.png,1234BCD,1,1,9,9,"night', "c.png"], "line"),
        (["street.png"], "fewer than the header's 7 fields"),
        (["street.png,****,1,1,90,20,"], "a plate of nothing but *"),
        (["street.png,1234BCD,1,1,1e300,20,"], "expected a number above 0 of pixels"),
        (["street.png,1234BCD,9000,1,90,20,"], "a box lies outside the picture, which is"),
    ],
)
def test_wrong_lines_of_a_table_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[str], expected: str
) -> None:
    assert evaluated(table(tmp_path / "mine", *lines), tmp_path) == 1
    assert expected in " ".join(told(capsys).split())


def test_a_wrong_number_and_an_empty_name_are_wrong_arguments(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["eval", ""], ["bench", str(pictures), "--most", "-3"]):
        with pytest.raises(SystemExit) as ended:
            main(["plates", *words])
        assert ended.value.code == 2
        assert "expected a" in told(capsys)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["nowhere"], "there is no such folder or file"),
        (["mine", "--countries", "ES"], "'E' (Spain)"),
    ],
)
@pytest.mark.usefixtures("pictures")
def test_what_is_wrong_is_told_in_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    expected: str,
) -> None:
    assert main(["plates", "eval", str(tmp_path / words[0]), *words[1:]]) == 1
    assert expected in " ".join(told(capsys).split())
