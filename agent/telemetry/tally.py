"""The outbox's running counts, so that no question of how full it is scans the file."""

import sqlite3
from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class Tally:
    """Counts that change only together with the file; copied before each transaction."""

    highest: int = 0
    rows: int = 0
    parked: int = 0
    bytes: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    refused: int = 0

    def copy(self) -> Self:
        return type(self)(
            self.highest, self.rows, self.parked, dict(self.bytes), self.dropped, self.refused
        )

    def next(self, count: int = 1) -> int:
        """Take the next `count` numbers; return the first of them."""
        first = self.highest + 1
        self.highest += count
        return first

    def more(self, room: str, size: int) -> None:
        self.rows += 1
        self.bytes[room] = self.bytes.get(room, 0) + size

    def less(self, room: str, size: int) -> None:
        self.rows -= 1
        self.bytes[room] = self.bytes.get(room, 0) - size

    def remember_highest(self, db: sqlite3.Connection) -> None:
        """Let a number that no row carries survive a restart."""
        db.execute("DELETE FROM sqlite_sequence WHERE name = 'record'")
        db.execute("INSERT INTO sqlite_sequence VALUES ('record', ?)", (self.highest,))

    def write(self, db: sqlite3.Connection, before: "Tally") -> None:
        """Store the counts that no row can tell after a restart."""
        for name in ("dropped", "refused"):
            if getattr(self, name) != getattr(before, name):
                db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, getattr(self, name)))


def recount(db: sqlite3.Connection) -> Tally:
    """Count a file that has just been opened."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'").fetchone()
    facts = dict(db.execute("SELECT name, value FROM fact").fetchall())
    rooms = db.execute("SELECT room, count(*), sum(bytes) FROM record GROUP BY room").fetchall()
    (parked,) = db.execute("SELECT count(*) FROM record WHERE parked IS NOT NULL").fetchone()
    return Tally(
        highest=0 if row is None else row[0],
        rows=sum(count for _, count, _ in rooms),
        parked=parked,
        bytes={room: size for room, _, size in rooms},
        dropped=facts.get("dropped", 0),
        refused=facts.get("refused", 0),
    )
