"""`sereno kinds`: what can be configured, with its settings."""

import argparse
import json

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.config import NodeSettings, StoreSettings
from agent.core.expect import describe
from agent.core.settings import Settings
from agent.registry import CAMERAS, DEVICES, DUTIES, Missing, Registry
from agent.telemetry.settings import BrokerSettings

TITLES = {CAMERAS: "camera", DEVICES: "device", DUTIES: "duty"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="show only the kinds of this name")


def run(arguments: argparse.Namespace) -> int:
    console = Console()
    registry = Registry()
    shown = 0
    fixed: dict[str, type[Settings]] = {
        "node": NodeSettings,
        "broker": BrokerSettings,
        "store": StoreSettings,
    }
    for name, settings in fixed.items():
        if arguments.name in (None, name):
            shown += 1
            console.print(_table(f"[{name}]", "one table of each file", settings))
    for group, title in TITLES.items():
        for name in registry.names(group):
            if arguments.name not in (None, name):
                continue
            shown += 1
            match registry.find(group, name):
                case Missing(words=words):
                    console.print(f"{title} {name}: {words}", markup=False)
                case None:
                    pass  # another process removed the package just now
                case kind:
                    head = f"[{title}.NAME]" + ("" if group == DUTIES else f' kind = "{name}"')
                    console.print(_table(head, kind.what, kind.settings))
    if not shown:
        console.print(
            f"no kind is called {arguments.name!r}; `sereno kinds` lists all", markup=False
        )
        return 1
    return 0


def _table(head: str, what: str, settings: type[Settings]) -> Table:
    table = Table(title=escape(f"{head} — {what}"), title_justify="left")
    for column in ("key", "expected", "default"):
        table.add_column(column, overflow="fold")
    for field in msgspec.structs.fields(settings):
        # rich takes [a-z] for a tag of its own
        table.add_row(field.encode_name, escape(describe(field.type)), escape(_default(field)))
    return table


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    if field.default is not msgspec.NODEFAULT:
        return json.dumps(msgspec.to_builtins(field.default), ensure_ascii=False)
    made = field.default_factory() if callable(field.default_factory) else None
    return json.dumps(msgspec.to_builtins(made), ensure_ascii=False)
