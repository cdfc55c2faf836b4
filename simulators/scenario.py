"""A scenario file says what a simulated street is like, and what goes wrong in it."""

import tomllib
from collections.abc import Iterator
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import msgspec

from agent.core.errors import ConfigError
from agent.core.expect import Problem, problems_of
from agent.core.settings import Settings, Word
from models.plate_art import layouts
from simulators.drive import GAP_M, REACT_S

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Light(Enum):
    """When it is."""

    DAY = "day"
    OVERCAST = "overcast"
    NIGHT = "night"


class Direction(Enum):
    """Which way a lane runs, as the camera sees it."""

    APPROACHING = "approaching"
    LEAVING = "leaving"


class Shape(Enum):
    """What drives past."""

    HATCHBACK = "hatchback"
    SALOON = "saloon"
    VAN = "van"
    LORRY = "lorry"
    MOTORCYCLE = "motorcycle"
    BUS = "bus"
    ARTICULATED = "articulated"
    TRAILER = "trailer"
    """A car that tows one."""

    @property
    def kind(self) -> str:
        """The class of vehicle that is counted: motorcycle, car, van, lorry or bus."""
        match self:
            case Shape.HATCHBACK | Shape.SALOON | Shape.TRAILER:
                return "car"
            case Shape.ARTICULATED:
                return "lorry"
            case _:
                return str(self.value)


class Pole(Settings, frozen=True, kw_only=True):
    """The camera: where it stands, where it looks, through which lens."""

    height_m: Annotated[float, msgspec.Meta(ge=1, le=20)] = 4.6
    across_m: float = 0.9
    """Right of the middle of the road."""
    tilt_deg: Annotated[float, msgspec.Meta(ge=0, le=60)] = 15.0
    """Downwards."""
    yaw_deg: Annotated[float, msgspec.Meta(ge=-45, le=45)] = -4.5
    """To the right."""
    view_deg: Annotated[float, msgspec.Meta(ge=5, le=100)] = 25.5
    """Horizontal field of view."""
    width_px: Annotated[int, msgspec.Meta(ge=160, le=4096)] = 1280
    height_px: Annotated[int, msgspec.Meta(ge=120, le=4096)] = 720
    exposure_ms: Annotated[float, msgspec.Meta(ge=0, le=40)] = 1.0
    readout_ms: Annotated[float, msgspec.Meta(ge=0, le=50)] = 12.0
    """From the first row to the last: a rolling shutter shears what moves."""
    barrel: Annotated[float, msgspec.Meta(ge=-0.5, le=0.5)] = 0.12
    """Radial distortion: how much nearer the middle a point falls, per square of its tangent."""
    jpeg: Annotated[int, msgspec.Meta(ge=0, le=100)] = 72
    """Quality of the camera's own compression; 0: none."""
    least_plate_px: Positive = 90.0
    """An ordinary plate narrower than this is too far away: the passage has not begun."""


class Halt(Settings, frozen=True, kw_only=True):
    """A place where the lane is barred for a while: a red light, or somebody who stands there.

    Whoever arrives at `y_m` in that time stops, and those behind queue up.
    """

    y_m: float = 14.0
    """Along the road, metres from the pole: there the first vehicle's nose stands."""
    at_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    for_s: Annotated[float, msgspec.Meta(gt=0, le=120)]
    every_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Again after so long; 0: once."""

    def closed(self, time_s: float) -> float | None:
        """Return until when it is barred at a time, or None when it is open."""
        since_s = time_s - self.at_s
        if self.every_s > 0:
            since_s %= self.every_s
        return time_s - since_s + self.for_s if 0 <= since_s < self.for_s else None


class Lane(Settings, frozen=True, kw_only=True):
    """One lane and its traffic."""

    name: Word
    direction: Direction
    centre_m: float
    """Right of the middle of the road."""
    every_s: Annotated[float, msgspec.Meta(ge=1.5)] = 4.5
    """One place for a vehicle each so many seconds."""
    filled: Share = 0.8
    """How many of these places have one."""
    jitter: Annotated[float, msgspec.Meta(ge=0, le=0.6)] = 0.4
    """How far a vehicle strays from its place, in shares of `every_s`."""
    speed_kmh: Annotated[float, msgspec.Meta(ge=5, le=200)] = 45.0
    spread_kmh: Annotated[float, msgspec.Meta(ge=0, le=60)] = 4.0
    """Speeds are spread this far either way: normally, two standard deviations, and no farther."""
    halt: Annotated[tuple[Halt, ...], msgspec.Meta(max_length=8)] = ()


class FaultKind(Enum):
    """What can befall the camera."""

    UNPLUG = "unplug"
    STALL = "stall"
    FROZEN = "frozen"
    DARK = "dark"


class Fault(Settings, frozen=True, kw_only=True):
    """One thing that goes wrong at a given time of the world."""

    kind: FaultKind
    at_s: Annotated[float, msgspec.Meta(ge=0)]
    for_s: Positive

    def during(self, time_s: float) -> bool:
        """Say whether it holds at a world time."""
        return self.at_s <= time_s < self.at_s + self.for_s


class Scenario(Settings, frozen=True, kw_only=True):
    """A street, its traffic, its weather, its camera and its mishaps."""

    title: str
    light: Light = Light.DAY
    rain: Share = 0.0
    dirt: Share = 0.1
    """How dirty vehicles are on average."""
    countries: dict[str, Positive] = msgspec.field(default_factory=lambda: {"E": 1.0})
    """Country code on the plate to its share of the traffic."""
    shapes: dict[Shape, Positive] = msgspec.field(
        default_factory=lambda: {
            Shape.HATCHBACK: 50.0, Shape.SALOON: 26.0, Shape.VAN: 10.0, Shape.LORRY: 3.0,
            Shape.MOTORCYCLE: 7.0, Shape.BUS: 1.5, Shape.ARTICULATED: 1.0, Shape.TRAILER: 1.5,
        }
    )  # fmt: skip
    plateless: Share = 0.01
    """Vehicles without a plate."""
    covered: Share = 0.01
    """Vehicles whose plate something covers, wholly or in part."""
    pole: Pole = msgspec.field(default_factory=Pole)
    lane: Annotated[tuple[Lane, ...], msgspec.Meta(min_length=1, max_length=6)]
    fault: Annotated[tuple[Fault, ...], msgspec.Meta(max_length=64)] = ()


LONGEST_M = 16.6
"""The longest vehicle (simulators/optics/body.py), with a little air."""

SIGHT_M = 90.0
"""How far along the road vehicles exist; nothing further is drawn."""

MOST_AHEAD = 16
"""A queue that holds up more vehicles than this would end in a collision."""


def names() -> list[str]:
    """Return the scenarios that come with the simulator."""
    folder = files("simulators.scenarios")
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name[-5:] == ".toml")


def load(name_or_path: str) -> Scenario:
    """Read a scenario by its name or from a file.

    Raises:
        ConfigError: there is none, or it is wrong; the message names file, key and what it
            should be.
    """
    shipped = files("simulators.scenarios").joinpath(f"{name_or_path}.toml")
    try:
        if name_or_path in names():
            text, origin = shipped.read_bytes(), f"scenario {name_or_path}"
        else:
            text, origin = Path(name_or_path).read_bytes(), name_or_path
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise ConfigError(
            f"no scenario {name_or_path}: expected a TOML file, or one of {', '.join(names())}"
        ) from error
    try:
        document = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{origin}: not TOML: {error}") from error
    if problems := [str(problem) for problem in _problems(document)]:
        raise ConfigError("; ".join(f"{origin}: {problem}" for problem in problems))
    scenario = msgspec.convert(document, Scenario)
    for problem in _impossible(scenario):
        raise ConfigError(f"{origin}: {problem}")
    return scenario


def _problems(document: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a scenario's keys and values, lists looked into one by one."""
    inside: list[Problem] = []
    broken = set()
    for key, kind in (("lane", Lane), ("fault", Fault)):
        entries = document.get(key)
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            found = list(problems_of(entry, kind, f"{key}[{number}]"))
            inside += found
            broken |= {key for _ in found}
    for problem in problems_of(document, Scenario, ""):
        path = problem.path.lstrip(".")
        if path not in broken:  # else told more exactly
            yield Problem(path, problem.words)
    yield from inside


def _impossible(scenario: Scenario) -> Iterator[str]:
    """Yield what no street can do, each with its key."""
    for country in scenario.countries:
        if not any(one.country == country and one.on == "car" for one in layouts()):
            known = ", ".join(sorted({one.country for one in layouts() if one.country}))
            yield f"countries.{country}: no such plate can be drawn, expected some of {known}"
    seen: set[str] = set()
    for number, lane in enumerate(scenario.lane):
        key = f"lane[{number}]"
        if lane.name in seen:
            yield f"{key}.name: two lanes are called {lane.name}, expected different names"
        seen.add(lane.name)
        slowest = lane.speed_kmh - lane.spread_kmh
        if slowest <= 0:
            yield f"{key}.spread_kmh: expected less than speed_kmh"
            continue
        # The least headway of the slowest behind the longest; each place must have that room.
        least_s = lane.every_s * (1 - lane.jitter)
        needs_s = REACT_S + (LONGEST_M + GAP_M) * 3.6 / slowest
        if needs_s > lane.every_s:
            yield (
                f"{key}.every_s: vehicles {lane.every_s:.1f} s apart run into each other, expected "
                f"at least {needs_s:.1f} s"
            )
        elif least_s <= 0:
            yield f"{key}.jitter: expected less than 1"
        for place, halt in enumerate(lane.halt):
            yield from _jam(f"{key}.halt[{place}]", lane, halt)


def _jam(key: str, lane: Lane, halt: Halt) -> Iterator[str]:
    """Yield what is wrong with a halt: too many would queue, or they would never get away."""
    waiting = (halt.for_s + 10) / lane.every_s
    if waiting > MOST_AHEAD - 4:
        yield f"{key}.for_s: {waiting:.0f} vehicles would queue, expected {MOST_AHEAD - 4} at most"
    away_s = halt.for_s + 2.6 * waiting + 10
    if 0 < halt.every_s < away_s:
        yield f"{key}.every_s: the queue needs {away_s:.0f} s to clear, expected at least as much"
