"""Vehicles, not pictures: which look is of which plate, and how honest the voted confidence is.

    python -m tests.benchmarks.vehicles [--json PATH] [--for-s SECONDS] [--seed N]

On the simulated street, whose truth is known, at the camera's rate and at slower ones. `switches`
counts how often the looks at one plate go to another track; `mixed`, tracks that hold looks at two
plates; `split`, vehicles with more than one track.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from agent.plates.track import Sighting, Track, Tracks
from tests.benchmarks.looks import Moment, Run, run, sightings

SCENARIOS = ("street-day", "street-night", "rain")
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


def _changes(numbers: Iterable[int]) -> int:
    return sum(a != b for a, b in pairwise(numbers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--for-s", type=float, default=240.0)
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    console = Console()
    rows = []
    for scenario in SCENARIOS:
        street = run(scenario, options.seed, options.for_s, 12.0, console.print)
        rows += [followed(scenario, street.every(nth)) for nth in SLOWER]
    table = Table(title="which look is of which plate")
    for column in asdict(rows[0]):
        table.add_column(column, justify="left" if column == "scenario" else "right")
    for row in rows:
        table.add_row(*(f"{v:g}" if isinstance(v, float) else str(v) for v in asdict(row).values()))
    console.print(table)
    if options.json:
        figures = {"followed": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
