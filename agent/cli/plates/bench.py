"""`sereno plates bench DIR|CSV`: your pictures through our pipeline and others, side by side."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import cv2
import msgspec
import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agent.cli.plates.eval import (
    add_set_arguments,
    check_writable,
    open_luma,
    truth_of,
)
from agent.cli.plates.eval_told import print_failures
from agent.cli.plates.progress import with_progress
from agent.core.errors import Rejected
from agent.core.log import clip
from agent.plates.cutout import bordered
from agent.plates.evaluate.labelled import Labelled, Truth
from agent.plates.evaluate.peers.bench import (
    ContenderFigures,
    Shot,
    contender_figures,
    one_thread,
    ours,
    raced,
    theirs,
)
from agent.plates.evaluate.peers.peer import Bgr, load_peers
from agent.plates.evaluate.peers.rapidocr import KINDS
from agent.plates.evaluate.report import shown_name, write_json
from agent.plates.evaluate.run import usable
from agent.plates.evaluate.score import PictureScore
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from drivers.ports.picture import read_picture
from models.plates import ShippedPlateModels


class BenchReport(msgspec.Struct, frozen=True, kw_only=True):
    """One run of `sereno plates bench`; no plate is in it."""

    set: str
    form: str
    countries: tuple[str, ...]
    pictures: int
    left_out: dict[str, int]
    contenders: tuple[ContenderFigures, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_set_arguments(parser)
    names = ",".join(kind.package for kind in KINDS)
    parser.add_argument(
        "--peers", default="", metavar=names, help="whom to compare with (default: all installed)"
    )
    parser.add_argument(
        "--most", type=count, default=0, metavar="N", help="take N pictures, evenly from the set"
    )


def count(text: str) -> int:
    """Return a number of pictures."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}, expected a number of pictures, 0 for all")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Race over the set; return 1 if pictures of it could not be read."""
    truth = truth_of(arguments)
    syntax = Syntax(shipped_book(), arguments.countries)
    check_writable([arguments.json] if arguments.json else [])
    pictures, left_out = fit_for_a_race(truth)
    if arguments.most:
        pictures = evenly(pictures, arguments.most)
    one_thread()
    peers = load_peers([name for name in arguments.peers.split(",") if name], KINDS)
    shots = _Shots(with_progress(pictures, "Racing"), cut_out=truth.crops)
    contenders = [
        ours(*ShippedPlateModels().load(), syntax),
        *(theirs(peer.peer.lines) for peer in peers),
    ]
    answers = raced(shots, contenders)
    if shots.failed:
        left_out = {**left_out, "could not be read": len(shots.failed)}
    figures = contender_figures(peers, answers, version("sereno"))
    report = BenchReport(
        set=clip(truth.name),
        form=truth.form,
        countries=arguments.countries,
        pictures=len(answers[0]),
        left_out=left_out,
        contenders=tuple(figures),
    )
    print_race(report, Console())
    if arguments.json:
        write_json(report, arguments.json)
    words = [shown_name(one, one.error or "", show=arguments.show_text) for one in shots.failed]
    print_failures(words, Console())
    return int(bool(shots.failed))


def fit_for_a_race(truth: Truth) -> tuple[list[Labelled], dict[str, int]]:
    """Return the pictures with one written plate or none, and how many others there are.

    Raises:
        Rejected: There is none.
    """
    one = [
        picture
        for picture in truth.pictures
        if len(picture.plates) <= 1 and all(plate.text for plate in picture.plates)
    ]
    others = len(truth.pictures) - len(one)
    if not one:
        raise Rejected(
            f"{truth.name}: no picture has one plate whose text is labelled, and only those can be "
            "compared: expected file names, a table with a column plate, or --no-plates"
        )
    return one, {"have several plates or no text": others} if others else {}


def evenly(pictures: Sequence[Labelled], most: int) -> list[Labelled]:
    """Return at most so many pictures, evenly from all."""
    if len(pictures) <= most:
        return list(pictures)
    return [pictures[at * len(pictures) // most] for at in range(most)]


class _Shots:
    """Decodes pictures as they are asked for, and says which cannot be.

    Plates cut out get the border of `View.PADDED`, for all contenders.
    """

    def __init__(self, pictures: Iterator[Labelled], *, cut_out: bool) -> None:
        self._pictures = pictures
        self._cut_out = cut_out
        self.failed: list[PictureScore] = []

    def __iter__(self) -> Iterator[Shot]:
        for one in self._pictures:
            try:
                luma, bgr = usable(one.picture, open_luma), open_bgr(one.picture)
            except Rejected as error:
                self.failed.append(PictureScore(one.picture, error=str(error)))
                continue
            if self._cut_out:
                luma, bgr = bordered(luma), bordered(bgr)
            yield Shot(luma, bgr, one.plates[0].text if one.plates else None)


def open_bgr(path: Path) -> Bgr:
    """Open a picture in colour, turned by its EXIF orientation, (H, W, 3) uint8.

    Raises:
        Rejected: It cannot be read.
    """
    read_picture(path)  # says in words what is wrong, OpenCV does not
    picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise Rejected(f"{path}: not a picture that OpenCV decodes in colour")
    return np.asarray(picture, np.uint8)


def print_race(report: BenchReport, console: Console) -> None:
    """Print all contenders side by side."""
    hint = ", ".join(report.countries) or "any"
    console.print(
        f"{report.set}: {report.pictures} pictures, one thread each, decoded beforehand, in turns; "
        f"countries expected (by us): {hint}",
        markup=False,
    )
    for words, count in report.left_out.items():
        console.print(f"note: {count} pictures {words} and are left out", markup=False)
    table = Table(box=SIMPLE_HEAD, title="95 % interval (Wilson)", title_justify="left")
    table.add_column("", min_width=24)
    for one in report.contenders:
        table.add_column(f"{one.name}\n{one.version}", overflow="fold")
    for name, told in _ROWS.items():
        cells = [told(one) for one in report.contenders]
        if any(cell != "-" for cell in cells):
            table.add_row(name, *cells)
    console.print(table)


_ROWS: dict[str, Callable[[ContenderFigures], str]] = {
    "strict": lambda one: str(one.strict),
    "tolerant": lambda one: str(one.tolerant),
    "characters right": lambda one: str(one.characters),
    "raw: surest line, or before repair": lambda one: str(one.raw),
    "any: the truth among all texts": lambda one: str(one.any),
    "no plate in it, none read": lambda one: str(one.no_read),
    "CPU ms a picture, median (p95)": lambda one: f"{one.cpu_median_ms:.1f} ({one.cpu_p95_ms:.1f})",
    "clock ms a picture, median (p95)": lambda one: (
        f"{one.wall_median_ms:.1f} ({one.wall_p95_ms:.1f})"
    ),
    "CPU time in ours": lambda one: f"{one.times_slower:.1f}",
}
