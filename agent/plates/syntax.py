"""What a country's plates may look like, and what that says about one read.

A read that fits a known format is never touched. One that fits none may be repaired, and both are
kept: the rule is written out at `Syntax.judge`, its reasons in docs/decisions/0070.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from agent.core.errors import ConfigError
from agent.core.log import mask
from agent.core.vision import CharacterRead, PlateRead
from agent.plates.book import Book, Country, country_problems
from agent.plates.pattern import LONGEST, Part, Shape, shapes

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

FOREIGN_NATS = 5.0
"""The same where the raw read is a plate of a country that is not expected: 150 times. A guest's
plate must not become a native's for one look-alike."""

COUNTRY_CLEAR = 0.5
"""A country is named when it is likelier than all others together; AB123CD is many countries'."""


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
class _Candidate:
    """A text, or one part of it, that may be meant; the odds are to what was read."""

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
        such text by `CLEAR_NATS` (`FOREIGN_NATS` if the raw read is some other country's plate),
        counting the reader's probabilities and how many plates of each format there are. Nothing
        is inserted or deleted.
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

    def _repair(self, read: PlateRead) -> tuple[_Candidate | None, float]:
        found: dict[str, _Candidate] = {}
        for known in self._by_length.get(len(read.characters), ()):
            if known.code in self._expected:
                for repair in self._towards(known, read):
                    same = found.get(repair.text)
                    if same is None or same.log_odds < repair.log_odds:
                        found[repair.text] = repair
        if not found:
            return None, 0.0
        best, *others = sorted(found.values(), key=lambda r: (-r.log_odds, r.text))
        foreign = [known.log_text for known in self._fitting(read.text)]
        stays = max([_log_free(len(read.text)), *foreign])
        gain = best.log_odds - max([stays, *(other.log_odds for other in others)])
        clear = gain >= (FOREIGN_NATS if foreign else CLEAR_NATS)
        return (best, gain) if clear else (None, gain)

    def _towards(self, known: _Known, read: PlateRead) -> list[_Candidate]:
        """Return the likeliest text of this shape within the rule, and the likeliest others.

        Odds are to the raw read. Others differ in one part: they are there to make it unclear.
        """
        best: list[_Candidate] = []
        second: list[tuple[int, _Candidate]] = []
        start = 0
        for part, width in zip(known.shape.parts, known.shape.widths, strict=True):
            places = read.characters[start : start + width]
            ways = self._ways(start, places, part)
            if not ways:
                return []
            if len(ways) > 1:
                second.append((len(best), ways[1]))
            best.append(ways[0])
            start += width
        chosen = [best, *([*best[:at], way, *best[at + 1 :]] for at, way in second)]
        repairs = [_joined(known.log_text, ways) for ways in chosen]
        return [repair for repair in repairs if len(repair.swaps) <= MOST_SWAPS]

    def _ways(self, start: int, places: Sequence[CharacterRead], part: Part) -> list[_Candidate]:
        """Return what may stand here, likeliest first; what was read alone, if it may."""
        here = "".join(place.best[0] for place in places)
        if here in part:
            return [_Candidate(here, 0.0, ())]
        ways = [way for code in part if (way := self._way(start, places, code))]
        return sorted(ways, key=lambda way: (-way.log_odds, way.text))

    def _way(self, start: int, places: Sequence[CharacterRead], code: str) -> _Candidate | None:
        """Return how likely `code` stands here against what was read, or None if it may not."""
        log_odds, swaps = 0.0, []
        for offset, (place, wanted) in enumerate(zip(places, code, strict=True)):
            was, sure = place.best
            if was == wanted:
                continue
            chance = dict(place.choices).get(wanted, 0.0)
            if chance < LEAST_CHOICE or wanted not in self._alike.get(was, ()):
                return None
            log_odds += log(chance / sure)
            swaps.append(Swap(start + offset, was, wanted, chance))
        return _Candidate(code, log_odds, tuple(swaps))


def _joined(log_text: float, ways: Sequence[_Candidate]) -> _Candidate:
    return _Candidate(
        "".join(way.text for way in ways),
        log_text + sum(way.log_odds for way in ways),
        tuple(swap for way in ways for swap in way.swaps),
    )


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
