"""What must not be taken for a plate: signs, adverts, badges, grilles, lamps, pages of text.

All of it is drawn here. A patch is luma and cover (both (H, W) uint8, cover 255 where the patch
hides what is behind it), to be pasted anywhere without becoming a plate.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Luma = NDArray[np.uint8]
Patch = tuple[Luma, Luma]
Rng = np.random.Generator

FONT_FOLDERS = ("dejavu", "liberation", "roadgeek")
"""Debian's fonts-dejavu-core, fonts-liberation, fonts-roadgeek: what signs are lettered with."""

_SYLLABLES = (
    *(f"{consonant}{vowel}" for consonant in "bcdfghklmnprstvz" for vowel in "aeio"),
    *("in", "sch", "st", "pr", "gr", "ck", "ll"),
)


@cache
def fonts() -> tuple[Path, ...]:
    """Return the lettering fonts on this machine, in a stable order.

    Raises:
        FileNotFoundError: none of the Debian packages is installed.
    """
    root = Path("/usr/share/fonts/truetype")
    found = tuple(
        sorted(
            p for name in FONT_FOLDERS for p in (root / name).glob("*.ttf") if "Math" not in p.name
        )
    )
    if not found:
        raise FileNotFoundError(f"{root}: no fonts of {', '.join(FONT_FOLDERS)}; apt install them")
    return found


def word(rng: Rng) -> str:
    """Make up a word."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(int(rng.integers(1, 5))))


def phrase(rng: Rng) -> str:
    """Make up what is written in a street: words, slogans, telephone numbers, addresses, prices."""
    kind = rng.random()
    digits = "".join(str(d) for d in rng.integers(0, 10, int(rng.integers(2, 12))))
    if kind < 0.12:
        return f"0{digits[:3]} {digits[3:6]} {digits[6:]}".strip()
    if kind < 0.2:
        return f"www.{word(rng)}.{rng.choice(['com', 'ro', 'es', 'eu'])}"
    if kind < 0.26:
        return f"{digits[:2]}.{digits[2:4] or '99'}"
    words = [word(rng) for _ in range(int(rng.integers(1, 5)))]
    text = " ".join(words)
    return text.upper() if rng.random() < 0.4 else text.title() if rng.random() < 0.5 else text


def _font(rng: Rng, size: int) -> ImageFont.FreeTypeFont:
    choices = fonts()
    return ImageFont.truetype(str(choices[int(rng.integers(len(choices)))]), size)


def _pair(rng: Rng) -> tuple[int, int]:
    """Return paper and ink, far enough apart to be seen."""
    paper = int(rng.integers(0, 256))
    ink = int(rng.integers(0, 256))
    while abs(ink - paper) < 50:
        ink = int(rng.integers(0, 256))
    return paper, ink


def _lettering(rng: Rng) -> Patch:
    """Draw words that stand free on whatever is behind them."""
    font = _font(rng, int(rng.integers(24, 60)))
    text = phrase(rng)
    left, top, right, bottom = font.getbbox(text)
    cover = Image.new("L", (max(8, int(right - left) + 6), max(8, int(bottom - top) + 6)))
    ImageDraw.Draw(cover).text((3 - left, 3 - top), text, 255, font)
    mask = np.asarray(cover, np.uint8)
    return np.full_like(mask, int(rng.choice([rng.integers(0, 60), rng.integers(170, 256)]))), mask


def _sign(rng: Rng) -> Patch:
    """Draw a panel of several lines, or of one long one, with or without a border."""
    lines = int(rng.choice([1, 2, 3, 4, 5], p=[0.25, 0.3, 0.2, 0.15, 0.1]))
    size = int(rng.integers(18, 46))
    texts = [phrase(rng) for _ in range(lines)]
    if lines == 1:
        texts = [" ".join([texts[0], phrase(rng).lower()])]  # longer than any plate
    font = _font(rng, size)
    boxes = [font.getbbox(text) for text in texts]
    gap = int(size * rng.uniform(1.05, 1.7))
    margin = int(size * rng.uniform(0.2, 1.6))
    width = int(max(box[2] for box in boxes)) + 2 * margin
    height = gap * lines + margin
    paper, ink = _pair(rng)
    sheet = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(sheet)
    if rng.random() < 0.4:
        inset = int(rng.integers(1, 5))
        pen.rectangle((inset, inset, width - inset, height - inset), outline=ink, width=2)
    centred = rng.random() < 0.6
    for number, (text, box) in enumerate(zip(texts, boxes, strict=True)):
        x = (width - box[2]) / 2 if centred else margin
        pen.text((x, margin / 2 + number * gap), text, ink, font)
    luma = np.asarray(sheet, np.uint8).copy()
    cover = np.zeros_like(luma)
    if rng.random() < 0.2:
        cv2.ellipse(cover, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 255, -1)
    else:
        cover[:] = 255
    return luma, cover


def _badge(rng: Rng) -> Patch:
    """Draw rings, stars, shields and ovals: what makers put on bonnets."""
    width, height = int(rng.integers(60, 220)), int(rng.integers(40, 100))
    luma = np.full((height, width), int(rng.integers(120, 256)), np.uint8)
    cover = np.zeros_like(luma)
    thick = int(rng.integers(2, 9))
    kind = rng.random()
    if kind < 0.45:
        rings = int(rng.integers(1, 6))
        radius = min(height // 2 - thick, width // (rings + 1))
        for ring in range(rings):
            at = (int((ring + 1) * width / (rings + 1)), height // 2)
            cv2.circle(cover, at, max(4, radius), 255, thick)
    elif kind < 0.75:
        axes = (width // 2 - thick, height // 2 - thick)
        filled = -1 if rng.random() < 0.5 else thick
        cv2.ellipse(cover, (width // 2, height // 2), axes, 0, 0, 360, 255, filled)
        text = word(rng).title()[:6]
        cv2.putText(luma, text, (width // 6, int(height * 0.6)), cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
                    height / 60, int(rng.integers(0, 90)), 2)  # fmt: skip
    else:
        count = int(rng.integers(3, 9))
        turn = np.sort(rng.uniform(0, 2 * np.pi, count))
        reach = rng.uniform(0.3, 1, count)
        points = np.stack(
            [width / 2 * (1 + reach * np.cos(turn)), height / 2 * (1 + reach * np.sin(turn))], 1
        )
        cv2.fillPoly(cover, [points.astype(np.int32)], 255)
    return luma, cover


def _grille(rng: Rng) -> Patch:
    """Draw bars, meshes, blinds, steps, fences: regular strokes, but no characters."""
    width, height = int(rng.integers(100, 400)), int(rng.integers(30, 160))
    paper, ink = _pair(rng)
    luma = np.full((height, width), paper, np.uint8)
    pitch = int(rng.integers(5, 26))
    thick = max(1, int(pitch * rng.uniform(0.2, 0.6)))
    kind = rng.random()
    if kind < 0.75:
        lean = int(rng.normal(0, height * 0.15))
        uneven = rng.random() < 0.4
        for x in range(0, width, pitch):
            at = x + (int(rng.normal(0, pitch * 0.25)) if uneven else 0)
            cv2.line(luma, (at, 0), (at + lean, height), ink, thick)
    if kind > 0.45:
        for y in range(0, height, pitch):
            cv2.line(luma, (0, y), (width, y), ink, thick)
    if rng.random() < 0.4:
        cv2.rectangle(luma, (0, 0), (width - 1, height - 1), int(rng.integers(0, 256)), 4)
    return luma, np.full_like(luma, 255)


def _lamp(rng: Rng) -> Patch:
    """Draw a lamp, a window, a reflector, an empty bright or dark panel."""
    width, height = int(rng.integers(60, 360)), int(rng.integers(30, 140))
    level = int(rng.choice([rng.integers(0, 60), rng.integers(150, 256)]))
    luma = np.full((height, width), level, np.uint8)
    cover = np.zeros_like(luma)
    if rng.random() < 0.5:
        cv2.ellipse(cover, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 255, -1)
    else:
        cover[:] = 255
        if rng.random() < 0.5:
            cv2.rectangle(
                luma, (0, 0), (width - 1, height - 1), 255 - level, int(rng.integers(2, 7))
            )
    for _ in range(int(rng.integers(0, 4))):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(luma, at, int(rng.integers(4, 26)), int(rng.integers(0, 256)), -1)
    shade = np.linspace(rng.uniform(0.6, 1), rng.uniform(0.6, 1), width)
    return (luma * shade).astype(np.uint8), cover


def _chart(rng: Rng) -> Patch:
    """Draw tables, bars and ticks: rows of small things in frames."""
    width, height = int(rng.integers(200, 500)), int(rng.integers(120, 300))
    paper, ink = _pair(rng)
    sheet = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(sheet)
    font = _font(rng, int(rng.integers(10, 26)))
    rows, columns = int(rng.integers(2, 8)), int(rng.integers(1, 6))
    for row in range(rows):
        for column in range(columns):
            x, y = column * width / columns + 4, row * height / rows + 3
            if rng.random() < 0.6:
                pen.text((x, y), phrase(rng)[: int(rng.integers(1, 14))], ink, font)
            if rng.random() < 0.4:
                box = (x - 3, y - 2, x + width / columns - 8, y + height / rows - 6)
                pen.rectangle(box, outline=ink)
    return np.asarray(sheet, np.uint8).copy(), np.full((height, width), 255, np.uint8)


_KINDS: tuple[tuple[Callable[[Rng], Patch], float], ...] = (
    (_lettering, 0.24), (_sign, 0.28), (_badge, 0.12),
    (_grille, 0.14), (_lamp, 0.12), (_chart, 0.1),
)  # fmt: skip


def clutter(rng: Rng) -> Patch:
    """Draw one thing that is no plate."""
    pick = int(rng.choice(len(_KINDS), p=[share for _, share in _KINDS]))
    return _KINDS[pick][0](rng)


def page(rng: Rng, width: int = 768, height: int = 576) -> Luma:
    """Draw a page of text of mixed sizes with rules and headings, (height, width)."""
    paper, ink = _pair(rng)
    sheet = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(sheet)
    y = int(rng.integers(0, 30))
    margin = int(rng.integers(5, 120))
    while y < height:
        heading = rng.random() < 0.15
        size = int(rng.integers(28, 90) if heading else rng.integers(11, 30))
        font = _font(rng, size)
        text = " ".join(phrase(rng) for _ in range(1 if heading else int(rng.integers(1, 6))))
        if rng.random() < 0.1:
            pen.rectangle(
                (margin - 4, y - 3, margin + font.getlength(text) + 4, y + size + 6), outline=ink
            )
        pen.text((margin, y), text, ink, font)
        y += int(size * rng.uniform(1.1, 2.0))
    return np.asarray(sheet, np.uint8).copy()
