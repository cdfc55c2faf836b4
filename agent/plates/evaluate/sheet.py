"""The contact sheet: a card for every miss, on pages that a person can leaf through.

A card shows the plate set upright, what is written on it above what was read, aligned, with the
confidence of each character as a bar, and what went wrong. Sheets show plates: treat them like the
pictures themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from agent.core.errors import Rejected
from agent.core.log import clip
from agent.plates.evaluate.distance import HIDDEN, aligned
from agent.plates.evaluate.score import Outcome, PictureScore, PlateScore

PAGES = "misses-[0-9][0-9][0-9].png"
"""What the pages are called."""

COLUMNS, ROWS = 4, 5
CARD = (400, 300)
PAD = 12

MOST_WORDS = 100
"""Characters of a line: more than a card is wide."""

MOST_PAGES = 200
"""4,000 misses: more is no list that anybody leafs through, and the figures count them all."""

PICTURE_PX = (352, 132)
"""The most a plate takes of its card; square ones are made smaller."""

GROUND, PAPER, INK, DIM = (28, 32, 38), (44, 49, 57), (240, 242, 245), (150, 158, 168)
GOOD, BAD, EMPTY = (60, 190, 100), (240, 95, 80), (80, 87, 96)

COLOURS = {
    Outcome.MISREAD: BAD,
    Outcome.OUTRANKED: (220, 150, 240),
    Outcome.UNREAD: (240, 200, 80),
    Outcome.WRONG_BOX: (240, 165, 60),
    Outcome.REJECTED: (110, 170, 250),
    Outcome.NOT_FOUND: (180, 180, 190),
    Outcome.FALSE_READ: BAD,
    Outcome.FALSE_FIND: (240, 165, 60),
}


def misses(scores: Iterable[PictureScore], *, complete: bool) -> list[PlateScore]:
    """Return every plate that was not right, and what was made up, in the order of the pictures."""
    return [
        plate
        for one in scores
        for plate in (*one.plates, *one.made_up(complete=complete))
        if plate.outcome is not Outcome.RIGHT
    ]


def as_many_crops_as_cards(
    scores: Iterable[PictureScore], *, complete: bool
) -> Iterator[PictureScore]:
    """Yield the scores, without the crops of misses that no page has room for.

    A set of a million pictures would keep gigabytes of them.
    """
    room = MOST_PAGES * COLUMNS * ROWS
    for one in scores:
        shown = misses([one], complete=complete)[: max(room, 0)]
        room -= len(shown)
        plates, extra = (
            tuple(
                plate if any(plate is each for each in shown) else replace(plate, crop=None)
                for plate in some
            )
            for some in (one.plates, one.extra)
        )
        yield replace(one, plates=plates, extra=extra)


def write_sheets(missed: Iterable[PlateScore], folder: Path) -> list[Path]:
    """Write the pages, misses-001.png and so on; sheets of an earlier time are removed first.

    Raises:
        Rejected: They cannot be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(PAGES):
            old.unlink()
        written = []
        for number, page in enumerate(islice(pages(missed), MOST_PAGES), 1):
            path = folder / f"misses-{number:03}.png"
            path.touch(mode=0o600)  # plates: for the owner's eyes only
            page.save(path)
            written.append(path)
    except OSError as error:
        raise Rejected(f"{folder}: cannot write the contact sheet: {error.strerror}") from error
    return written


def pages(missed: Iterable[PlateScore]) -> Iterator[Image.Image]:
    """Lay the cards out, row by row."""
    cards = iter(missed)
    width, height = CARD[0] + PAD, CARD[1] + PAD
    while heap := list(islice(cards, COLUMNS * ROWS)):
        rows = -(-len(heap) // COLUMNS)
        page = Image.new("RGB", (COLUMNS * width + PAD, rows * height + PAD), GROUND)
        for number, plate in enumerate(heap):
            row, column = divmod(number, COLUMNS)
            page.paste(card(plate), (PAD + column * width, PAD + row * height))
        yield page


def card(plate: PlateScore) -> Image.Image:
    """Draw one miss."""
    image = Image.new("RGB", CARD, PAPER)
    draw = ImageDraw.Draw(image)
    colour = COLOURS.get(plate.outcome, INK)
    draw.rectangle((0, 0, 5, CARD[1]), fill=colour)
    left = 2 * PAD
    draw.text((left, 8), plate.outcome.value, colour, _font(17))
    draw.text((left, 30), _clipped(draw, plate.reason), DIM, _font(12))
    if plate.crop is not None:
        seen = ImageOps.autocontrast(Image.fromarray(plate.crop), cutoff=1)  # night is legible too
        seen.thumbnail(PICTURE_PX)
        image.paste(seen.convert("RGB"), (left, 50))
    _texts(draw, plate, left)
    name = "/".join(plate.picture.parts[-2:])
    draw.text((left, CARD[1] - 20), _clipped(draw, name), DIM, _font(12))
    return image


def _texts(draw: ImageDraw.ImageDraw, plate: PlateScore, left: int) -> None:
    """Write the truth above the read, place by place, and a bar of confidence under each."""
    text = plate.text or plate.rejected
    pairs = aligned(plate.truth, text) if plate.truth else [("", char) for char in text]
    chances = iter(plate.read.told.characters if plate.read else ())
    cell = min(26, (CARD[0] - left - 70) // max(len(pairs), 1))
    top = 192
    refused = plate.read is None and plate.rejected
    for label, y in (("truth", top), ("refused" if refused else "read", top + 26)):
        draw.text((left, y + 5), label, DIM, _font(12))
    for at, (true, read) in enumerate(pairs):
        x = left + 50 + at * cell + cell / 2
        same = true in (read, HIDDEN) or plate.truth is None
        draw.text((x, top + 13), true or "·", INK if true else EMPTY, _font(20), anchor="mm")
        shade = (INK if same else BAD) if read else EMPTY
        draw.text((x, top + 39), read or "·", shade, _font(20), anchor="mm")
        if not read or plate.read is None:
            continue
        chance = next(chances)[1]
        box = (x - cell / 2 + 2, top + 54, x + cell / 2 - 2, top + 60)
        draw.rectangle(box, fill=EMPTY)
        bar = (box[0], box[1], box[0] + (box[2] - box[0]) * chance, box[3])
        draw.rectangle(bar, fill=GOOD if same else BAD)
        draw.text((x, top + 68), f"{100 * chance:.0f}", DIM, _font(10), anchor="mm")
    if plate.read is not None:
        words = f"says {plate.read.told.confidence:.2f}"
        if plate.read.text != plate.read.judgement.raw:
            words += f", repaired from {plate.read.judgement.raw}"
        draw.text((CARD[0] - PAD, 10), words, DIM, _font(12), anchor="ra")


def _clipped(draw: ImageDraw.ImageDraw, words: str) -> str:
    """Return as much of the words as the card is wide."""
    room = CARD[0] - 3 * PAD
    words = clip(words, MOST_WORDS)
    while words and draw.textlength(words, font=_font(12)) > room:
        words = f"{words[:-2]}…"
    return words


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size=size)
