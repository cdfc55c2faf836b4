"""Records and words of a node, made by hand from contract.md; nothing of the agent is used."""

import json
from typing import Any

ORG = "ceuta"
NODE = "pole-017"


def topic(channel: str, node: str = NODE) -> str:
    return f"sereno/v1/{ORG}/{node}/up/{channel}"


def passage(text: str = "0000BBB", country: str = "E", **changes: Any) -> dict[str, Any]:
    return {
        "plate": {
            "text": text,
            "country": country,
            "confidence": 0.93,
            "characters": [[each, 0.9] for each in text],
            "alternatives": [],
        },
        "direction": "towards",
        "agreeing": 5,
    } | changes


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
