"""A typeface gives each character's outline: closed curves flattened to polygons."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from numpy.typing import NDArray

from agent.core.errors import Rejected
from models.plate_art.skeleton import STYLES, trace

CURVE_STEPS = 6
"""Straight pieces per Bézier curve: at 75 mm glyphs the error stays below 0.1 mm."""

FONT_FILES = {
    "fe-eng": "GL-Nummernschild-Eng.ttf",
    "fe-mtl": "GL-Nummernschild-Mtl.ttf",
    "din": "OSP-DIN.ttf",
    "road-b": "RG2014B.ttf",
    "road-c": "RG2014C.ttf",
    "road-d": "RG2014D.ttf",
    "road-e": "RG2014E.ttf",
}

FONTS = (*FONT_FILES, *STYLES)
"""Every typeface: from files, and our own (skeleton.py)."""

Contour = NDArray[np.float64]
"""One closed curve, (N, 2) float64."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character's outline in units of the capital height: y 0 at the top, 1 at the base line.

    `contours` are filled by the even-odd rule; `width` is that of the ink, which starts at x 0.
    """

    contours: tuple[Contour, ...]
    width: float


@cache
def glyph(font: str, character: str) -> Glyph:
    """Return the outline of `character` in `font`, one of FONTS.

    Raises:
        Rejected: the font is unknown or has no such character.
    """
    contours = _outline(font, character)
    if not contours:
        raise Rejected(f"plate_art: font {font} draws nothing for {character!r}")
    points = np.concatenate(contours)
    left, right = float(points[:, 0].min()), float(points[:, 0].max())
    upright = tuple(np.stack([c[:, 0] - left, 1.0 - c[:, 1]], axis=1) for c in contours)
    return Glyph(upright, right - left)


def _outline(font: str, character: str) -> list[Contour]:
    """Return closed curves, y up from the base line, capital height 1."""
    if font in STYLES:
        return trace(STYLES[font], character) or []
    face, height = _face(font)
    name = face.getBestCmap().get(ord(character))
    if name is None:
        return []
    pen = DecomposingRecordingPen(face.getGlyphSet())
    face.getGlyphSet()[name].draw(pen)
    return [contour / height for contour in _flatten(pen.value)]


@cache
def _face(font: str) -> tuple[TTFont, float]:
    if font not in FONT_FILES:
        raise Rejected(f"plate_art: no font {font!r}; there are {', '.join(FONTS)}")
    path = files("models.plate_art").joinpath("fonts", FONT_FILES[font])
    with path.open("rb") as file:
        face = TTFont(file, lazy=False)
    pen = DecomposingRecordingPen(face.getGlyphSet())
    face.getGlyphSet()[face.getBestCmap()[ord("H")]].draw(pen)
    return face, float(max(c[:, 1].max() for c in _flatten(pen.value)))


def _flatten(commands: list[tuple[str, tuple[tuple[float, float], ...]]]) -> list[Contour]:
    contours: list[Contour] = []
    points: list[tuple[float, float]] = []
    for verb, args in commands:
        if verb == "moveTo":
            points = [args[0]]
        elif verb == "lineTo":
            points.append(args[0])
        elif verb == "qCurveTo":
            points += _quadratics(points, args)
        elif verb == "curveTo":
            points += _curve((points[-1], *args))
        elif points:  # closePath or endPath
            contours.append(np.array(points, dtype=np.float64))
            points = []
    return contours


def _quadratics(
    before: list[tuple[float, float]], args: tuple[tuple[float, float] | None, ...]
) -> list[tuple[float, float]]:
    """Split a TrueType run of control points at its implied on-curve midpoints."""
    controls = [a for a in args if a is not None]
    if args[-1] is None:  # a contour with no point on the curve: it starts between two controls
        start = _middle(controls[-1], controls[0])
        controls.append(start)
        before = [start]
    out: list[tuple[float, float]] = []
    at = before[-1]
    for n, control in enumerate(controls[:-1]):
        last = n == len(controls) - 2
        end = controls[-1] if last else _middle(control, controls[n + 1])
        out += _curve((at, control, end))
        at = end
    return out


def _middle(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def _curve(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Return points on the Bézier curve after its first, by de Casteljau."""
    steps = np.linspace(0.0, 1.0, CURVE_STEPS + 1)[1:, None]
    level = [np.array(p, dtype=np.float64)[None, :] for p in points]
    while len(level) > 1:
        level = [a * (1 - steps) + b * steps for a, b in pairwise(level)]
    return [(float(x), float(y)) for x, y in level[0]]
