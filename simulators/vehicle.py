"""A vehicle of the simulated street: what it is, what its plate says, where it is at any moment."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from math import pi, sin

import numpy as np
from numpy.typing import NDArray

from models.plate_art import Layout
from models.plate_art.text import Written
from simulators.drive import Behind, Drive
from simulators.optics.body import Body, body
from simulators.scenario import Direction, Shape

GATE_M = 12.0
"""Where along the road a vehicle's nose is when its way is 0 m."""

SWAY_M = 0.08
SWAY_PER_M = 2 * pi / 45
"""Nobody holds a lane to the centimetre."""


class Cover(Enum):
    """What keeps a plate from being read, whoever looks."""

    NOTHING = "nothing"
    ABSENT = "absent"
    """There is no plate where one should be."""
    WHOLE = "whole"
    """A cloth, a bag, dried mud."""
    PART = "part"
    """A strap or a ball hitch before some of the characters."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle; it keeps its lane all along the street."""

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
    drive: Drive
    ahead: tuple[Behind, ...]
    """Those that hold it up on its way, if any."""
    middle_m: float
    """Right of the middle of the road."""
    cover: Cover = Cover.NOTHING
    roll: float = 0.0
    pitch: float = 0.0
    """How the plate hangs, radians: askew, and leaning back."""

    @property
    def plate(self) -> str:
        """What the plate says, covered or not; nothing where there is none."""
        return "" if self.cover is Cover.ABSENT else self.written.text

    @property
    def readable(self) -> bool:
        """Whether a perfect reader could say what the plate says."""
        return self.cover is Cover.NOTHING

    @property
    def body(self) -> Body:
        return body(self.shape)

    @property
    def length_m(self) -> float:
        return self.body.length_m

    def way_m(self, time_s: float) -> float:
        """Return how far beyond the gate its nose is."""
        own = self.drive.way_m(time_s)
        return min((own, *(one.limit_m(time_s) for one in self.ahead)))

    def speed_mps(self, time_s: float) -> float:
        """Return how fast it is, over a tenth of a second."""
        return (self.way_m(time_s + 0.05) - self.way_m(time_s - 0.05)) / 0.1

    def nose_y_m(self, time_s: float) -> float:
        """Where along the road its nose is."""
        way = self.way_m(time_s)
        return GATE_M - way if self.direction is Direction.APPROACHING else GATE_M + way

    def plate_y_m(self, time_s: float) -> float:
        """Where along the road the end that faces the camera is."""
        nose = self.nose_y_m(time_s)
        return nose if self.direction is Direction.APPROACHING else nose - self.length_m

    def placed(self, points: NDArray[np.float64], time_s: float) -> NDArray[np.float64]:
        """Bring a body's points (n, 3) into the street's axes.

        A body's first axis is its own right, the second runs from nose to tail, the third is up.
        """
        y_m = self.nose_y_m(time_s)
        x_m = self.middle_m + SWAY_M * sin(SWAY_PER_M * y_m + self.seed % 64)
        if self.direction is Direction.APPROACHING:  # its right is our left
            return points * (-1, 1, 1) + (x_m, y_m, 0.0)
        return points * (1, -1, 1) + (x_m, y_m, 0.0)

    def plate_corners(self, time_s: float) -> NDArray[np.float64]:
        """Return where the plate that faces the camera is, (4, 3) metres.

        Top left, top right, bottom right and bottom left as one who stands before it reads it.
        """
        return self.placed(self.hung, time_s)

    @property
    def hung(self) -> NDArray[np.float64]:
        """The corners of the plate that faces the camera, in the body's axes, (4, 3) metres."""
        size_m = (self.layout.size_mm[0] / 1000, self.layout.size_mm[1] / 1000)
        rear = self.direction is Direction.LEAVING
        return hung(self.shape, size_m, (self.roll, self.pitch), rear=rear)

    def __repr__(self) -> str:
        return f"Vehicle({self.id}, {self.shape.value})"  # even a made-up plate stays out of logs


@lru_cache(maxsize=1024)
def hung(
    shape: Shape, size_m: tuple[float, float], turn: tuple[float, float], *, rear: bool
) -> NDArray[np.float64]:
    """Return a plate's corners in its body's axes, (4, 3) metres, read-only."""
    corners = body(shape).plate(*size_m, rear=rear, roll=turn[0], pitch=turn[1])
    corners.flags.writeable = False
    return corners
