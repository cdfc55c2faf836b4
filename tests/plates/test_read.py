"""`sereno read`: anyone's photographs, told as JSON lines, as a table, as annotated copies."""

import csv
import io
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

from agent.cli import main
from agent.cli.annotate import Copies, annotated
from agent.cli.plates_told import ErrorLine, PictureLine, print_table
from agent.cli.read import find, read_each
from agent.core.vision import Luma, Quad
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import Limits, read_plates
from tests.plates.drawn import DrawnDetector, DrawnModels, DrawnReader, RefusedModels, put, street
from tests.plates.reads import Says

SYNTAX = Syntax(shipped_book())


def street_with(*texts: str) -> NDArray[np.uint8]:
    picture = street()
    for row, text in enumerate(texts):
        put(picture, text, 40, 30 + 110 * row)
    return picture


def save(path: Path, picture: NDArray[np.uint8]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    return path


def lines(*paths: Path, copies: Copies | None = None) -> list[PictureLine | ErrorLine]:
    return list(read_each(find(paths), DrawnModels(), SYNTAX, copies))


def plates(luma: Luma, limits: Limits | None = None) -> list[str]:
    reading = read_plates(luma, DrawnDetector(), DrawnReader(), SYNTAX, limits or Limits())
    return [plate.text for plate in reading.plates]


def test_a_picture_is_one_line_with_every_field(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", street_with("1234BCD"))
    [line] = lines(path)
    assert isinstance(line, PictureLine)
    assert line.picture == str(path)
    [plate] = line.plates
    assert (plate.text, plate.raw, plate.country) == ("1234BCD", "1234BCD", "E")
    assert [char for char, _ in plate.characters] == list("1234BCD")
    assert 0 < plate.confidence <= min(chance for _, chance in plate.characters)
    assert plate.text not in [text for text, _ in plate.alternatives]
    assert len(plate.corners) == 4
    assert plate.corners[0] == (40, 30)
    assert line.ms.total >= line.ms.detect + line.ms.read - 0.02


def test_a_folder_is_read_to_its_depths_in_order(tmp_path: Path) -> None:
    for name in ("b.png", "sub/a.png", "a.jpg"):
        save(tmp_path / name, street_with("1234BCD"))
    (tmp_path / "notes.txt").write_text("no picture")
    names = [Path(line.picture).relative_to(tmp_path) for line in lines(tmp_path)]
    assert names == [Path("a.jpg"), Path("b.png"), Path("sub/a.png")]


def test_what_cannot_be_read_is_a_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (tmp_path / "b.png").write_bytes(b"")
    save(tmp_path / "c.png", np.zeros((2, 2), np.uint8))
    save(tmp_path / "d.png", street_with("1234BCD"))
    *bad, good = lines(tmp_path, tmp_path / "d.png")[:4]
    assert [type(line) for line in bad] == [ErrorLine] * 3
    assert all(line.picture in line.error for line in bad if isinstance(line, ErrorLine))
    assert isinstance(good, PictureLine)


def test_an_empty_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    empty, missing = lines(tmp_path / "empty", tmp_path / "nothing.jpg")
    assert isinstance(empty, ErrorLine)
    assert "no pictures" in empty.error
    assert isinstance(missing, ErrorLine)
    assert "no such file" in missing.error


def test_a_name_too_long_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = save(tmp_path / "a.png", street_with("1234BCD"))
    bad, line = lines(tmp_path / ("x" * 300), good)
    assert isinstance(bad, ErrorLine)
    assert "a name longer than the file system allows" in bad.error
    assert isinstance(line, PictureLine)


@pytest.mark.parametrize(("json_too", "kept"), [(True, 0), (False, 1)])
def test_lines_are_kept_for_the_table_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, json_too: bool, kept: int
) -> None:
    alive: list[weakref.ref[ErrorLine]] = []

    def told(*_: object) -> Iterator[ErrorLine]:
        for _number in range(2):
            line = Told("x", "y")
            alive.append(weakref.ref(line))
            yield line
            del line
        assert sum(ref() is not None for ref in alive[:1]) == kept

    monkeypatch.setattr("agent.cli.read.read_each", told)
    assert main(["read", str(tmp_path / "x"), *(["--json"] if json_too else [])]) == 1
    assert len(alive) == 2


class Told(ErrorLine, frozen=True, weakref=True):
    """A line that says whether it is still kept."""


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    program = "import sys; from agent.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "read", "--json", str(tmp_path / "x.png")]
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(write_end)
    assert done.returncode == 1
    assert b"BrokenPipe" not in done.stderr


def test_ctrl_c_ends_it_without_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agent.cli.read.read_each", stopped)
    assert main(["read", str(tmp_path / "x.png")]) == 130


def test_a_name_that_is_no_text_is_told_all_the_same(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff[red].png"))
    save(path, street_with("1234BCD"))
    [line] = lines(path)
    assert "\ufffd" in line.picture
    console = Console(file=io.StringIO(), width=200)
    print_table([line], console)
    assert "[red]" in console.file.getvalue()  # type: ignore[attr-defined]


def test_small_short_and_doubtful_ones_are_left_out() -> None:
    picture = street_with("1234BCD", "X12")
    assert plates(picture) == ["1234BCD"]
    assert sorted(plates(picture, Limits(shortest=3))) == ["1234BCD", "X12"]
    assert plates(picture, Limits(height_px=100)) == []
    assert plates(picture, Limits(score=0.995)) == []


def test_the_surest_plate_comes_first() -> None:
    picture = street_with("1234BCD", "5678FGH")
    picture[30:100, 40:250] //= 4
    picture[30:100, 40:250] *= 3
    picture[30:100, 40:250] += 60  # the upper one has less contrast
    assert plates(picture) == ["5678FGH", "1234BCD"]


def test_annotated_copies_keep_size_and_names_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        save(tmp_path / folder / "a.png", street_with("1234BCD"))
    copies = tmp_path / "copies"
    lines(tmp_path / "one", tmp_path / "two", copies=Copies(copies))
    assert sorted(path.name for path in copies.iterdir()) == ["a-2.read.jpg", "a.read.jpg"]
    with Image.open(copies / "a.read.jpg") as copy:
        assert copy.size == (640, 360)
        colours = np.asarray(copy, int)
        assert np.ptp(colours, axis=2).max() > 100  # something is drawn in colour


def test_a_copy_never_overwrites_a_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", street_with("1234BCD"))
    for name in ("a.jpg", "a.read.jpg"):
        save(tmp_path / name, street_with("5678FGH"))
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    [line] = lines(path, copies=Copies(tmp_path))
    assert isinstance(line, PictureLine)
    assert {file: file.read_bytes() for file in before} == before
    assert {file.name for file in set(tmp_path.iterdir()) - set(before)} == {"a-2.read.jpg"}


def test_a_folder_full_of_namesakes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.cli.annotate.MOST_NAMESAKES", 1)
    path = save(tmp_path / "a.png", street_with("1234BCD"))
    _, line = lines(path, path, copies=Copies(tmp_path))
    assert isinstance(line, ErrorLine)
    assert "holds 1 copies called a, expected another DIR" in line.error


def test_a_copy_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", street_with("1234BCD"))
    (tmp_path / "file").write_text("in the way")
    [line] = lines(path, copies=Copies(tmp_path / "file"))
    assert isinstance(line, ErrorLine)
    assert "cannot write" in line.error


@pytest.mark.parametrize("at", [(0, 0), (430, 290), (200, 0), (0, 290)])
def test_a_label_fits_wherever_the_plate_is(at: tuple[int, int]) -> None:
    picture = street()
    put(picture, "1234BCD", *at)
    reading = read_plates(picture, DrawnDetector(), DrawnReader(), SYNTAX, Limits())
    copy = np.asarray(annotated(picture, reading.plates))
    ground = np.all(np.abs(copy.astype(int) - (16, 20, 26)) < 3, axis=2)
    assert ground.sum() > 1000  # most of the label is within the picture


def test_the_table_tells_plates_and_failures(tmp_path: Path) -> None:
    save(tmp_path / "a.png", street_with("1234BCD"))
    save(tmp_path / "b.png", street())
    (tmp_path / "c.png").write_bytes(b"")
    console = Console(file=io.StringIO(), width=200)
    print_table(lines(tmp_path), console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1234BCD" in shown
    assert "no plate read" in shown
    assert "empty file" in shown
    assert "3 pictures, plates read in 1, 1 failed" in shown


def test_models_that_are_refused_end_the_command(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", street())
    with pytest.raises(ValueError, match="digest"):
        list(read_each(find([path]), RefusedModels("digest differs"), SYNTAX, None))


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--countries", "ES", "x.png"], "'E' (Spain)"), (["x.png"], "no such file")],
)
def test_failure_is_told_in_the_exit_status(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", *words]) == 1
    out, err = capsys.readouterr()
    assert told in " ".join((out + err).replace("│", " ").split())


@pytest.mark.data
def test_six_in_ten_real_plates_are_strictly_right(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = data_dir / "plates" / "eu"
    with (folder / "truth.csv").open(newline="") as file:
        truth = {row["image"]: row["plate"] for row in csv.DictReader(file)}
    assert main(["read", str(folder), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert set(told[0]) == {"picture", "plates", "ms"}
    assert set(told[0]["ms"]) == {"detect", "read", "total"}
    right = sum(
        bool(line["plates"]) and line["plates"][0]["text"] == truth[Path(line["picture"]).name]
        for line in told
    )
    assert len(told) == len(truth)
    assert right >= 0.6 * len(truth)


class _Finds:
    def detect(self, luma: Luma) -> list[Quad]:
        return [Quad(np.array([[40, 40], [200, 40], [200, 74], [40, 74]], np.float32), 0.9)]


@pytest.mark.parametrize(
    ("chances", "told"),
    [
        ((0.99,) * 7, True),
        ((0.99, 0.1, 0.99, 0.99, 0.1, 0.99, 0.99), True),  # two covered: told, and unsure there
        ((0.7,) * 7, False),  # unsure throughout: no plate
    ],
)
def test_a_read_is_told_if_most_of_it_is_sure(chances: tuple[float, ...], told: bool) -> None:
    street = np.full((360, 640), 90, np.uint8)
    found = read_plates(street, _Finds(), Says("1234BCD", *chances), SYNTAX, Limits()).plates
    assert bool(found) is told
