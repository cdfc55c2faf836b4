"""What is known of plates: the formats of each country, read from syntax.toml."""

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from agent.plates.pattern import LONGEST


class Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pattern of a country, and which share of its plates follow it."""

    name: str
    pattern: str
    share: float = 1.0
    longest: int = LONGEST


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One country's plates, as syntax.toml has them."""

    name: str
    iso: str
    source: str
    cars_million: float
    formats: tuple[Format, ...]
    letters: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    digits: str = "0123456789"
    lists: dict[str, str] = {}


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of plates: countries by vehicle code, and characters that look alike."""

    alike: tuple[str, ...]
    country: dict[str, Country]


@cache
def shipped_book() -> Book:
    """Return the plate formats this package comes with."""
    return msgspec.toml.decode(files(__package__).joinpath("syntax.toml").read_bytes(), type=Book)


def country_problems(codes: Sequence[str]) -> list[str]:
    """Say what is wrong with configured vehicle codes; empty where all are known."""
    known = shipped_book().country
    return [
        f"{code!r} is no vehicle code with known plates{_nearest(code, known)}"
        for code in codes
        if code not in known
    ]


def _nearest(code: str, known: Mapping[str, Country]) -> str:
    """Point from a name, an ISO 3166 code or a slip to the vehicle code that was meant."""
    meant = {c.iso: key for key, c in known.items()}
    meant |= {c.name.upper(): key for key, c in known.items()} | {key: key for key in known}
    near = difflib.get_close_matches(code.upper(), meant, n=1, cutoff=0.6)
    right = meant.get(code.upper()) or (meant[near[0]] if near else None)
    if right is None:
        return f"; there are {', '.join(sorted(known))}"
    return f"; did you mean {right!r} ({known[right].name})?"
