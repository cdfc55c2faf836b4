"""Why a passage was not read right: the models alone are asked about its pictures again."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import PlateDetector, PlateReader, Quad
from agent.plates.reading import Limits, look
from agent.plates.settings import PlatesSettings
from models.plates import ShippedPlateModels
from simulators.optics.eye import Eye
from simulators.vehicle import Vehicle
from simulators.world import Passage

Floats = NDArray[np.float64]

LEAST_OVERLAP = 0.3
"""Share of the truth's rectangle that a detection must cover, and be covered by."""

CROP = (208, 468)
"""Rows and columns of one cell's picture."""


class Miss(msgspec.Struct, frozen=True):
    """One passage that was not read right, and what the models made of its pictures."""

    scenario: str
    seed: int
    vehicle: str
    layout: str
    kind: str
    cover: str
    truth: str
    told: str
    """Empty where nothing was said."""
    reason: str
    at_s: float
    reads: tuple[str, ...]
    """What each picture reads; "-" where the plate was not found."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks the models about one world's pictures."""

    eye: Eye
    scenario: str
    rate_hz: float

    def miss(self, passage: Passage, told: str) -> Miss:
        """Look at a passage's pictures again, one by one."""
        reads = []
        for time_s in self._moments(passage):
            vehicle = vehicle_of(self.eye, passage.vehicle, time_s)
            reads.append("-" if vehicle is None else self._read(vehicle, time_s))
        return Miss(
            self.scenario, self.eye.world.seed, passage.vehicle, passage.layout, passage.kind,
            passage.cover.value, passage.plate, told, _reason(passage.plate, told, reads),
            (passage.entered_s + passage.left_s) / 2, tuple(reads),
        )  # fmt: skip

    def _moments(self, passage: Passage) -> list[float]:
        first = int(np.ceil(passage.entered_s * self.rate_hz))
        last = int(np.floor(passage.left_s * self.rate_hz))
        return [moment / self.rate_hz for moment in range(first, last + 1)][:12]

    def _read(self, vehicle: Vehicle, time_s: float) -> str:
        detector, reader = _models()
        limits = Limits(height_px=PlatesSettings("gate", "trial").height_px)
        seen = look(self.eye.grey(time_s), detector, reader, limits)
        spots = self.eye.spots(vehicle, time_s)
        for quad, read in seen.plates:
            if _covers(quad, spots):
                return read.text or "?"
        return "-"


def vehicle_of(eye: Eye, name: str, time_s: float) -> Vehicle | None:
    """Return the vehicle of a name, if it is on the street then."""
    return next((v for v in eye.world.vehicles(time_s) if v.id == name), None)


def crop(eye: Eye, vehicle: Vehicle, time_s: float) -> NDArray[np.uint8]:
    """Cut a plate with its surroundings out of the picture, `CROP` pixels."""
    spots = eye.spots(vehicle, time_s)
    middle, width = spots.mean(axis=0), float(np.linalg.norm(spots[1] - spots[0]))
    scale = CROP[1] / max(2.2 * width, 60)
    matrix = np.array([[scale, 0, CROP[1] / 2 - scale * middle[0]],
                       [0, scale, CROP[0] / 2 - scale * middle[1]]])  # fmt: skip
    return np.asarray(cv2.warpAffine(eye.grey(time_s), matrix, CROP[::-1]), np.uint8)


@cache
def _models() -> tuple[PlateDetector, PlateReader]:
    return ShippedPlateModels().load()


def _covers(quad: Quad, spots: Floats) -> bool:
    low, high = quad.corners.min(axis=0), quad.corners.max(axis=0)
    truth_low, truth_high = spots.min(axis=0), spots.max(axis=0)
    shared = np.clip(np.minimum(high, truth_high) - np.maximum(low, truth_low), 0, None).prod()
    both = (high - low).prod() + (truth_high - truth_low).prod() - shared
    return bool(shared / max(both, 1e-6) > LEAST_OVERLAP)


def _reason(truth: str, told: str, reads: list[str]) -> str:
    """Name what went wrong, from where it first did."""
    found = [read for read in reads if read != "-"]
    right = found.count(truth)
    if len(found) < 2:
        return "not found"
    if told:
        return "outvoted" if right >= len(found) / 2 else "misread"
    if right >= 2:
        return "read, not told"
    most = Counter(found).most_common(1)[0][1]
    return "reads disagree" if most < 2 else "misread, not told"
