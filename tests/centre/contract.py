"""Records and words of a node, made by hand from contract.md; nothing of the agent is used."""

import json
from typing import Any

ORG = "ceuta"
NODE = "pole-017"


def topic(channel: str, node: str = NODE) -> str:
    return f"sereno/v1/{ORG}/{node}/up/{channel}"


def passage(
    text: str | None = "0000BBB", country: str | None = "E", **plate: Any
) -> dict[str, Any]:
    """One vehicle's passage; `plate` changes what its plate says."""
    return {
        "plate": {
            "text": text,
            "raw": text,
            "hash": None,
            "country": country,
            "country_confidence": 0.97,
            "confidence": 0.93,
            "syntax": {"fits": True, "format": "DDDDLLL", "repaired": False, "gain_nats": None},
            "characters": [[each, 0.95] for each in text or ""],
            "alternatives": [],
        }
        | plate,
        "direction": {"along": "approaching", "across": "left"},
        "agreeing": 5,
        "frames": 7,
        "first_seen": "2026-11-22T09:48:10Z",
        "last_seen": "2026-11-22T09:48:11Z",
        "picture": {
            "sha256": "0" * 64,
            "digest_of": "pixels",
            "width": 1280,
            "height": 720,
            "corners": [[0, 0], [9, 0], [9, 3], [0, 3]],
        },
        "camera": "gate",
        "decision": "left",
        "still": False,
        "speed_m_s": None,
    }


def record(
    sequence: int,
    data: dict[str, Any] | None = None,
    *,
    epoch: int = 7,
    node: str = NODE,
    stream: str = "street.test",
    **changes: Any,
) -> dict[str, Any]:
    """One record as the contract shows it."""
    return {
        "specversion": "1.0",
        "id": f"{node}.{epoch}.{sequence}",
        "source": f"urn:sereno:{ORG}:{node}",
        "type": f"sereno.{stream}.v1",
        "subject": "cam0/lane1",
        "time": "2026-11-22T09:48:11.042Z",
        "dataschema": f"urn:sereno:schema:{stream}:1",
        "datacontenttype": "application/json",
        "epoch": epoch,
        "sequence": f"{sequence:016}",
        "dclass": "event",
        "clock": "ntp",
        "clockerrms": 12,
        "purpose": "access-control",
        "data": {"value": sequence} if data is None else data,
    } | changes


def gap(
    sequence: int, first: int, last: int, *, epoch: int = 7, node: str = NODE, **changes: Any
) -> dict[str, Any]:
    """A gap record: the numbers from `first` to `last` will not come."""
    data = {"class": "sample", "from": first, "to": last, "count": last - first + 1}
    data |= {"cause": "size"} | changes
    return record(sequence, data, epoch=epoch, node=node, stream="gap", dclass="evidence")


def batch(*records: object) -> bytes:
    return json.dumps(records).encode()


def birth(node: str = NODE, *, session: int = 12, epoch: int = 7, **changes: Any) -> dict[str, Any]:
    return {
        "org": ORG,
        "node": node,
        "epoch": epoch,
        "session": session,
        "place": {"lat": 35.8883, "lon": -5.3062, "note": "Marina, north kerb"},
        "software": {"version": "0.1.0"},
        "duties": ["plates"],
    } | changes


def duty(state: str = "performing", **changes: Any) -> dict[str, Any]:
    return {
        "name": "plates",
        "state": state,
        "reason": "",
        "words": "",
        "since": "2026-11-22T08:00:00Z",
        "remedy": "",
        "clock": "ntp",
    } | changes


def health(**changes: Any) -> dict[str, Any]:
    return {
        "time": "2026-11-22T09:48:11Z",
        "period_s": 10,
        "outbox": {"rows": 3, "bytes": 2048, "oldest_s": 1.5, "dropped": 0},
    } | changes
