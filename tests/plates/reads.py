"""Reads made up by hand, and a reader that says them."""

from collections.abc import Mapping, Sequence

from agent.core.vision import CharacterRead, Luma, PlateRead, Quad

Countries = tuple[tuple[str, float], ...]

SURE = 0.98


def said(text: str, *chances: float) -> PlateRead:
    """Return a read of `text`, its characters as sure as said; one chance is every one's."""
    each = chances if len(chances) > 1 else (*chances, 0.9)[:1] * len(text)
    pairs = zip(text, each, strict=True)
    return PlateRead(tuple(CharacterRead(((char, chance),)) for char, chance in pairs))


def doubted(
    text: str, rivals: Mapping[int, tuple[str, float]] | None = None, countries: Countries = ()
) -> PlateRead:
    """Return a read of `text`, sure but for the places that have a rival with this probability."""
    places = []
    for at, char in enumerate(text):
        if rivals and at in rivals:
            other, chance = rivals[at]
            places.append(CharacterRead(((char, SURE - chance), (other, chance))))
        else:
            places.append(CharacterRead(((char, SURE),)))
    return PlateRead(tuple(places), countries)


class Says:
    """Reads the same of every plate, each character this surely."""

    def __init__(self, text: str, *chances: float) -> None:
        self._read = said(text, *chances)

    def read(self, luma: Luma, quads: Sequence[Quad]) -> list[PlateRead]:
        return [self._read] * len(quads)
