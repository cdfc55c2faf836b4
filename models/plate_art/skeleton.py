"""Characters of our own: one even stroke along lines with rounded corners, as DIN 1451 builds them.

Many countries press plates in an even-stroked face that nobody publishes (Slovakia, Czechia,
Spain, Norway, ...). Their construction is common: straight lines, quarter circles, one width.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float, float]
"""A corner (x, y, rounding) of a stroke's middle line: x in widths, y in heights, both 0 to 1."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A middle line through corners; a closed one returns to its start."""

    points: tuple[Point, ...]
    closed: bool = False


WIDTH = 0.44
"""Width of an ordinary character's middle lines, in heights."""
_SCALE = 320
"""Pixels per height at which a shape is traced once."""
_R = 0.24
"""Rounding of full bowls, in heights; more than half a width makes a half circle."""


def _open(*points: tuple[float, float] | Point) -> Stroke:
    return Stroke(tuple((x, y, sum(rounding)) for x, y, *rounding in points))  # none: sharp


def _ring(left: float, top: float, right: float, bottom: float, rounding: float = _R) -> Stroke:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Stroke(tuple((x, y, rounding) for x, y in corners), closed=True)


_P = _open((0, 1), (0, 0), (1, 0, _R), (1, 0.54, _R), (0, 0.54))

Shape = tuple[float, tuple[Stroke, ...]]
"""A character's width, in WIDTHs, and its strokes."""

SHAPES: dict[str, Shape] = {
    "A": (1.15, (_open((0, 1), (0.5, 0), (1, 1)), _open((0.2, 0.7), (0.8, 0.7)))),
    "B": (1, (_open((0, 0.47), (0, 0), (0.93, 0, _R), (0.93, 0.47, _R), (0, 0.47)),
              _open((0, 0.3), (0, 0.47), (1, 0.47, _R), (1, 1, _R), (0, 1), (0, 0.3)))),
    "C": (1, (_open((1, 0.28), (1, 0, _R), (0, 0, _R), (0, 1, _R), (1, 1, _R), (1, 0.72)),)),
    "D": (1, (Stroke(((0, 0, 0), (1, 0, _R), (1, 1, _R), (0, 1, 0)), closed=True),)),
    "E": (0.85, (_open((1, 0), (0, 0), (0, 1), (1, 1)), _open((0, 0.48), (0.88, 0.48)))),
    "F": (0.83, (_open((1, 0), (0, 0), (0, 1)), _open((0, 0.5), (0.85, 0.5)))),
    "G": (1, (_open((1, 0.27), (1, 0, _R), (0, 0, _R), (0, 1, _R), (1, 1, _R), (1, 0.5),
                    (0.55, 0.5)),)),
    "H": (1, (_open((0, 0), (0, 1)), _open((1, 0), (1, 1)), _open((0, 0.49), (1, 0.49)))),
    "I": (0.02, (_open((0, 0), (0, 1)),)),
    "J": (0.8, (_open((1, 0), (1, 1, _R), (0, 1, _R), (0, 0.72)),)),
    "K": (1.05, (_open((0, 0), (0, 1)), _open((1, 0), (0, 0.64)), _open((0.36, 0.4), (1, 1)))),
    "L": (0.82, (_open((0, 0), (0, 1), (1, 1)),)),
    "M": (1.25, (_open((0, 1), (0, 0), (0.5, 0.62), (1, 0), (1, 1)),)),
    "N": (1.08, (_open((0, 1), (0, 0), (1, 1), (1, 0)),)),
    "O": (1.05, (_ring(0, 0, 1, 1),)),
    "P": (1, (_P,)),
    "Q": (1.05, (_ring(0, 0, 1, 1), _open((0.6, 0.72), (1.08, 1.0)))),
    "R": (1, (_P, _open((0.5, 0.54), (1, 1)))),
    "S": (0.98, (_open((1, 0.26), (1, 0, _R), (0, 0, _R), (0, 0.46, 0.2), (1, 0.54, 0.2),
                       (1, 1, _R), (0, 1, _R), (0, 0.74)),)),
    "T": (1, (_open((0, 0), (1, 0)), _open((0.5, 0), (0.5, 1)))),
    "U": (1, (_open((0, 0), (0, 1, _R), (1, 1, _R), (1, 0)),)),
    "V": (1.15, (_open((0, 0), (0.5, 1), (1, 0)),)),
    "W": (1.6, (_open((0, 0), (0.25, 1), (0.5, 0.25), (0.75, 1), (1, 0)),)),
    "X": (1.1, (_open((0, 0), (1, 1)), _open((1, 0), (0, 1)))),
    "Y": (1.1, (_open((0, 0), (0.5, 0.52), (1, 0)), _open((0.5, 0.52), (0.5, 1)))),
    "Z": (1, (_open((0, 0), (1, 0), (0, 1), (1, 1)),)),
    "0": (0.97, (_ring(0, 0, 1, 1),)),
    "1": (0.42, (_open((0, 0.24), (1, 0), (1, 1)),)),
    "2": (0.95, (_open((0, 0.28), (0, 0, _R), (1, 0, _R), (1, 0.44, 0.16), (0, 1), (1, 1)),)),
    "3": (0.95, (_open((0, 0.25), (0, 0, _R), (0.95, 0, _R), (0.95, 0.47, _R), (0.42, 0.47)),
                 _open((0.42, 0.47), (1, 0.47, _R), (1, 1, _R), (0, 1, _R), (0, 0.75)))),
    "4": (1.05, (_open((0.55, 0), (0, 0.74), (1, 0.74)), _open((0.76, 0.45), (0.76, 1)))),
    "5": (0.95, (_open((0.94, 0), (0.06, 0), (0.02, 0.42), (1, 0.38, _R), (1, 1, _R), (0, 1, _R),
                       (0, 0.75)),)),
    "6": (0.95, (_ring(0, 0.42, 1, 1), _open((1, 0.22), (1, 0, _R), (0, 0, _R), (0, 0.72)))),
    "7": (0.92, (_open((0, 0), (1, 0), (0.32, 1)),)),
    "8": (0.95, (_ring(0.05, 0, 0.95, 0.46), _ring(0, 0.46, 1, 1))),
    "9": (0.95, (_ring(0, 0, 1, 0.58), _open((0, 0.78), (0, 1, _R), (1, 1, _R), (1, 0.28)))),
}  # fmt: skip
"""The ordinary shape of each character."""

OTHERS: dict[str, Shape] = {
    "C": (1, (_open((1, 0.3), (1, 0, 0.4), (0, 0, 0.4), (0, 1, 0.4), (1, 1, 0.4), (1, 0.7)),)),
    "G": (1, (_open((1, 0.27), (1, 0, _R), (0, 0, _R), (0, 1, _R), (1, 1), (1, 0.52), (0.5, 0.52)),
              )),
    "I": (0.4, (_open((0.5, 0), (0.5, 1)), _open((0, 0), (1, 0)), _open((0, 1), (1, 1)))),
    "J": (0.85, (_open((0.3, 0), (1, 0), (1, 1, _R), (0, 1, _R), (0, 0.72)),)),
    "K": (1.05, (_open((0, 0), (0, 1)), _open((1, 0), (0.05, 0.5), (1, 1)))),
    "M": (1.35, (_open((0, 1), (0, 0), (0.5, 1), (1, 0), (1, 1)),)),
    "Q": (1.05, (_ring(0, 0, 1, 1), _open((0.5, 0.86), (1.1, 0.98)))),
    "R": (1, (_P, _open((0.85, 0.52), (1, 1)))),
    "W": (1.5, (_open((0, 0), (0.22, 1), (0.5, 0), (0.78, 1), (1, 0)),)),
    "0": (1.0, (_ring(0, 0, 1, 1, 0.4),)),
    "1": (0.7, (_open((0, 0.24), (0.5, 0), (0.5, 1)), _open((0, 1), (1, 1)))),
    "3": (0.95, (_open((0, 0), (0.95, 0), (0.4, 0.42), (1, 0.42, _R), (1, 1, _R), (0, 1, _R),
                       (0, 0.75)),)),
    "4": (1.05, (_open((0.72, 1), (0.72, 0), (0, 0.74), (1, 0.74)),)),
    "6": (0.95, (_ring(0, 0.4, 1, 1), _open((0.72, 0), (0.02, 0.62)))),
    "7": (0.92, (_open((0, 0.2), (0, 0), (1, 0), (0.4, 0.6, 0.2), (0.4, 1)),)),
    "9": (0.95, (_ring(0, 0, 1, 0.6), _open((0.28, 1), (0.98, 0.38)))),
}  # fmt: skip
"""The second shape of a character, as other presses have it."""


CELLS: dict[str, Shape] = {
    "A": (1.0, (_open((0, 1), (0.5, 0), (1, 1)), _open((0.17, 0.72), (0.83, 0.72)))),
    "G": (0.98, (_open((1, 0.27), (1, 0, 0.3), (0, 0, 0.3), (0, 1, 0.3), (1, 1, 0.3), (1, 0.56),
                       (0.55, 0.56)),)),
    "J": (0.72, (_open((1, 0), (1, 1, 0.2), (0, 1, 0.12), (0, 0.84)),)),
    "K": (0.98, (_open((0, 0), (0, 1)), _open((0.95, 0), (0, 0.66)), _open((0.32, 0.42), (1, 1)))),
    "M": (1.1, (_open((0, 1), (0.07, 0), (0.5, 0.74), (0.93, 0), (1, 1)),)),
    "N": (0.98, (_open((0, 1), (0, 0), (1, 1), (1, 0)),)),
    "R": (0.98, (_P, _open((0.42, 0.54), (1, 1)))),
    "T": (0.92, (_open((0, 0), (1, 0)), _open((0.5, 0), (0.5, 1)))),
    "V": (1.02, (_open((0, 0), (0.5, 1), (1, 0)),)),
    "W": (1.1, (_open((0, 0), (0.17, 1), (0.5, 0), (0.83, 1), (1, 0)),)),
    "X": (1.0, (_open((0, 0), (1, 1)), _open((1, 0), (0, 1)))),
    "Y": (0.98, (_open((0, 0), (0.5, 0.5), (1, 0)), _open((0.5, 0.5), (0.5, 1)))),
    "0": (0.88, (_ring(0, 0, 1, 1, 0.3),)),
    "1": (0.36, (_open((0, 0.24), (1, 0), (1, 1)),)),
    "4": (0.95, (_open((0.42, 0), (0, 0.78), (1, 0.78)), _open((0.68, 0.56), (0.68, 1)))),
}  # fmt: skip
"""Shapes pressed into cells of one width, as Spain's are: M and W as narrow as the rest, with outer
strokes all but upright, a W of three points, a 4 on a stump."""

NEIGHBOURS: dict[str, Shape] = {
    **CELLS,
    "M": (1.02, (_open((0, 1), (0, 0), (0.5, 0.58), (1, 0), (1, 1)),)),
    "W": (1.12, (_open((0, 0), (0.22, 1), (0.5, 0.22), (0.78, 1), (1, 0)),)),
}
"""The same cells with the M and W of other presses: quite upright, and of a low middle."""


@dataclass(frozen=True, slots=True)
class Style:
    """One face: stroke width in heights, whether ends are cut flat, which shapes are its own."""

    weight: float
    flat: bool = True
    own: Mapping[str, Shape] = field(default_factory=dict)


STYLES = {
    "round": Style(0.135),
    "round-b": Style(0.125, own=OTHERS),
    "thin": Style(0.105),
    "thin-b": Style(0.11, own=OTHERS),
    "soft": Style(0.13, flat=False),
    "heavy": Style(0.165),
    "cell": Style(0.125, own=CELLS),
    "cell-thin": Style(0.105, own=CELLS),
    "cell-b": Style(0.12, own=NEIGHBOURS),
}


def trace(style: Style, character: str) -> list[NDArray[np.float64]] | None:
    """Return closed outlines (N, 2), y up from the base line to 1; None if it is not drawn here."""
    found = style.own.get(character) or SHAPES.get(character)
    if found is None:
        return None
    factor, strokes = found
    weight = style.weight
    mask = np.zeros((round(1.6 * _SCALE), round(1.8 * _SCALE)), np.uint8)
    margin = 0.3
    size = np.array([factor * WIDTH, 1 - weight])
    thick = round(weight * _SCALE)
    for stroke in strokes:
        line = _rounded(stroke, size)
        if style.flat and not stroke.closed:
            line = _extended(line, weight, 1 - weight)
        points = np.rint((line + np.array([margin, margin + weight / 2])) * _SCALE * 16).astype(
            np.int32
        )
        cv2.polylines(mask, [points.reshape(-1, 1, 2)], stroke.closed, 255, thick, cv2.LINE_8, 4)
    # What reaches past the top or the base line is cut: this is what makes upright ends flat.
    top = round(margin * _SCALE)
    mask[:top] = 0
    mask[top + _SCALE :] = 0
    found_contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outlines = []
    for contour in found_contours:
        smooth = cv2.approxPolyDP(contour, 0.7, closed=True).reshape(-1, 2).astype(np.float64)
        outlines.append(smooth * (1, -1) / _SCALE + (0, margin + 1))
    return outlines


def _rounded(stroke: Stroke, size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points (N, 2) along the stroke in heights, corners replaced by quarter turns."""
    corners = [np.array(p[:2]) * size for p in stroke.points]
    radii = [p[2] for p in stroke.points]
    count = len(corners)
    out: list[NDArray[np.float64]] = []
    for n, corner in enumerate(corners):
        if radii[n] == 0 or (not stroke.closed and n in {0, count - 1}):
            out.append(corner)
            continue
        before, after = corners[n - 1], corners[(n + 1) % count]
        reach = min(radii[n], _share(stroke, n, n - 1, size), _share(stroke, n, n + 1, size))
        enter = corner + (before - corner) / np.linalg.norm(before - corner) * reach
        leave = corner + (after - corner) / np.linalg.norm(after - corner) * reach
        # 0.5523: the cubic that follows a quarter circle most closely
        pull_in, pull_out = enter + 0.5523 * (corner - enter), leave + 0.5523 * (corner - leave)
        for t in np.linspace(0, 1, 9):
            out.append(  # noqa: PERF401  four terms read better on their own
                (1 - t) ** 3 * enter
                + 3 * (1 - t) ** 2 * t * pull_in
                + 3 * (1 - t) * t**2 * pull_out
                + t**3 * leave
            )
    return np.array(out)


def _share(stroke: Stroke, at: int, to: int, size: NDArray[np.float64]) -> float:
    """Return how much of the side to a neighbour a corner may round: half if both are round."""
    to %= len(stroke.points)
    length = np.linalg.norm((np.array(stroke.points[at][:2]) - stroke.points[to][:2]) * size)
    return float(length) * (0.5 if stroke.points[to][2] > 0 else 1.0)


def _extended(line: NDArray[np.float64], weight: float, bottom: float) -> NDArray[np.float64]:
    """Return the line with ends at the top or the base line drawn past it, to be cut there."""
    line = line[np.insert(np.any(np.diff(line, axis=0) != 0, axis=1), 0, values=True)]
    for end, inner in ((0, 1), (-1, -2)):
        way = line[end] - line[inner]
        way = way / np.linalg.norm(way)
        at_edge = min(abs(line[end][1]), abs(line[end][1] - bottom)) < 1e-6  # noqa: PLR2004
        if at_edge and abs(way[1]) > 0.3:  # noqa: PLR2004  upright or slanting, not lying
            line = np.insert(line, 0 if end == 0 else len(line), line[end] + way * weight, axis=0)
    return line
