"""What the outbox does with its file: every statement on records, in whole transactions."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from agent.core.clock import Stamp
from agent.core.errors import Rejected
from agent.core.records import DataClass, Record, RecordKey
from agent.telemetry import gaps, room
from agent.telemetry.ack import Ack
from agent.telemetry.batch import MOST_EVENT_BYTES, Row
from agent.telemetry.cloudevent import Draft, draft, renumbered
from agent.telemetry.gap import GAP_STREAM, Cause, GapClass
from agent.telemetry.gaps import Missing
from agent.telemetry.limits import Limits
from agent.telemetry.renumber import anew
from agent.telemetry.tally import Tally, recount
from agent.telemetry.topics import Topics

MOST_GAP_RECORDS = 200
"""Gap records under way at once; further ranges wait, merged, in the account."""


@dataclass(frozen=True, slots=True)
class Fill:
    """How full the outbox is; `dropped` and `refused` count since its file was made."""

    rows: int = 0
    bytes: int = 0
    parked: int = 0
    dropped: int = 0
    refused: int = 0
    owes_gaps: bool = False  # gaps on account that no record tells yet
    oldest_utc_s: float | None = None


class Store:
    """Records between commit and settlement. Blocking; for one thread only.

    A failed statement leaves the file and the account of it as they were before the call.
    """

    def __init__(self, db: sqlite3.Connection, topics: Topics, limits: Limits, epoch: int) -> None:
        self.db = db
        self.topics = topics
        self.epoch = epoch
        self._limits = limits
        self._tally = recount(db)

    @property
    def highest(self) -> int:
        """The last number given, 0 at the beginning."""
        return self._tally.highest

    def fill(self) -> Fill:
        """Return how full the store is."""
        tally = self._tally
        return Fill(
            rows=tally.rows,
            bytes=sum(tally.bytes.values()),
            parked=tally.parked,
            dropped=tally.dropped,
            refused=tally.refused,
            owes_gaps=self._one("SELECT 1 FROM gap WHERE told IS NULL LIMIT 1") is not None,
            oldest_utc_s=self._one("SELECT kept_s FROM record ORDER BY sequence LIMIT 1"),
        )

    def append(self, drafts: Sequence[Draft], now: Stamp) -> list[RecordKey | Rejected]:
        """Commit records together, in order; return each one's key, or why it was refused."""
        with self._transaction():
            answers = [self._taken(each, now) for each in drafts]
            room.make(self.db, self._tally, self._limits)
        return answers

    def after(self, cursor: int, upto: int, most_rows: int, most_bytes: int) -> list[Row]:
        """Return the oldest rows to be sent with `cursor` < sequence <= `upto`, rising."""
        found: list[Row] = []
        held = 0
        with closing(
            self.db.execute(
                "SELECT sequence, stream, event FROM record "
                "WHERE sequence > ? AND sequence <= ? AND parked IS NULL ORDER BY sequence LIMIT ?",
                (cursor, upto, most_rows),
            )
        ) as rows:
            for row in rows:
                found.append(Row(*row))
                held += len(row[2])
                if held >= most_bytes:
                    break
        return found

    def these(self, sequences: Sequence[int]) -> list[Row]:
        """Return those of the rows that are still to be sent, in the order asked for."""
        found = []
        for sequence in sequences:
            row = self.db.execute(
                "SELECT sequence, stream, event FROM record WHERE sequence = ? AND parked IS NULL",
                (sequence,),
            ).fetchone()
            if row is not None:
                found.append(Row(*row))
        return found

    def settle(self, ack: Ack) -> int:
        """Forget what the centre has committed; return how many records that were.

        Parked records stay: the centre has their gap, not them.
        """
        settled = 0
        with self._transaction():
            for first, last in _held(ack):
                with closing(
                    self.db.execute(
                        "DELETE FROM record WHERE sequence BETWEEN ? AND ? AND parked IS NULL "
                        "RETURNING room, bytes",
                        (first, last),
                    )
                ) as gone:
                    for where, size in gone.fetchall():
                        self._tally.less(where, size)
                        settled += 1
                self.db.execute("DELETE FROM gap WHERE told BETWEEN ? AND ?", (first, last))
        return settled

    def park(self, sequences: Sequence[int], words: str) -> int:
        """Lay records aside that nobody will take; their numbers become gaps. Return how many."""
        parked = 0
        with self._transaction():
            for sequence in sequences:
                done = self.db.execute(
                    "UPDATE record SET parked = ? WHERE sequence = ? AND parked IS NULL "
                    "RETURNING room",
                    (words, sequence),
                ).fetchall()
                for (where,) in done:
                    parked += 1
                    self._tally.parked += 1
                    dclass: GapClass = room.gap_class(where)
                    missing = Missing(sequence, sequence, dclass, Cause.PARKED, words)
                    gaps.note(self.db, missing)
        return parked

    def release(self) -> int:
        """Send parked records again, under new numbers since the old ones are told as gaps."""
        with self._transaction():
            parked = self.db.execute(
                "SELECT sequence FROM record WHERE parked IS NOT NULL ORDER BY sequence"
            ).fetchall()
            for (sequence,) in parked:
                where, stream, kept_s, event = self.db.execute(
                    "SELECT room, stream, kept_s, event FROM record WHERE sequence = ?", (sequence,)
                ).fetchone()
                number = self._tally.next()
                again = renumbered(event, self.topics.node, self.epoch, number)
                self.db.execute("DELETE FROM record WHERE sequence = ?", (sequence,))
                self._tally.less(where, len(event))
                self._tally.parked -= 1
                self._insert(number, where, stream, kept_s, again)
        return len(parked)

    def tell_gaps(self, now: Stamp, most: int = 50) -> int:
        """Make gap records of the oldest ranges on account; return how many were made.

        Bounded, since every one of them must be sent: the rest stays on account, merged.
        """
        (under_way,) = self.db.execute(
            "SELECT count(*) FROM record WHERE room = ?", (room.GAP,)
        ).fetchone()
        ranges = gaps.untold(self.db, min(most, MOST_GAP_RECORDS - under_way))
        if not ranges:
            return 0
        with self._transaction():
            for missing in ranges:
                number = self._tally.next()
                self._number(_gap_draft(missing, now, self.topics), room.GAP, number, now)
                gaps.tell(self.db, missing, number)
        return len(ranges)

    def unaccounted(self, ack: Ack, most: int) -> list[tuple[int, int]]:
        """Return numbers the centre asks for that are neither held nor on account.

        Looks at the first `most` numbers asked for.
        """
        lost: list[tuple[int, int]] = []
        for first, asked_last in ack.nak:
            last = min(asked_last, first + most - 1, self.highest)
            if last < first:
                break
            most -= last - first + 1
            rows = self.db.execute(
                # By the index, which is small, instead of through the records themselves.
                "SELECT sequence FROM record INDEXED BY record_by_room "  # noqa: S608 - our own words
                f"WHERE room IN ({room.ALL}) AND sequence BETWEEN ? AND ?",
                (first, last),
            )
            known = {number for (number,) in rows}
            for a, b in gaps.covered(self.db, first, last):
                known.update(range(a, b + 1))
            lost += gaps.runs(n for n in range(first, last + 1) if n not in known)
        return lost

    def account(self, ranges: Sequence[tuple[int, int]], cause: Cause) -> None:
        """Put numbers on account that nothing is known of any more."""
        with self._transaction():
            for first, last in ranges:
                gaps.note(self.db, Missing(first, last, "any", cause))

    def reserve(self, count: int, cause: Cause, words: str) -> None:
        """Spend the next `count` numbers on records lost with an earlier store."""
        with self._transaction():
            first = self._tally.next(count)
            missing = Missing(first, first + count - 1, "any", cause, words)
            gaps.note(self.db, missing)
            self._tally.remember_highest(self.db)

    def renumber(self, epoch: int) -> None:
        """Give all that waits numbers of a new epoch (see `renumber.anew`)."""
        with self._transaction():
            anew(self.db, self._tally, self.topics.node, epoch)
        self.epoch = epoch
        self._tally = recount(self.db)

    def sweep(self, now: Stamp) -> int:
        """Drop what is too old, if the clock can be believed; return how many records."""
        if not now.synced:
            return 0
        with self._transaction():
            return room.sweep(self.db, self._tally, self._limits, now.utc.timestamp())

    def _taken(self, record: Draft, now: Stamp) -> RecordKey | Rejected:
        number = self._tally.next()
        event = record.numbered(self.epoch, number)
        if len(event) > MOST_EVENT_BYTES:
            self._tally.highest -= 1  # refused before it was a record: its number is still free
            return Rejected(
                f"outbox: a record of {record.stream} has {len(event)} bytes, "
                f"at most {MOST_EVENT_BYTES} can travel"
            )
        if record.dclass is DataClass.EVIDENCE:
            held = self._tally.bytes.get(record.dclass.value, 0)
            if held + len(event) > self._limits.evidence_bytes:
                missing = Missing(number, number, "evidence", Cause.REFUSED)
                gaps.note(self.db, missing)
                self._tally.remember_highest(self.db)
                self._tally.refused += 1
                return Rejected(
                    f"outbox: no room for evidence of {record.stream}: {held} bytes wait, "
                    f"at most {self._limits.evidence_bytes} may"
                )
        kept_s = now.utc.timestamp() if now.synced else None
        self._insert(number, record.dclass.value, record.stream, kept_s, event)
        return RecordKey(self.epoch, number)

    def _number(self, record: Draft, where: str, number: int, now: Stamp) -> None:
        kept_s = now.utc.timestamp() if now.synced else None
        event = record.numbered(self.epoch, number)
        self._insert(number, where, record.stream, kept_s, event)

    def _insert(
        self, number: int, where: str, stream: str, kept_s: float | None, event: bytes
    ) -> None:
        self.db.execute(
            "INSERT INTO record (sequence, room, stream, bytes, kept_s, event) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (number, where, stream, len(event), kept_s, event),
        )
        self._tally.more(where, len(event))

    def _one(self, query: str) -> float | None:
        row = self.db.execute(query).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        before: Tally = self._tally.copy()
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._tally.write(self.db, before)
            self.db.execute("COMMIT")
        except BaseException:
            self._tally = before
            if self.db.in_transaction:  # a full disk has already rolled back
                self.db.execute("ROLLBACK")
            raise


def _held(ack: Ack) -> Iterator[tuple[int, int]]:
    """Yield the ranges an ack says are committed."""
    begin = 1
    for first, last in sorted(ack.nak):
        if first > begin:
            yield begin, min(first - 1, ack.upto)
        begin = max(begin, last + 1)
    if begin <= ack.upto:
        yield begin, ack.upto


def _gap_draft(missing: Missing, now: Stamp, topics: Topics) -> Draft:
    record = Record(GAP_STREAM, "outbox", now, missing.told())
    return draft(record, topics.source, topics.node)
