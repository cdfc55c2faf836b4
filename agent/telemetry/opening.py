"""Opening the outbox: one process only, damage moved aside, the right epoch."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agent.core.clock import Stamp
from agent.core.errors import DeviceError
from agent.telemetry.counter import Counter
from agent.telemetry.gap import Cause
from agent.telemetry.limits import Limits
from agent.telemetry.reserve import Reserve, disk_full
from agent.telemetry.schema import (
    Damaged,
    aside,
    connect,
    kept_aside,
    known_epoch,
    remember_epoch,
)
from agent.telemetry.store import Store
from agent.telemetry.topics import Topics


@dataclass(frozen=True, slots=True)
class Opened:
    """A store ready for use; `damage` says in words what was found wrong, "" if nothing."""

    store: Store
    damage: str = ""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the outbox for this process while the block runs.

    Older versions of SQLite corrupt a WAL that two processes share, and two senders of one
    node's records would answer to each other's acknowledgements.

    Raises:
        DeviceError: Another process has it, or the lock cannot be made.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise DeviceError("outbox", f"cannot make {lock}: {error}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise DeviceError(
                "outbox", f"{path} is in use by process {owner}: one process per outbox"
            ) from error
        with suppress(OSError):  # only words for whoever comes second: a full disk may lack them
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


def opened(path: Path, topics: Topics, limits: Limits, now: Stamp) -> Opened:
    """Open the store, beginning a new one where there is none or only a damaged one.

    On a full disk the reserve is given up for it: an open store can be emptied, a shut one cannot.

    Raises:
        DeviceError: The disk is full, read-only or gone.
    """
    try:
        return _opened(path, topics, limits, now)
    except DeviceError as error:
        if not disk_full(error, path.parent):
            raise
    reserve_of(path, limits).give_up()
    try:
        return _opened(path, topics, limits, now)
    except DeviceError as error:
        if not disk_full(error, path.parent):
            raise
        raise DeviceError(
            "outbox",
            f"cannot open {path}: the disk is full, and the reserve is used up; "
            f"free at least 1 MiB on the disk of {path.parent}",
        ) from error


def reserve_of(path: Path, limits: Limits) -> Reserve:
    """Return the space kept back beside a store."""
    return Reserve(path.with_name(path.name + ".reserve"), limits.reserve_bytes)


def _opened(path: Path, topics: Topics, limits: Limits, now: Stamp) -> Opened:
    damage = ""
    try:
        try:
            db = connect(path)
        except Damaged as error:
            kept = aside(path)
            damage = f"{error}; the damaged file is kept as {kept.name}"
            db = connect(path)
        if not damage and (old := kept_aside(path)):
            damage = f"earlier; {', '.join(each.name for each in old)} not yet collected"
        try:
            return Opened(_numbered(db, path, topics, limits, now, damage), damage)
        except BaseException:
            db.close()
            raise
    except (sqlite3.Error, OSError, Damaged) as error:
        raise DeviceError("outbox", f"cannot open {path}: {error}") from error


def _numbered(  # noqa: PLR0913, PLR0917 - the parts of one opening
    db: sqlite3.Connection, path: Path, topics: Topics, limits: Limits, now: Stamp, damage: str
) -> Store:
    counter = epochs(path)
    epoch = known_epoch(db)
    if epoch is None:
        had_one = counter.last() is not None
        epoch = counter.next(now)
        store = Store(db, topics, limits, epoch)
        if damage or had_one:
            # How many records were lost cannot be known: one number stands for them.
            store.reserve(1, Cause.DAMAGED, (damage or "the earlier store is gone")[:200])
        remember_epoch(db, epoch)  # last: until here a crash only costs an epoch
        return store
    store = Store(db, topics, limits, epoch)
    last = counter.last()
    if last is None or last < epoch:
        counter.keep(epoch)
    elif last > epoch:
        # An older store was put back: its successors have used the epochs in between.
        store.renumber(counter.next(now))
    return store


def epochs(path: Path) -> Counter:
    """Return the count of outboxes this node has had."""
    return Counter(path.with_name("epoch"), "epoch")


def sessions(path: Path) -> Counter:
    """Return the count of connections this node has made."""
    return Counter(path.with_name("session"), "session number")
