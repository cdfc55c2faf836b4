"""Copies of pictures with what was read drawn into them."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from agent.core.errors import Rejected
from agent.core.vision import Luma
from agent.plates.reading import PlateResult

FITS, UNFIT = (40, 190, 90), (240, 160, 30)
"""Outline of a plate whose text fits a known format, and of one that does not."""

GROUND, INK, EMPTY = (16, 20, 26), (255, 255, 255), (70, 76, 84)

SMALLEST_LABEL_PX, LARGEST_LABEL_PX = 14, 48
"""Height of a label's letters: readable in a small picture, not in the way in a large one."""


class Copies:
    """A folder of annotated copies, one for each picture."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: set[str] = set()

    def write(self, path: Path, luma: Luma, plates: Sequence[PlateResult]) -> None:
        """Draw the plates of the picture at `path` and write the copy.

        Raises:
            Rejected: It cannot be written there, or would overwrite the picture itself.
        """
        copy = self._folder / self._free_name(path)
        data = BytesIO()
        annotated(luma, plates).save(data, "JPEG", quality=90)
        try:
            if copy.exists() and copy.samefile(path):
                raise Rejected(f"{copy}: would overwrite the picture itself, expected another DIR")
            self._folder.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data.getvalue())
        except OSError as error:
            raise Rejected(f"{copy}: cannot write the annotated copy: {error.strerror}") from error

    def _free_name(self, path: Path) -> str:
        """Return the picture's own name; with a number where two folders have the same."""
        name, number = f"{path.stem}.jpg", 1
        while name in self._names:
            number += 1
            name = f"{path.stem}-{number}.jpg"
        self._names.add(name)
        return name


def annotated(luma: Luma, plates: Sequence[PlateResult]) -> Image.Image:
    """Return a copy of a picture, (H, W) uint8, with outline, text and sureness of each plate."""
    picture = Image.fromarray(np.ascontiguousarray(luma)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for plate in reversed(plates):  # the best one last: on top
        _outline(draw, plate)
        _label(draw, plate, picture.size)
    return picture


def _outline(draw: ImageDraw.ImageDraw, plate: PlateResult) -> None:
    corners = [(float(x), float(y)) for x, y in plate.quad.corners]
    width = max(2, round(_letter_px(plate) / 8))
    colour = FITS if plate.judgement.fits else UNFIT
    draw.line([*corners, corners[0]], fill=colour, width=width, joint="curve")
    (x, y), radius = corners[0], width * 1.5
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)  # reading starts


def _label(draw: ImageDraw.ImageDraw, plate: PlateResult, size: tuple[int, int]) -> None:
    """Put the text above the plate (below, at the upper edge), a bar of sureness under each."""
    letter_px = _letter_px(plate)
    font = ImageFont.load_default(size=letter_px)
    cell, pad, bar = letter_px * 0.78, letter_px * 0.35, max(3, letter_px // 6)
    country = f"  {plate.judgement.country}" if plate.judgement.country else ""
    width = cell * len(plate.text) + 2 * pad + draw.textlength(country, font=font)
    height = letter_px * 1.25 + 2 * bar
    xs, ys = plate.quad.corners[:, 0], plate.quad.corners[:, 1]
    left = min(max(float(xs.mean()) - width / 2, 0), max(size[0] - width, 0))
    top = float(ys.min()) - height - letter_px / 3
    if top < 0:
        top = min(float(ys.max()) + letter_px / 3, size[1] - height)
    draw.rounded_rectangle((left, top, left + width, top + height), letter_px / 5, fill=GROUND)
    foot = top + height - bar * 1.6
    for at, (char, chance) in enumerate(plate.told.characters):
        x = left + pad + at * cell
        draw.text((x + cell / 2, top + letter_px * 0.62), char, INK, font, anchor="mm")
        draw.rectangle((x + 1, foot, x + cell - 1, foot + bar), fill=EMPTY)
        shade = (round(230 * (1 - chance)) + 25, round(190 * chance) + 25, 60)
        draw.rectangle((x + 1, foot, x + 1 + (cell - 2) * chance, foot + bar), fill=shade)
    end = left + pad + cell * len(plate.text)
    draw.text((end, top + letter_px * 0.62), country, FITS, font, anchor="lm")


def _letter_px(plate: PlateResult) -> int:
    width = float(np.ptp(plate.quad.corners[:, 0]))
    return round(min(max(width / 6, SMALLEST_LABEL_PX), LARGEST_LABEL_PX))
