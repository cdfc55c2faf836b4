"""Speeds from plates' paths on the simulated street, held against how fast its vehicles drove.

    python -m tests.benchmarks.speed [--json PATH] [--for-s SECONDS] [--seed N] [--sites N]

The road is calibrated as a technician would: six points of it, met in the picture and with a tape
as well as the settings assume, differently at each of N sites. Arrival stamps stray by up to
`JITTER_S`. The street's cameras know nothing of the agent's geometry. `within 2` is the share of
speeds whose error is less than twice the error told: honest is 0.95.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from agent.core.share import wilson
from agent.plates.direction import direction
from agent.plates.site import Road, RoadPoint, Site
from agent.plates.speed import Speedometer
from agent.plates.track import Track, Tracks
from simulators.optics.pinhole import Pinhole
from simulators.scenario import Pole, load
from tests.benchmarks.looks import Moment, Run, run, sightings
from tests.benchmarks.vehicles import whose

SCENARIOS = ("street-day", "street-night", "rain", "street-50", "queue")
SLOWER = (1, 2)
RATE_HZ = 12.0
JITTER_S = 0.02
ACROSS_M = (-3.0, 3.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """One vehicle's speed as told, and as it was."""

    scenario: str
    rate_hz: float
    told_m_s: float
    error_m_s: float
    true_m_s: float
    sure: bool

    @property
    def off(self) -> float:
        return (self.told_m_s - self.true_m_s) / self.error_m_s


def site(pole: Pole, rng: np.random.Generator) -> Site:
    """Calibrate as a technician does: see a point of the road, measure it, both not quite right."""
    pinhole = Pinhole(pole)
    size = (pole.width_px, pole.height_px)
    seen = []
    for along_m in np.arange(6.0, 40.0, 0.5):
        spots = pinhole.project(np.array([(x, along_m, 0.0) for x in ACROSS_M]))
        if ((spots > 5) & (spots < np.array(size) - 5)).all():
            seen.append(float(along_m))
    near, far = seen[0], min(seen[-1], seen[0] + 14)
    road = Road()
    points = []
    for along_m in (near, (near + far) / 2, far):
        for x in ACROSS_M:
            spot = pinhole.project(np.array([(x, along_m, 0.0)]))[0]
            spot = np.clip(spot + rng.normal(0, road.point_error_px, 2), 0, size)
            there = np.array([x, along_m]) + rng.normal(0, road.point_error_m, 2)
            points.append(RoadPoint(picture=tuple(spot.tolist()), road_m=tuple(there.tolist())))
    height_m = pole.height_m + float(rng.normal(0, 0.05))
    return Site(picture=size, road=Road(points=tuple(points), camera_height_m=height_m))


def stamped(street: Run, rng: np.random.Generator) -> list[tuple[Track, str, float, float]]:
    """Follow a run's plates with stamps of arrival; return tracks with whose and when they were."""
    tracks = Tracks(1.0)
    ended: list[Track] = []
    owner: dict[int, str] = {}
    times: dict[int, list[float]] = {}
    last_s = float("-inf")
    for moment in street.moments:
        last_s = max(last_s + 1e-3, moment.time_s + float(rng.uniform(0, JITTER_S)))
        seen = sightings(street, moment, last_s)
        names = {sighting.spot: whose(moment, sighting) for sighting in seen}
        ended += tracks.expire(last_s)
        ended += tracks.update(seen)
        for track in tracks:
            if name := names.get(track.path[-1]):
                owner.setdefault(track.number, name)
                times.setdefault(track.number, []).append(moment.time_s)
    return [
        (track, owner[track.number], times[track.number][0], times[track.number][-1])
        for track in (*ended, *tracks.close())
        if track.number in owner
    ]


def true_m_s(moments: dict[float, Moment], vehicle: str, from_s: float, to_s: float) -> float:
    """Return a vehicle's mean speed by the street's own truth."""
    [first] = [there for there in moments[from_s].there if there.vehicle == vehicle]
    [last] = [there for there in moments[to_s].there if there.vehicle == vehicle]
    return abs(last.along_m - first.along_m) / (to_s - from_s)


def measured(scenario: str, street: Run, sites: int) -> list[Measured]:
    """Measure every vehicle of a run at so many sites."""
    found = []
    moments = {moment.time_s: moment for moment in street.moments}
    for number in range(sites):
        rng = np.random.default_rng([number, round(street.rate_hz)])
        meter = Speedometer(site(load(scenario).pole, rng))
        for track, vehicle, from_s, to_s in stamped(street, rng):
            speed = meter.speed(track.path, direction(track.path), street.size)
            if speed is None or not _seen(moments, vehicle, from_s, to_s):
                continue
            true = true_m_s(moments, vehicle, from_s, to_s)
            found.append(
                Measured(
                    Path(scenario).stem, street.rate_hz, speed.m_s, speed.error_m_s, true,
                    speed.is_sure,
                )
            )  # fmt: skip
    return found


def _seen(moments: dict[float, Moment], vehicle: str, from_s: float, to_s: float) -> bool:
    return all(
        any(there.vehicle == vehicle for there in moments[at].there) for at in (from_s, to_s)
    )


def _table(rows: list[Measured]) -> Table:
    table = Table(title="speeds, and how well their errors were told")
    for column in (
        "scenario",
        "rate",
        "vehicles",
        "told",
        "bias %",
        "rms %",
        "told %",
        "within 1",
        "within 2",
        "95 %",
    ):
        table.add_column(column, justify="left" if column == "scenario" else "right")
    kinds = sorted({(row.scenario, row.rate_hz) for row in rows})
    for scenario, rate_hz in [*kinds, ("all", 0.0)]:
        here = [
            r for r in rows if scenario == "all" or (r.scenario, r.rate_hz) == (scenario, rate_hz)
        ]
        told = [row for row in here if row.sure]
        if not told:
            continue
        off = np.array([row.off for row in told])
        share = np.array([(row.told_m_s - row.true_m_s) / max(row.true_m_s, 1.0) for row in told])
        said = np.array([row.error_m_s / max(row.true_m_s, 1.0) for row in told])
        inside = int((abs(off) <= 2).sum())
        least, most = wilson(inside, len(told))
        table.add_row(
            scenario, f"{rate_hz:g}", str(len(here)), str(len(told)),
            f"{share.mean() * 100:+.1f}", f"{np.sqrt((share**2).mean()) * 100:.1f}",
            f"{np.sqrt((said**2).mean()) * 100:.1f}", f"{(abs(off) <= 1).mean():.3f}",
            f"{inside / len(told):.3f}", f"{least:.3f}-{most:.3f}",
        )  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--for-s", type=float, default=240.0)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--sites", type=int, default=5)
    options = parser.parse_args()
    console = Console()
    rows: list[Measured] = []
    for scenario in SCENARIOS:
        street = run(scenario, options.seed, options.for_s, RATE_HZ, console.print)
        for nth in SLOWER:
            rows += measured(scenario, street.every(nth), options.sites)
    console.print(_table(rows))
    if options.json:
        figures = [asdict(row) for row in rows]
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
