"""What may leave the node under one purpose: a field that is not on the list stays, and is counted.

The last guard before a record is written (contract.md): whoever adds a field to a struct, or fills
one that a purpose does not need, lets nothing out by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, get_args, get_origin

import msgspec

Tree = Mapping[str, "Tree | None"]
"""Listed fields by their names on the wire; of a struct those within it, None for a whole value."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What is left of a record's data, ready to be encoded, and the paths that were dropped."""

    data: Any
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllowList:
    """The fields of one struct that may leave, each by its dotted path: `plate.country`."""

    struct: type[msgspec.Struct]
    tree: Tree

    @classmethod
    def of(cls, struct: type[msgspec.Struct], *paths: str) -> Self:
        """List fields of `struct`; those within a struct are listed one by one.

        Raises:
            ValueError: A path is no field, names a struct instead of its fields, or a field that
                every record must have is not listed and cannot be null.
        """
        tree: dict[str, Any] = {}
        for path in paths:
            _grow(tree, struct, path.split("."), path)
        for path in _missing(struct, tree, ""):
            raise ValueError(f"{struct.__name__}: {path} is not listed, and cannot be left out")
        return cls(struct, tree)

    def passed(self, data: msgspec.Struct) -> Passed:
        """Return the data with every field that is not listed dropped: left out, or null.

        A field that says nothing (null, empty, its default) is not worth dropping.
        """
        dropped: list[str] = []
        kept = _pruned(msgspec.to_builtins(data), self.struct, self.tree, "", dropped)
        return Passed(kept, tuple(dropped))


def leaves(struct: type[msgspec.Struct], within: str = "") -> Iterator[str]:
    """Yield the path of every field that an allow-list may name."""
    for field in msgspec.structs.fields(struct):
        path = f"{within}{field.encode_name}"
        inner = _struct_in(field.type)
        if inner is None:
            yield path
        else:
            yield from leaves(inner, f"{path}.")


def _grow(tree: dict[str, Any], struct: type[msgspec.Struct], names: list[str], path: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    name, *rest = names
    if name not in fields:
        raise ValueError(f"{struct.__name__}: no field {path!r}; there are {', '.join(fields)}")
    inner = _struct_in(fields[name].type)
    if (inner is None) == bool(rest):
        raise ValueError(f"{struct.__name__}: {path!r} must name one field, of no struct")
    if inner is None:
        tree[name] = None
    else:
        _grow(tree.setdefault(name, {}), inner, rest, path)


def _missing(struct: type[msgspec.Struct], tree: Tree, within: str) -> Iterator[str]:
    """Yield fields that are not listed although no record is valid without them."""
    for field in msgspec.structs.fields(struct):
        path, inner = f"{within}{field.encode_name}", _struct_in(field.type)
        subtree = tree.get(field.encode_name)
        if field.encode_name not in tree:
            if field.required and not _nullable(field.type):
                yield path
        elif inner is not None and subtree is not None:
            yield from _missing(inner, subtree, f"{path}.")


def _pruned(
    value: Any, struct: type[msgspec.Struct], tree: Tree, within: str, dropped: list[str]
) -> Any:
    if isinstance(value, list | tuple):
        return [_pruned(each, struct, tree, within, dropped) for each in value]
    if not isinstance(value, dict):
        return value  # null where there might be a struct
    kept: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        name = field.encode_name
        if name not in value:
            continue
        path, subtree, inner = f"{within}{name}", tree.get(name), _struct_in(field.type)
        if name in tree:
            kept[name] = (
                value[name]
                if subtree is None or inner is None
                else _pruned(value[name], inner, subtree, f"{path}.", dropped)
            )
        elif _says_nothing(value[name], field):
            kept[name] = value[name]
        else:
            dropped.append(path)
            if field.required:
                kept[name] = None
    return kept


def _says_nothing(value: Any, field: msgspec.structs.FieldInfo) -> bool:
    if value is None or value in ([], (), {}):
        return True
    return field.default is not msgspec.NODEFAULT and value == msgspec.to_builtins(field.default)


def _nullable(kind: Any) -> bool:
    return kind is None or kind is type(None) or any(_nullable(arg) for arg in get_args(kind))


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """Return the struct that a field holds, one or many of; None where it holds none."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    if isinstance(origin := get_origin(kind), type) and issubclass(origin, Mapping):
        return None  # its keys are data: it leaves as a whole, or not
    found = [inner for arg in get_args(kind) if (inner := _struct_in(arg)) is not None]
    return found[0] if found else None
