"""What the page and the API show, read from the books."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from simulators.centre.accounts import Account, sums
from simulators.centre.words import LATE_STATE

PASSAGES = "plates.passage"
MOST_NODES = 500
MOST_FAULTS = 50
"""Newest gaps and refusals shown."""

MOST_ROWS = 200
"""Rows one API answer carries; ask again with `after`."""


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """One node: its own words as they came, and the centre's account of its records.

    `state` is the word of its present session, None where there is none yet. `heard` is when it
    last spoke to this centre, None where only the broker's memory speaks for it.
    """

    name: str
    heard: str | None
    state: dict[str, Any] | None
    birth: dict[str, Any] | None
    duties: dict[str, Any] | None
    health: dict[str, Any] | None
    alarms: list[dict[str, Any]]
    accounts: list[Account]


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """One stored record; `id` is the cursor."""

    id: int
    node: str
    received: str
    record: dict[str, Any]


class GapView(msgspec.Struct, frozen=True, kw_only=True):
    """What a node says it dropped; `missing` of the numbers covered never came."""

    id: int
    node: str
    epoch: int
    first: int
    last: int
    missing: int
    dclass: str
    cause: str
    words: str
    received: str


class RefusedView(msgspec.Struct, frozen=True, kw_only=True):
    """Something set aside; its content is only in the books."""

    id: int
    node: str
    epoch: int | None
    sequence: int | None
    topic: str
    reason: str
    times: int
    bytes: int
    received: str


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """Everything but the records."""

    nodes: list[NodeView]
    gaps: list[GapView]
    refused: list[RefusedView]
    refused_count: int


def books(db: sqlite3.Connection) -> Books:
    count = db.execute("SELECT count(*) FROM quarantine").fetchone()[0]
    return Books(nodes=nodes(db), gaps=gaps(db), refused=refused(db), refused_count=count)


def nodes(db: sqlite3.Connection) -> list[NodeView]:
    """Return the nodes by name, at most `MOST_NODES`."""
    accounts: dict[str, list[Account]] = {}
    for account in sums(db).accounts:
        accounts.setdefault(account.node, []).append(account)
    return [
        _node(name, heard, _said(db, node), accounts.get(name, []))
        for node, name, heard in db.execute(
            "SELECT id, name, heard FROM node WHERE name <> '' ORDER BY name LIMIT ?",
            (MOST_NODES,),
        ).fetchall()
    ]


def _said(db: sqlite3.Connection, node: int) -> dict[str, dict[str, Any]]:
    rows = db.execute("SELECT channel, body FROM said WHERE node = ? ORDER BY channel", (node,))
    return {channel: json.loads(body) for channel, body in rows}


def _node(
    name: str, heard: str | None, said: dict[str, dict[str, Any]], accounts: list[Account]
) -> NodeView:
    return NodeView(
        name=name,
        heard=heard,
        state=_present_state(said),
        birth=said.get("birth"),
        duties=said.get("duties"),
        health=said.get("health"),
        alarms=[body for channel, body in said.items() if channel.startswith("alarm/")],
        accounts=accounts,
    )


def _present_state(said: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """Return the state said in the session of the last birth; or one ahead of its birth."""
    born = said.get("birth", {}).get("session", 0)
    states = [said[each] for each in ("state", LATE_STATE) if each in said]
    for state in states:
        if state.get("session", 0) == born:
            return state
    return next((state for state in states if state.get("session", 0) > born), None)


def records(
    db: sqlite3.Connection, after: int, stream: str | None = None, node: str | None = None
) -> Sequence[RecordView]:
    """Return the records that arrived after a cursor, in that order."""
    rows = db.execute(
        f"{_RECORD} WHERE record.id > ? AND (? IS NULL OR stream = ?) AND (? IS NULL OR name = ?)"
        " AND body <> '' ORDER BY record.id LIMIT ?",
        (after, stream, stream, node, node, MOST_ROWS),
    )
    return [_record(*row) for row in rows]


def newest_passages(db: sqlite3.Connection, most: int) -> Sequence[RecordView]:
    """Return the passages that arrived last, in the order in which they came."""
    rows = db.execute(
        f"{_RECORD} WHERE stream = ? AND body <> '' ORDER BY record.id DESC LIMIT ?",
        (PASSAGES, most),
    )
    return [_record(*row) for row in rows][::-1]


_RECORD = "SELECT record.id, name, received, body FROM record JOIN node ON node.id = record.node"


def _record(ident: int, node: str, received: str, body: str) -> RecordView:
    return RecordView(id=ident, node=node, received=received, record=json.loads(body))


def gaps(db: sqlite3.Connection) -> list[GapView]:
    """Return the newest gaps, newest first."""
    rows = db.execute(
        "SELECT gap.id, name, epoch, first, last, last - first + 1 - (SELECT count(*) FROM record"
        " AS r WHERE r.node = gap.node AND r.epoch = gap.epoch AND r.sequence BETWEEN gap.first"
        " AND gap.last), dclass, cause, words, received"
        " FROM gap JOIN node ON node.id = gap.node ORDER BY gap.id DESC LIMIT ?",
        (MOST_FAULTS,),
    )
    names = GapView.__struct_fields__
    return [GapView(**dict(zip(names, row, strict=True))) for row in rows]


def refused(db: sqlite3.Connection) -> list[RefusedView]:
    """Return what was set aside last, newest first."""
    rows = db.execute(
        "SELECT quarantine.id, name, epoch, sequence, topic, reason, times, bytes, received"
        " FROM quarantine JOIN node ON node.id = quarantine.node"
        " ORDER BY received DESC, quarantine.id DESC LIMIT ?",
        (MOST_FAULTS,),
    )
    names = RefusedView.__struct_fields__
    return [RefusedView(**dict(zip(names, row, strict=True))) for row in rows]
