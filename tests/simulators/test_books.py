"""Every number the agent gave is at the centre, told as a gap, waiting, or lost: and lost shows."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import pytest

from agent.telemetry.schema import connect, remember_epoch
from simulators.books import CentreBooks, account, committed

NODE = "pole-017"


def _outbox(folder: Path, *, given: int, waiting: Iterable[int]) -> Path:
    """The agent's own file, as it stands when `given` numbers were given and some still wait."""
    path = folder / "outbox.db"
    with contextlib.closing(connect(path)) as db:
        remember_epoch(db, 7)
        for number in range(1, given + 1):
            db.execute(
                "INSERT INTO record VALUES (?, 'event', 'x', 2, NULL, NULL, '{}')", (number,)
            )
        keep = ",".join(str(number) for number in waiting)
        db.execute(f"DELETE FROM record WHERE sequence NOT IN ({keep})")  # noqa: S608 - numbers
    return path


def _centre(
    folder: Path, *, stored: Iterable[int], gap: tuple[int, int] | None = None, epoch: int = 7
) -> CentreBooks:
    """The centre's own file, made by its own statements."""
    path = folder / "centre.db"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript((files("simulators.centre") / "tables.sql").read_text("utf-8"))
        db.execute("INSERT INTO node VALUES (1, ?, 'now')", (NODE,))
        body = json.dumps(
            {"data": {"plate": {"text": "1234BCD"}, "first_seen": "2030-01-01T00:00:01Z",
                      "last_seen": "2030-01-01T00:00:02Z"}}
        )  # fmt: skip
        for number in stored:
            db.execute(
                "INSERT INTO record (node, epoch, sequence, stream, dclass, subject, time,"
                " received, digest, body)"
                " VALUES (1, ?, ?, 'plates.passage', 'event', 's', 't', 'r', '', ?)",
                (epoch, number, body),
            )
        if gap:
            db.execute(
                "INSERT INTO gap (node, epoch, first, last, dclass, cause, words, record,"
                " received) VALUES (1, 7, ?, ?, 'event', 'full', '', 1, 'r')",
                gap,
            )
        db.commit()
    return CentreBooks(path, NODE)


def test_a_record_that_is_nowhere_is_lost(tmp_path: Path) -> None:
    node = committed(_outbox(tmp_path, given=10, waiting=[10]))
    sums = account(node, _centre(tmp_path, stored=[1, 2, 3, 4, 5, 6, 9]))
    assert (sums.committed, sums.stored, sums.waiting, sums.lost) == (10, 7, 1, 2)


def test_a_gap_that_the_node_told_is_not_lost(tmp_path: Path) -> None:
    node = committed(_outbox(tmp_path, given=10, waiting=[]))
    sums = account(node, _centre(tmp_path, stored=[1, 2, 3, 4, 5, 6, 9, 10], gap=(7, 8)))
    assert (sums.gaps, sums.lost) == (2, 0)


def test_what_the_centre_has_is_not_waiting_even_if_its_word_was_lost(tmp_path: Path) -> None:
    node = committed(_outbox(tmp_path, given=3, waiting=[2, 3]))
    sums = account(node, _centre(tmp_path, stored=[1, 2, 3]))
    assert (sums.waiting, sums.lost) == (0, 0)


def test_records_of_another_epoch_do_not_stand_in_for_ours(tmp_path: Path) -> None:
    node = committed(_outbox(tmp_path, given=3, waiting=[]))
    assert account(node, _centre(tmp_path, stored=[1, 2, 3], epoch=6)).lost == 3


def test_before_the_centre_has_made_its_file_it_has_nothing(tmp_path: Path) -> None:
    books = CentreBooks(tmp_path / "centre.db", NODE)
    assert books.passages() == []
    assert books.seeing("plates") is None
    sqlite3.connect(tmp_path / "centre.db").close()
    assert books.stored(7) == set()


def test_everything_is_answered_when_stored_or_told(tmp_path: Path) -> None:
    books = _centre(tmp_path, stored=[1, 3], gap=(2, 2))
    assert books.answered(7, 3)
    assert not books.answered(7, 4)


def test_passages_are_told_with_their_text_and_time(tmp_path: Path) -> None:
    (told,) = _centre(tmp_path, stored=[1]).passages()
    assert told.text == "1234BCD"
    assert told.last_seen.second == 2
    assert told.text not in repr(told)


def test_a_damaged_centre_file_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "centre.db").write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        CentreBooks(tmp_path / "centre.db", NODE).stored(7)
