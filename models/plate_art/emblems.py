"""The marks between a plate's characters: hyphens, seals, shields, stickers, all our own drawings.

Each takes a sheet and its box (x, y, width, height) in millimetres and is plain enough to be
nobody's coat of arms; what matters to a reader is that it is there and is not a character.
"""

from collections.abc import Callable

import numpy as np

from models.plate_art.fonts import Contour, glyph
from models.plate_art.sheet import Colour, Sheet, arc

Box = tuple[float, float, float, float]
Drawing = Callable[[Sheet, Box, Colour], None]

_BLUE: Colour = (150, 60, 20)
_RED: Colour = (40, 30, 200)
_WHITE: Colour = (240, 240, 240)
_GREEN: Colour = (80, 140, 30)
_ORANGE: Colour = (30, 120, 235)
_SILVER: Colour = (200, 198, 196)
_GOLD: Colour = (70, 190, 230)


def _hyphen(sheet: Sheet, box: Box, ink: Colour) -> None:
    x, y, w, h = box
    sheet.rectangle((x, y + 0.45 * h, w, 0.11 * h), ink)


def _dot(sheet: Sheet, box: Box, ink: Colour) -> None:
    x, y, w, h = box
    sheet.ellipse((x + w / 2, y + h / 2), (0.09 * h, 0.09 * h), ink)


def _shield_outline(box: Box) -> Contour:
    x, y, w, h = box
    curve = arc((x + w / 2, y + 0.45 * h), (w / 2, 0.55 * h), 0.0, 0.5)
    return np.concatenate([np.array([(x, y), (x + w, y)]), curve])


def _shield(sheet: Sheet, box: Box, _ink: Colour) -> None:
    """Draw it red with a white double cross over blue hills."""
    x, y, w, h = box[0], box[1] + 0.2 * box[3], box[2], 0.6 * box[3]
    sheet.fill([_shield_outline((x, y, w, h))], _RED)
    hills = arc((x + w / 2, y + 0.62 * h), (0.36 * w, 0.36 * h), 0.0, 0.5)
    sheet.fill([hills], _BLUE)
    sheet.rectangle((x + 0.45 * w, y + 0.1 * h, 0.1 * w, 0.56 * h), _WHITE)
    sheet.rectangle((x + 0.32 * w, y + 0.2 * h, 0.36 * w, 0.09 * h), _WHITE)
    sheet.rectangle((x + 0.26 * w, y + 0.38 * h, 0.48 * w, 0.09 * h), _WHITE)


def _crest(sheet: Sheet, box: Box, _ink: Colour) -> None:
    """Draw a parted shield with its rim, as provinces have."""
    x, y, w, h = box[0], box[1] + 0.16 * box[3], box[2], 0.68 * box[3]
    sheet.fill([_shield_outline((x, y, w, h))], (60, 60, 60))
    inner = (x + 0.08 * w, y + 0.05 * h, 0.84 * w, 0.88 * h)
    sheet.fill([_shield_outline(inner)], _WHITE)
    sheet.rectangle((inner[0], y + 0.33 * h, inner[2], 0.2 * h), _RED)
    sheet.ellipse((x + w / 2, y + 0.22 * h), (0.16 * w, 0.1 * h), _GOLD)


def _seal(sheet: Sheet, centre: tuple[float, float], radius: float, face: Colour) -> None:
    sheet.ellipse(centre, (radius, radius), (70, 70, 70))
    sheet.ellipse(centre, (0.92 * radius, 0.92 * radius), face)
    for turn in np.linspace(0, 1, 9)[:-1]:
        a = 2 * np.pi * turn
        at = (centre[0] + 0.7 * radius * np.cos(a), centre[1] + 0.7 * radius * np.sin(a))
        sheet.ellipse(at, (0.1 * radius, 0.1 * radius), (60, 60, 60))
    sheet.ellipse(centre, (0.42 * radius, 0.42 * radius), (90, 90, 90))
    sheet.ellipse(centre, (0.3 * radius, 0.3 * radius), face)


def _seals(sheet: Sheet, box: Box, _ink: Colour) -> None:
    """Draw the inspection's seal above the registering office's."""
    x, y, w, h = box
    radius = min(w / 2, 0.235 * h)
    _seal(sheet, (x + w / 2, y + 0.24 * h), radius, _ORANGE)
    _seal(sheet, (x + w / 2, y + 0.76 * h), radius * 0.95, _SILVER)


def _office_seal(sheet: Sheet, box: Box, _ink: Colour) -> None:
    x, y, w, h = box
    _seal(sheet, (x + w / 2, y + 0.74 * h), min(w / 2, 0.24 * h), _SILVER)


def _stickers(sheet: Sheet, box: Box, _ink: Colour) -> None:
    """Draw two round stickers with a white middle, one above the other."""
    x, y, w, h = box
    radius = min(w / 2, 0.15 * h)
    for at, face in ((0.32, _RED), (0.68, _GREEN)):
        centre = (x + w / 2, y + at * h)
        sheet.ellipse(centre, (radius, radius), face)
        sheet.ellipse(centre, (0.55 * radius, 0.55 * radius), _WHITE)
        sheet.rectangle((centre[0] - 0.06 * w, centre[1] - 0.3 * radius, 0.12 * w, 0.6 * radius),
                        (90, 90, 90))  # fmt: skip


def _tested_hyphen(sheet: Sheet, box: Box, ink: Colour) -> None:
    """Draw a hyphen with the inspection sticker above and the exhaust sticker below."""
    x, y, w, h = box
    _hyphen(sheet, box, ink)
    radius = min(w / 2, 0.14 * h)
    for at, face in ((0.24, _ORANGE), (0.77, _GREEN)):
        sheet.ellipse((x + w / 2, y + at * h), (radius, radius), face)
        sheet.rectangle((x + 0.46 * w, y + (at - 0.07) * h, 0.1 * w, 0.14 * h), _WHITE)


def _tested_once_hyphen(sheet: Sheet, box: Box, ink: Colour) -> None:
    """Draw a hyphen with the inspection sticker above."""
    x, y, w, h = box
    _hyphen(sheet, box, ink)
    sheet.ellipse((x + w / 2, y + 0.24 * h), (min(w / 2, 0.14 * h),) * 2, _ORANGE)
    sheet.rectangle((x + 0.46 * w, y + 0.17 * h, 0.1 * w, 0.14 * h), _WHITE)


def _shield_over_code(sheet: Sheet, box: Box, ink: Colour) -> None:
    """Draw the small shield above the letters SK, as plates before 2004 have in the corner."""
    x, y, w, h = box
    _shield(sheet, (x + 0.08 * w, y - 0.12 * h, 0.84 * w, 0.8 * h), ink)
    letters(sheet, "SK", (x, y + 0.68 * h, w, 0.26 * h), ink)


def _lozenge(sheet: Sheet, box: Box, ink: Colour) -> None:
    x, y, w, h = box
    middle = y + h / 2
    sheet.fill([np.array([(x, middle), (x + w / 2, middle - w / 2), (x + w, middle),
                          (x + w / 2, middle + w / 2)])], ink)  # fmt: skip


def _round_badge(sheet: Sheet, box: Box, _ink: Colour) -> None:
    x, y, w, h = box
    _seal(sheet, (x + w / 2, y + h / 2), min(w / 2, 0.26 * h), _BLUE)


def _bar(sheet: Sheet, box: Box, ink: Colour) -> None:
    """Draw an upright line between groups."""
    x, y, w, h = box
    sheet.rectangle((x + 0.42 * w, y - 0.05 * h, 0.16 * w, 1.1 * h), ink)


def _band(
    centre: tuple[float, float], radius: tuple[float, float], turns: tuple[float, float], w: float
) -> Contour:
    """Return a curved stroke `w` wide along an ellipse, from `turns[0]` on for `turns[1]`."""
    outer = arc(centre, (radius[0] + w / 2, radius[1] + w / 2), *turns)
    inner = arc(centre, (radius[0] - w / 2, radius[1] - w / 2), *turns)
    return np.concatenate([outer, inner[::-1]])


def _ba(sheet: Sheet, box: Box, ink: Colour) -> None:
    """Draw an Arabic letter of Moroccan plates; only the figures beside it are read.

    Alef is left out on purpose: a reader taught to pass over an upright stroke drops the I at a
    plate's end.
    """
    x, y, w, h = box
    sheet.fill([_band((x + w / 2, y + 0.4 * h), (0.45 * w, 0.25 * h), (0, 0.5), 0.11 * h)], ink)
    sheet.ellipse((x + w / 2, y + 0.88 * h), (0.07 * h, 0.07 * h), ink)


def _dal(sheet: Sheet, box: Box, ink: Colour) -> None:
    x, y, w, h = box
    sheet.fill([_band((x + 0.2 * w, y + 0.5 * h), (0.5 * w, 0.32 * h), (0.8, 0.5), 0.12 * h)], ink)


def _waw(sheet: Sheet, box: Box, ink: Colour) -> None:
    x, y, w, h = box
    sheet.fill([_band((x + 0.6 * w, y + 0.42 * h), (0.22 * w, 0.14 * h), (0, 1.0), 0.1 * h)], ink)
    sheet.fill([_band((x + 0.2 * w, y + 0.45 * h), (0.62 * w, 0.42 * h), (0, 0.3), 0.1 * h)], ink)


def letters(sheet: Sheet, text: str, box: Box, ink: Colour, font: str = "road-d") -> None:
    """Write small print centred in a box, as band codes and dealers' names are."""
    x, y, w, h = box
    shapes = [glyph(font, c) for c in text if c != " "]
    gap = 0.16
    natural = sum(g.width for g in shapes) + gap * max(0, len(shapes) - 1)
    height = min(h, w / max(natural, 1e-6))
    at = x + (w - natural * height) / 2
    top = y + (h - height) / 2
    for shape in shapes:
        sheet.fill([c * height + (at, top) for c in shape.contours], ink)
        at += (shape.width + gap) * height


EMBLEMS: dict[str, tuple[float, Drawing]] = {
    "hyphen": (0.22, _hyphen),
    "long_hyphen": (0.34, _hyphen),
    "dot": (0.16, _dot),
    "shield": (0.42, _shield),
    "crest": (0.5, _crest),
    "seals": (0.5, _seals),
    "office_seal": (0.5, _office_seal),
    "stickers": (0.3, _stickers),
    "tested_hyphen": (0.28, _tested_hyphen),
    "tested_once_hyphen": (0.28, _tested_once_hyphen),
    "shield_over_code": (0.46, _shield_over_code),
    "lozenge": (0.3, _lozenge),
    "badge": (0.42, _round_badge),
    "bar": (0.14, _bar),
    "ba": (0.6, _ba),
    "dal": (0.45, _dal),
    "waw": (0.5, _waw),
}
"""Name to width, in glyph heights, and drawing."""
