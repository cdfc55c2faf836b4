"""Every known way to form a plate, found by what stands at its places.

Without a hint a read is held against a thousand shapes. So there is a number with one bit a shape
for every place and character; "and" over the places leaves the few that can fit.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import log, sqrt

from agent.plates.formats.book import Book, Format
from agent.plates.formats.life import alive
from agent.plates.formats.pattern import Part, Shape

KNOWN_SHARE = 0.97
"""How many plates on a European street follow one of these formats: the rest are very old, home
made or of countries that are not in the book. An assumption."""

RARE_SHARE = 0.01
"""Formats that fewer of a country's plates follow are rare: they do not shield a read."""

EXPECTED_SHARE = 0.95
"""How many of the known plates come from the configured countries, where there are any."""


@dataclass(frozen=True, slots=True)
class Known:
    """One shape with the log probability of each single text that has it."""

    code: str
    format: Format
    shape: Shape
    log_text: float
    expected: bool
    rare: bool


class Shelf:
    """All known shapes of one length."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._known = tuple(known)
        length = self._known[0].shape.length
        # codes of a list are wider than one place: what the places allow must be looked at again
        self._wide = tuple(any(w > 1 for w in k.shape.widths) for k in known)
        self._at: tuple[dict[str, int], ...] = tuple(defaultdict(int) for _ in range(length))
        self._expected = 0
        for number, each in enumerate(self._known):
            bit = 1 << number
            self._expected |= bit * each.expected
            place = 0
            for part, width in zip(each.shape.parts, each.shape.widths, strict=True):
                for offset in range(width):
                    for char in {code[offset] for code in part}:
                        self._at[place + offset][char] |= bit
                place += width

    def fitting(self, text: str) -> Iterator[Known]:
        """Yield every shape that `text`, of this length, has."""
        left = -1
        for at, char in zip(self._at, text, strict=True):
            left &= at.get(char, 0)
            if not left:
                return
        for number in _bits(left):
            if not self._wide[number] or self._known[number].shape.fits(text):
                yield self._known[number]

    def reachable(self, places: Sequence[AbstractSet[str]]) -> Iterator[Known]:
        """Yield expected shapes that some choice of one character for each place may have."""
        left = self._expected
        for at, chars in zip(self._at, places, strict=True):
            here = 0
            for char in chars:
                here |= at.get(char, 0)
            left &= here
            if not left:
                return
        yield from (self._known[number] for number in _bits(left))

    def near(self, text: str, most: int) -> Iterator[Known]:
        """Yield expected shapes of which at most `most` places say otherwise than `text`."""
        otherwise = [self._expected] + [0] * most
        for at, char in zip(self._at, text, strict=True):
            here = at.get(char, 0)
            for count in range(most, 0, -1):
                otherwise[count] = otherwise[count] & here | otherwise[count - 1] & ~here
            otherwise[0] &= here
        for shapes in otherwise:
            yield from (self._known[number] for number in _bits(shapes))

    def longer(self, text: str) -> Iterator[Known]:
        """Yield expected shapes, longer than `text`, that say it once some characters are lost.

        Codes of a list are looked at place by place: some that are no code pass.
        """
        left = [self._expected] * (len(self._at) - len(text) + 1)  # by characters lost so far
        for number, char in enumerate(text):
            here = 0
            for lost, shapes in enumerate(left):
                here |= shapes & self._at[number + lost].get(char, 0)
                left[lost] = here
        yield from (self._known[number] for number in _bits(left[-1]))

    def holed(self, text: str, hole: int) -> Iterator[tuple[Known, Part]]:
        """Yield expected shapes that `text` has with one character put in before place `hole`.

        With each comes what may be put in.
        """
        left = self._expected
        for place, at in enumerate(self._at):
            if place != hole:
                left &= at.get(text[place - (place > hole)], 0)
        for number in _bits(left):
            shape = self._known[number].shape
            place = 0
            for part, width in zip(shape.parts, shape.widths, strict=True):
                if place == hole and width == 1:
                    if shape.fits(text[:hole] + min(part) + text[hole:]):
                        yield self._known[number], part
                    break
                place += width


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def shelves(book: Book, expected: AbstractSet[str]) -> dict[int, Shelf]:
    """Expand the whole book, by length; `expected` are vehicle codes, none for "any country".

    Raises:
        ConfigError: A pattern cannot be read.
    """
    by_length: dict[int, list[Known]] = defaultdict(list)
    for code in book.country:
        for known in _expand(code, book, expected):
            by_length[known.shape.length].append(known)
    return {length: Shelf(known) for length, known in by_length.items()}


def country_share(code: str, book: Book, expected: AbstractSet[str]) -> float:
    """Return which share of the plates met are of one country.

    Configured countries are expected alike. Others count by the square root of their cars, half way
    between one vote a country and one a car: cameras stand neither everywhere nor evenly.
    """
    if code in expected:
        return KNOWN_SHARE * EXPECTED_SHARE / len(expected)
    others = [c.cars_million for key, c in book.country.items() if key not in expected]
    part = sqrt(book.country[code].cars_million) / sum(sqrt(cars) for cars in others)
    return KNOWN_SHARE * part * (1 - EXPECTED_SHARE if expected else 1)


def format_shares(code: str, book: Book) -> dict[str, float]:
    """Return which share of a country's plates on the road follows each format, by its name."""
    country = book.country[code]
    weights = {
        form.name: form.share * alive(form.since, form.until, book.edition, country.life_years)
        for form in country.formats
    }
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}


def _expand(code: str, book: Book, expected: AbstractSet[str]) -> Iterator[Known]:
    log_country = log(country_share(code, book, expected))
    shares = format_shares(code, book)
    here = code in expected or not expected
    for form in book.country[code].formats:
        ways = book.country[code].shapes(form)
        log_text = log_country + log(shares[form.name]) - log(sum(way.size for way in ways))
        for way in ways:
            yield Known(code, form, way, log_text, here, shares[form.name] < RARE_SHARE)
