"""`sereno read PICTURE…`: read the number plates in photographs."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent.cli.annotate import Copies
from agent.cli.countries import add_countries
from agent.cli.plates_told import ErrorLine, PictureLine, error_line, picture_line, print_table
from agent.core.errors import Rejected
from agent.core.vision import Luma, PlateModels
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.luma import unusable_size
from agent.plates.reading import Limits, read_plates
from drivers.ports.picture import SUFFIXES, read_picture
from models.plates import ShippedPlateModels

Found = tuple[Path, str | None]
"""A picture to read, and what stands in the way of reading it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pictures", nargs="+", type=Path, metavar="PICTURE", help="picture files or folders of them"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON line a picture")
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help="write a copy of each picture with its plates"
    )
    parser.add_argument(
        "--blur", action="store_true", help="take the plates out of those copies, and their texts"
    )
    add_countries(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read every picture; return 1 if one could not be read."""
    syntax = Syntax(shipped_book(), arguments.countries)
    if arguments.blur and not arguments.annotate:
        raise Rejected("--blur: no copies to take plates out of, expected --annotate DIR beside it")
    copies = Copies(arguments.annotate, blur=arguments.blur) if arguments.annotate else None
    pictures = tuple(find(arguments.pictures))
    lines: list[PictureLine | ErrorLine] = []
    failed = False
    # lines on the terminal would tear the bar apart
    shown = _with_progress(pictures) if not (arguments.json and sys.stdout.isatty()) else pictures
    for line in read_each(shown, ShippedPlateModels(), syntax, copies):
        failed |= isinstance(line, ErrorLine)
        if arguments.json:
            print(msgspec.json.encode(line).decode(), flush=True)
        else:
            lines.append(line)
    if not arguments.json:
        print_table(lines, Console())
    return int(failed)


def find(wanted: Sequence[Path]) -> Iterator[Found]:
    """Yield the pictures meant: files as named, folders with everything below them, sorted."""
    for path in wanted:
        if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where it may not look
            yield path, None
            continue
        below = list(_below(path))
        yield from below
        if not below:
            yield path, f"{path}: no pictures in this folder, expected {', '.join(SUFFIXES)}"


def _below(folder: Path) -> Iterator[Found]:
    closed: list[OSError] = []
    for where, folders, names in os.walk(folder, onerror=closed.append):
        folders.sort()
        yield from ((Path(where, n), None) for n in sorted(names) if n.lower().endswith(SUFFIXES))
    for error in closed:
        yield Path(str(error.filename)), f"{error.filename}: {error.strerror}"


def read_each(
    pictures: Iterable[Found], models: PlateModels, syntax: Syntax, copies: Copies | None
) -> Iterator[PictureLine | ErrorLine]:
    """Read the pictures one after the other; what fails is a line too.

    Raises:
        Rejected: The models cannot be used.
    """
    detector, reader = models.load()
    for path, problem in pictures:
        if problem is not None:
            yield error_line(path, problem)
            continue
        try:
            luma = _sound(path)
            reading = read_plates(luma, detector, reader, syntax, Limits())
            if copies is not None:
                found = detector.detect(luma) if copies.blurs else ()
                copies.write(path, luma, reading.plates, found)
        except Rejected as error:
            yield error_line(path, str(error))
        else:
            yield picture_line(path, reading)


def _sound(path: Path) -> Luma:
    luma = read_picture(path).luma
    height, width = luma.shape
    if words := unusable_size(height, width):
        raise Rejected(f"{path}: {words}")
    return luma


def _with_progress(pictures: Sequence[Found]) -> Iterator[Found]:
    """Show a person at a terminal how far it is."""
    console = Console(stderr=True)
    if len(pictures) == 1 or not console.is_terminal:
        yield from pictures
        return
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        yield from progress.track(pictures)
