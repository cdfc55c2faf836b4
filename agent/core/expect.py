"""What a table of settings expects, and everything that is wrong with one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

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
        wrong = {f"{path}.{name}" for name in table if name not in sound}
        together = _of_whole(sound, kind, path)
        yield from (each for each in together if each.path not in wrong)  # it is not missing too


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
    item = settings_type(_item_type(kind, 0))
    if item is not None and isinstance(value, list):
        inside = [p for n, each in enumerate(value) for p in problems_of(each, item, f"{at}[{n}]")]
        yield from inside
        if inside:
            return
    if get_origin(kind) is dict and isinstance(value, Mapping):
        named, takes = get_args(kind)
        for key, each in value.items():
            yield from _of_value(key, named, f"{at}.{key}, its name")
            yield from _of_value(each, takes, f"{at}.{key}")
        return
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, Wrong):  # a table inside, wrong as a whole
            for key, words in error.__cause__.problems:
                yield Problem(f"{at}{_place(error)}.{key}", words)
            return
        for step in _STEPS.findall(_place(error)):  # into lists of lists, as far as they are lists
            part = _item_type(kind, int(step))
            if part is None or not isinstance(value, list):
                break
            value, kind, at = value[int(step)], part, f"{at}[{step}]"
        yield Problem(at, f"expected {describe(kind)}, not {_shown(value)}")


_STEPS = re.compile(r"\[(\d+)\]")


def _place(error: msgspec.ValidationError) -> str:
    """Return where inside the value it is wrong, such as "[2][0]"."""
    return str(error).partition(" - at ")[2].strip("`").removeprefix("$")


def _item_type(kind: Any, number: int) -> Any:
    """Return what a list of this type takes in one place, None if it is no list."""
    if get_origin(kind) is Annotated:
        return _item_type(get_args(kind)[0], number)
    if get_origin(kind) not in {tuple, list}:
        return None
    takes = get_args(kind)
    if Ellipsis in takes or get_origin(kind) is list:
        return takes[0]
    return takes[number] if number < len(takes) else None


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
    """Return the type of a table of settings, also of one that may be left out; else None."""
    if get_origin(kind) in {Union, UnionType}:
        tables = [table for each in get_args(kind) if (table := settings_type(each))]
        return tables[0] if len(get_args(kind)) == 2 and len(tables) == 1 else None  # noqa: PLR2004
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
    "string": ("text", "texts"),
    "integer": ("a whole number", "whole numbers"),
    "number": ("a number", "numbers"),
    "boolean": ("true or false", "times true or false"),
    "array": ("a list", "lists"),
    "object": ("a table", "tables"),
    "null": ("nothing", "nothings"),
}
"""One and many of each type of JSON Schema."""

_FORMATS = {"date": ("a date", "dates"), "date-time": ("a date with its time", "dates with times")}

_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
    "pattern": "matching",
}


def _describe(schema: Mapping[str, Any], *, many: bool = False) -> str:
    if "$ref" in schema:
        return _TYPES["object"][many]
    if "anyOf" in schema:
        return " or ".join(_describe(each, many=many) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("type", "")
    words = _FORMATS.get(schema.get("format", "")) or _TYPES.get(kind, ("a value", "values"))
    said = words[many]
    if kind == "array":
        said += _described_items(schema)
    return ", ".join(
        [said, *(f"{limit} {schema[key]}" for key, limit in _LIMITS.items() if key in schema)]
    )


def _described_items(schema: Mapping[str, Any]) -> str:
    items = schema.get("items") or next(iter(schema.get("prefixItems", ())), None)
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    count = ""
    if most is not None:
        count = f"{most} " if least == most else f"{least} to {most} "
    elif least:
        count = f"at least {least} "
    of = _describe(items, many=True) if isinstance(items, Mapping) else "values"
    return f" of {count}{of}" if count or isinstance(items, Mapping) else ""
