"""What is small: a motorcycle with its rider, and the trailer behind a car."""

from collections.abc import Iterator
from math import cos, pi, sin

from simulators.optics.mesh import Face, Material, block, face, upon

Point = tuple[float, float, float]

TRAILER = (4.95, 7.25, 0.76, 0.46, 1.35)
"""s of both ends, half width, z of floor and lid."""


def motorcycle() -> Iterator[Face]:
    """Yield the faces of a motorcycle and the one who rides it."""
    inside = (0.0, 1.1, 0.8)
    for s in (0.33, 1.72):
        yield from block((s - 0.31, s + 0.31, 0.07, 0.0, 0.62), Material.TYRE)
        for side in (-1, 1):
            ring = [(side * 0.075, s + 0.3 * cos(a), 0.31 + 0.3 * sin(a)) for a in _turn(16)]
            yield face(ring, Material.TYRE, (0.0, s, 0.31), 0.02)
            hub = [(side * 0.08, s + 0.18 * cos(a), 0.31 + 0.18 * sin(a)) for a in _turn(12)]
            yield face(hub, Material.RIM, (0.0, s, 0.31), 0.03)
    yield from block((0.55, 1.5, 0.2, 0.3, 0.82), Material.PAINT)
    yield from block((0.18, 0.6, 0.24, 0.72, 1.12), Material.PAINT, slope=0.2)  # its fairing
    yield from block((1.35, 1.98, 0.15, 0.78, 0.95), Material.PAINT)
    yield from block((0.45, 0.55, 0.38, 1.0, 1.06), Material.TRIM)  # handlebar
    yield from block((0.95, 1.3, 0.25, 0.92, 1.5), Material.CABIN)  # the rider's trunk
    for side in (-1, 1):
        yield from _limb((side * 0.24, 1.1, 0.95), (side * 0.27, 0.75, 0.55))
        yield from _limb((side * 0.27, 1.05, 1.42), (side * 0.34, 0.58, 1.08))
    yield from block((0.93, 1.2, 0.14, 1.5, 1.78), Material.CARGO, slope=0.05)  # the helmet
    lamp = [(0.1 * cos(a), 0.16, 0.9 + 0.09 * sin(a)) for a in _turn(14)]
    yield upon(face(lamp, Material.HEADLAMP, inside, 0.1))
    tail = [(-0.09, 2.0, 0.86), (0.09, 2.0, 0.86), (0.09, 2.0, 0.93), (-0.09, 2.0, 0.93)]
    yield upon(face(tail, Material.TAILLAMP, inside, 0.1))
    flap = [(-0.12, 2.02, 0.45), (0.12, 2.02, 0.45), (0.12, 2.0, 0.8), (-0.12, 2.0, 0.8)]
    yield upon(face(flap, Material.TRIM, inside, 0.05))


def trailer() -> Iterator[Face]:
    """Yield the faces of a light trailer, in the axes of the car that tows it."""
    near, far, w, _, high = TRAILER
    inside = (0.0, (near + far) / 2, 0.9)
    yield from block(TRAILER, Material.CARGO)
    yield from block((4.1, near, 0.04, 0.44, 0.52), Material.TRIM)
    yield from block((near + 0.8, far - 0.8, 0.95, 0.0, 0.6), Material.TYRE)
    board = [(-0.85, far + 0.03, 0.5), (0.85, far + 0.03, 0.5), (0.85, far + 0.03, 0.82),
             (-0.85, far + 0.03, 0.82)]  # fmt: skip
    yield upon(face(board, Material.TRIM, inside, 0.05))
    for side in (-1, 1):
        lamp = [(side * 0.55, far + 0.05, 0.55), (side * 0.8, far + 0.05, 0.55),
                (side * 0.8, far + 0.05, 0.7), (side * 0.55, far + 0.05, 0.7)]  # fmt: skip
        yield upon(face(lamp, Material.TAILLAMP, inside, 0.08))
    seam = [(-w, far + 0.02, high - 0.2), (w, far + 0.02, high - 0.2), (w, far + 0.02, high - 0.17),
            (-w, far + 0.02, high - 0.17)]  # fmt: skip
    yield upon(face(seam, Material.SEAM, inside, 0.05))


def _limb(upper: Point, lower: Point) -> Iterator[Face]:
    """Yield a flat limb, seen from before and from behind."""
    for way in (-1, 1):
        points = [(upper[0] - 0.07, upper[1], upper[2]), (upper[0] + 0.07, upper[1], upper[2]),
                  (lower[0] + 0.06, lower[1], lower[2]),
                  (lower[0] - 0.06, lower[1], lower[2])]  # fmt: skip
        yield face(points, Material.CABIN, (upper[0], upper[1] + way * 0.5, upper[2]))


def _turn(steps: int) -> list[float]:
    return [2 * pi * k / steps for k in range(steps)]
