"""Beginning the numbers anew while keeping the records.

For when an acknowledgement above the last number ever given shows that the store has forgotten
numbers it once gave: a card that lost what it had promised to have written, or an image restored or
cloned. Going on would give two records one key, and the centre would throw the second away
(decision 0030).
"""

import sqlite3

from agent.telemetry import gaps, room
from agent.telemetry.cloudevent import renumbered
from agent.telemetry.gaps import Missing
from agent.telemetry.schema import remember_epoch
from agent.telemetry.tally import Tally


def anew(db: sqlite3.Connection, tally: Tally, node: str, epoch: int) -> None:
    """Give all that waits numbers of a new epoch, from 1 on, in the same order.

    Losses not yet told come first, under numbers of their own; parked records are sent again.
    Runs inside the caller's transaction, after which `tally` must be counted afresh.
    """
    waiting = db.execute(
        "SELECT sequence FROM record WHERE room <> ? ORDER BY sequence", (room.GAP,)
    ).fetchall()
    owed = gaps.taken_back(db)
    db.execute("DELETE FROM record WHERE room = ?", (room.GAP,))
    # Out of the way first, so that no two rows ever share a number.
    db.execute("UPDATE record SET sequence = -sequence")
    tally.highest = 0
    for missing in owed:
        first = tally.next(missing.count)
        moved = Missing(first, tally.highest, missing.dclass, missing.cause, missing.words)
        gaps.note(db, moved)
    for (old,) in waiting:
        number = tally.next()
        (event,) = db.execute("SELECT event FROM record WHERE sequence = ?", (-old,)).fetchone()
        fresh = renumbered(event, node, epoch, number)
        db.execute(
            "UPDATE record SET sequence = ?, event = ?, bytes = ?, parked = NULL "
            "WHERE sequence = ?",
            (number, fresh, len(fresh), -old),
        )
    tally.remember_highest(db)
    remember_epoch(db, epoch)
