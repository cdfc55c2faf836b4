"""A car's body as stations from nose to tail, and everything that is fixed to it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import cos, pi, sin
from typing import NamedTuple

from simulators.optics.mesh import Face, Material, face, upon

Point = tuple[float, float, float]

SILL_M = 0.21
"""Height of the body's lower edge."""


class Station(NamedTuple):
    """One cross-section, symmetric: the top edge and the belt line."""

    s: float
    top_z: float
    top_w: float
    belt_z: float
    belt_w: float


def car(
    stations: Sequence[Station],
    *,
    half_width: float,
    glass: tuple[int, int],
    axles: tuple[float, float],
    radius: float,
) -> Iterator[Face]:
    """Yield the faces of a car; `glass` are the stations between which its windows lie."""
    length = stations[-1].s
    inside = (0.0, length / 2, 0.6)
    yield from _shell(stations, glass, inside)
    ends = (*_nose(stations, inside), *_tail(stations, inside, windowed=glass[1] < 5))
    for one in ends:
        yield upon(one) if one.lift else one
    yield from _wheels(half_width, axles, radius)
    yield from _mirrors(stations[glass[0]], half_width)


def _shell(stations: Sequence[Station], glass: tuple[int, int], inside: Point) -> Iterator[Face]:
    last = len(stations) - 2
    for number, (a, b) in enumerate(pairwise(stations)):
        windowed = glass[0] <= number < glass[1]
        screen = number == glass[0] or (number == glass[1] - 1 and glass[1] - glass[0] > 1)
        top = [(-a.top_w, a.s, a.top_z), (a.top_w, a.s, a.top_z),
               (b.top_w, b.s, b.top_z), (-b.top_w, b.s, b.top_z)]  # fmt: skip
        yield face(top, Material.PAINT, inside)
        if screen:
            yield face(_inset(top, 0.07), Material.GLASS, inside, 0.02)
            yield from _cabin(top, inside)
        for side in (-1, 1):
            upper = [(side * a.top_w, a.s, a.top_z), (side * b.top_w, b.s, b.top_z),
                     (side * b.belt_w, b.s, b.belt_z),
                     (side * a.belt_w, a.s, a.belt_z)]  # fmt: skip
            yield face(upper, Material.PAINT, inside)
            if windowed:
                yield face(_inset(upper, 0.09), Material.GLASS, inside, 0.02)
            a_low, b_low = _sill(number, a, last), _sill(number + 1, b, last)
            lower = [(side * a.belt_w, a.s, a.belt_z), (side * b.belt_w, b.s, b.belt_z),
                     (side * b_low, b.s, SILL_M), (side * a_low, a.s, SILL_M)]  # fmt: skip
            yield face(lower, Material.PAINT, inside)
            skirt = [(side * (b_low + 0.005), b.s, SILL_M), (side * (a_low + 0.005), a.s, SILL_M),
                     (side * (a_low + 0.01), a.s, SILL_M + 0.11),
                     (side * (b_low + 0.01), b.s, SILL_M + 0.11)]  # fmt: skip
            yield face(skirt, Material.TRIM, inside, 0.01)
            if number in (3, 4):  # the gap between the doors
                seam = [(side * (a.belt_w + 0.004), a.s, a.belt_z),
                        (side * (a.belt_w + 0.004), a.s + 0.02, a.belt_z),
                        (side * (a_low + 0.004), a.s + 0.02, SILL_M + 0.1),
                        (side * (a_low + 0.004), a.s, SILL_M + 0.1)]  # fmt: skip
                yield face(seam, Material.SEAM, inside, 0.02)


def _sill(number: int, station: Station, last: int) -> float:
    return station.belt_w * (0.97 if 0 < number <= last else 0.99)


def _inset(points: Sequence[Point], share: float) -> list[Point]:
    """Draw a face's corners towards its middle."""
    n = len(points)
    middle = [sum(p[axis] for p in points) / n for axis in range(3)]
    return [
        (
            p[0] + (middle[0] - p[0]) * share,
            p[1] + (middle[1] - p[1]) * share,
            p[2] + (middle[2] - p[2]) * share + 0.004,
        )
        for p in points
    ]


def _cabin(screen: Sequence[Point], inside: Point) -> Iterator[Face]:
    """Yield what shows through a windscreen: two seats' heads, darker or lighter than the glass."""
    low, high = screen[0], screen[3]
    for u in (-0.34, 0.34):
        for share, width, tall in ((0.30, 0.22, 0.34), (0.58, 0.105, 0.30)):
            at = [low[axis] + (high[axis] - low[axis]) * share for axis in range(3)]
            rise = [(high[axis] - low[axis]) * tall / 2 for axis in range(3)]
            ring = [
                (u + width * cos(a), at[1] + rise[1] * sin(a), at[2] + rise[2] * sin(a) + 0.008)
                for a in (2 * pi * k / 12 for k in range(12))
            ]
            yield face(ring, Material.CABIN, inside, 0.03)


def _nose(stations: Sequence[Station], inside: Point) -> Iterator[Face]:
    first, second = stations[0], stations[1]
    w, top = first.belt_w, first.belt_z
    middle = SILL_M + (top - SILL_M) * 0.62

    def at(u: float) -> float:
        """Return s of the body's front at u: flat, then swept back at the corners."""
        sweep = (abs(u) - w) / (second.belt_w - w)
        return max(0.0, sweep) * second.s

    yield _band(w, (0.0, SILL_M), (0.0, top), Material.PAINT, inside)
    yield face([(-first.top_w, 0, first.top_z), (first.top_w, 0, first.top_z),
                (w, 0, top), (-w, 0, top)], Material.PAINT, inside)  # fmt: skip
    # The bumper stands proud of the front, dark below.
    yield _band(w * 0.96, (-0.06, SILL_M + 0.12), (-0.07, middle), Material.PAINT, inside, 0.03)
    yield _band(w * 0.96, (-0.07, middle), (-0.005, middle + 0.05), Material.PAINT, inside, 0.03)
    yield _band(
        w * 0.94, (-0.02, SILL_M - 0.02), (-0.06, SILL_M + 0.13), Material.TRIM, inside, 0.03
    )
    yield _band(
        w * 0.62, (-0.072, SILL_M + 0.06), (-0.075, SILL_M + 0.16), Material.GRILLE, inside, 0.05
    )
    # The grille between the lamps, with a bright bar and a badge.
    grille_top, grille_low = top - 0.005, middle + 0.055
    yield _band(0.44, (-0.012, grille_low), (-0.012, grille_top), Material.GRILLE, inside, 0.05)
    for share in (0.3, 0.62):
        z = grille_low + (grille_top - grille_low) * share
        yield _band(0.42, (-0.016, z), (-0.016, z + 0.012), Material.TRIM, inside, 0.06)
    yield _band(
        0.44, (-0.016, grille_top), (-0.016, grille_top + 0.012), Material.CHROME, inside, 0.06
    )
    z = (grille_low + grille_top) / 2
    badge = [(0.055 * cos(a), -0.025, z + 0.055 * sin(a)) for a in (pi * k / 7 for k in range(14))]
    yield face(badge, Material.CHROME, inside, 0.08)
    # The plate's holder.
    plate_z = middle - 0.02
    yield _band(
        0.275, (-0.08, plate_z - 0.075), (-0.08, plate_z + 0.07), Material.TRIM, inside, 0.06
    )
    for side in (-1, 1):
        outer = (w + second.belt_w) / 2 + 0.05
        lamp = [(0.47, grille_low + 0.01), (w, grille_low - 0.01), (outer, grille_low + 0.06),
                (outer + 0.02, grille_top + 0.07), (w, grille_top + 0.03),
                (0.47, grille_top)]  # fmt: skip
        yield face([(side * u, at(u) - 0.02, z) for u, z in lamp], Material.GRILLE, inside, 0.06)
        eye_u, eye_z = w + 0.01, (grille_low + grille_top) / 2 + 0.02
        for step, size in ((0.0, 0.058), (-0.115, 0.045)):
            u0 = eye_u + step
            ring = [
                (side * (u0 + size * cos(a)), at(u0) - 0.045, eye_z + size * 0.9 * sin(a))
                for a in (2 * pi * k / 14 for k in range(14))
            ]
            yield face(ring, Material.HEADLAMP, inside, 0.12)
        fog = [(side * (w * 0.80 + 0.05 * cos(a)), -0.07, SILL_M + 0.13 + 0.035 * sin(a))
               for a in (2 * pi * k / 10 for k in range(10))]  # fmt: skip
        yield face(fog, Material.GRILLE, inside, 0.08)


def _tail(stations: Sequence[Station], inside: Point, *, windowed: bool) -> Iterator[Face]:
    end, before = stations[-1], stations[-2]
    s, w, belt = end.s, end.belt_w, end.belt_z
    yield _band(w, (s, SILL_M), (s, belt), Material.PAINT, inside)
    yield face([(-end.top_w, s, end.top_z), (end.top_w, s, end.top_z), (w, s, belt), (-w, s, belt)],
               Material.PAINT, inside)  # fmt: skip
    yield _band(w * 0.97, (s + 0.06, SILL_M + 0.14), (s + 0.08, 0.56), Material.PAINT, inside, 0.03)
    yield _band(w * 0.97, (s + 0.08, 0.56), (s + 0.01, 0.61), Material.PAINT, inside, 0.03)
    yield _band(
        w * 0.95, (s + 0.02, SILL_M - 0.02), (s + 0.065, SILL_M + 0.15), Material.TRIM, inside, 0.03
    )
    yield _band(w * 0.9, (s + 0.012, 0.615), (s + 0.012, 0.63), Material.SEAM, inside, 0.04)
    yield _band(0.28, (s + 0.02, 0.70), (s + 0.02, 0.86), Material.TRIM, inside, 0.04)
    badge_z = 0.97
    badge = [
        (0.05 * cos(a), s - 0.06, badge_z + 0.05 * sin(a)) for a in (pi * k / 7 for k in range(14))
    ]
    yield face(badge, Material.CHROME, inside, 0.08)
    if windowed:  # two doors with windows, as a van has
        for side in (-1, 1):
            pane = [(side * 0.08, s + 0.01, 1.22), (side * 0.74, s + 0.01, 1.22),
                    (side * 0.68, s + 0.01, 1.74), (side * 0.08, s + 0.01, 1.74)]  # fmt: skip
            yield face(pane, Material.GLASS, inside, 0.04)
        yield face([(-0.012, s + 0.01, 0.65), (0.012, s + 0.01, 0.65), (0.012, s + 0.01, 1.88),
                    (-0.012, s + 0.01, 1.88)], Material.SEAM, inside, 0.05)  # fmt: skip
    for side in (-1, 1):
        low, high = (0.80, 1.2) if windowed else (0.70, max(belt + 0.16, 0.92))
        inner = w - 0.04 if windowed else w - 0.18
        lamp = [(side * inner, s + 0.02, low), (side * w, s + 0.02, low),
                (side * (before.belt_w + 0.01), before.s + 0.04, low + 0.05),
                (side * (before.belt_w + 0.005), before.s + 0.04, high),
                (side * w, s - (0 if windowed else 0.06), high),
                (side * inner, s - (0 if windowed else 0.03), high - 0.03)]  # fmt: skip
        yield face(lamp, Material.TAILLAMP, inside, 0.08)


def _band(  # noqa: PLR0913, PLR0917 - six measures make a strip
    w: float,
    low: tuple[float, float],
    high: tuple[float, float],
    material: Material,
    inside: Point,
    lift: float = 0.0,
) -> Face:
    """Make a strip across the body between two heights; `low` and `high` are (s, z)."""
    points = [(-w, *high), (w, *high), (w, *low), (-w, *low)]
    return face(points, material, inside, lift)


def _wheels(half_width: float, axles: tuple[float, float], radius: float) -> Iterator[Face]:
    for s in axles:
        for side in (-1, 1):
            inside = (side * (half_width - 0.3), s, radius)
            for size, material, out, lift in (
                (radius + 0.06, Material.GRILLE, 0.006, 0.05),
                (radius, Material.TYRE, 0.012, 0.06),
                (radius * 0.66, Material.RIM, 0.018, 0.07),
                (radius * 0.16, Material.TYRE, 0.022, 0.08),
            ):
                ring = [
                    (side * (half_width + out), s + size * cos(a), max(0.0, radius + size * sin(a)))
                    for a in (2 * pi * k / 20 for k in range(20))
                ]
                yield face(ring, material, inside, lift)
            for end in (-1, 1):  # what shows of the tread below the bumpers
                tread = [(side * (half_width - 0.02), s + end * radius * 0.8, 0.0),
                         (side * (half_width - 0.22), s + end * radius * 0.8, 0.0),
                         (side * (half_width - 0.22), s + end * radius * 0.9, SILL_M + 0.03),
                         (side * (half_width - 0.02), s + end * radius * 0.9,
                          SILL_M + 0.03)]  # fmt: skip
                yield face(tread, Material.TYRE, inside)


def _mirrors(cowl: Station, half_width: float) -> Iterator[Face]:
    s, z = cowl.s + 0.32, cowl.belt_z + 0.08
    for side in (-1, 1):
        inner, outer = side * (half_width - 0.03), side * (half_width + 0.15)
        for end, material in ((-1, Material.PAINT), (1, Material.TRIM)):
            pane = [(inner, s + end * 0.05, z - 0.05), (outer, s + end * 0.04, z - 0.05),
                    (outer, s + end * 0.04, z + 0.08),
                    (inner, s + end * 0.05, z + 0.07)]  # fmt: skip
            yield face(pane, material, (inner, s, z), 0.05)
