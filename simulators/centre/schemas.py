"""The published JSON Schemas, the centre's only knowledge of what a node may say."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import jsonschema

NAMESPACE = "urn:sereno:schema:"
RECORD = f"{NAMESPACE}record:1"
"""The CloudEvents envelope of one record."""


class Schemas:
    """Judges JSON values by the schema named in `$id`."""

    def __init__(self, schemas: Iterable[Mapping[str, Any]]) -> None:
        """Check and compile every schema.

        Raises:
            ValueError: One of them is no JSON Schema, has no `$id`, or an `$id` comes twice.
        """
        self._validators: dict[str, jsonschema.Draft202012Validator] = {}
        for schema in schemas:
            name = schema.get("$id")
            if not isinstance(name, str) or name in self._validators:
                raise ValueError(f"schema: $id {name!r} is missing or used twice")
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
            except jsonschema.SchemaError as error:
                raise ValueError(f"schema {name}: {error.message}") from error
            self._validators[name] = jsonschema.Draft202012Validator(schema)

    def __contains__(self, name: object) -> bool:
        return name in self._validators

    def fault(self, name: str, value: object) -> str | None:
        """Return what is wrong with a value in words, or None where it is right.

        The words name the place and the rule, never the value: it may be a plate.
        """
        validator = self._validators.get(name)
        if validator is None:
            return f"unknown schema {name[:80]}"
        try:
            error = next(validator.iter_errors(value), None)
        except RecursionError:
            return "nested too deeply"
        if error is None:
            return None
        place = "/".join(str(step)[:40] for step in error.absolute_path) or "(top)"
        return f"{place}: {_rule(error)}"


def _rule(error: Any) -> str:
    if error.validator == "required":
        wanted: list[str] = list(error.validator_value or ())
        missing = [key for key in wanted if key not in error.instance]
        return f"lacks {', '.join(missing)}"[:200]
    rule = json.dumps(error.validator_value, ensure_ascii=True)
    return f"expected {error.validator} {rule[:120]}"


def published() -> list[Mapping[str, Any]]:
    """Return the schemas shipped with the centre (generated from the agent's structs)."""
    return load(files(__package__) / "schemas")


def load(folder: Traversable) -> list[Mapping[str, Any]]:
    """Return every `*.json` of a folder that names itself as a schema.

    Raises:
        ValueError: There is none, or a file is no JSON.
    """
    found = [
        json.loads(each.read_text("utf-8"))
        for each in (folder.iterdir() if folder.is_dir() else ())
        if each.name.endswith(".json")
    ]
    if not found:
        raise ValueError(f"schemas: no *.json in {folder}")
    return [each for each in found if "$id" in each]
