"""The account of missing numbers: exact ranges, merged while they wait to be told."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.telemetry.gap import Cause, Gap, GapClass


@dataclass(frozen=True, slots=True)
class Missing:
    """Numbers that no record will ever carry, `first` to `last`, both included."""

    first: int
    last: int
    dclass: GapClass
    cause: Cause
    words: str = ""

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def told(self) -> Gap:
        return Gap(
            dclass=self.dclass,
            first=self.first,
            last=self.last,
            count=self.count,
            cause=self.cause,
            words=self.words,
        )


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the unbroken ranges in rising numbers, ends included."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


def note(db: sqlite3.Connection, missing: Missing) -> None:
    """Add a range to the account, one with the range before or after where they touch."""
    first, last = missing.first, missing.last
    alike = "AND dclass = ? AND cause = ? AND words = ? AND told IS NULL"
    kind = (missing.dclass, missing.cause.value, missing.words)
    before = db.execute(f"SELECT first FROM gap WHERE last = ? {alike}", (first - 1, *kind))  # noqa: S608
    if (row := before.fetchone()) is not None:
        db.execute("DELETE FROM gap WHERE first = ?", row)
        first = row[0]
    after = db.execute(f"SELECT last FROM gap WHERE first = ? {alike}", (last + 1, *kind))  # noqa: S608
    if (row := after.fetchone()) is not None:
        db.execute("DELETE FROM gap WHERE first = ?", (last + 1,))
        last = row[0]
    db.execute(
        "INSERT OR REPLACE INTO gap (first, last, dclass, cause, words) VALUES (?, ?, ?, ?, ?)",
        (first, last, *kind),
    )


def untold(db: sqlite3.Connection, most: int) -> list[Missing]:
    """Return the oldest ranges that no gap record names yet."""
    rows = db.execute(
        "SELECT first, last, dclass, cause, words FROM gap WHERE told IS NULL "
        "ORDER BY first LIMIT ?",
        (most,),
    )
    return [Missing(a, b, dclass, Cause(cause), words) for a, b, dclass, cause, words in rows]


def tell(db: sqlite3.Connection, missing: Missing, sequence: int) -> None:
    """Write down that the gap record `sequence` names this range."""
    db.execute("UPDATE gap SET told = ? WHERE first = ?", (sequence, missing.first))


def covered(db: sqlite3.Connection, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a range that are on account, rising."""
    rows = db.execute(
        "SELECT max(first, ?), min(last, ?) FROM gap WHERE first <= ? AND last >= ? ORDER BY first",
        (first, last, last, first),
    )
    yield from rows


def taken_back(db: sqlite3.Connection) -> list[Missing]:
    """Empty the account; return what was on it, except what stood for rows that are still here."""
    rows = db.execute("SELECT first, last, dclass, cause, words FROM gap ORDER BY first").fetchall()
    db.execute("DELETE FROM gap")
    found: list[Missing] = []
    for first, last, dclass, cause, words in rows:
        here = db.execute(
            "SELECT sequence FROM record WHERE sequence BETWEEN ? AND ?", (first, last)
        )
        parked = {number for (number,) in here}
        for a, b in runs(n for n in range(first, last + 1) if n not in parked):
            found.append(Missing(a, b, dclass, Cause(cause), words))
    return found
