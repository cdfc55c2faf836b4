"""Copies of pictures with what was read drawn into them."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from agent.core.errors import Rejected
from agent.core.vision import Luma, Quad
from agent.plates.preview import without_plates
from agent.plates.reading import PlateResult

FITS, UNFIT = (40, 190, 90), (240, 160, 30)
"""Outline of a plate whose text fits a known format, and of one that does not."""

GROUND, INK, EMPTY = (16, 20, 26), (255, 255, 255), (70, 76, 84)

SMALLEST_LABEL_PX, LARGEST_LABEL_PX = 14, 48
"""Height of a label's letters: readable in a small picture, not in the way in a large one."""

MOST_NAMESAKES = 1000
"""Copies of pictures with one name, in one folder: more is refused."""


class Copies:
    """A folder of annotated copies, one for each picture; no file there is ever written over."""

    def __init__(self, folder: Path, *, blur: bool = False) -> None:
        """Write to `folder`; with `blur` neither plates nor their texts are in the copies."""
        self._folder = folder
        self.blurs = blur
        self._last: dict[str, int] = {}  # so that the thousandth namesake is not tried 1000 times

    def write(
        self, path: Path, luma: Luma, plates: Sequence[PlateResult], found: Sequence[Quad] = ()
    ) -> None:
        """Draw the plates of the picture at `path` and write the copy.

        A copy that blurs hides `found` too: what was found and not read may be a plate.

        Raises:
            Rejected: It cannot be written there, or too many copies have its name.
        """
        data = BytesIO()
        if self.blurs:
            luma = without_plates(luma, [*found, *(plate.quad for plate in plates)])
        annotated(luma, plates, texts=not self.blurs).save(data, "JPEG", quality=90)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write_anew(path.stem, data.getvalue())
        except OSError as error:
            raise Rejected(
                f"{self._folder}: cannot write the annotated copy of {path}: {error.strerror}"
            ) from error

    def _write_anew(self, stem: str, data: bytes) -> None:
        """Write under the first name that is free; with a number where one is not."""
        for number in range(self._last.get(stem, 0) + 1, MOST_NAMESAKES + 1):
            name = f"{stem}.read.jpg" if number == 1 else f"{stem}-{number}.read.jpg"
            self._last[stem] = number
            try:
                with (self._folder / name).open("xb") as file:
                    file.write(data)
            except FileExistsError:
                continue
            return
        raise Rejected(
            f"{self._folder}: holds {MOST_NAMESAKES} copies called {stem}, expected another DIR"
        )


def annotated(luma: Luma, plates: Sequence[PlateResult], *, texts: bool = True) -> Image.Image:
    """Return a copy of a picture, (H, W) uint8, with outline, text and sureness of each plate."""
    picture = Image.fromarray(np.ascontiguousarray(luma)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for plate in reversed(plates):  # the best one last: on top
        _outline(draw, plate)
        if texts:
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
