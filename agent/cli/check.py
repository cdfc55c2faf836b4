"""`sereno check FILE`: every problem of a configuration at once."""

import argparse
from pathlib import Path

from rich.console import Console

from agent.config import Problems, load
from agent.registry import Registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the configuration file")


def run(arguments: argparse.Namespace) -> int:
    console = Console(soft_wrap=True, highlight=False)
    try:
        config = load(arguments.file, Registry())
    except Problems as problems:
        for problem in problems.problems:
            console.print(f"[bold red]✗[/] {problems.file}: ", end="")
            console.print(str(problem), markup=False)
        count = len(problems.problems)
        console.print(f"{count} problem{'s' if count > 1 else ''}")
        return 1
    parts = len(config.cameras) + len(config.devices)
    console.print(
        f"[green]✓[/] {arguments.file}: node {config.node.id} of {config.node.org}, "
        f"{parts} camera{'s' if parts != 1 else ''} and devices, "
        f"duties: {', '.join(part.name for part in config.duties) or 'none'}"
    )
    return 0
