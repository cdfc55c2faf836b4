"""A mesh is flat faces of named materials, kept as arrays so that it is placed in one step."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Material(IntEnum):
    """What a face is made of; optics/paint.py knows how each looks."""

    PAINT = auto()
    GLASS = auto()
    TRIM = auto()
    TYRE = auto()
    RIM = auto()
    GRILLE = auto()
    CHROME = auto()
    HEADLAMP = auto()
    TAILLAMP = auto()
    CARGO = auto()
    SEAM = auto()
    CABIN = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A flat convex face: `points` (n, 3) metres, seen only from where `normal` (3,) points.

    `lift` draws it after what it lies upon: metres by which it counts as nearer.
    """

    points: Floats
    material: Material
    normal: Floats
    lift: float


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Many faces: all their points in one array, and where each face's begin."""

    points: Floats  # (n, 3)
    starts: NDArray[np.int64]  # (faces + 1,)
    normals: Floats  # (faces, 3)
    middles: Floats  # (faces, 3)
    materials: NDArray[np.int64]  # (faces,)
    lifts: Floats  # (faces,)


def face(
    points: Sequence[tuple[float, float, float]] | Floats,
    material: Material,
    inside: tuple[float, float, float],
    lift: float = 0.0,
) -> Face:
    """Make a face that looks away from the point `inside`."""
    array = np.asarray(points, dtype=np.float64)
    # Newell's normal: right for any flat polygon, and best for one not quite flat.
    following = np.roll(array, -1, axis=0)
    normal = np.cross(array, following).sum(axis=0)
    normal = normal / max(float(np.linalg.norm(normal)), 1e-9)
    if float(normal @ (array.mean(axis=0) - np.asarray(inside))) < 0:
        normal = -normal
    return Face(array, material, normal, lift)


def block(
    bounds: tuple[float, float, float, float, float], material: Material, slope: float = 0.0
) -> Iterator[Face]:
    """Yield a box: s of both ends, half width, z of floor and roof; its front may lean back."""
    near, far, w, low, high = bounds
    inside = (0.0, (near + far) / 2, (low + high) / 2)
    lean = near + slope
    front = [(-w, near, low), (w, near, low), (w * 0.97, lean, high), (-w * 0.97, lean, high)]
    back = [(-w, far, low), (w, far, low), (w, far, high), (-w, far, high)]
    top = [front[3], front[2], back[2], back[3]]
    for points in (front, back, top):
        yield face(points, material, inside)
    for a, b, c, d in ((0, 0, 3, 3), (1, 1, 2, 2)):
        yield face([front[a], back[b], back[c], front[d]], material, inside)


def upon(one: Face) -> Face:
    """Make a face one that is fixed to a body's front or back.

    It is drawn after the body however large the body's faces are, and after what is fixed below
    it however far to the side of the eye it lies.
    """
    return replace(one, lift=2.0 + 10 * one.lift)


def mesh(faces: Iterable[Face]) -> Mesh:
    """Gather faces."""
    every = list(faces)
    starts = np.cumsum([0, *(len(one.points) for one in every)])
    return Mesh(
        points=np.concatenate([one.points for one in every]),
        starts=starts,
        normals=np.stack([one.normal for one in every]),
        middles=np.stack([one.points.mean(axis=0) for one in every]),
        materials=np.array([one.material for one in every]),
        lifts=np.array([one.lift for one in every]),
    )
