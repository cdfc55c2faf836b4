"""A two-axle box lorry: a cab, a cargo box and what carries them."""

from collections.abc import Iterator
from math import cos, pi, sin

from simulators.optics.mesh import Face, Material, face, upon

Point = tuple[float, float, float]
CAB = (0.0, 1.9, 1.12, 0.38, 2.62)
BOX = (2.05, 7.55, 1.2, 0.95, 3.3)
"""Each: s of both ends, half width, z of floor and roof."""


def lorry() -> Iterator[Face]:
    """Yield the faces of a lorry."""
    yield from _block(CAB, Material.PAINT, slope=0.12)
    yield from _block(BOX, Material.CARGO)
    yield from _block((0.3, 7.4, 0.9, 0.5, 0.96), Material.TRIM)
    for flat in (*_front(), *_back()):  # upon the large faces, whatever is nearer the eye
        yield upon(flat)
    for s in (1.15, 6.1):
        for side in (-1, 1):
            yield from _wheel(s, side)


def _block(
    block: tuple[float, float, float, float, float], material: Material, slope: float = 0.0
) -> Iterator[Face]:
    near, far, w, low, high = block
    inside = (0.0, (near + far) / 2, (low + high) / 2)
    lean = near + slope
    front = [(-w, near, low), (w, near, low), (w * 0.97, lean, high), (-w * 0.97, lean, high)]
    back = [(-w, far, low), (w, far, low), (w, far, high), (-w, far, high)]
    top = [front[3], front[2], back[2], back[3]]
    for points in (front, back, top):
        yield face(points, material, inside)
    for a, b, c, d in ((0, 0, 3, 3), (1, 1, 2, 2)):
        yield face([front[a], back[b], back[c], front[d]], material, inside)


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


def _back() -> Iterator[Face]:
    inside, s = (0.0, 4.0, 1.5), 7.56

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

    yield pane((-0.012, 0.012), (1.0, 3.25), Material.SEAM, 0.005, 0.04)
    for u in (-0.75, -0.35, 0.35, 0.75):
        yield pane((u - 0.015, u + 0.015), (1.02, 3.24), Material.CHROME, 0.01, 0.04)
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
