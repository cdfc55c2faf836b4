"""What a table of settings expects, and everything that is wrong with one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from agent.core.log import clip
from agent.core.settings import Settings, Wrong
from agent.core.text import nearest


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, and what was expected there."""

    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.path}: {self.words}" if self.path else self.words


def problems_of(table: object, kind: type[Settings], path: str) -> Iterator[Problem]:
    """Yield everything wrong with one table, in the order of its keys."""
    if not isinstance(table, Mapping):
        yield Problem(path, f"expected a table with {keys_of(kind)}")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    sound = {}
    for key, value in table.items():
        at = f"{path}.{key}"
        if key not in fields:
            yield Problem(at, f"no such key, expected {keys_of(kind)}{nearest(key, fields)}")
            continue
        takes = fields[key].type
        inner = settings_type(takes)
        found = list(problems_of(value, inner, at) if inner else _of_value(value, takes, at))
        if not found:
            sound[key] = value
        yield from found
    for name, field in fields.items():
        if field.required and name not in table:
            yield Problem(f"{path}.{name}", f"missing; expected {describe(field.type)}")
    if all(name in sound for name, field in fields.items() if field.required):
        yield from _of_whole(sound, kind, path)


def _of_whole(table: Mapping[str, object], kind: type[Settings], path: str) -> Iterator[Problem]:
    """Yield what only the keys together show wrong; `table` has those that are right alone."""
    try:
        msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, Wrong):
            for key, words in error.__cause__.problems:
                yield Problem(f"{path}.{key}", words)
        else:
            yield Problem(path, _plain(error))


def _of_value(value: object, kind: Any, at: str) -> Iterator[Problem]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        where = str(error).partition(" - at ")[2]  # inside a list: which place of it
        if isinstance(error.__cause__, Wrong):  # a table of a list, wrong as a whole
            place = where.strip("`").removeprefix("$")
            yield from (
                Problem(f"{at}{place}.{key}", words) for key, words in error.__cause__.problems
            )
            return
        inside = f" (at {where.strip('`')})" if where else ""
        yield Problem(at, f"expected {describe(kind)}, not {_shown(value)}{inside}")


_CREDENTIALS = re.compile(r"//[^/@\s]*@")


def _shown(value: object) -> str:
    """Show a wrong value, without the password that an address may carry."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{clip(_CREDENTIALS.sub("//…@", value), 60)}"'
    return clip(value, 60)


def _plain(error: msgspec.ValidationError) -> str:
    """Turn msgspec's words into ours: lower case, no code marks."""
    words = str(error).replace("`", "")
    return clip(words[:1].lower() + words[1:], 300)


def settings_type(kind: Any) -> type[Settings] | None:
    """Return `kind` where it is a table of settings itself, else None."""
    return kind if isinstance(kind, type) and issubclass(kind, Settings) else None


def has_required(kind: type[Settings]) -> bool:
    """Say whether a table of this kind cannot be left out."""
    return any(field.required for field in msgspec.structs.fields(kind))


def needed(kind: type[Settings]) -> str:
    """Return the keys that a table of this kind cannot do without, for a message."""
    fields = msgspec.structs.fields(kind)
    return ", ".join(field.encode_name for field in fields if field.required)


def keys_of(kind: type[Settings]) -> str:
    """Return the keys of a table of this kind, for a message."""
    return ", ".join(field.encode_name for field in msgspec.structs.fields(kind)) or "no keys"


def describe(kind: Any) -> str:
    """Say in a few words what a key takes: `a number, at least 1`."""
    if inner := settings_type(kind):
        return f"a table with {keys_of(inner)}"
    return _describe(msgspec.json.schema(kind))


_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}

_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
    "pattern": "matching",
}


def _describe(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return "a table"
    if "anyOf" in schema:
        return " or ".join(_describe(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    words = _TYPES.get(schema.get("type", ""), "a value")
    if isinstance(items := schema.get("items"), Mapping):
        words += f" of {_describe(items).removeprefix('a ')}"
    return ", ".join(
        [words, *(f"{limit} {schema[key]}" for key, limit in _LIMITS.items() if key in schema)]
    )
