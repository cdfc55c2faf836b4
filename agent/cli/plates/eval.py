"""`sereno plates eval DIR|CSV`: how well the node's models read your own labelled pictures."""

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from agent.cli.countries import add_countries
from agent.cli.plates.eval_told import print_evaluation
from agent.cli.plates.progress import with_progress
from agent.core.errors import Rejected
from agent.core.log import clip
from agent.core.vision import Luma
from agent.plates.evaluate.figures import figures_of
from agent.plates.evaluate.judge import Judge
from agent.plates.evaluate.labelled import Truth
from agent.plates.evaluate.report import Report, picture_lines, write_json
from agent.plates.evaluate.run import judged
from agent.plates.evaluate.sheet import as_many_crops_as_cards, misses, write_sheets
from agent.plates.evaluate.truth import find_truth
from agent.plates.evaluate.view import View
from agent.plates.evaluate.yolo import Labels
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from drivers.ports.picture import SUFFIXES, read_picture
from models.plates import ShippedPlateModels

SHEET = Path("build") / "plates-eval"
"""Where the contact sheets go: a folder that git ignores, because plates are personal data."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_set_arguments(parser)
    parser.add_argument(
        "--view",
        choices=[view.value for view in View],
        help="show pictures whole, padded with a border, or as one quad "
        "(default: whole; padded where they are cut-out plates)",
    )
    parser.add_argument(
        "--sheet", type=Path, default=SHEET, metavar="DIR", help="where the contact sheet goes"
    )
    parser.add_argument("--no-sheet", action="store_true", help="write no contact sheet")


def add_set_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what names a set of labelled pictures, and how to read it."""
    parser.add_argument("set", type=named, metavar="DIR|CSV", help="labelled pictures")
    add_countries(parser)
    parser.add_argument(
        "--no-plates", action="store_true", help="no picture of the folder has a plate"
    )
    parser.add_argument(
        "--labels",
        choices=[kind.value for kind in Labels],
        default=Labels.AUTO.value,
        help="what YOLO boxes stand for (default: told by their classes)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    parser.add_argument(
        "--show-text", action="store_true", help="print plates and names of pictures unmasked"
    )


def named(text: str) -> Path:
    """Return the path that was given: nothing names nothing, and not the folder one is in."""
    if not text:
        raise argparse.ArgumentTypeError("is empty, expected a folder of pictures or a CSV file")
    return Path(text)


def run(arguments: argparse.Namespace) -> int:
    """Judge the set; return 1 if pictures of it could not be read."""
    truth = truth_of(arguments)
    syntax = Syntax(shipped_book(), arguments.countries)
    outputs = [arguments.json, None if arguments.no_sheet else arguments.sheet / "misses-001.png"]
    check_writable(path for path in outputs if path is not None)
    models = ShippedPlateModels()
    view = View(arguments.view) if arguments.view else View.PADDED if truth.crops else View.WHOLE
    judge = Judge(*models.load(), syntax, view=view)
    pictures = with_progress(truth.pictures, "Judging")
    judgements = judged(pictures, judge, open_luma)
    scores = list(as_many_crops_as_cards(judgements, complete=truth.complete))
    figures = figures_of(scores, complete=truth.complete)
    report = Report(
        set=clip(truth.name),
        form=truth.form,
        view=view.value,
        countries=arguments.countries,
        models=dict(models.digests()),
        notes=truth.notes,
        figures=figures,
        pictures=picture_lines(scores, complete=truth.complete, show=arguments.show_text),
    )
    print_evaluation(report, Console(), show=arguments.show_text)
    if arguments.json:
        write_json(report, arguments.json)
    if not arguments.no_sheet:
        missed = misses(scores, complete=truth.complete)
        print_sheets(len(missed), write_sheets(missed, arguments.sheet))
    return int(figures.unreadable > 0)


def print_sheets(missed: int, pages: Sequence[Path]) -> None:
    """Say where the contact sheets are."""
    if pages:
        last = f" .. {pages[-1].name}" if len(pages) > 1 else ""
        print(f"contact sheet of {missed} misses: {pages[0]}{last}")


def check_writable(paths: Iterable[Path]) -> None:
    """Find out before an hour's work whether its figures can be written there.

    Raises:
        Rejected: One cannot; says which and why.
    """
    for path in paths:
        folder = next(above for above in path.absolute().parents if above.exists())
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK) or path.is_dir():
            raise Rejected(f"{path}: cannot be written; expected a file in a folder of yours")


def truth_of(arguments: argparse.Namespace) -> Truth:
    """Read the labels that the arguments name."""
    return find_truth(
        arguments.set,
        SUFFIXES,
        plateless=arguments.no_plates,
        labels=Labels(arguments.labels),
        show=arguments.show_text,
    )


def open_luma(path: Path) -> Luma:
    """Open a picture's luma."""
    return read_picture(path).luma
