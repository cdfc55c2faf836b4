"""What a country's plates may look like, and what that says about one read.

A read that fits a known format is never touched. One that fits none may be repaired, and both are
kept: the rule is written out at `Syntax.judge`, its reasons in docs/decisions/0070.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log, sqrt

import msgspec

from agent.core.errors import ConfigError
from agent.core.vision import CharacterRead, PlateRead
from agent.plates.mask import mask
from agent.plates.pattern import LONGEST, Shape, shapes

KNOWN_SHARE = 0.97
"""How many plates on a European street follow one of these formats: the rest are vanity,
diplomatic, military, dealers' and foreign plates. An assumption."""

EXPECTED_SHARE = 0.95
"""How many of the known plates come from the configured countries, where there are any."""

MOST_SWAPS = 2
"""A read that needs more is another plate, or no plate."""

LEAST_CHOICE = 0.005
"""A swap's character must have been in the reader's own mind with this probability at least."""

CLEAR_NATS = 2.0
"""A repair must be e² = 7.4 times as likely as the raw read, and as the next other repair."""

COUNTRY_CLEAR = 0.5
"""A country is named when it is likelier than all others together; AB123CD is many countries'."""


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


@dataclass(frozen=True, slots=True)
class Swap:
    """One repaired place: what the reader said first, and what the format asks for."""

    place: int
    was: str
    now: str
    confidence: float

    def __repr__(self) -> str:
        return f"Swap(place {self.place})"  # characters of a plate stay out of logs


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the formats say of one read.

    `text` is final, `raw` what was read; they differ exactly by `swaps`. `country` is None where
    no country is likelier than all others together. `gain_nats` is the evidence for the repair.
    """

    text: str
    raw: str
    country: str | None
    country_confidence: float
    format: str | None
    swaps: tuple[Swap, ...] = ()
    gain_nats: float | None = None

    @property
    def fits(self) -> bool:
        return self.format is not None

    def __repr__(self) -> str:
        return f"Judgement({mask(self.text)}, {self.country}, {len(self.swaps)} swaps)"


@dataclass(frozen=True, slots=True)
class _Known:
    """One shape with the log probability of each single text that has it."""

    code: str
    format: str
    shape: Shape
    log_text: float


@dataclass(frozen=True, slots=True)
class _Repair:
    text: str
    log_odds: float
    swaps: tuple[Swap, ...]


class Syntax:
    """Judges reads by the formats of the countries that are expected."""

    def __init__(self, book: Book, expected: Sequence[str] = ()) -> None:
        """Expand the book; `expected` are vehicle codes, none for "any country".

        Raises:
            ConfigError: A code or a pattern is not known.
        """
        unknown = [code for code in expected if code not in book.country]
        if unknown:
            raise ConfigError("; ".join(country_problems(unknown)))
        self._expected = frozenset(expected) or frozenset(book.country)
        self._alike = {
            char: frozenset(group).union(*(g for g in book.alike if char in g))
            for group in book.alike
            for char in group
        }
        self._by_length: dict[int, list[_Known]] = defaultdict(list)
        for code, country in book.country.items():
            for known in _expand(code, country, log(_share(code, frozenset(expected), book))):
                self._by_length[known.shape.length].append(known)

    def judge(self, read: PlateRead) -> Judgement:
        """Find the country and the format of a read, and repair it where that is clear.

        The rule: (1) a read that fits a format of an expected country stays as it is; (2) else a
        character may be swapped for one that looks alike (syntax.toml), at most twice, and only for
        one that the reader itself held possible at that place; (3) of the texts that so come to fit
        an expected country, the likeliest is taken if it beats both the raw read and every other
        such text by `CLEAR_NATS`, counting the reader's probabilities and how many plates of each
        format there are. Nothing is inserted or deleted.
        """
        raw = read.text
        if any(known.code in self._expected for known in self._fitting(raw)):
            return self._named(raw, raw)
        repair, gain = self._repair(read)
        if repair is None:
            return self._named(raw, raw)
        return self._named(repair.text, raw, repair.swaps, gain)

    def _fitting(self, text: str) -> Iterator[_Known]:
        return (k for k in self._by_length.get(len(text), ()) if k.shape.fits(text))

    def _named(
        self, text: str, raw: str, swaps: tuple[Swap, ...] = (), gain: float | None = None
    ) -> Judgement:
        """Say whose plate `text` is, by Bayes' rule over every format it fits."""
        fitting = list(self._fitting(text))
        if not fitting:
            return Judgement(text, raw, None, 0.0, None)
        by_country: dict[str, float] = defaultdict(float)
        for known in fitting:
            by_country[known.code] += exp(known.log_text)
        best = max(by_country, key=lambda code: (by_country[code], code))
        confidence = by_country[best] / sum(by_country.values())
        likeliest = max(
            (known for known in fitting if known.code == best), key=lambda k: k.log_text
        )
        clear = confidence >= COUNTRY_CLEAR
        name = f"{likeliest.code} {likeliest.format}"
        return Judgement(text, raw, best if clear else None, confidence, name, swaps, gain)

    def _repair(self, read: PlateRead) -> tuple[_Repair | None, float]:
        found: dict[str, _Repair] = {}
        for known in self._by_length.get(len(read.characters), ()):
            if known.code not in self._expected:
                continue
            repair = self._towards(known, read)
            if repair and (
                repair.text not in found or found[repair.text].log_odds < repair.log_odds
            ):
                found[repair.text] = repair
        if not found:
            return None, 0.0
        best, *others = sorted(found.values(), key=lambda r: (-r.log_odds, r.text))
        unfit = [known.log_text for known in self._fitting(read.text)]
        stays = max([_log_free(len(read.text)), *unfit])
        gain = best.log_odds - max([stays, *(other.log_odds for other in others)])
        return (best, gain) if gain >= CLEAR_NATS else (None, gain)

    def _towards(self, known: _Known, read: PlateRead) -> _Repair | None:
        """Return the likeliest text of this shape within the rule, as log odds to the raw read."""
        swaps: list[Swap] = []
        text, start, log_odds = "", 0, known.log_text
        for part, width in zip(known.shape.parts, known.shape.widths, strict=True):
            places = read.characters[start : start + width]
            here = "".join(place.best[0] for place in places)
            if here not in part:
                ways = (way for code in part if (way := self._swaps(start, places, code)))
                best = max(ways, key=lambda way: way[0], default=None)
                if best is None:
                    return None
                here = best[1]
                log_odds += best[0]
                swaps += best[2]
                if len(swaps) > MOST_SWAPS:
                    return None
            text += here
            start += width
        return _Repair(text, log_odds, tuple(swaps))

    def _swaps(
        self, start: int, places: Sequence[CharacterRead], code: str
    ) -> tuple[float, str, list[Swap]] | None:
        """Return how likely `code` stands here against what was read, or None if it may not."""
        log_ratio, swaps = 0.0, []
        for offset, (place, wanted) in enumerate(zip(places, code, strict=True)):
            was, sure = place.best
            if was == wanted:
                continue
            chance = dict(place.choices).get(wanted, 0.0)
            if chance < LEAST_CHOICE or wanted not in self._alike.get(was, ()):
                return None
            log_ratio += log(chance / sure)
            swaps.append(Swap(start + offset, was, wanted, chance))
        return log_ratio, code, swaps


def _share(code: str, expected: frozenset[str], book: Book) -> float:
    """Return which share of the plates met are of one country.

    Configured countries are expected alike. Others count by the square root of their cars, half way
    between one vote a country and one a car: cameras stand neither everywhere nor evenly.
    """
    if code in expected:
        return KNOWN_SHARE * EXPECTED_SHARE / len(expected)
    others = [c.cars_million for key, c in book.country.items() if key not in expected]
    part = sqrt(book.country[code].cars_million) / sum(sqrt(cars) for cars in others)
    return KNOWN_SHARE * part * (1 - EXPECTED_SHARE if expected else 1)


def _expand(code: str, country: Country, log_share: float) -> Iterator[_Known]:
    lists = {name: codes.split() for name, codes in country.lists.items()}
    whole = sum(form.share for form in country.formats)
    for form in country.formats:
        every = shapes(form.pattern, country.letters, country.digits, lists)
        ways = [shape for shape in every if shape.length <= form.longest]
        size = sum(shape.size for shape in ways)
        log_text = log_share + log(form.share / whole) - log(size)
        for shape in ways:
            yield _Known(code, form.name, shape, log_text)


def _log_free(length: int) -> float:
    """Return the log probability of one text that follows no known format."""
    return log(1 - KNOWN_SHARE) - log(LONGEST) - length * log(36)
