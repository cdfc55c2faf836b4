"""The topics as an AsyncAPI 3 document, from the node's side: what it sends and receives."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from agent.core.records import Stream
from agent.telemetry.birth import event_type, schema_urn
from agent.telemetry.cloudevent import MEDIA_TYPE

_PREFIX = "urn:sereno:schema:"
_NODE = "sereno/v1/{org}/{node}"

_PARAMETERS = {
    "org": {"description": "The organisation that runs the nodes."},
    "node": {"description": "The node: its MQTT client id and its certificate's common name."},
}

_RETAINED = {
    "birth": "Who a node is; said on every connection.",
    "state": "What a node is doing; also the will, with a delay of 30 s.",
    "duties": "What a node can do for its city right now, and why not.",
    "health": "How a node's parts are; expires after three periods.",
}


def asyncapi(schemas: Mapping[str, Mapping[str, Any]], streams: Sequence[Stream]) -> dict[str, Any]:
    """Return the document; `schemas` are those of all messages by their `$id`."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}

    def add(name: str, address: str, action: str, words: str, message: dict[str, Any]) -> None:
        parameters = {key: value for key, value in _PARAMETERS.items() if f"{{{key}}}" in address}
        if "{alarm}" in address:
            parameters["alarm"] = {"description": "The alarm's `id`."}
        channels[name] = {
            "address": address,
            "description": words,
            "parameters": parameters,
            "messages": {name: message},
        }
        operations[f"{action}.{name}"] = {
            "action": action,
            "channel": {"$ref": f"#/channels/{name}"},
            "summary": words,
            "bindings": {
                "mqtt": {
                    "qos": 1,
                    "retain": action == "send" and not name.startswith("data."),
                    "bindingVersion": "0.2.0",
                }
            },
        }

    for name, words in _RETAINED.items():
        add(name, f"{_NODE}/up/{name}", "send", words, _message(name, 1))
    alarm_words = "A condition somebody must know of: raised, updated, cleared."
    add("alarm", f"{_NODE}/up/alarm/{{alarm}}", "send", alarm_words, _message("alarm", 1))
    for stream in streams:
        words = f"Batches of {event_type(stream)}, at most 100 records or 64 KiB."
        message = {
            "name": stream.name,
            "contentType": MEDIA_TYPE,
            "payload": {
                "type": "array",
                "maxItems": 100,
                "items": {
                    "allOf": [
                        {"$ref": _place(f"{_PREFIX}record:1")},
                        {"properties": {"data": {"$ref": _place(schema_urn(stream))}}},
                    ]
                },
            },
        }
        add(f"data.{stream.name}", f"{_NODE}/up/data/{stream.name}", "send", words, message)
    ack_words = "What the centre has committed, sent after its commit; nothing else settles."
    add("ack", f"{_NODE}/dn/ack", "receive", ack_words, _message("ack", 1))
    notice_words = "A request to every node of the organisation."
    add("notice", "sereno/v1/{org}/_all/dn/notice", "receive", notice_words, _message("notice", 1))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "sereno/v1",
            "version": "1.0.0",
            "description": "What a node tells its control centre, and what it listens to.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": {_key(urn): _inlined(urn, each) for urn, each in schemas.items()}
        },
    }


def _message(name: str, version: int) -> dict[str, Any]:
    return {
        "name": name,
        "contentType": "application/json",
        "payload": {"$ref": _place(f"{_PREFIX}{name}:{version}")},
    }


def _key(urn: str) -> str:
    return urn.removeprefix(_PREFIX).replace(":", "-")


def _place(urn: str) -> str:
    return f"#/components/schemas/{_key(urn)}"


def _inlined(urn: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema with its own references pointing into this document."""
    fresh = deepcopy(dict(schema))
    for name in ("$schema", "$id"):
        fresh.pop(name, None)
    _repoint(fresh, f"{_place(urn)}/$defs/")
    return fresh


def _repoint(value: object, base: str) -> None:
    match value:
        case dict():
            for key, each in value.items():
                if key == "$ref" and isinstance(each, str):
                    value[key] = each.replace("#/$defs/", base)
                else:
                    _repoint(each, base)
        case list():
            for each in value:
                _repoint(each, base)
        case _:
            pass  # a leaf holds no reference
