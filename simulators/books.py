"""What the agent committed and what the centre holds, each read from its own file."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

WAIT_S = 5.0
"""How long to wait for the writer of a file."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The agent's own account: the highest number it ever gave, and what it has not delivered."""

    epoch: int
    highest: int
    waiting: frozenset[int]


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every number that the agent gave."""

    committed: int
    stored: int
    gaps: int
    waiting: int
    """Still on the agent's disk."""
    lost: int
    refused: int
    """Messages that the centre set aside as no valid record."""


@dataclass(frozen=True, slots=True)
class Told:
    """One passage as the centre has it."""

    text: str
    first_seen: datetime
    last_seen: datetime

    def __repr__(self) -> str:
        return f"Told({self.last_seen:%H:%M:%S})"


class _Plate(msgspec.Struct, frozen=True):
    text: str | None = None


class _Data(msgspec.Struct, frozen=True):
    plate: _Plate
    first_seen: datetime
    last_seen: datetime


class _Record(msgspec.Struct, frozen=True):
    data: _Data


class _Duty(msgspec.Struct, frozen=True):
    name: str
    state: str
    words: str
    since: datetime


class _Duties(msgspec.Struct, frozen=True):
    duties: tuple[_Duty, ...]


@dataclass(frozen=True, slots=True)
class Seeing:
    """The last the centre heard of the duty: how it is, why, and since when."""

    state: str
    words: str
    since: datetime


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=WAIT_S)
    try:
        yield db
    finally:
        db.close()


def committed(outbox: Path) -> Committed:
    """Read the outbox of an agent that has ended (older SQLite bears one process only)."""
    with _reading(outbox) as db:
        highest = _one(db, "SELECT seq FROM sqlite_sequence WHERE name = 'record'") or 0
        epoch = _one(db, "SELECT value FROM fact WHERE name = 'epoch'") or 0
        waiting = frozenset(number for (number,) in db.execute("SELECT sequence FROM record"))
    return Committed(int(epoch), int(highest), waiting)


def _one(db: sqlite3.Connection, statement: str, *values: object) -> Any:
    row = db.execute(statement, values).fetchone()
    return None if row is None else row[0]


class CentreBooks:
    """The centre's file, read only; before the centre has made it there is nothing in it."""

    def __init__(self, path: Path, node: str) -> None:
        self._path = path
        self._node = node

    def stored(self, epoch: int) -> set[int]:
        """Return the numbers of the node's records that the centre has stored."""
        return {
            number
            for (number,) in self._rows(
                "SELECT sequence FROM record JOIN node ON node.id = record.node "
                "WHERE node.name = ? AND epoch = ?", self._node, epoch,
            )
        }  # fmt: skip

    def gaps(self, epoch: int) -> set[int]:
        """Return the numbers that the node itself has told as gaps."""
        return {
            number
            for first, last in self._rows(
                "SELECT first, last FROM gap JOIN node ON node.id = gap.node "
                "WHERE node.name = ? AND epoch = ? AND first IS NOT NULL", self._node, epoch,
            )
            for number in range(first, last + 1)
        }  # fmt: skip

    def answered(self, epoch: int, highest: int) -> bool:
        """Say whether every number up to `highest` is stored or told as a gap."""
        return set(range(1, highest + 1)) <= self.stored(epoch) | self.gaps(epoch)

    def refused(self) -> int:
        """Return how many messages the centre has set aside as no valid record."""
        return int(next(self._rows("SELECT count(*) FROM quarantine"), (0,))[0])

    def passages(self) -> list[Told]:
        """Return the passages the centre has, in the order of their arrival."""
        told = []
        for (body,) in self._rows(
            "SELECT body FROM record JOIN node ON node.id = record.node "
            "WHERE node.name = ? AND stream = 'plates.passage' ORDER BY record.id", self._node,
        ):  # fmt: skip
            data = msgspec.json.decode(body, type=_Record).data
            told.append(Told(data.plate.text or "", data.first_seen, data.last_seen))
        return told

    def seeing(self, duty: str) -> Seeing | None:
        """Return what the node last said of a duty, None before it has said anything."""
        said = next(
            self._rows(
                "SELECT body FROM said JOIN node ON node.id = said.node "
                "WHERE node.name = ? AND channel = 'duties'", self._node,
            ),
            None,
        )  # fmt: skip
        if said is None:
            return None
        for line in msgspec.json.decode(said[0], type=_Duties).duties:
            if line.name == duty:
                return Seeing(line.state, line.words, line.since)
        return None

    def _rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        if not self._path.exists():
            return iter(())
        with _reading(self._path) as db:
            try:
                return iter(db.execute(statement, values).fetchall())
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # the centre is making its file just now
                    return iter(())
                raise


def account(node: Committed, centre: CentreBooks) -> Account:
    """Add up: a number is at the centre, told as a gap, still on the node's disk, or lost."""
    given = frozenset(range(1, node.highest + 1))
    stored, gaps = centre.stored(node.epoch) & given, centre.gaps(node.epoch) & given
    waiting = node.waiting - stored - gaps
    return Account(
        committed=len(given),
        stored=len(stored),
        gaps=len(gaps - stored),
        waiting=len(waiting),
        lost=len(given - stored - gaps - waiting),
        refused=centre.refused(),
    )
