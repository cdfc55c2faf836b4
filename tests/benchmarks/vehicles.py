"""Vehicles, not pictures: which look is of which plate, and how honest the voted confidence is.

    python -m tests.benchmarks.vehicles [--json PATH] [--for-s SECONDS] [--seed N]

On the simulated street, whose truth is known, at the camera's rate and at slower ones; also on
three streets too hard to read well, so that there are mistakes to learn from. `switches` counts how
often the looks at one plate go to another track; `mixed`, tracks that hold looks at two plates;
`split`, vehicles with more than one track. The second table holds what is said of voted reads that
enough looks agree on, no other rule applied, against how often they are right.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from agent.core.share import wilson
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import take_apart
from agent.plates.track import Sighting, Track, Tracks
from agent.plates.vote import agreeing, vote
from simulators.scenario import load
from tests.benchmarks.looks import Moment, Run, run, sightings

HARD = Path("tests/benchmarks/scenarios")
SCENARIOS = (
    "street-day", "street-night", "rain",
    *(str(HARD / f"{name}.toml") for name in ("hard-day", "hard-night", "hard-rain")),
)  # fmt: skip
AGREEING = 2
BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0)
RATE_HZ = 12.0
SLOWER = (1, 2, 3)
"""Every picture, every second, every third: of 12 a second, 12, 6 and 4."""

SAME_WIDTHS = 0.6
"""A look within so many plate widths of a true plate is a look at that plate."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How well the plates of one run were told apart."""

    scenario: str
    rate_hz: float
    vehicles: int
    looks: int
    nothing: int
    """Looks at nothing that is a plate."""
    tracks: int
    switches: int
    mixed: int
    split: int


@dataclass(frozen=True, slots=True)
class Said:
    """One vehicle as voted: what was said of it, and whether it was right."""

    confidence: float
    right: bool
    agreeing: int


def whose(moment: Moment, sighting: Sighting) -> str | None:
    """Say at which vehicle's plate this is a look, by the street's own truth."""
    middle = sighting.quad.corners.mean(axis=0)
    best, name = SAME_WIDTHS, None
    for there in moment.there:
        corners = np.array(there.corners)
        width = float(np.linalg.norm(corners[1] - corners[0]))
        away = float(np.linalg.norm(corners.mean(axis=0) - middle)) / max(width, 1.0)
        if away < best:
            best, name = away, there.vehicle
    return name


def tracks_of(street: Run, lost_s: float = 1.0) -> tuple[list[Track], list[tuple[int, str | None]]]:
    """Follow a run's plates; return every track, and of every look its track and its vehicle."""
    tracks = Tracks(lost_s)
    ended: list[Track] = []
    given: list[tuple[int, str | None]] = []
    for moment in street.moments:
        seen = sightings(street, moment)
        ended += tracks.expire(moment.time_s)
        ended += tracks.update(seen)
        names = {sighting.spot: whose(moment, sighting) for sighting in seen}
        given += [(t.number, names[t.path[-1]]) for t in tracks if t.path[-1] in names]
    return [*ended, *tracks.close()], given


def followed(scenario: str, street: Run) -> Followed:
    """Follow one run and compare with the truth."""
    tracks, given = tracks_of(street)
    order: dict[str, list[int]] = defaultdict(list)
    owners: dict[int, set[str]] = defaultdict(set)
    for number, name in given:
        if name is not None:
            order[name].append(number)
            owners[number].add(name)
    return Followed(
        scenario=scenario,
        rate_hz=street.rate_hz,
        vehicles=len(order),
        looks=len(given),
        nothing=sum(name is None for _, name in given),
        tracks=len(tracks),
        switches=sum(_changes(numbers) for numbers in order.values()),
        mixed=sum(len(owner) > 1 for owner in owners.values()),
        split=sum(len(set(numbers)) > 1 for numbers in order.values()),
    )


def said(street: Run, syntax: Syntax) -> list[Said]:
    """Vote on every track of a run whose looks are mostly at one plate."""
    tracks, given = tracks_of(street)
    owners: dict[int, Counter[str]] = defaultdict(Counter)
    for number, name in given:
        if name is not None:
            owners[number][name] += 1
    found = []
    for track in tracks:
        read = vote(track.ballots)
        if not owners[track.number] or not read.characters:
            continue
        [(owner, _)] = owners[track.number].most_common(1)
        judged = syntax.judge(read)
        swapped = [swap.place for swap in judged.swaps]
        agree = agreeing(track.ballots, judged.text, swapped, judged.raw)
        if agree >= AGREEING:
            told = take_apart(read, judged)
            right = judged.text == street.cars[owner].text
            found.append(Said(told.confidence, right, agree))
    return found


def _reliability(all_said: list[Said]) -> Table:
    table = Table(title=f"said and right, {len(all_said)} voted reads")
    for column in ("said", "reads", "mean said", "right", "95 %"):
        table.add_column(column, justify="right")
    for low, high in pairwise(BINS):
        here = [
            one for one in all_said if low <= one.confidence < high or one.confidence == high == 1
        ]
        if not here:
            continue
        right = sum(one.right for one in here)
        least, most = wilson(right, len(here))
        table.add_row(
            f"{low:g}-{high:g}", str(len(here)),
            f"{sum(one.confidence for one in here) / len(here):.3f}",
            f"{right / len(here):.3f}", f"{least:.3f}-{most:.3f}",
        )  # fmt: skip
    return table


def _changes(numbers: Iterable[int]) -> int:
    return sum(a != b for a, b in pairwise(numbers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--for-s", type=float, default=240.0)
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    console = Console()
    rows, reads = [], []
    for scenario in SCENARIOS:
        street = run(scenario, options.seed, options.for_s, RATE_HZ, console.print)
        syntax = Syntax(shipped_book(), list(load(scenario).countries))
        for nth in SLOWER:
            rows.append(followed(Path(scenario).stem, street.every(nth)))
            reads += said(street.every(nth), syntax)
    table = Table(title="which look is of which plate")
    for column in asdict(rows[0]):
        table.add_column(column, justify="left" if column == "scenario" else "right")
    for row in rows:
        table.add_row(*(f"{v:g}" if isinstance(v, float) else str(v) for v in asdict(row).values()))
    console.print(table)
    console.print(_reliability(reads))
    if options.json:
        figures = {
            "followed": [asdict(row) for row in rows],
            "said": [asdict(one) for one in reads],
        }
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
