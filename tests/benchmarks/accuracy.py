"""How many real plates are read right, on every development set and beside a peer.

    python -m tests.benchmarks.accuracy [--only eu,…] [--peers rapidocr|none] [--peer-most 200]
                                        [--race 12] [--json PATH]

Whole picture in, best read out, no country hint unless the row says so, Wilson's 95 % interval
everywhere. Strict: the text exactly. Tolerant: O and Q as 0 and I as 1 on both sides. Characters:
by edit distance against those that can be seen, greyed ones free (docs/evaluate.md). The peer's
text is what the rule of docs/evaluate.md finds in all that it reads; its answers are kept in
build/peers, times are of fresh runs. Plates are never printed: `sereno plates eval` draws misses.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent.core.errors import Rejected
from agent.core.text import tolerant
from agent.core.vision import PlateDetector, PlateReader
from agent.plates.cutout import bordered
from agent.plates.evaluate.detection import detection
from agent.plates.evaluate.distance import distance, visible
from agent.plates.evaluate.figures import Figures, figures_of
from agent.plates.evaluate.judge import Judge
from agent.plates.evaluate.labelled import Labelled, Truth
from agent.plates.evaluate.peers.bench import (
    OURS,
    ContenderFigures,
    Shot,
    contender_figures,
    one_thread,
    ours,
    raced,
    theirs,
)
from agent.plates.evaluate.peers.peer import Bgr, LoadedPeer, load_peers
from agent.plates.evaluate.peers.rapidocr import KINDS
from agent.plates.evaluate.peers.rule import PeerRead, read_of
from agent.plates.evaluate.run import judged
from agent.plates.evaluate.share import Share, share, share_of
from agent.plates.evaluate.view import View
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from models.data import data_folder
from models.plates import ShippedPlateModels
from tests.benchmarks.of_plates.kept import KeptPeer
from tests.benchmarks.of_plates.sets import (
    evenly,
    held_out_rides,
    labelled_set,
    open_bgr,
    open_luma,
)
from tests.benchmarks.of_plates.shipped import models_line, shipped_models

SETS = ("eu", "no-plates", "spain-uc3m-crops", "rides", "spain-uc3m-street", "us", "br")

HINT = ("SK", "CZ")
"""The countries of most plates of plates/eu."""

Row = tuple[str, str, dict[str, str]]
"""Set, figure, and what each contender has there."""


@dataclass(slots=True)
class Bench:
    """All that the sets are judged with, and what was found so far."""

    detector: PlateDetector
    reader: PlateReader
    peers: list[KeptPeer]
    peer_most: int
    rows: list[Row] = field(default_factory=list)
    report: dict[str, object] = field(default_factory=dict)

    def judge(
        self, truth: Truth, countries: tuple[str, ...] = (), view: View = View.WHOLE
    ) -> Figures:
        """Run our pipeline over a set."""
        judge = Judge(self.detector, self.reader, Syntax(shipped_book(), countries), view=view)
        words = " ".join([truth.name, view.value, *countries])
        figures = figures_of(
            judged(track(truth.pictures, words), judge, open_luma), complete=truth.complete
        )
        self.report[words] = msgspec.to_builtins(figures)
        return figures

    def add(
        self, name: str, figure: str, ours_: Share, theirs_: dict[str, Share] | None = None
    ) -> None:
        """Add one line to the table."""
        told = {OURS: str(ours_), **{who: str(part) for who, part in (theirs_ or {}).items()}}
        self.rows.append((name, figure, told))

    def peer_reads(
        self, truth: Truth, shown: Callable[[Bgr], Bgr] = lambda bgr: bgr
    ) -> dict[str, list[tuple[str | None, PeerRead]]]:
        """Return each peer's reads with the truth, on at most `peer_most` pictures of the set."""
        chosen = evenly(truth.pictures, self.peer_most)
        return {
            peer.name: [
                (_text(one), read_of(peer.lines(shown(open_bgr(one.picture)))))
                for one in track(chosen, f"{truth.name} {peer.name}")
            ]
            for peer in self.peers
        }


def _text(one: Labelled) -> str | None:
    return one.plates[0].text if one.plates else None


def _right(reads: Iterable[tuple[str | None, PeerRead]], said: Callable[[PeerRead], str]) -> Share:
    return share_of(bool(said(r)) and not distance(t or "", said(r)) for t, r in reads)


def texts(bench: Bench, name: str, hint: tuple[str, ...] = ()) -> None:
    """Judge photographs of one plate each."""
    truth = labelled_set(name)
    figures = bench.judge(truth)
    reads = bench.peer_reads(truth)
    bench.add(
        name, "strict", figures.strict, {p: _right(r, lambda x: x.text) for p, r in reads.items()}
    )
    loose = {
        peer: share_of(
            bool(r.text) and not distance(tolerant(t or ""), tolerant(r.text)) for t, r in read
        )
        for peer, read in reads.items()
    }
    bench.add(name, "tolerant", figures.tolerant, loose)
    bench.add(name, "raw: before repair, surest line", figures.raw,
              {p: _right(r, lambda x: x.raw) for p, r in reads.items()})  # fmt: skip
    anywhere = {
        peer: share_of(any(not distance(t or "", text) for text in r.every) for t, r in read)
        for peer, read in reads.items()
    }
    bench.add(name, "the peer's best text, by the truth", share(0, 0), anywhere)
    bench.add(name, "found, IoU 0.5", figures.found)
    bench.add(name, "characters", figures.characters, _characters(reads))
    if hint:
        hinted = bench.judge(truth, hint)
        bench.add(name, f"strict, expecting {', '.join(hint)}", hinted.strict)
        bench.add(name, f"tolerant, expecting {', '.join(hint)}", hinted.tolerant)


def _characters(reads: dict[str, list[tuple[str | None, PeerRead]]]) -> dict[str, Share]:
    told = {}
    for peer, read in reads.items():
        seen = sum(visible(t or "") for t, _ in read)
        errors = sum(distance(t or "", r.text) for t, r in read)
        told[peer] = share(max(0, seen - errors), seen)
    return told


def plateless(bench: Bench, name: str) -> None:
    """Judge pictures without a plate."""
    truth = labelled_set(name)
    figures = bench.judge(truth)
    reads = bench.peer_reads(truth)
    silent = {peer: share_of(not r.text for _, r in read) for peer, read in reads.items()}
    bench.add(name, "none read", figures.no_read, silent)
    bench.add(name, "none told by the duty", figures.no_tell)


def crops(bench: Bench, name: str) -> None:
    """Judge cut-out plates by their characters, shown in three ways."""
    truth = labelled_set(name)
    shown = {View.WHOLE: lambda bgr: bgr, View.PADDED: bordered}
    for view in (View.PADDED, View.WHOLE, View.QUAD):
        figures = bench.judge(truth, view=view)
        reads = bench.peer_reads(truth, shown[view]) if view in shown else {}
        bench.add(name, f"characters, {view.value}", figures.characters, _characters(reads))
        bench.add(name, f"all that is seen, {view.value}", figures.strict,
                  {p: _right(r, lambda x: x.text) for p, r in reads.items()})  # fmt: skip


def boxes(bench: Bench, truth: Truth) -> None:
    """Judge detection: the detector alone, and the pipeline that reads what it is unsure of."""
    alone = detection(track(truth.pictures, f"{truth.name} alone"), bench.detector, open_luma)
    figures = bench.judge(truth)
    bench.add(truth.name, "recall, detector alone", alone.recall)
    bench.add(truth.name, "precision, detector alone", alone.precision)
    bench.add(truth.name, "recall, pipeline", figures.found)
    bench.add(truth.name, "precision, pipeline", figures.precision)
    bench.report[f"{truth.name} alone"] = {
        "recall": msgspec.to_builtins(alone.recall),
        "precision": msgspec.to_builtins(alone.precision),
    }


def race(bench: Bench, peers: list[LoadedPeer], most: int) -> list[ContenderFigures]:
    """Time all contenders on some pictures of plates/eu, in turns, without keeping answers."""
    shots: Iterator[Shot] = (
        Shot(open_luma(one.picture), open_bgr(one.picture), _text(one))
        for one in track(evenly(labelled_set("eu").pictures, most), "race")
    )
    contenders = [
        ours(bench.detector, bench.reader, Syntax(shipped_book())),
        *(theirs(peer.peer.lines) for peer in peers),
    ]
    return contender_figures(peers, raced(shots, contenders), "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", default="", help=f"some of {','.join(SETS)}")
    parser.add_argument("--peers", default="rapidocr", help="comma between; none for none")
    parser.add_argument(
        "--peer-most", type=int, default=200, help="pictures of a set a peer reads, 0 for all"
    )
    parser.add_argument("--race", type=int, default=12, help="pictures that are timed, 0 for none")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    console = Console(width=150)
    if not (data_folder() / "plates" / "eu" / "truth.csv").is_file():
        console.print(f"no pictures in {data_folder()}: set SERENO_DATA to their folder")
        return int("CI" in os.environ)
    one_thread()
    peers = []
    try:
        peers = load_peers(asked.peers.split(","), KINDS) if asked.peers != "none" else []
    except Rejected as error:
        console.print(f"no peer beside: {error}", markup=False)
    console.print(models_line())
    bench = Bench(*ShippedPlateModels().load(), [KeptPeer(p) for p in peers], asked.peer_most)
    wanted = asked.only.split(",") if asked.only else list(SETS)
    for name in wanted:
        if name not in SETS:
            parser.error(f"--only {name}: expected some of {', '.join(SETS)}")
        judge_set(bench, name)
    print_rows(bench, console)
    if peers and asked.race and "eu" in wanted:
        timed = race(bench, peers, asked.race)
        print_race(timed, console)
        bench.report["race"] = msgspec.to_builtins(timed)
    if asked.json:
        bench.report["models"] = shipped_models()
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(bench.report, indent=1) + "\n")
    return 0


def judge_set(bench: Bench, name: str) -> None:
    """Judge one development set in the way it is labelled."""
    match name:
        case "no-plates":
            plateless(bench, name)
        case "spain-uc3m-crops":
            crops(bench, name)
        case "rides":
            boxes(bench, held_out_rides())
        case "spain-uc3m-street":
            boxes(bench, labelled_set(name))
        case _:
            texts(bench, name, HINT if name == "eu" else ())


def print_rows(bench: Bench, console: Console) -> None:
    """Print all sets in one table."""
    names = [OURS, *(peer.name for peer in bench.peers)]
    table = Table(title="95 % interval (Wilson)", title_justify="left", box=SIMPLE_HEAD)
    for name in ("set", "figure", *names):
        table.add_column(name)
    before = ""
    for name, figure, told in bench.rows:
        if name != before:
            table.add_section()
        table.add_row(name if name != before else "", figure, *(told.get(who, "") for who in names))
        before = name
    console.print(table)


def print_race(timed: list[ContenderFigures], console: Console) -> None:
    """Print what a picture costs each contender."""
    table = Table(title="one thread each, in turns, decoded beforehand", box=SIMPLE_HEAD)
    for name in ("", "CPU ms, median", "p95", "clock ms, median", "p95", "CPU in ours"):
        table.add_column(name)
    for one in timed:
        numbers = (one.cpu_median_ms, one.cpu_p95_ms, one.wall_median_ms, one.wall_p95_ms)
        table.add_row(one.name, *(f"{n:.1f}" for n in numbers), f"{one.times_slower:.0f}")
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
