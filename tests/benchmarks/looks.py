"""What the models see on the simulated street, kept, so that all that follows can be tried again.

A run of a scenario is a pure function of its name, seed and rate; looks are kept under `build/`,
which git ignores, and made anew when they are not there. All its plates are made up.
"""

import hashlib
import importlib.resources
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from agent.core.clock import Stamp
from agent.core.frames import Frame, Pixels
from agent.core.vision import CharacterRead, PlateRead, Quad
from agent.plates.reading import Limits, look
from agent.plates.track import Sighting
from models.plates import ShippedPlateModels
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World

KEPT = Path("build/looks")
START = datetime(2030, 1, 1, tzinfo=UTC)

Floats = NDArray[np.float32] | NDArray[np.float64]
Corners = tuple[tuple[float, float], ...]


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """One plate as detected and read."""

    corners: Corners
    score: float
    sure: bool
    places: tuple[tuple[tuple[str, float], ...], ...]


class There(msgspec.Struct, frozen=True, array_like=True):
    """One plate as it truly was in the picture."""

    vehicle: str
    corners: Corners
    whole: bool
    along_m: float
    """Where along the road it was."""


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """One picture: what was seen, and what there was to see."""

    time_s: float
    seen: tuple[Seen, ...]
    there: tuple[There, ...]


class Car(msgspec.Struct, frozen=True, array_like=True):
    """The truth about one vehicle."""

    text: str
    country: str
    lane: str
    plate_height_m: float
    hidden: float
    frames: int


class Run(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of street."""

    rate_hz: float
    size: tuple[int, int]
    moments: tuple[Moment, ...]
    cars: dict[str, Car]

    def every(self, nth: int) -> "Run":
        """Return the run as a camera `nth` times slower would have shown it."""
        return Run(self.rate_hz / nth, self.size, self.moments[::nth], self.cars)


def run(
    scenario: str, seed: int, for_s: float, rate_hz: float, tell: Callable[[str], None] = print
) -> Run:
    """Return what the shipped models see of a scenario, kept or made now."""
    files = importlib.resources.files("models")
    digest = hashlib.sha256(
        b"".join(
            files.joinpath(f"{model}/model.tflite").read_bytes()
            for model in ("plate_detector", "plate_reader")
        )
    ).hexdigest()[:8]
    kept = KEPT / f"{Path(scenario).stem}-{seed}-{for_s:g}s-{rate_hz:g}hz-{digest}.msgpack"
    if kept.exists():
        return msgspec.msgpack.decode(kept.read_bytes(), type=Run)
    tell(f"{kept.name}: being made")
    made = _made(World(load(scenario), seed), for_s, rate_hz)
    KEPT.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(msgspec.msgpack.encode(made))
    return made


def sightings(run_of: Run, moment: Moment, stamp_s: float | None = None) -> list[Sighting]:
    """Return what the duty's follower would be given for one picture, stamped at `stamp_s`."""
    frame = frame_of(run_of, moment, stamp_s)
    return [
        Sighting(
            frame,
            Quad(np.array(seen.corners, np.float32), seen.score, seen.sure),
            PlateRead(tuple(CharacterRead(place) for place in seen.places)),
        )
        for seen in moment.seen
    ]


def frame_of(run_of: Run, moment: Moment, stamp_s: float | None = None) -> Frame:
    """Return a picture of the right size without its pixels."""
    at_s = moment.time_s if stamp_s is None else stamp_s
    stamp = Stamp(at_s, START + timedelta(seconds=at_s), synced=True)
    width, height = run_of.size
    nothing = np.broadcast_to(np.zeros(1, np.uint8), (height, width))
    return Frame("gate", 0, stamp, Pixels.GREY8, nothing, digest="0" * 64)


def _made(world: World, for_s: float, rate_hz: float) -> Run:
    cv2.setNumThreads(1)
    eye = Eye(world)
    detector, reader = ShippedPlateModels().load()
    pole = world.scenario.pole
    moments = []
    frames: dict[str, int] = {}
    cars = {}
    for number in range(round(for_s * rate_hz)):
        time_s = number / rate_hz
        seen = look(eye.grey(time_s), detector, reader, Limits())
        there = []
        for vehicle in world.vehicles(time_s):
            corners = vehicle.plate_corners(time_s)
            spots = world.pinhole.project(corners)
            if not np.isfinite(spots).all():
                continue
            low, high = spots.min(axis=0), spots.max(axis=0)
            if (high < 0).any() or low[0] > pole.width_px or low[1] > pole.height_px:
                continue
            whole = world.sees(vehicle, time_s)
            frames[vehicle.id] = frames.get(vehicle.id, 0) + whole
            there.append(There(vehicle.id, _corners(spots), whole, float(corners[:, 1].mean())))
            cars[vehicle.id] = (vehicle, float(corners[:, 2].mean()))
        moments.append(
            Moment(
                time_s,
                tuple(
                    Seen(
                        _corners(quad.corners),
                        quad.score,
                        quad.sure,
                        tuple(place.choices for place in read.characters),
                    )
                    for quad, read in seen.plates
                ),
                tuple(there),
            )
        )
    hidden = {passage.vehicle: passage.hidden for passage in world.passages(0.0, for_s)}
    return Run(
        rate_hz,
        (pole.width_px, pole.height_px),
        tuple(moments),
        {
            name: Car(
                vehicle.plate,
                vehicle.country,
                vehicle.lane,
                height_m,
                hidden.get(name, 1.0),
                frames[name],
            )
            for name, (vehicle, height_m) in cars.items()
        },
    )


def _corners(spots: Floats) -> Corners:
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in spots)
