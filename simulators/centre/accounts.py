"""The sums: of every number a node ever gave, what became of it here."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

from simulators.centre.ranges import Range, holes


@dataclass(frozen=True, slots=True)
class Account:
    """One node in one epoch; every number from 1 to `highest` is in exactly one of the sums.

    `stored` are valid records, `aside` invalid ones kept in quarantine, `missing` those that the
    node's gap records account for, and `awaited` those it is still asked for.
    """

    node: str
    epoch: int
    highest: int
    stored: int
    aside: int
    missing: int
    awaited: int
    holes: tuple[Range, ...]
    duplicates: int
    quarantined: int
    """Refusals with a number, those among them that contradict a stored record too."""

    @property
    def complete(self) -> bool:
        return self.stored == self.highest


@dataclass(frozen=True, slots=True)
class Summary:
    """All accounts, and what could not be put to any: refused without a readable number."""

    accounts: Sequence[Account]
    keyless: int

    @property
    def lost(self) -> int:
        """Numbers a node gave out that are in no way here: missing, or still awaited."""
        return sum(each.missing + each.awaited for each in self.accounts)


MOST_HOLES = 1000
"""Holes listed in one account; `awaited` counts them all."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the books read-only, beside a running centre or after it.

    Raises:
        sqlite3.Error: There are none, or they cannot be read.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        yield db


def summary(path: Path) -> Summary:
    """Sum up the books in a file.

    Raises:
        sqlite3.Error: There are none, or they cannot be read.
    """
    with reading(path) as db:
        db.execute("BEGIN")  # one state of the books for all sums
        return sums(db)


def sums(db: sqlite3.Connection) -> Summary:
    """Sum up the books; cheap while there are few holes and refusals."""
    keyless = db.execute("SELECT count(*) FROM quarantine WHERE sequence IS NULL").fetchone()[0]
    holders = db.execute(
        "SELECT DISTINCT node.id, name, epoch FROM held JOIN node ON node.id = held.node"
        " ORDER BY name, epoch"
    ).fetchall()
    return Summary([_account(db, *holder) for holder in holders], keyless)


def _account(db: sqlite3.Connection, node: int, name: str, epoch: int) -> Account:
    held = list(
        starmap(
            Range,
            db.execute(
                "SELECT first, last FROM held WHERE node = ? AND epoch = ? ORDER BY first",
                (node, epoch),
            ),
        )
    )
    stored, duplicates = db.execute(
        "SELECT stored, duplicates FROM tally WHERE node = ? AND epoch = ?", (node, epoch)
    ).fetchone() or (0, 0)
    aside = db.execute(
        "SELECT count(DISTINCT sequence) FROM quarantine AS q WHERE node = ? AND epoch = ?"
        " AND sequence IS NOT NULL AND NOT EXISTS (SELECT 1 FROM record AS r WHERE"
        " r.node = q.node AND r.epoch = q.epoch AND r.sequence = q.sequence)",
        (node, epoch),
    ).fetchone()[0]
    quarantined = db.execute(
        "SELECT count(*) FROM quarantine WHERE node = ? AND epoch = ?", (node, epoch)
    ).fetchone()[0]
    open_holes = holes(held)
    answered = sum(each.width for each in held)
    return Account(
        node=name,
        epoch=epoch,
        highest=held[-1].last,
        stored=stored,
        aside=aside,
        missing=answered - stored - aside,
        awaited=sum(each.width for each in open_holes),
        holes=tuple(open_holes[:MOST_HOLES]),
        duplicates=duplicates,
        quarantined=quarantined,
    )
