"""A layout says how one country's plate is made up: size, colours, band, patterns, letters."""

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A coloured strip with a country code at one end of the plate."""

    code: str
    colour: str = "#003399"
    ink: str = "#ffffff"
    width_mm: float = 40.0
    side: str = "left"
    mark: str = "stars"
    """What stands above the code: stars, flag, bars, none."""


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of plate.

    A pattern is a string of places: `L` a letter of `letters`, `9` a digit, `n` one but 0, `P` one
    of `prefixes`, `Q` one of `suffixes`, `/` the next row; in braces an emblem (emblems.py) or
    `space`.
    """

    id: str
    country: str
    patterns: tuple[str, ...]
    size_mm: tuple[float, float] = (520.0, 110.0)
    letters: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    digits: str = "0123456789"
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    paper: str = "#f2f2ee"
    ink: str = "#101010"
    rim: str = "#101010"
    rim_mm: float = 3.0
    fonts: tuple[str, ...] = ("din",)
    height_mm: float = 75.0
    stretch: float = 1.0
    """Glyph widths, against the font's own."""
    gap_mm: float = 9.0
    space_mm: float = 22.0
    bands: tuple[Band, ...] = ()
    corner: str = ""
    """An emblem in the left margin where there is no band."""
    weight: float = 1.0
    """How often this layout is drawn when any will do."""
    on: Literal["car", "motorcycle", "trailer", "taxi", "tractor"] = "car"
    """What carries it; a car's is also a van's and a lorry's."""
    end: Literal["both", "front", "rear"] = "both"
    """Where on the vehicle it hangs."""

    @property
    def rows(self) -> int:
        return 1 + max(pattern.count("/") for pattern in self.patterns)


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    layout: tuple[Layout, ...]


@cache
def layouts() -> tuple[Layout, ...]:
    """Return every layout of layouts.toml, in its order."""
    text = files("models.plate_art").joinpath("layouts.toml").read_bytes()
    return msgspec.toml.decode(text, type=_Book).layout


def layout(identity: str) -> Layout:
    """Return the layout called `identity`.

    Raises:
        KeyError: there is none; the message lists those there are.
    """
    for one in layouts():
        if one.id == identity:
            return one
    raise KeyError(f"no layout {identity!r}; there are {', '.join(o.id for o in layouts())}")
