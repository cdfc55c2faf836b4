"""The outbox's file: its tables, and opening one that can be trusted."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

APPLICATION_ID = 0x5345524F  # "SERO": another program's database is not ours to fill
VERSION = 1

MOST_ASIDE = 3
"""Damaged files kept: on a failing card they would fill the disk."""

log = logging.getLogger(__name__)

_TABLES = """
CREATE TABLE record (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,  -- survives deletion: never given twice
    room TEXT NOT NULL,     -- the class whose room it takes, or 'gap', which is outside all bounds
    stream TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    kept_s REAL,            -- UTC seconds since 1970; null until the clock is set
    parked TEXT,            -- why it is no longer sent; null: to be sent
    event BLOB NOT NULL     -- the CloudEvent, as it travels
);
CREATE INDEX record_by_room ON record (room, sequence, bytes);
CREATE INDEX record_parked ON record (sequence) WHERE parked IS NOT NULL;
CREATE TABLE gap (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    dclass TEXT NOT NULL,
    cause TEXT NOT NULL,
    words TEXT NOT NULL,
    told INTEGER            -- the sequence of the gap record that says so; null: not yet said
);
CREATE INDEX gap_by_last ON gap (last);
CREATE INDEX gap_by_told ON gap (told);
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Damaged(Exception):
    """The file is no outbox that can be trusted; the message says why."""


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the file, durable to the last commit (WAL, synchronous=FULL).

    Raises:
        Damaged: What is there is not a sound outbox.
        sqlite3.OperationalError: The disk is full, read-only or gone.
    """
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        _prepare(db)
    except sqlite3.OperationalError:
        db.close()
        raise
    except (sqlite3.DatabaseError, Damaged) as error:
        db.close()
        raise Damaged(str(error)) from error
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    (ident,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    new = (ident, version) == (0, 0) and not _tables(db)
    if not new and ident != APPLICATION_ID:  # before anything is changed in it
        raise Damaged(f"application id {ident:#x}, expected {APPLICATION_ID:#x}")
    if not new and version != VERSION:
        raise Damaged(f"an outbox of version {version}, expected {VERSION}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA journal_size_limit = 4194304")  # give the disk back after a burst
    if new:
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in _TABLES.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        return
    with closing(db.execute("PRAGMA quick_check(1)")) as check:
        (verdict,) = check.fetchone()
    if verdict != "ok":
        raise Damaged(verdict)


def _tables(db: sqlite3.Connection) -> int:
    (count,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return int(count)


def remember_epoch(db: sqlite3.Connection, epoch: int) -> None:
    """Write into the file which epoch its numbers belong to."""
    db.execute("INSERT OR REPLACE INTO fact VALUES ('epoch', ?)", (epoch,))


def known_epoch(db: sqlite3.Connection) -> int | None:
    """Return the epoch of the file's numbers, None in a file just made."""
    row = db.execute("SELECT value FROM fact WHERE name = 'epoch'").fetchone()
    return None if row is None else int(row[0])


def kept_aside(path: Path) -> list[Path]:
    """Return the damaged files that lie beside the store, oldest first."""
    found = path.parent.glob(f"{path.name}.damaged-*")
    return sorted((each for each in found if _number(each)), key=_number)


def aside(path: Path) -> Path:
    """Move a damaged file and its journals away; return its new place. The newest few are kept."""
    old_ones = kept_aside(path)
    number = _number(old_ones[-1]) + 1 if old_ones else 1
    kept = path.with_name(f"{path.name}.damaged-{number}")
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.replace(kept.with_name(kept.name + suffix))
    for each in kept_aside(path)[:-MOST_ASIDE]:
        for suffix in ("-wal", "-shm", ""):
            each.with_name(each.name + suffix).unlink(missing_ok=True)
        log.warning("removed %s, which nobody collected: %d newer ones stay", each, MOST_ASIDE)
    return kept


def _number(damaged: Path) -> int:
    """Return which damaged file this is, 0 where it is none but a journal."""
    number = damaged.name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
