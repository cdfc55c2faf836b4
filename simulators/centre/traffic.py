"""What the page shows of traffic: each lane's last hour by the minute, what stands, journeys."""

import json
import sqlite3
from typing import Any

import msgspec

from simulators.centre.journeys import JourneyView, journeys

MINUTES = "traffic.minute"
STOPPED = "traffic.stopped"
TAGS = "traffic.tags"

MOST_MINUTES = 60
"""Minutes of each lane that are shown."""

MOST_LANES = 64
MOST_TAGS = 600
MOST_JOURNEYS = 24
MOST_STOPPED = 200


class LaneView(msgspec.Struct, frozen=True, kw_only=True):
    """One lane: its newest minutes as the node told them, oldest first, and what stands in it."""

    node: str
    subject: str
    minutes: list[dict[str, Any]]
    standing: dict[str, Any] | None


class TrafficView(msgspec.Struct, frozen=True, kw_only=True):
    """All lanes of all nodes, and journeys between gates."""

    lanes: list[LaneView]
    journeys: list[JourneyView]


def traffic(db: sqlite3.Connection) -> TrafficView:
    """Read what is known of traffic now."""
    lanes: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for node, subject, data in _newest(db, MINUTES, MOST_MINUTES * MOST_LANES):
        minutes = lanes.setdefault((node, subject), [])
        if len(minutes) < MOST_MINUTES:
            minutes.append(data)
    standing: dict[tuple[str, str], dict[str, Any]] = {}
    for node, subject, data in _newest(db, STOPPED, MOST_STOPPED):
        standing.setdefault((node, subject), data)
    tags = [data for _, _, data in _newest(db, TAGS, MOST_TAGS)]
    return TrafficView(
        lanes=[
            LaneView(
                node=node,
                subject=subject,
                minutes=minutes[::-1],
                standing=_raised(standing.get((node, subject))),
            )
            for (node, subject), minutes in sorted(lanes.items())[:MOST_LANES]
        ],
        journeys=journeys(tags)[:MOST_JOURNEYS],
    )


def _raised(data: dict[str, Any] | None) -> dict[str, Any] | None:
    return data if data is not None and data["state"] == "raised" else None


def _newest(
    db: sqlite3.Connection, stream: str, most: int
) -> list[tuple[str, str, dict[str, Any]]]:
    """Return node, subject and data of the newest records of a stream, newest first."""
    rows = db.execute(
        "SELECT name, subject, body FROM record JOIN node ON node.id = record.node"
        " WHERE stream = ? AND body <> '' ORDER BY record.id DESC LIMIT ?",
        (stream, most),
    )
    return [(node, subject, json.loads(body)["data"]) for node, subject, body in rows]
