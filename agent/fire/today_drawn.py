"""A picture of what a tower can see today: rings of sight, bearing by bearing, north up.

Each size of fire has its colour, which fills the ground on which such a fire would be found; a dark
line is where that ends at the least. Ground behind hills stays dark, directions of which nobody
knows are hatched: a reader must never take either for seen.
"""

from collections.abc import Sequence
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from agent.fire.today import Sector, Today

SIDE_PX = 900
LEGEND_PX = 150
MARGIN_PX = 60

STEPS_M = (1_000, 2_000, 5_000, 10_000, 20_000)
MOST_RINGS = 6
"""The ring step is the first that gives no more than so many rings."""

ARC_DEG = 1.0
"""Sectors are drawn with a corner each so many degrees."""

HATCH_PX = 12

COLOURS = ((254, 217, 118), (253, 141, 60), (189, 0, 38))
"""Yellow to red by size (ColorBrewer's YlOrRd, told apart by colour-blind eyes too)."""

GROUND, LINE, INK, DIM, UNKNOWN = (
    (24, 28, 34), (92, 99, 110), (240, 242, 245), (150, 158, 168), (120, 126, 136),
)  # fmt: skip

Place = tuple[float, float]


def drawn(told: Sequence[Today], farthest_m: float) -> Image.Image:
    """Draw what is seen of fires of several sizes, out to `farthest_m`; RGB, 900 by 1050 pixels.

    Raises:
        ValueError: There is nothing to draw, or no distance to draw it in.
    """
    if not told or not farthest_m > 0:
        raise ValueError(f"{len(told)} sizes out to {farthest_m:g} m, expected some of both")
    image = Image.new("RGB", (SIDE_PX, SIDE_PX + LEGEND_PX), GROUND)
    draw = ImageDraw.Draw(image)
    scale = (SIDE_PX / 2 - MARGIN_PX) / farthest_m
    largest_first = sorted(
        zip(told, _colours(len(told)), strict=True), key=lambda o: -o[0].emissive_m2
    )
    for one, colour in largest_first:
        for sector in one.sectors:
            for near, far in sector.stretches_m:
                outline = [*_arc(sector, near * scale), *reversed(_arc(sector, far * scale))]
                draw.polygon(outline, fill=colour)
    for one, colour in largest_first:
        for sector in one.sectors:
            if sector.reach is not None and sector.farthest_m:
                least = min(sector.reach.least_m, sector.farthest_m) * scale
                dark = (colour[0] // 2, colour[1] // 2, colour[2] // 2)
                draw.line(_arc(sector, least), fill=dark, width=2)
    _hatch(image, told[0].unknown, farthest_m * scale)
    _rings(draw, farthest_m, scale)
    _legend(draw, told)
    return image


def _colours(count: int) -> list[tuple[int, int, int]]:
    return [COLOURS[min(at, len(COLOURS) - 1)] for at in range(count)]


def _at(bearing_deg: float, radius_px: float) -> Place:
    angle = bearing_deg * pi / 180
    return SIDE_PX / 2 + radius_px * sin(angle), SIDE_PX / 2 - radius_px * cos(angle)


def _arc(sector: Sector, radius_px: float) -> list[Place]:
    """Return a sector's arc, clockwise."""
    steps = max(round(sector.width_deg / ARC_DEG), 1)
    first = sector.bearing_deg - sector.width_deg / 2
    return [_at(first + at * sector.width_deg / steps, radius_px) for at in range(steps + 1)]


def _hatch(image: Image.Image, sectors: Sequence[Sector], radius_px: float) -> None:
    inside = Image.new("L", image.size, 0)
    mask = ImageDraw.Draw(inside)
    for sector in sectors:
        mask.polygon([(SIDE_PX / 2, SIDE_PX / 2), *_arc(sector, radius_px)], fill=255)
    lines = Image.new("RGB", image.size, GROUND)
    pen = ImageDraw.Draw(lines)
    for start in range(-SIDE_PX, 2 * SIDE_PX, HATCH_PX):
        pen.line((start, 0, start + SIDE_PX, SIDE_PX), fill=UNKNOWN, width=2)
    image.paste(lines, mask=inside)


def _rings(draw: ImageDraw.ImageDraw, farthest_m: float, scale: float) -> None:
    step = next((m for m in STEPS_M if farthest_m / m <= MOST_RINGS), STEPS_M[-1])
    middle = SIDE_PX / 2
    for metres in range(step, int(farthest_m) + 1, step):
        radius = metres * scale
        box = (middle - radius, middle - radius, middle + radius, middle + radius)
        draw.ellipse(box, outline=LINE)
        draw.text(_at(45, radius), f"{metres // 1000} km", INK, _font(13), anchor="mm")
    for name, bearing in (("N", 0), ("E", 90), ("S", 180), ("W", 270)):
        draw.text(_at(bearing, middle - MARGIN_PX / 2), name, INK, _font(18), anchor="mm")


def _legend(draw: ImageDraw.ImageDraw, told: Sequence[Today]) -> None:
    top = SIDE_PX + 8
    for one, colour in zip(told, _colours(len(told)), strict=True):
        least, likely, most = one.seen_km2
        words = (
            f"fire of eA = {one.emissive_m2:g} sq m: seen on {likely:.0f} sq km "
            f"({least:.0f} to {most:.0f}), in sight are {one.in_sight_km2:.0f}"
        )
        draw.rectangle((MARGIN_PX, top + 4, MARGIN_PX + 20, top + 18), fill=colour)
        draw.text((MARGIN_PX + 30, top), words, INK, _font(17))
        top += 28
    unknown = sum(sector.width_deg for sector in told[0].unknown)
    if unknown:
        words = f"hatched: nobody knows what is seen in {unknown:.0f} of 360 degrees"
        draw.text((MARGIN_PX + 30, top), words, DIM, _font(17))


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size=size)
