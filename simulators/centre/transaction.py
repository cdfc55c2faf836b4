"""How one batch is written into the books: each record once, each number answered for."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from simulators.centre.arrivals import Arrival, Gap, Kept, Refused
from simulators.centre.ranges import Range, united
from simulators.centre.words import LATE_STATE, Rank, Word, placed

MOST_RAW_BYTES = 64 * 1024
"""How much of a refused payload is kept to look at."""

MOST_KEYLESS = 10_000
"""Refused payloads without a number that are kept for one node; the oldest go first."""

MOST_CHANNELS = 256
"""Retained topics one node may have; a node with more is not a node."""


class Holder(NamedTuple):
    """A node in one of its epochs."""

    node: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Commit:
    """What one transaction did."""

    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    gaps: int = 0
    holders: frozenset[Holder] = field(default_factory=frozenset)


class Transaction:
    """One batch on its way into the books; the caller begins and commits."""

    def __init__(self, db: sqlite3.Connection, received: str) -> None:
        self._db = db
        self._received = received
        self._ids: dict[tuple[str, bool], int] = {}
        self._fresh: defaultdict[Holder, list[Range]] = defaultdict(list)
        self._quarantined = self._gaps = 0
        self._stored: defaultdict[Holder, int] = defaultdict(int)
        self._duplicates: defaultdict[Holder, int] = defaultdict(int)
        self._holders: set[Holder] = set()

    def write(self, arrivals: Sequence[Arrival], words: Sequence[Word]) -> Commit:
        for arrival in arrivals:
            match arrival:
                case Kept():
                    self._keep(arrival)
                case Refused():
                    self._set_aside(arrival)
        for word in words:
            self._note(word)
        for holder, ranges in self._fresh.items():
            self._hold(holder, ranges)
        for holder in self._stored.keys() | self._duplicates.keys():
            self._db.execute(
                "INSERT INTO tally VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " stored = stored + excluded.stored, duplicates = duplicates + excluded.duplicates",
                (
                    self._id(holder.node),
                    holder.epoch,
                    self._stored[holder],
                    self._duplicates[holder],
                ),
            )
        return Commit(
            stored=sum(self._stored.values()),
            duplicates=sum(self._duplicates.values()),
            quarantined=self._quarantined,
            gaps=self._gaps,
            holders=frozenset(self._holders),
        )

    def _id(self, node: str, *, live: bool = True) -> int:
        """Return the node's row; `live` says that it spoke just now, not the broker for it."""
        if (node, live) not in self._ids:
            row = self._db.execute(
                "INSERT INTO node (name, heard) VALUES (?, ?) ON CONFLICT DO UPDATE"
                " SET heard = coalesce(excluded.heard, heard) RETURNING id",
                (node, self._received if live else None),
            ).fetchone()
            self._ids[node, live] = row[0]
        return self._ids[node, live]

    def _keep(self, record: Kept) -> None:
        holder = Holder(record.node, record.epoch)
        self._holders.add(holder)
        key = (self._id(record.node), record.epoch, record.sequence)
        known = self._db.execute(
            "SELECT digest FROM record WHERE node = ? AND epoch = ? AND sequence = ?", key
        ).fetchone()
        if known is None:
            self._insert(key, record)
        elif known[0] == record.digest:
            self._duplicates[holder] += 1
        else:
            # A node that re-made its store without a new epoch would otherwise lose its
            # records here in silence, as duplicates.
            self._set_aside(
                Refused(
                    node=record.node,
                    topic="",
                    reason="same epoch and sequence as a stored record, other content",
                    raw=record.body.encode(),
                    epoch=record.epoch,
                    sequence=record.sequence,
                )
            )

    def _insert(self, key: tuple[int, int, int], record: Kept) -> None:
        row = self._db.execute(
            "INSERT INTO record (node, epoch, sequence, stream, dclass, subject, time, received,"
            " digest, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *key,
                record.stream,
                record.dclass,
                record.subject,
                record.time,
                self._received,
                record.digest,
                record.body,
            ),
        )
        holder = Holder(record.node, record.epoch)
        self._stored[holder] += 1
        self._fresh[holder].append(Range(record.sequence, record.sequence))
        if record.gap is not None and row.lastrowid is not None:
            self._book(key[0], holder, record.gap, row.lastrowid)

    def _book(self, node: int, holder: Holder, gap: Gap, record: int) -> None:
        """Answer for the numbers a gap covers; those that came after all stay as they are."""
        self._gaps += 1
        self._fresh[holder].append(gap.covers)
        self._db.execute(
            "INSERT INTO gap (node, epoch, first, last, dclass, cause, words, record, received)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(node, holder.epoch, *gap.covers),
                *(gap.dclass, gap.cause, gap.words, record, self._received),
            ),
        )

    def _set_aside(self, refused: Refused) -> None:
        node = self._id(refused.node)
        self._quarantined += 1
        self._db.execute(
            "INSERT INTO quarantine (node, epoch, sequence, topic, reason, received, times,"
            " bytes, digest, raw) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET times = times + 1, received = excluded.received",
            (
                node,
                refused.epoch,
                refused.sequence,
                refused.topic,
                refused.reason,
                self._received,
                len(refused.raw),
                hashlib.sha256(refused.raw).digest(),
                refused.raw[:MOST_RAW_BYTES],
            ),
        )
        if refused.epoch is not None and refused.sequence is not None:
            holder = Holder(refused.node, refused.epoch)
            self._holders.add(holder)
            self._fresh[holder].append(Range(refused.sequence, refused.sequence))
        else:
            self._db.execute(
                "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine"
                " WHERE node = ? AND sequence IS NULL ORDER BY id DESC LIMIT -1 OFFSET ?)",
                (node, MOST_KEYLESS),
            )

    def _note(self, word: Word) -> None:
        node = self._id(word.node, live=not word.retained)
        rows = self._db.execute("SELECT channel, epoch, session FROM said WHERE node = ?", (node,))
        known = {row[0]: Rank(row[1] or 0, row[2] or 0) for row in rows}
        if word.body is None:
            self._db.execute(
                "DELETE FROM said WHERE node = ? AND channel = ?", (node, word.channel)
            )
            return
        channel = placed(word, known)
        if channel == "birth" and (word.epoch or 0) > known.get("birth", Rank(0, 0)).epoch:
            # A new card: what was said in the sessions of the old one is over.
            self._db.execute(
                "DELETE FROM said WHERE node = ? AND channel IN ('state', ?) AND session IS NOT ?",
                (node, LATE_STATE, word.session),
            )
        if channel is not None and (channel in known or len(known) < MOST_CHANNELS):
            # The broker repeats its retained words to us: that is no news from the node.
            self._db.execute(
                "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " epoch = excluded.epoch, session = excluded.session, body = excluded.body,"
                " received = iif(? AND body = excluded.body, received, excluded.received)",
                (
                    *(node, channel, word.epoch, word.session, self._received, word.body),
                    word.retained,
                ),
            )

    def _hold(self, holder: Holder, ranges: Iterable[Range]) -> None:
        key = (self._id(holder.node), holder.epoch)
        for fresh in united(ranges):
            # The ranges that overlap or touch: those that begin inside, and the one before.
            touched = self._db.execute(
                "SELECT first, last FROM held WHERE node = ? AND epoch = ? AND first <= ?"
                " AND last >= ? AND first >= coalesce((SELECT max(first) FROM held"
                " WHERE node = ? AND epoch = ? AND first <= ?), 0)",
                (*key, fresh.last + 1, fresh.first - 1, *key, fresh.first),
            ).fetchall()
            first = min([fresh.first, *(row[0] for row in touched)])
            last = max([fresh.last, *(row[1] for row in touched)])
            self._db.executemany(
                "DELETE FROM held WHERE node = ? AND epoch = ? AND first = ?",
                [(*key, row[0]) for row in touched],
            )
            self._db.execute("INSERT INTO held VALUES (?, ?, ?, ?)", (*key, first, last))
