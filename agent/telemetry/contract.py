"""The published contract, made from the structs: JSON Schemas and an AsyncAPI 3 document.

A control centre is written against these files, never against our Python: they lie in
`docs/contract`, and a copy beside the simulated centre, which imports nothing of ours.
"""

import inspect
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from agent.core.records import Stream
from agent.telemetry.ack import Ack
from agent.telemetry.alarm import Alarm
from agent.telemetry.asyncapi import asyncapi
from agent.telemetry.birth import Birth, schema_urn
from agent.telemetry.cloudevent import CloudEvent
from agent.telemetry.duties import Duties
from agent.telemetry.gap import GAP_STREAM
from agent.telemetry.health import Health
from agent.telemetry.notice import Notice
from agent.telemetry.state import State

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"

WORDS: Mapping[str, type[msgspec.Struct]] = {
    "birth": Birth,
    "state": State,
    "duties": Duties,
    "health": Health,
    "alarm": Alarm,
    "ack": Ack,
    "notice": Notice,
    "record": CloudEvent,
}
"""What is said besides the streams' own data; each is `urn:sereno:schema:<name>:1`."""


def documents(streams: Sequence[Stream]) -> dict[str, str]:
    """Return every file of the contract by its name, as text.

    `streams` are those the duties declare; the outbox's own is added.

    Raises:
        ValueError: Two streams share a name and version, or one takes a reserved name.
    """
    schemas = {f"urn:sereno:schema:{name}:{VERSION}": kind for name, kind in WORDS.items()}
    names = {urn: f"{name}-{VERSION}.json" for urn, name in zip(schemas, WORDS, strict=True)}
    declared = [*streams, GAP_STREAM]
    for stream in declared:
        urn = schema_urn(stream)
        if urn in schemas:
            raise ValueError(f"contract: {urn} is declared twice")
        schemas[urn] = stream.struct
        names[urn] = f"{stream.name}-{stream.version}.json"
    made = {urn: _schema(urn, kind) for urn, kind in schemas.items()}
    found = {names[urn]: _text(schema) for urn, schema in made.items()}
    found["asyncapi.json"] = _text(asyncapi(made, declared))
    return found


def write(streams: Sequence[Stream], out_dir: Path) -> list[Path]:
    """Write the contract into a folder, remove JSON files no longer part of it; return them all."""
    out_dir.mkdir(parents=True, exist_ok=True)
    found = documents(streams)
    for old in out_dir.glob("*.json"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (out_dir / name).write_text(text, "utf-8")
    return [out_dir / name for name in found]


def stale(streams: Sequence[Stream], out_dir: Path) -> list[str]:
    """Return the names of files in a folder that differ from the contract, missing ones too."""
    found = documents(streams)
    there = {path.name: path.read_text("utf-8") for path in out_dir.glob("*.json")}
    return sorted(
        name for name in found.keys() | there.keys() if found.get(name) != there.get(name)
    )


def _schema(urn: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    made = msgspec.json.schema(kind)
    _undent(made)
    return {"$schema": DIALECT, "$id": urn, **made}


def _undent(value: object) -> None:
    """Give docstrings that became descriptions the margin of a text."""
    match value:
        case dict():
            for key, each in value.items():
                if key == "description" and isinstance(each, str):
                    value[key] = inspect.cleandoc(each)
                else:
                    _undent(each)
        case list():
            for each in value:
                _undent(each)
        case _:
            pass  # a leaf describes nothing


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
