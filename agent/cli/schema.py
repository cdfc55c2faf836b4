"""`sereno schema`: the contract with central systems, generated from the structs."""

import argparse
from importlib.metadata import entry_points
from pathlib import Path

from agent.core.records import Stream
from agent.telemetry import contract

STREAMS = "sereno.streams"
"""Entry points of functions that return the streams a duty or device declares."""

FOLDERS = (Path("docs/contract"), Path("simulators/centre/schemas"))
"""Where the generated files lie in a checkout: for people, and as the simulated centre's data."""


def declared() -> list[Stream]:
    """Return the streams of everything that is installed, sorted by name."""
    points = entry_points(group=STREAMS)
    streams = [stream for point in points for stream in point.load()()]
    return sorted(streams, key=lambda stream: (stream.name, stream.version))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="write the files (default: compare)")
    parser.add_argument(
        "--into",
        type=Path,
        action="append",
        help=f"the folder, more than once if need be (default: {FOLDERS[0]} and {FOLDERS[1]})",
    )


def run(arguments: argparse.Namespace) -> int:
    stale = 0
    for folder in arguments.into or FOLDERS:
        if arguments.write:
            contract.write(declared(), folder)
            print(f"{folder}: written")
            continue
        for name in contract.stale(declared(), folder) if folder.is_dir() else ["*"]:
            stale += 1
            print(f"{folder / name}: not current, expected what `sereno schema --write` writes")
    return 1 if stale else 0
