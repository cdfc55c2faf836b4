"""What is known of plates: the formats of each country, read from countries/*.toml."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec

from agent.plates.formats.pattern import LONGEST, Group, Shape, groups, shapes

Day = Annotated[str, msgspec.Meta(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2])(-[0-3]\d)?)?$")]
"""A day, a month or a year, as exactly as it is known: 2000-09-18, 2000-09, 2000."""

Vehicle = Literal["any", "car", "motorcycle", "moped", "trailer", "tractor", "lorry"]
"""What carries a plate of this format; `any` where the format does not say."""

Use = Literal[
    "ordinary",
    "vanity",
    "temporary",
    "dealer",
    "export",
    "diplomatic",
    "military",
    "police",
    "authority",
    "taxi",
    "historic",
    "electric",
]
"""What it is given for. `diplomatic` includes consular, `temporary` provisional plates."""


class Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pattern of a country: when and for what it is issued, and how often.

    `share` is how many of the plates issued in its window follow it, in parts of the formats that
    were issued beside it; how many of them are left is reckoned from the window (life.py). `parts`
    name the pattern's groups, `rule` says in words what the letters and figures do not show,
    `begun` is from which day on which serials were issued, of the group that is called "serial".
    """

    name: str
    pattern: str
    example: str
    share: float = 1.0
    longest: int = LONGEST
    since: Day | None = None
    until: Day | None = None
    vehicle: Vehicle = "any"
    use: Use = "ordinary"
    parts: tuple[str, ...] = ()
    rule: str = ""
    letters: str | None = None
    digits: str | None = None
    source: str = ""
    begun: dict[str, Day] = {}

    @property
    def groups(self) -> tuple[Group, ...]:
        return groups(self.pattern)


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One country's plates. A list has codes alone, or each code's name with it."""

    name: str
    iso: str
    source: str
    cars_million: float
    formats: tuple[Format, ...]
    letters: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    digits: str = "0123456789"
    life_years: float = 18.1
    lists: dict[str, str | dict[str, str]] = {}

    def codes(self, name: str) -> tuple[str, ...]:
        """Return the codes of one of the lists."""
        codes = self.lists[name]
        return tuple(codes.split() if isinstance(codes, str) else codes)

    def meaning(self, name: str, code: str) -> str | None:
        """Return the name that a list has for a code, if it has names."""
        codes = self.lists[name]
        return None if isinstance(codes, str) else codes.get(code)

    def shapes(self, form: Format) -> tuple[Shape, ...]:
        """Expand one of the formats.

        Raises:
            ConfigError: Its pattern cannot be read.
        """
        letters = self.letters if form.letters is None else form.letters
        digits = self.digits if form.digits is None else form.digits
        lists = {name: self.codes(name) for name in self.lists}
        every = shapes(form.pattern, letters, digits, lists)
        return tuple(shape for shape in every if shape.length <= form.longest)


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of plates: countries by vehicle code, and characters that look alike.

    `edition` is the day for which it was written: until then formats have been issued.
    """

    edition: Day
    alike: tuple[str, ...]
    country: dict[str, Country]

    def named(self) -> Iterator[tuple[str, Country, Format]]:
        """Yield every format with its country."""
        for code, country in self.country.items():
            for form in country.formats:
                yield code, country, form


class _Common(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    edition: Day
    alike: tuple[str, ...]


@cache
def shipped_book() -> Book:
    """Return the plate formats this package comes with."""
    here = files(__package__)
    common = msgspec.toml.decode(here.joinpath("syntax.toml").read_bytes(), type=_Common)
    tables = (file for file in here.joinpath("countries").iterdir() if file.name.endswith(".toml"))
    countries = {
        file.name.removesuffix(".toml"): msgspec.toml.decode(file.read_bytes(), type=Country)
        for file in sorted(tables, key=lambda file: file.name)
    }
    return Book(common.edition, common.alike, countries)


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
