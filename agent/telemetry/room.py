"""What goes when a class has outgrown its room or its time: the oldest, each on account."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

from agent.core.records import DataClass
from agent.telemetry import gaps
from agent.telemetry.gap import Cause, GapClass
from agent.telemetry.gaps import Missing
from agent.telemetry.limits import Limits
from agent.telemetry.tally import Tally

GAP = "gap"
"""The room of gap records: outside every bound, since they stand for what is gone."""

ALL = ", ".join(f"'{name}'" for name in (GAP, *(each.value for each in DataClass)))
"""Every room, as an SQL list."""

SLACK = 16
"""A full room is emptied by one part in this many, so that it is not full again at once."""

MOST_AT_ONCE = 10_000
"""Rows one sweep drops; the rest waits for the next one, so that no `put` waits long."""

_Old = tuple[int, int, bool]  # sequence, bytes, parked


def gap_class(room: str) -> GapClass:
    """Return the class to name in a gap for a record that took this room."""
    return "any" if room == GAP else DataClass(room).value


def make(db: sqlite3.Connection, tally: Tally, limits: Limits) -> int:
    """Drop the oldest of every class that may lose some and is over its room."""
    dropped = 0
    for dclass in (DataClass.EVENT, DataClass.SAMPLE, DataClass.DIAG):
        most = limits.room_bytes(dclass)
        if tally.bytes.get(dclass.value, 0) > most:
            excess = tally.bytes[dclass.value] - (most - most // SLACK)
            dropped += _drop(db, tally, dclass, _oldest(db, dclass, excess), Cause.SIZE)
    return dropped


def sweep(db: sqlite3.Connection, tally: Tally, limits: Limits, utc_s: float) -> int:
    """Drop what has waited for too long. Records committed before the clock was set begin now."""
    db.execute("UPDATE record SET kept_s = ? WHERE kept_s IS NULL", (utc_s,))
    dropped = 0
    for dclass in DataClass:
        if (age_s := limits.age_s(dclass)) is not None:
            old = _older(db, dclass, utc_s - age_s)
            dropped += _drop(db, tally, dclass, old, Cause.AGE)
    return dropped


def _oldest(db: sqlite3.Connection, dclass: DataClass, excess: int) -> Iterator[_Old]:
    with closing(
        db.execute(
            "SELECT sequence, bytes, parked IS NOT NULL FROM record WHERE room = ? "
            "ORDER BY sequence",
            (dclass.value,),
        )
    ) as rows:
        for sequence, size, parked in rows:
            if excess <= 0:
                return
            excess -= size
            yield sequence, size, bool(parked)


def _older(db: sqlite3.Connection, dclass: DataClass, before_s: float) -> Iterator[_Old]:
    with closing(
        db.execute(
            "SELECT sequence, bytes, parked IS NOT NULL, kept_s FROM record WHERE room = ? "
            "ORDER BY sequence LIMIT ?",
            (dclass.value, MOST_AT_ONCE),
        )
    ) as rows:
        for sequence, size, parked, kept_s in rows:
            if kept_s >= before_s:
                return
            yield sequence, size, bool(parked)


def _drop(
    db: sqlite3.Connection, tally: Tally, dclass: DataClass, rows: Iterable[_Old], cause: Cause
) -> int:
    old = list(rows)
    db.executemany("DELETE FROM record WHERE sequence = ?", [(sequence,) for sequence, _, _ in old])
    for _, size, parked in old:
        tally.less(dclass.value, size)
        tally.parked -= parked
    # A parked record's number has been on account since it was parked.
    for first, last in gaps.runs(sequence for sequence, _, parked in old if not parked):
        gaps.note(db, Missing(first, last, dclass.value, cause))
    tally.dropped += len(old)
    return len(old)
