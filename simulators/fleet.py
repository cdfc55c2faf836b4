"""What drives on a Spanish street by the straits: shapes, and which plate hangs where on them."""

from functools import cache

from models.plate_art import Layout, layouts
from simulators.scenario import Direction, Shape

SHARES = {
    "es": 100.0, "es-two": 4.0, "es-short": 1.0, "es-old": 7.0, "es-old-two": 0.6, "es-1966": 0.2,
    "es-taxi": 3.0, "es-private-temporary": 0.6, "es-trade": 0.6, "es-diplomat": 0.2,
    "es-consul": 0.3, "es-organisation": 0.1, "es-mission-staff": 0.1, "es-state": 1.5,
    "es-historic": 0.2, "es-tourist": 0.3,
    "ma": 10.0, "ma-latin": 10.0, "ma-1983": 1.0, "ma-two": 1.0, "ma-ww": 1.0,
    "de": 30.0, "de-old": 0.5, "de-electric": 2.0, "de-two": 1.0,
    "fr": 30.0, "fr-right-blank": 3.0, "fr-old-yellow": 0.2, "fr-two": 1.0,
    "gb-black": 0.1, "gb-two": 0.1, "gb-electric": 0.2,
    "nl-two": 0.1,
}  # fmt: skip
"""How common a layout is among its country's vehicles of that kind, of those that are not drawn
for every country by their own weight."""


def carrier(shape: Shape) -> str:
    """Return what a layout calls that which carries the plate that is seen from behind."""
    match shape:
        case Shape.MOTORCYCLE:
            return "motorcycle"
        case Shape.ARTICULATED:
            return "trailer"
        case _:
            return "car"


@cache
def plates_of(country: str, shape: Shape, direction: Direction) -> tuple[Layout, ...]:
    """Return what may hang on the end of such a vehicle that the camera sees; maybe nothing.

    A country whose trailers or motorcycles have no plate of their own here shows a car's.
    """
    end = "front" if direction is Direction.APPROACHING else "rear"
    if shape is Shape.MOTORCYCLE and end == "front":
        return ()
    wanted = carrier(shape) if end == "rear" else "car"
    there = [one for one in layouts() if one.country == country and one.end in {"both", end}]
    kinds = ("car", "taxi") if wanted == "car" and shape is not Shape.LORRY else (wanted,)
    found = tuple(one for one in there if one.on in kinds)
    return found or tuple(one for one in there if one.on == "car")


def share(one: Layout) -> float:
    """Return how common a layout is among those that may hang there."""
    return SHARES.get(one.id, one.weight)
