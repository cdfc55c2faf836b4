"""The shapes that drive past, from motorcycle to articulated lorry, in metres.

A body's axes: u to its own right, s from nose to tail, z up; the nose is at s = 0 and the wheels
stand on z = 0. Sizes are those of common European models of each class.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulators.optics.car import Station, car
from simulators.optics.lorry import articulated, bus, lorry
from simulators.optics.mesh import Face, Mesh, mesh
from simulators.optics.small import motorcycle, trailer
from simulators.scenario import Shape

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A shape, and where on it the plates, lamps and limits are."""

    mesh: Mesh
    length_m: float
    half_width_m: float
    height_m: float
    front_plate_m: tuple[float, float]
    """s and z of the front plate's middle."""
    rear_plate_m: tuple[float, float]
    lamps: Floats
    """Middles of the headlamps, (n, 3)."""
    tail_lamps: Floats

    @property
    def extent(self) -> Floats:
        """The eight corners of the box round it, (8, 3)."""
        w, le, h = self.half_width_m, self.length_m, self.height_m
        return np.array([(u, s, z) for u in (-w, w) for s in (0.0, le) for z in (0.15, h)])

    @property
    def footprint(self) -> Floats:
        """Where it stands, (4, 3)."""
        w, le = self.half_width_m, self.length_m
        return np.array([(-w, 0.05, 0), (w, 0.05, 0), (w, le - 0.05, 0), (-w, le - 0.05, 0)])

    def plate(
        self, width_m: float, height_m: float, *, rear: bool, roll: float = 0.0, pitch: float = 0.0
    ) -> Floats:
        """Return a mounted plate's corners (4, 3): top left first, clockwise, as it is read.

        It hangs a little askew by `roll`, and leans back by `pitch`, both in radians.
        """
        s, z = self.rear_plate_m if rear else self.front_plate_m
        left = -width_m / 2 if rear else width_m / 2
        up = height_m / 2
        out = np.array([(left, 0, up), (-left, 0, up), (-left, 0, -up), (left, 0, -up)])
        turned = out.copy()
        turned[:, 2] = out[:, 2] + roll * out[:, 0]
        turned[:, 0] = out[:, 0] - roll * out[:, 2]
        turned[:, 1] = (-1 if rear else 1) * pitch * out[:, 2]
        placed: Floats = turned + np.array([0.0, s, z])
        return placed


@cache
def body(shape: Shape) -> Body:
    """Return the body of a shape."""
    faces, length, half_width, height, front, rear = _BUILDS[shape]
    lamps, tail_lamps = _LAMPS[shape]
    return Body(mesh(faces()), length, half_width, height, front, rear, lamps, tail_lamps)


def _hatchback() -> Iterator[Face]:
    return car(_HATCHBACK, half_width=0.88, glass=(2, 6), axles=(0.78, 3.32), radius=0.31)


def _saloon() -> Iterator[Face]:
    return car(_SALOON, half_width=0.91, glass=(2, 6), axles=(0.85, 3.68), radius=0.33)


def _van() -> Iterator[Face]:
    return car(_VAN, half_width=0.99, glass=(2, 3), axles=(0.9, 4.1), radius=0.34)


def _towing() -> Iterator[Face]:
    yield from _hatchback()
    yield from trailer()


def _pair(u: float, s: float, z: float) -> Floats:
    return np.array([(-u, s, z), (u, s, z)])


# s, z of the middle line, half width there; z and half width of the belt line below it.
_HATCHBACK = (
    Station(0.00, 0.70, 0.56, 0.64, 0.64),
    Station(0.26, 0.82, 0.70, 0.70, 0.86),
    Station(1.02, 0.99, 0.74, 0.88, 0.88),
    Station(1.78, 1.41, 0.55, 0.92, 0.88),
    Station(2.45, 1.48, 0.56, 0.93, 0.88),
    Station(3.40, 1.44, 0.54, 0.95, 0.88),
    Station(3.86, 1.04, 0.66, 0.93, 0.84),
    Station(4.05, 0.72, 0.62, 0.64, 0.70),
)
_SALOON = (
    Station(0.00, 0.67, 0.58, 0.62, 0.66),
    Station(0.26, 0.78, 0.72, 0.68, 0.88),
    Station(1.18, 0.96, 0.76, 0.86, 0.91),
    Station(1.98, 1.38, 0.56, 0.90, 0.91),
    Station(2.60, 1.44, 0.57, 0.91, 0.91),
    Station(3.35, 1.38, 0.55, 0.93, 0.90),
    Station(4.00, 1.06, 0.68, 0.94, 0.88),
    Station(4.65, 0.96, 0.64, 0.80, 0.72),
)
_VAN = (
    Station(0.00, 0.92, 0.70, 0.78, 0.76),
    Station(0.22, 1.06, 0.84, 0.90, 0.95),
    Station(0.78, 1.22, 0.86, 1.08, 0.98),
    Station(1.55, 1.84, 0.74, 1.14, 0.99),
    Station(2.20, 2.02, 0.78, 1.15, 0.99),
    Station(3.60, 2.03, 0.79, 1.15, 0.99),
    Station(4.90, 2.00, 0.79, 1.15, 0.98),
    Station(5.05, 1.90, 0.80, 1.15, 0.94),
)

Build = tuple[
    Callable[[], Iterable[Face]],
    float,
    float,
    float,
    tuple[float, float],
    tuple[float, float],
]

_BUILDS: dict[Shape, Build] = {
    Shape.HATCHBACK: (_hatchback, 4.05, 0.88, 1.48, (-0.09, 0.45), (4.13, 0.78)),
    Shape.SALOON: (_saloon, 4.65, 0.91, 1.44, (-0.09, 0.43), (4.73, 0.78)),
    Shape.VAN: (_van, 5.05, 0.99, 2.03, (-0.09, 0.55), (5.13, 0.72)),
    Shape.LORRY: (lorry, 7.6, 1.2, 3.3, (-0.10, 0.62), (7.70, 0.74)),
    Shape.ARTICULATED: (articulated, 16.5, 1.25, 3.95, (-0.10, 0.62), (16.55, 0.74)),
    Shape.BUS: (bus, 12.05, 1.27, 3.05, (-0.09, 0.59), (12.1, 0.74)),
    Shape.MOTORCYCLE: (motorcycle, 2.1, 0.38, 1.75, (-0.05, 0.6), (2.06, 0.62)),
    Shape.TRAILER: (_towing, 7.3, 0.88, 1.48, (-0.09, 0.45), (7.33, 0.66)),
}
"""Faces, length, half width and height; s and z of the front plate and of the rear one."""

_LAMPS: dict[Shape, tuple[Floats, Floats]] = {
    Shape.HATCHBACK: (_pair(0.65, 0.03, 0.60), _pair(0.70, 4.0, 0.82)),
    Shape.SALOON: (_pair(0.67, 0.03, 0.59), _pair(0.72, 4.6, 0.84)),
    Shape.VAN: (_pair(0.77, 0.03, 0.72), _pair(0.88, 5.0, 1.0)),
    Shape.LORRY: (_pair(0.86, -0.02, 0.72), _pair(0.95, 7.6, 0.8)),
    Shape.ARTICULATED: (_pair(0.86, -0.02, 0.72), _pair(0.95, 16.45, 0.8)),
    Shape.BUS: (_pair(0.95, -0.06, 0.78), _pair(1.1, 12.0, 1.15)),
    Shape.MOTORCYCLE: (np.array([(0.0, 0.14, 0.9)]), np.array([(0.0, 2.0, 0.9)])),
    Shape.TRAILER: (_pair(0.65, 0.03, 0.60), _pair(0.68, 7.25, 0.62)),
}
"""Headlamps and tail lamps."""
