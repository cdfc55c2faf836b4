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

from models.plate_art import Layout, random_plate
from models.plate_art.text import Written
from simulators.optics.body import Body, body
from simulators.optics.pinhole import Pinhole
from simulators.scenario import SIGHT_M, Direction, Lane, Scenario, Shape, plates_of

T = TypeVar("T")

GATE_M = 12.0
"""Where along the road a vehicle's plate is at its `gate_s`."""

STEP_S = 0.02
"""Step at which a plate's way through the picture is looked at; its ends are found to `EDGE_S`."""

EDGE_S = 0.001
EDGE_PX = 2.0
"""A plate that touches the picture's border is not whole."""

REMEMBERED = 4096
"""Vehicles kept ready to be asked about again; the oldest are made anew when needed."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle; it keeps its lane and its speed all along the street."""

    id: str
    lane: str
    direction: Direction
    shape: Shape
    colour: tuple[int, int, int]
    """Blue, green, red."""
    dirt: float
    seed: int
    country: str
    layout: Layout
    written: Written
    gate_s: float
    """When its plate is at `GATE_M`."""
    speed_mps: float
    middle_m: float
    """Right of the middle of the road."""

    @property
    def plate(self) -> str:
        return self.written.text

    @property
    def body(self) -> Body:
        return body(self.shape)

    def plate_y_m(self, time_s: float) -> float:
        """Where along the road the plate that faces the camera is."""
        way = self.speed_mps * (time_s - self.gate_s)
        return GATE_M - way if self.direction is Direction.APPROACHING else GATE_M + way

    def placed(self, points: NDArray[np.float64], time_s: float) -> NDArray[np.float64]:
        """Bring a body's points (n, 3) into the street's axes.

        A body's first axis is its own right, the second runs from nose to tail, the third is up.
        """
        y_m = self.plate_y_m(time_s)
        if self.direction is Direction.APPROACHING:  # its right is our left
            return points * (-1, 1, 1) + (self.middle_m, y_m, 0.0)
        return points * (1, -1, 1) + (self.middle_m, y_m + self.body.length_m, 0.0)

    def plate_corners(self, time_s: float) -> NDArray[np.float64]:
        """Return where the plate that faces the camera is, (4, 3) metres.

        Top left, top right, bottom right and bottom left as one who stands before it reads it.
        """
        width_m, height_m = self.layout.size_mm[0] / 1000, self.layout.size_mm[1] / 1000
        rear = self.direction is Direction.LEAVING
        return self.placed(self.body.plate(width_m, height_m, rear=rear), time_s)

    def __repr__(self) -> str:
        return f"Vehicle({self.id}, {self.shape.value})"  # even a made-up plate stays out of logs


@dataclass(frozen=True, slots=True)
class Passage:
    """The truth about one vehicle that drove past: what a perfect reader would have said."""

    vehicle: str
    plate: str
    country: str
    lane: str
    direction: Direction
    entered_s: float
    """From when on the whole plate was in the picture, and wide enough."""
    left_s: float
    hidden: float
    """Share of that time in which another vehicle stood before the plate."""

    def __repr__(self) -> str:
        return f"Passage({self.vehicle}, {self.entered_s:.2f}..{self.left_s:.2f} s)"


class World:
    """The street. Every method is pure."""

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self.scenario = scenario
        self.seed = seed
        self.pinhole = Pinhole(scenario.pole)
        self._layouts = {country: plates_of(country) for country in scenario.countries}
        self._vehicle = lru_cache(REMEMBERED)(self._make)
        self._seen = lru_cache(REMEMBERED)(self._see)

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
        """Return the passages that began and ended in the interval, in the order they ended."""
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
        slowest_mps = (lane.speed_kmh - lane.spread_kmh) / 3.6
        reach_s = 2 * SIGHT_M / slowest_mps
        first = floor((from_s - reach_s) / lane.every_s) - 1
        last = ceil((to_s + reach_s) / lane.every_s) + 1
        return range(first, last)

    def _between(self, index: int, from_s: float, to_s: float) -> Iterator[Vehicle]:
        for place in self._places(index, from_s, to_s):
            vehicle = self._vehicle(index, place)
            if vehicle is not None:
                yield vehicle

    def _make(self, index: int, place: int) -> Vehicle | None:
        """Make the vehicle of a lane's place, or None where the place is empty."""
        lane = self.scenario.lane[index]
        rng = np.random.default_rng([self.seed, index, place % (1 << 32)])
        if rng.random() >= lane.filled:
            return None
        countries = self.scenario.countries
        country = _pick(rng, list(countries), list(countries.values()))
        chosen = self._layouts[country]
        layout = _pick(rng, chosen, [one.weight for one in chosen])
        shapes = self.scenario.shapes
        written = random_plate(layout, rng)
        return Vehicle(
            id=f"{lane.name}-{place}",
            lane=lane.name,
            direction=lane.direction,
            shape=_pick(rng, list(shapes), list(shapes.values())),
            colour=_pick(rng, COLOURS, COLOUR_SHARES),
            dirt=float(np.clip(rng.gamma(1.5, self.scenario.dirt / 1.5), 0, 1)),
            seed=int(rng.integers(1 << 32)),
            country=layout.country,
            layout=layout,
            written=written,
            gate_s=_gate_s(lane, place, rng),
            speed_mps=(lane.speed_kmh + lane.spread_kmh * rng.uniform(-1, 1)) / 3.6,
            middle_m=lane.centre_m + float(np.clip(rng.normal(0, 0.1), -0.25, 0.25)),
        )

    def _see(self, index: int, place: int) -> Passage | None:
        """Follow one vehicle's plate through the picture."""
        vehicle = self._vehicle(index, place)
        if vehicle is None:
            return None
        reach_s = SIGHT_M / vehicle.speed_mps
        times = np.arange(vehicle.gate_s - reach_s, vehicle.gate_s + reach_s, STEP_S)
        way = np.array([vehicle.plate_y_m(float(time)) for time in times]) - GATE_M
        at_gate = vehicle.plate_corners(vehicle.gate_s)
        seen = self._whole(at_gate + way[:, None, None] * np.array([0.0, 1.0, 0.0]))
        if not seen.any():
            return None
        first, last = int(seen.argmax()), len(seen) - 1 - int(seen[::-1].argmax())
        entered_s = self._edge(vehicle, float(times[first]) - STEP_S, float(times[first]))
        left_s = self._edge(vehicle, float(times[last]) + STEP_S, float(times[last]))
        looks = np.linspace(entered_s, left_s, 12)
        hidden = float(np.mean([self._hides(vehicle, float(time)) for time in looks]))
        return Passage(
            vehicle.id, vehicle.plate, vehicle.country, vehicle.lane, vehicle.direction,
            entered_s, left_s, hidden,
        )  # fmt: skip

    def sees(self, vehicle: Vehicle, time_s: float) -> bool:
        """Say whether the vehicle's whole plate is in the picture, and wide enough to count."""
        return bool(self._whole(vehicle.plate_corners(time_s)[None])[0])

    def _whole(self, corners: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say of plates (n, 4, 3) which are wholly in the picture, and wide enough: (n,)."""
        pole = self.scenario.pole
        spots = self.pinhole.project(corners.reshape(-1, 3)).reshape(-1, 4, 2)
        limit = np.array([pole.width_px, pole.height_px]) - 1 - EDGE_PX
        inside = ((spots >= EDGE_PX) & (spots <= limit)).all(axis=(1, 2))  # nan compares false
        wide = np.linalg.norm(spots[:, 1] - spots[:, 0], axis=1) >= pole.least_plate_px
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
        for other in self.vehicles(time_s):
            if other.id == vehicle.id:
                continue
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


def _gate_s(lane: Lane, place: int, rng: np.random.Generator) -> float:
    return (place + lane.jitter * float(rng.random())) * lane.every_s


def _pick(rng: np.random.Generator, options: list[T], shares: list[float]) -> T:
    return options[int(rng.choice(len(options), p=np.array(shares) / sum(shares)))]
