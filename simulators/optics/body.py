"""The shapes that drive past: a hatchback, a saloon, a van and a lorry, in metres.

A body's axes: u to its own right, s from nose to tail, z up; the nose is at s = 0 and the wheels
stand on z = 0. Sizes are those of common European models of each class.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulators.optics.car import Station, car
from simulators.optics.lorry import lorry
from simulators.optics.mesh import Mesh, mesh
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
    """Middles of the two headlamps, (2, 3)."""
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

    def plate(self, width_m: float, height_m: float, *, rear: bool) -> Floats:
        """Return a mounted plate's corners (4, 3): top left first, clockwise, as it is read."""
        s, z = self.rear_plate_m if rear else self.front_plate_m
        left = -width_m / 2 if rear else width_m / 2
        top, bottom = z + height_m / 2, z - height_m / 2
        return np.array([(left, s, top), (-left, s, top), (-left, s, bottom), (left, s, bottom)])


@cache
def body(shape: Shape) -> Body:
    """Return the body of a shape."""
    match shape:
        case Shape.HATCHBACK:
            faces = car(_HATCHBACK, half_width=0.88, glass=(2, 6), axles=(0.78, 3.32), radius=0.31)
            return Body(
                mesh(faces), 4.05, 0.88, 1.48, (-0.09, 0.45), (4.13, 0.78),
                _pair(0.65, 0.03, 0.60), _pair(0.70, 4.0, 0.82),
            )  # fmt: skip
        case Shape.SALOON:
            faces = car(_SALOON, half_width=0.91, glass=(2, 6), axles=(0.85, 3.68), radius=0.33)
            return Body(
                mesh(faces), 4.65, 0.91, 1.44, (-0.09, 0.43), (4.73, 0.78),
                _pair(0.67, 0.03, 0.59), _pair(0.72, 4.6, 0.84),
            )  # fmt: skip
        case Shape.VAN:
            faces = car(_VAN, half_width=0.99, glass=(2, 3), axles=(0.9, 4.1), radius=0.34)
            return Body(
                mesh(faces), 5.05, 0.99, 2.03, (-0.09, 0.55), (5.13, 0.72),
                _pair(0.77, 0.03, 0.72), _pair(0.88, 5.0, 1.0),
            )  # fmt: skip
        case Shape.LORRY:
            return Body(
                mesh(lorry()), 7.6, 1.2, 3.3, (-0.10, 0.62), (7.70, 0.74),
                _pair(0.86, -0.02, 0.72), _pair(0.95, 7.6, 0.8),
            )  # fmt: skip


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
