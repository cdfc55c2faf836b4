"""The centre's books: every record once, every number answered for, in one SQLite file."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import starmap
from pathlib import Path
from types import TracebackType
from typing import Self

from simulators.centre.arrivals import Arrival
from simulators.centre.ranges import MOST_NAKS, Ack, Range, acknowledgement
from simulators.centre.transaction import Commit, Holder, Transaction
from simulators.centre.words import Word

MOST_RETENTION_S = 100 * 365 * 86400
"""Longer than any law; beyond it dates run out."""

FORMAT = 1
"""`PRAGMA user_version` of the file."""


def iso(moment: datetime) -> str:
    """Return the form of time in all the books: UTC, sortable as text."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


class Store:
    """The only writer. One thread uses it; what `commit` returned survives a power cut."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            sqlite3.Error: It cannot be opened, or belongs to another version.
        """
        self._db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA foreign_keys=ON")
        self._db.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            self._db.close()
            raise sqlite3.DatabaseError(f"centre: {path} has format {found}, expected {FORMAT}")
        self._db.executescript((files(__package__) / "tables.sql").read_text("utf-8"))
        self._db.execute(f"PRAGMA user_version={FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def commit(self, arrivals: Sequence[Arrival], words: Sequence[Word], received: str) -> Commit:
        """Store everything in one transaction; all of it, or nothing.

        `received` is the time now, ISO 8601 in UTC. `holders` of the result are those an
        acknowledgement is owed to, duplicates included: their first one may have been lost.

        Raises:
            sqlite3.Error: Nothing was stored (disk full, locked, damaged).
        """
        self._db.execute("BEGIN IMMEDIATE")
        try:
            done = Transaction(self._db, received).write(arrivals, words)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        return done

    def erase(self, now: datetime) -> int:
        """Erase what records say once their stream's retention is over; return how many.

        The node declares it at birth (`retention_s`), counted here from the arrival. The number
        stays, so that a late duplicate is not stored anew.

        Raises:
            sqlite3.Error: Nothing was erased.
        """
        births = self._db.execute("SELECT node, body FROM said WHERE channel = 'birth'").fetchall()
        erased = 0
        for node, body in births:
            for stream in json.loads(body).get("streams", ()):
                last = now - timedelta(seconds=min(stream["retention_s"], MOST_RETENTION_S))
                erased += self._db.execute(
                    "UPDATE record SET body = '', subject = '' WHERE stream = ? AND node = ?"
                    " AND received < ? AND body <> ''",
                    (stream["name"], node, iso(last)),
                ).rowcount
        return erased

    def ack(self, holder: Holder) -> Ack:
        """Return what a node may be told about one epoch; only committed rows count."""
        rows = self._db.execute(
            "SELECT first, last FROM held JOIN node ON node.id = held.node"
            " WHERE name = ? AND epoch = ? ORDER BY first LIMIT ?",
            (*holder, MOST_NAKS + 2),  # one more than can be named, one for a leading hole
        )
        return acknowledgement(holder.epoch, list(starmap(Range, rows)))
