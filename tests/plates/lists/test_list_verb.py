"""`sereno plates list`: what is wrong with a list is known before a node gets it."""

import os
from pathlib import Path

import pytest

from agent.cli import main
from agent.plates.lists.rows import Form, read_sheet
from agent.plates.lists.tags import passing_tagger, tagger_of
from tests.plates.lists.things import LIST


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "marina.csv"
    path.write_text(LIST)
    return path


def test_a_sound_list_is_counted(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plates", "list", "check", str(file)]) == 0
    told = capsys.readouterr().out
    assert "list marina, revision 12: 3 plates, plates in the clear" in told
    for line in ("residents: 2", "deliveries: 1", "with a first day: 1", "with a last day: 1"):
        assert line in told
    assert "1234" not in told


def test_every_problem_is_told_and_the_exit_says_so(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(LIST + "1234BCD,x,,,\n?,y,,,\n")
    assert main(["plates", "list", "check", str(file)]) == 1
    told = capsys.readouterr().out
    assert f"{file}, line 7: this plate stands on line 4 already" in told
    assert f"{file}, line 8: '?' is no plate" in told
    assert "2 problems" in told


def test_an_empty_list_is_a_problem_unless_it_is_meant(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("plate,id\n")
    assert main(["plates", "list", "check", str(file)]) == 1
    assert "it is empty; expected plates, or a line '# empty: yes'" in capsys.readouterr().out
    file.write_text("# empty: yes\nplate,id\n")
    assert main(["plates", "list", "check", str(file)]) == 0


def test_listed_plates_that_look_alike_are_counted(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(LIST + "I234BCD,x,,,\n")
    assert main(["plates", "list", "check", str(file)]) == 0
    assert "look like another listed one: 2" in capsys.readouterr().out


def test_a_hashed_list_says_the_same_without_a_plate(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, out = tmp_path / "list.key", tmp_path / "hashed.csv"
    assert main(["plates", "list", "key", str(key)]) == 0
    words = ["plates", "list", "hash", str(file), "--key", str(key)]
    assert main([*words, "--out", str(out)]) == 0
    text = out.read_text()
    for part in ("1234", "BCD", "5678", "FGH", "9012", "JKL"):
        assert part not in text
    assert main(words) == 0
    assert capsys.readouterr().out == text
    hashed = read_sheet(out.read_bytes(), "x", Form(9, None, tagger_of(key)), passing_tagger)
    plain = read_sheet(file.read_bytes(), "x", Form(9), lambda: tagger_of(key))

    def said(rows: object) -> list[tuple[object, ...]]:
        assert isinstance(rows, list)
        return sorted((r.tag, r.alike, r.entry, r.group, r.begins, r.ends) for r in rows)

    assert hashed.problems == []
    assert said(hashed.rows) == said(plain.rows)
    assert hashed.head["revision"] == "12"
    assert main(["plates", "list", "check", str(out), "--key", str(key)]) == 0
    assert "3 plates, keyed hashes" in capsys.readouterr().out


def test_what_cannot_be_done_is_said(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none, key = str(tmp_path / "none"), tmp_path / "key"
    assert main(["plates", "list", "check", none]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert main(["plates", "list", "hash", str(file), "--key", none]) == 1
    assert "list key" in capsys.readouterr().err
    main(["plates", "list", "key", str(key)])
    assert main(["plates", "list", "key", str(key)]) == 1
    assert "is there already" in capsys.readouterr().err
    file.write_text("plate\n?\n")
    assert main(["plates", "list", "hash", str(file), "--key", str(key)]) == 1
    assert "is no plate" in capsys.readouterr().err


def test_pipes_are_no_lists_and_no_keys(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main(["plates", "list", "check", str(pipe)]) == 1
    assert "it is no file; expected a list of plates" in capsys.readouterr().err
    assert main(["plates", "list", "check", str(file), "--key", str(pipe)]) == 1
    assert "it is no file" in capsys.readouterr().err


def test_a_hashed_list_does_not_tell_the_plain_lists_order(tmp_path: Path) -> None:
    plain, key, out = tmp_path / "plain.csv", tmp_path / "list.key", tmp_path / "hashed.csv"
    plain.write_text("plate,id\n1234BCD,\n5678FGH,case-2\n9012JKL,\n")
    assert main(["plates", "list", "key", str(key)]) == 0
    words = ["plates", "list", "hash", str(plain), "--key", str(key), "--out", str(out)]
    assert main(words) == 0
    assert "case-2" in out.read_text()
    assert "line-" not in out.read_text()
    tags = [line.split(",")[0] for line in out.read_text().splitlines() if line[:1] not in "#t"]
    assert tags == sorted(tags)
