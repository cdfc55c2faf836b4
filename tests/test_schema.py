"""The published contract is what the structs say today."""

import json
from pathlib import Path

import pytest

from agent.cli import main
from agent.cli.schema import FOLDERS

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_the_contract_in_the_tree_is_current(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["schema", "--into", str(ROOT / folder)])
    assert status == 0, capsys.readouterr().out


def test_a_changed_a_missing_and_a_foreign_file_are_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "--write", "--into", str(tmp_path)]) == 0
    assert main(["schema", "--into", str(tmp_path)]) == 0
    schema = json.loads((tmp_path / "birth-1.json").read_text())
    (tmp_path / "birth-1.json").write_text(json.dumps({**schema, "title": "other"}))
    (tmp_path / "state-1.json").unlink()
    (tmp_path / "foreign-1.json").write_text("{}")
    capsys.readouterr()
    assert main(["schema", "--into", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    for name in ("birth-1.json", "state-1.json", "foreign-1.json"):
        assert f"{tmp_path / name}: not current" in told


def test_a_missing_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--into", str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().out
