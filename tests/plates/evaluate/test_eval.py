"""`sereno plates eval` on pictures drawn here: tables, JSON, sheet, exit status, plates masked."""

import json
from pathlib import Path

import pytest

from agent.cli import main
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


def test_pictures_without_plates_are_judged_by_what_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "empty" / "any street.png")
    assert evaluated(tmp_path / "empty", tmp_path, "--no-plates") == 0
    assert "no plate in it, none read" in told(capsys)


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
