"""Lorries, with a box or a semi-trailer, and a bus: what is tall and hides others."""

from collections.abc import Iterator
from math import cos, pi, sin

from simulators.optics.mesh import Face, Material, block, face, upon

Point = tuple[float, float, float]
CAB = (0.0, 1.9, 1.12, 0.38, 2.62)
BOX = (2.05, 7.55, 1.2, 0.95, 3.3)
"""Each: s of both ends, half width, z of floor and roof."""


SEMI_TRAILER = (2.55, 16.4, 1.25, 1.05, 3.95)
BUS = (0.0, 12.0, 1.27, 0.34, 3.05)


def lorry() -> Iterator[Face]:
    """Yield the faces of a two-axle lorry with a box."""
    yield from _tractor(BOX, (1.15, 6.1))


def articulated() -> Iterator[Face]:
    """Yield the faces of a tractor with a semi-trailer."""
    yield from _tractor(SEMI_TRAILER, (1.25, 4.6, 12.6, 13.9, 15.2))


def _tractor(
    box: tuple[float, float, float, float, float], axles: tuple[float, ...]
) -> Iterator[Face]:
    yield from block(CAB, Material.PAINT, slope=0.12)
    yield from block(box, Material.CARGO)
    yield from block((0.3, box[1] - 0.15, 0.9, 0.5, 0.96), Material.TRIM)
    for flat in (*_front(), *_back(box[1] + 0.01, box[4])):  # upon the large faces
        yield upon(flat)
    for s in axles:
        for side in (-1, 1):
            yield from _wheel(s, side)


def bus() -> Iterator[Face]:
    """Yield the faces of a town bus."""
    yield from block(BUS, Material.PAINT, slope=0.06)
    near, far, w, low, _ = BUS
    inside = (0.0, 6.0, 1.5)
    front = [
        _pane((-1.18, 1.18), (1.15, 2.55), near - 0.01, Material.GLASS, inside, 0.05),
        _pane((-1.0, 1.0), (2.62, 2.92), near - 0.01, Material.GRILLE, inside, 0.05),
        _pane((-1.25, 1.25), (low, 0.62), near - 0.05, Material.TRIM, inside, 0.05),
        _pane((-0.3, 0.3), (0.50, 0.68), near - 0.07, Material.GRILLE, inside, 0.08),
    ]
    back = [
        _pane((-1.05, 1.05), (1.65, 2.65), far + 0.01, Material.GLASS, inside, 0.05),
        _pane((-0.95, 0.95), (0.95, 1.5), far + 0.01, Material.GRILLE, inside, 0.05),
        _pane((-1.25, 1.25), (low, 0.62), far + 0.04, Material.TRIM, inside, 0.05),
        _pane((-0.3, 0.3), (0.64, 0.84), far + 0.05, Material.TRIM, inside, 0.06),
    ]
    for side in (-1, 1):
        lamp = [(side * (0.95 + 0.13 * cos(a)), near - 0.06, 0.78 + 0.09 * sin(a))
                for a in _turn(14)]  # fmt: skip
        front.append(face(lamp, Material.HEADLAMP, inside, 0.12))
        tail = (side * 1.0, side * 1.2)
        back.append(_pane(tail, (0.95, 1.35), far + 0.02, Material.TAILLAMP, inside, 0.08))
        pane = [(side * (w + 0.01), near + 1.2, 1.2), (side * (w + 0.01), far - 0.5, 1.2),
                (side * (w + 0.01), far - 0.5, 2.45),
                (side * (w + 0.01), near + 1.2, 2.45)]  # fmt: skip
        yield face(pane, Material.GLASS, inside, 0.05)
        for s in (2.7, 8.8):
            yield from _wheel(s, side)
    for flat in (*front, *back):
        yield upon(flat)


def _pane(  # noqa: PLR0913, PLR0917 - where it is, what it is of, and which way it looks
    u: tuple[float, float],
    z: tuple[float, float],
    s: float,
    material: Material,
    inside: Point,
    lift: float,
) -> Face:
    points = [(u[0], s, z[0]), (u[1], s, z[0]), (u[1], s, z[1]), (u[0], s, z[1])]
    return face(points, material, inside, lift)


def _front() -> Iterator[Face]:
    inside = (0.0, 1.0, 1.4)

    def pane(
        u: tuple[float, float], z: tuple[float, float], material: Material, out: float, lift: float
    ) -> Face:
        low_s, high_s = _lean(z[0]) - out, _lean(z[1]) - out
        points = [
            (u[0], low_s, z[0]),
            (u[1], low_s, z[0]),
            (u[1], high_s, z[1]),
            (u[0], high_s, z[1]),
        ]
        return face(points, material, inside, lift)

    yield pane((-1.0, 1.0), (1.55, 2.38), Material.GLASS, 0.01, 0.05)
    for u in (-0.5, 0.5):
        ring = [(u + 0.17 * cos(a), _lean(1.8) - 0.02, 1.82 + 0.22 * sin(a)) for a in _turn(12)]
        yield face(ring, Material.CABIN, inside, 0.06)
    yield pane((-0.8, 0.8), (1.02, 1.42), Material.GRILLE, 0.01, 0.05)
    for z in (1.10, 1.20, 1.30):
        yield pane((-0.78, 0.78), (z, z + 0.025), Material.TRIM, 0.02, 0.06)
    yield pane((-0.16, 0.16), (1.44, 1.50), Material.CHROME, 0.02, 0.06)
    yield pane((-1.1, 1.1), (0.40, 0.92), Material.TRIM, 0.07, 0.05)
    yield pane((-0.3, 0.3), (0.53, 0.71), Material.GRILLE, 0.085, 0.08)
    for side in (-1, 1):
        lamp = [(side * (0.86 + 0.14 * cos(a)), -0.09, 0.72 + 0.085 * sin(a)) for a in _turn(14)]
        yield face(lamp, Material.HEADLAMP, inside, 0.12)
        mirror = [(side * 1.16, 0.25, 1.6), (side * 1.36, 0.25, 1.6), (side * 1.36, 0.25, 2.1),
                  (side * 1.16, 0.25, 2.1)]  # fmt: skip
        yield face(mirror, Material.TRIM, (side * 1.2, 0.6, 1.8), 0.06)
        window = [(side * 1.125, 0.45, 1.55), (side * 1.125, 1.5, 1.55), (side * 1.095, 1.5, 2.3),
                  (side * 1.095, 0.55, 2.3)]  # fmt: skip
        yield face(window, Material.GLASS, inside, 0.03)


def _back(s: float, high: float) -> Iterator[Face]:
    inside = (0.0, s - 3.5, 1.5)

    def pane(
        u: tuple[float, float], z: tuple[float, float], material: Material, out: float, lift: float
    ) -> Face:
        points = [
            (u[0], s + out, z[0]),
            (u[1], s + out, z[0]),
            (u[1], s + out, z[1]),
            (u[0], s + out, z[1]),
        ]
        return face(points, material, inside, lift)

    yield pane((-0.012, 0.012), (1.0, high - 0.05), Material.SEAM, 0.005, 0.04)
    for u in (-0.75, -0.35, 0.35, 0.75):
        yield pane((u - 0.015, u + 0.015), (1.02, high - 0.06), Material.CHROME, 0.01, 0.04)
    yield pane((-1.18, 1.18), (0.97, 1.03), Material.TRIM, 0.01, 0.04)
    yield pane((-1.15, 1.15), (0.50, 0.62), Material.TRIM, 0.10, 0.05)
    yield pane((-0.3, 0.3), (0.64, 0.84), Material.TRIM, 0.12, 0.06)
    for side in (-1, 1):
        yield pane((side * 0.75, side * 1.12), (0.70, 0.86), Material.TRIM, 0.08, 0.05)
        yield pane((side * 0.80, side * 1.09), (0.73, 0.84), Material.TAILLAMP, 0.09, 0.08)


def _wheel(s: float, side: int) -> Iterator[Face]:
    inside = (side * 0.7, s, 0.46)
    for size, material, out, lift in (
        (0.46, Material.TYRE, 0.0, 0.06),
        (0.27, Material.RIM, 0.01, 0.07),
        (0.12, Material.TYRE, 0.02, 0.08),
    ):
        ring = [(side * (1.14 + out), s + size * cos(a), 0.46 + size * sin(a)) for a in _turn(20)]
        yield face(ring, material, inside, lift)
    for end in (-1, 1):
        tread = [(side * 1.13, s + end * 0.4, 0.0), (side * 0.8, s + end * 0.4, 0.0),
                 (side * 0.8, s + end * 0.45, 0.55),
                 (side * 1.13, s + end * 0.45, 0.55)]  # fmt: skip
        yield face(tread, Material.TYRE, inside)


def _lean(z: float) -> float:
    """Return s of the cab's front at a height: it leans back a little."""
    return (z - CAB[3]) / (CAB[4] - CAB[3]) * 0.12


def _turn(steps: int) -> list[float]:
    return [2 * pi * k / steps for k in range(steps)]
