"""`sereno check FILE`: every problem of a configuration at once."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from agent.config import Part, Problems, load
from agent.registry import Registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the configuration file")


def run(arguments: argparse.Namespace) -> int:
    console = Console(soft_wrap=True, highlight=False)
    try:
        config = load(arguments.file, Registry())
    except Problems as problems:
        for problem in problems.problems:
            console.print("[bold red]✗[/] ", end="")
            console.print(f"{problems.file}: {problem}", markup=False)
        count = len(problems.problems)
        console.print(f"{count} problem{'s' if count > 1 else ''}")
        return 1
    console.print("[green]✓[/] ", end="")
    console.print(
        f"{arguments.file}: node {config.node.id} of {config.node.org}; "
        f"cameras: {_names(config.cameras)}; devices: {_names(config.devices)}; "
        f"duties: {_names(config.duties)}",
        markup=False,
    )
    return 0


def _names(parts: Sequence[Part]) -> str:
    return ", ".join(part.name for part in parts) or "none"
