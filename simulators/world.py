"""One street and everything that drives past, as a pure function of scenario, seed and time.

Nothing here remembers or advances: whoever asks about a moment gets the same answer, in any
process and in any order. World time is seconds since the street's own zero; it may be negative,
since the traffic did not begin when somebody looked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.plate_art import Layout, layouts, random_plate
from simulators.drive import Drive, Halt, following
from simulators.fleet import plates_of, share
from simulators.optics.body import body
from simulators.optics.pinhole import Pinhole
from simulators.scenario import MOST_AHEAD, SIGHT_M, Direction, Lane, Scenario, Shape
from simulators.vehicle import GATE_M, Cover, Vehicle

__all__ = ["GATE_M", "Crossing", "Passage", "Vehicle", "World"]

T = TypeVar("T")

STEP_S = 0.1
"""Step at which a plate's way through the picture is looked at; its ends are found to `EDGE_S`."""

EDGE_S = 0.001
EDGE_PX = 2.0
"""A plate that touches the picture's border is not whole."""

ORDINARY_MM = 520.0
"""The width of the plates that a scenario's `least_plate_px` is about; others count alike."""

FINDABLE = 0.7
"""A plate of this share of `least_plate_px` may be found already."""

REMEMBERED = 4096
"""Vehicles kept ready to be asked about again; the oldest are made anew when needed."""

LOOKS = 12
"""How often a passage is asked whether another vehicle stands before its plate."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The truth about one vehicle that drove past: what a perfect reader would have said."""

    vehicle: str
    plate: str
    """Empty where there is no plate; what it says even where something covers it."""
    country: str
    lane: str
    direction: Direction
    entered_s: float
    """From when on the whole plate was in the picture, and wide enough."""
    left_s: float
    hidden: float
    """Share of that time in which another vehicle stood before the plate."""
    cover: Cover = Cover.NOTHING
    kind: str = "car"
    layout: str = ""
    speed_mps: float = 0.0
    """On average, while the plate was seen."""

    @property
    def visible_s(self) -> float:
        """For how long the whole plate could be seen."""
        return (self.left_s - self.entered_s) * (1 - self.hidden)

    def __repr__(self) -> str:
        return f"Passage({self.vehicle}, {self.entered_s:.2f}..{self.left_s:.2f} s)"


@dataclass(frozen=True, slots=True)
class Crossing:
    """The truth about one vehicle at a line across the road, whatever its plate."""

    vehicle: str
    lane: str
    direction: Direction
    kind: str
    """motorcycle, car, van, lorry or bus."""
    length_m: float
    time_s: float
    """When the end with the plate that the camera sees was at the line."""
    speed_mps: float
    """There and then."""
    headway_s: float | None
    """Since the same end of the vehicle before it in its lane; None for the first in an hour."""
    stood_s: float
    """How long it stood still in sight."""


class World:
    """The street. Every method is pure."""

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self.scenario = scenario
        self.seed = seed
        self.pinhole = Pinhole(scenario.pole)
        wide_m = self.pinhole.focal_px * ORDINARY_MM / 1000 / scenario.pole.least_plate_px
        self._reach_m = min(SIGHT_M, wide_m + 2)
        self._vehicle = lru_cache(REMEMBERED)(self._make)
        self._drive = lru_cache(REMEMBERED)(self._driven)
        self._seen = lru_cache(REMEMBERED)(self._see)
        self._crosses = lru_cache(REMEMBERED)(self._cross)

    def vehicles(self, time_s: float) -> list[Vehicle]:
        """Return those on the street at that moment, the farthest first."""
        there = [
            (vehicle.plate_y_m(time_s), vehicle)
            for index in range(len(self.scenario.lane))
            for vehicle in self._between(index, time_s, time_s)
        ]
        return [
            vehicle
            for y_m, vehicle in sorted(there, key=lambda pair: -pair[0])
            if -SIGHT_M < y_m < SIGHT_M
        ]

    def passages(self, from_s: float, to_s: float) -> list[Passage]:
        """Return the passages that began and ended in the interval, in the order they ended.

        Only of those whose plates can be read: `blanks` has the others.
        """
        return [p for p in self._passed(from_s, to_s) if p.cover is Cover.NOTHING]

    def blanks(self, from_s: float, to_s: float) -> list[Passage]:
        """Return the passages of vehicles without a plate, or with something before it."""
        return [p for p in self._passed(from_s, to_s) if p.cover is not Cover.NOTHING]

    def crossings(self, from_s: float, to_s: float, y_m: float = GATE_M) -> list[Crossing]:
        """Return every vehicle that crossed the line at `y_m` in the interval, in that order."""
        found = (
            self._crosses(index, place, y_m)
            for index in range(len(self.scenario.lane))
            for place in self._places(index, from_s, to_s)
        )
        there = [one for one in found if one is not None and from_s <= one.time_s < to_s]
        return sorted(there, key=lambda crossing: crossing.time_s)

    def occupied(self, lane: str, time_s: float, y_m: float = GATE_M) -> bool:
        """Say whether a vehicle of that lane stands over the line at `y_m` at a moment."""
        for vehicle in self.vehicles(time_s):
            nose = vehicle.nose_y_m(time_s)
            on = y_m - nose if vehicle.direction is Direction.APPROACHING else nose - y_m
            if vehicle.lane == lane and 0 <= on <= vehicle.length_m:
                return True
        return False

    def _passed(self, from_s: float, to_s: float) -> list[Passage]:
        found = (
            self._seen(index, place)
            for index in range(len(self.scenario.lane))
            for place in self._places(index, from_s, to_s)
        )
        whole = [p for p in found if p is not None and from_s <= p.entered_s and p.left_s <= to_s]
        return sorted(whole, key=lambda passage: passage.left_s)

    def _places(self, index: int, from_s: float, to_s: float) -> range:
        """Return the numbers of the places whose vehicles may be in sight in the interval."""
        lane = self.scenario.lane[index]
        reach_s = 2 * SIGHT_M / _slowest_mps(lane)
        first = floor((from_s - reach_s - _held_s(lane)) / lane.every_s) - 1
        last = ceil((to_s + reach_s) / lane.every_s) + 1
        return range(first, last)

    def _between(self, index: int, from_s: float, to_s: float) -> Iterator[Vehicle]:
        for place in self._places(index, from_s, to_s):
            vehicle = self._vehicle(index, place)
            if vehicle is not None:
                yield vehicle

    def _draws(self, index: int, place: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, index, place % (1 << 32)])

    def _driven(self, index: int, place: int) -> tuple[Drive, Shape, str] | None:
        """Say what drives at a lane's place and how, were it alone; None: the place is empty."""
        lane, scenario = self.scenario.lane[index], self.scenario
        rng = self._draws(index, place)
        if rng.random() >= lane.filled:
            return None
        country = _pick(rng, list(scenario.countries), list(scenario.countries.values()))
        shape = _pick(rng, list(scenario.shapes), list(scenario.shapes.values()))
        length_m = body(shape).length_m
        off = float(np.clip(rng.normal(0, 0.5), -1, 1))
        speed_mps = (lane.speed_kmh + lane.spread_kmh * off) / 3.6
        gate_s = (place + lane.jitter * float(rng.random())) * lane.every_s
        drive = Drive(gate_s, speed_mps, length_m)
        return Drive(gate_s, speed_mps, length_m, _halt(lane, drive)), shape, country

    def _ahead(self, index: int, place: int) -> list[Drive]:
        """Return how those ahead of a place would drive alone, the nearest first."""
        lane = self.scenario.lane[index]
        near_s = 2 * SIGHT_M / _slowest_mps(lane) + _held_s(lane)
        found: list[Drive] = []
        for other in range(place - 1, place - 2 - ceil(near_s / lane.every_s), -1):
            driven = self._drive(index, other)
            if driven is not None:
                found.append(driven[0])
            if len(found) == MOST_AHEAD:
                break
        return found

    def _make(self, index: int, place: int) -> Vehicle | None:
        """Make the vehicle of a lane's place, or None where the place is empty."""
        driven = self._drive(index, place)
        if driven is None:
            return None
        drive, shape, country = driven
        lane, scenario = self.scenario.lane[index], self.scenario
        rng = np.random.default_rng([self.seed, index, place % (1 << 32), 1])
        chosen = plates_of(country, shape, lane.direction)
        bare = not chosen or rng.random() < scenario.plateless
        covered = rng.random() < scenario.covered
        layout = _pick(rng, list(chosen), [share(one) for one in chosen]) if chosen else _BARE
        return Vehicle(
            id=f"{lane.name}-{place}",
            lane=lane.name,
            direction=lane.direction,
            shape=shape,
            colour=_pick(rng, COLOURS, COLOUR_SHARES),
            dirt=float(np.clip(rng.gamma(1.5, scenario.dirt / 1.5), 0, 1)),
            seed=int(rng.integers(1 << 32)),
            country=country,
            layout=layout,
            written=random_plate(layout, rng),
            drive=drive,
            ahead=following(drive, self._ahead(index, place), SIGHT_M + 30),
            middle_m=lane.centre_m + float(np.clip(rng.normal(0, 0.1), -0.25, 0.25)),
            cover=Cover.ABSENT
            if bare
            else _pick(rng, [Cover.WHOLE, Cover.PART], [1.0, 1.0])
            if covered
            else Cover.NOTHING,
            roll=float(rng.normal(0, 0.012)),
            pitch=float(rng.normal(0, 0.05)),
        )

    def _cross(self, index: int, place: int, y_m: float) -> Crossing | None:
        vehicle = self._vehicle(index, place)
        if vehicle is None:
            return None
        lane, time_s = self.scenario.lane[index], self._at(vehicle, y_m)
        before = next(
            (
                other
                for number in range(place - 1, place - 1 - ceil(HOUR_S / lane.every_s), -1)
                if (other := self._vehicle(index, number)) is not None
            ),
            None,
        )
        begin_s, end_s = _in_sight(vehicle)
        times = np.arange(begin_s, end_s, STEP_S)
        ways = np.array([vehicle.way_m(float(time)) for time in times])
        return Crossing(
            vehicle=vehicle.id,
            lane=vehicle.lane,
            direction=vehicle.direction,
            kind=vehicle.shape.kind,
            length_m=vehicle.length_m,
            time_s=time_s,
            speed_mps=vehicle.speed_mps(time_s),
            headway_s=None if before is None else time_s - self._at(before, y_m),
            stood_s=float((np.diff(ways) < STILL_M).sum() * STEP_S),
        )

    @staticmethod
    def _at(vehicle: Vehicle, y_m: float) -> float:
        """Return when the end that the camera sees is at `y_m`, to `EDGE_S`."""
        coming = vehicle.direction is Direction.APPROACHING
        early_s, late_s = _in_sight(vehicle)
        while late_s - early_s > EDGE_S:
            middle_s = (early_s + late_s) / 2
            beyond_m = vehicle.plate_y_m(middle_s) - y_m
            if (beyond_m < 0) is coming:
                late_s = middle_s
            else:
                early_s = middle_s
        return (early_s + late_s) / 2

    def _see(self, index: int, place: int) -> Passage | None:
        """Follow one vehicle's plate through the picture."""
        vehicle = self._vehicle(index, place)
        if vehicle is None:
            return None
        ends_s = sorted(self._at(vehicle, y_m) for y_m in (0.0, self._reach_m))
        times = np.arange(ends_s[0], ends_s[1], STEP_S)
        size_mm = vehicle.layout.size_mm[0]
        hung = np.stack([vehicle.plate_corners(float(time)) for time in times])
        seen = self._whole(hung, size_mm)
        if not seen.any():
            return None
        first, last = int(seen.argmax()), len(seen) - 1 - int(seen[::-1].argmax())
        entered_s = self._edge(vehicle, float(times[first]) - STEP_S, float(times[first]))
        left_s = self._edge(vehicle, float(times[last]) + STEP_S, float(times[last]))
        looks = np.linspace(entered_s, left_s, LOOKS)
        hidden = float(np.mean([self._hides(vehicle, float(time)) for time in looks]))
        way_m = vehicle.way_m(left_s) - vehicle.way_m(entered_s)
        return Passage(
            vehicle.id, vehicle.plate, vehicle.country, vehicle.lane, vehicle.direction,
            entered_s, left_s, hidden, vehicle.cover, vehicle.shape.kind, vehicle.layout.id,
            way_m / max(left_s - entered_s, EDGE_S),
        )  # fmt: skip

    def sees(self, vehicle: Vehicle, time_s: float) -> bool:
        """Say whether the vehicle's whole plate is in the picture, and wide enough to count."""
        return bool(self._whole(vehicle.plate_corners(time_s)[None], vehicle.layout.size_mm[0])[0])

    def finds(self, vehicle: Vehicle, time_s: float) -> bool:
        """Say whether the vehicle's plate is about in the picture, and not too small to be found.

        Somewhat before and after `sees`: a reader may well see more than it is asked for.
        """
        pole = self.scenario.pole
        spots = self.pinhole.project(vehicle.plate_corners(time_s))
        middle = spots.mean(axis=0)
        share = FINDABLE * vehicle.layout.size_mm[0] / ORDINARY_MM
        wide = float(np.linalg.norm(spots[1] - spots[0])) >= pole.least_plate_px * share
        return wide and bool(((middle > 0) & (middle < (pole.width_px, pole.height_px))).all())

    def _whole(self, corners: NDArray[np.float64], width_mm: float) -> NDArray[np.bool_]:
        """Say of plates (n, 4, 3) which are wholly in the picture, and wide enough: (n,)."""
        pole = self.scenario.pole
        spots = self.pinhole.project(corners.reshape(-1, 3)).reshape(-1, 4, 2)
        limit = np.array([pole.width_px, pole.height_px]) - 1 - EDGE_PX
        inside = ((spots >= EDGE_PX) & (spots <= limit)).all(axis=(1, 2))  # nan compares false
        least_px = pole.least_plate_px * width_mm / ORDINARY_MM
        wide = np.linalg.norm(spots[:, 1] - spots[:, 0], axis=1) >= least_px
        whole: NDArray[np.bool_] = inside & wide
        return whole

    def _edge(self, vehicle: Vehicle, outside_s: float, inside_s: float) -> float:
        """Halve the way between a time the plate is not seen and one it is, down to 1 ms."""
        while abs(outside_s - inside_s) > EDGE_S:
            middle_s = (outside_s + inside_s) / 2
            if self.sees(vehicle, middle_s):
                inside_s = middle_s
            else:
                outside_s = middle_s
        return inside_s

    def _hides(self, vehicle: Vehicle, time_s: float) -> bool:
        """Say whether another vehicle stands between the camera and any corner of the plate."""
        corners = vehicle.plate_corners(time_s)
        eye = self.pinhole.eye
        far_m = float(corners[:, 1].max())
        for other in self.vehicles(time_s):
            if other.id == vehicle.id or other.plate_y_m(time_s) > far_m:
                continue  # the nearer end of what hides another is nearer than that
            ends = other.placed(other.body.extent, time_s)
            low, high = ends.min(axis=0), ends.max(axis=0)
            way = corners - eye
            with np.errstate(divide="ignore", invalid="ignore"):
                a, b = (low - eye) / way, (high - eye) / way
            entry = np.nanmax(np.minimum(a, b), axis=1)
            leave = np.nanmin(np.maximum(a, b), axis=1)
            if bool(np.any((entry < leave) & (entry < 1) & (leave > 0))):
                return True
        return False


COLOURS = [
    (225, 226, 224), (60, 58, 56), (24, 22, 22), (150, 152, 152), (120, 62, 28),
    (36, 30, 150), (96, 104, 108), (70, 92, 60), (150, 190, 205), (60, 120, 170),
]  # fmt: skip
"""Blue, green, red of what is parked in any street: white, grey, black and silver first."""

COLOUR_SHARES = [5.0, 4.0, 3.5, 4.0, 2.0, 2.0, 2.0, 0.5, 0.8, 0.5]


_BARE: Layout = next(one for one in layouts() if one.id == "es")
"""Stands for the plate of what has none."""

HOUR_S = 3600.0

STILL_M = 0.02
"""What moves less than this in `STEP_S` stands."""


def _slowest_mps(lane: Lane) -> float:
    return (lane.speed_kmh - lane.spread_kmh) / 3.6


def _held_s(lane: Lane) -> float:
    """Return how much later than alone a vehicle of this lane may be anywhere in sight."""
    queue_s = MOST_AHEAD * 3.0
    return max((halt.for_s + queue_s for halt in lane.halt), default=queue_s)


def _halt(lane: Lane, drive: Drive) -> Halt | None:
    """Return where a vehicle has to stop by itself: at the first place barred when it comes."""
    coming = lane.direction is Direction.APPROACHING
    places = sorted((GATE_M - h.y_m if coming else h.y_m - GATE_M, h.at_s, h) for h in lane.halt)
    for way_m, _, halt in places:
        until_s = halt.closed(drive.gate_s + way_m / drive.speed_mps)
        if until_s is not None:
            return Halt(way_m, until_s)
    return None


def _in_sight(vehicle: Vehicle) -> tuple[float, float]:
    """Return two moments between which a vehicle is in sight, from before to after."""
    drive = vehicle.drive
    reach_m = SIGHT_M + drive.length_m
    begin_s = drive.gate_s - reach_m / drive.speed_mps
    end_s = drive.gate_s + reach_m / drive.speed_mps
    while vehicle.way_m(end_s) < reach_m:
        end_s += 5.0
    return begin_s, end_s


def _pick(rng: np.random.Generator, options: list[T], shares: list[float]) -> T:
    return options[int(rng.choice(len(options), p=np.array(shares) / sum(shares)))]
