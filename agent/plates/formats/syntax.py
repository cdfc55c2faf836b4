"""What a country's plates may look like, and what that says about one read.

A read that fits a common format is never touched. One that does not may be repaired, and both are
kept: the rule is written out at `Syntax.judge`, its reasons in docs/decisions/0070 and 0082.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp, log

from agent.core.errors import ConfigError
from agent.core.log import mask
from agent.core.vision import CharacterRead, PlateRead
from agent.plates.formats.book import Book, country_problems
from agent.plates.formats.known import KNOWN_SHARE, Known, shelves
from agent.plates.formats.looks import Looks
from agent.plates.formats.pattern import LONGEST, Part

MOST_SWAPS = 2
"""A read that needs more is another plate, or no plate."""

LEAST_CHOICE = 0.005
"""A swap's character must have been in the reader's own mind with this probability at least."""

CLEAR_NATS = 2.0
"""A repair must be e² = 7.4 times as likely as the raw read, and as the next other repair."""

FOREIGN_NATS = 5.0
"""The same where the raw read is a plate of a country that is not expected: 150 times. A guest's
plate must not become a native's for one look-alike."""

RARE_NATS = 3.0
"""The same where the raw read fits rare formats only, such as one that ended in 1971: 20 times."""

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
class _Candidate:
    """A text, or one part of it, that may be meant; the odds are to what was read."""

    text: str
    log_odds: float
    swaps: tuple[Swap, ...]

    def __repr__(self) -> str:
        return f"_Candidate({mask(self.text)}, {len(self.swaps)} swaps)"


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
        self.book = book
        self.expected = frozenset(expected)
        self._shelves = shelves(book, self.expected)
        self._alike = {
            char: frozenset(group).union(*(g for g in book.alike if char in g)) - {char}
            for group in book.alike
            for char in group
        }

    def judge(self, read: PlateRead) -> Judgement:
        """Find the country and the format of a read, and repair it where that is clear.

        The rule: (1) a read that fits a format of an expected country stays as it is, unless that
        format is rare; (2) else a character may be swapped for one that looks alike (syntax.toml),
        at most twice, and only for one that the reader itself held possible at that place; (3) of
        the texts that so come to fit an expected country, the likeliest is taken if it beats both
        the raw read and every other such text by `CLEAR_NATS` (`FOREIGN_NATS` if the raw read is
        some other country's plate, `RARE_NATS` if it is a rare one), counting the reader's
        probabilities, how many plates of each format there are, and what the picture says of the
        country (band, emblems, face). Nothing is inserted or deleted.
        """
        raw = read.text
        looks = Looks(read.countries)
        fitting = list(self.fitting(raw))
        if stands(fitting):
            return _named(looks.weighed(fitting), raw, raw)
        repair, gain = self._repair(read, fitting, looks)
        if repair is None:
            return _named(looks.weighed(fitting), raw, raw)
        mended = looks.weighed(self.fitting(repair.text))
        return _named(mended, repair.text, raw, repair.swaps, gain)

    def fitting(self, text: str) -> Iterator[Known]:
        """Yield every known shape that a text has."""
        shelf = self._shelves.get(len(text))
        return shelf.fitting(text) if shelf else iter(())

    def near(self, text: str, most: int) -> Iterator[Known]:
        """Yield expected shapes that a text misses at `most` places or fewer."""
        shelf = self._shelves.get(len(text))
        return shelf.near(text, most) if shelf else iter(())

    def holed(self, text: str, hole: int) -> Iterator[tuple[Known, Part]]:
        """Yield expected shapes that lack one character before place `hole`, and which may come."""
        shelf = self._shelves.get(len(text) + 1)
        return shelf.holed(text, hole) if shelf else iter(())

    def longer(self, text: str, lost: int) -> Iterator[Known]:
        """Yield expected shapes of which `text` is left when `lost` characters cannot be seen."""
        shelf = self._shelves.get(len(text) + lost)
        return shelf.longer(text) if shelf else iter(())

    def alike(self, one: str, other: str) -> bool:
        """Say whether two characters look alike on a plate."""
        return other in self._alike.get(one, ())

    def _repair(
        self, read: PlateRead, fitting: Sequence[Known], looks: Looks
    ) -> tuple[_Candidate | None, float]:
        found: dict[str, _Candidate] = {}
        shelf = self._shelves.get(len(read.characters))
        choices = [self._choices(at, place) for at, place in enumerate(read.characters)]
        chars = [{choice.text for choice in here} for here in choices]
        for known in shelf.reachable(chars) if shelf else ():
            for repair in _towards(known, choices, looks.nats(known.code)):
                same = found.get(repair.text)
                if same is None or same.log_odds < repair.log_odds:
                    found[repair.text] = repair
        if not found:
            return None, 0.0
        best, *others = sorted(found.values(), key=lambda r: (-r.log_odds, r.text))
        stays = [log_free(len(read.text)), *(nats for _, nats in looks.weighed(fitting))]
        gain = best.log_odds - max([*stays, *(other.log_odds for other in others)])
        return (best, gain) if gain >= clear_nats(fitting) else (None, gain)

    def _choices(self, at: int, place: CharacterRead) -> tuple[_Candidate, ...]:
        """Return what may stand at a place: what was read first, then what it may be swapped for.

        That is what looks like the likeliest character and was held possible by the reader.
        """
        was, sure = place.best
        alike = self._alike.get(was, frozenset())
        swaps = (
            _Candidate(now, log(chance / sure), (Swap(at, was, now, chance),))
            for now, chance in place.choices[1:]
            if chance >= LEAST_CHOICE and now in alike
        )
        return (_Candidate(was, 0.0, ()), *swaps)


def _named(
    fitting: Sequence[tuple[Known, float]],
    text: str,
    raw: str,
    swaps: tuple[Swap, ...] = (),
    gain: float | None = None,
) -> Judgement:
    """Say whose plate `text` is, by Bayes' rule over every format it fits and the picture."""
    if not fitting:
        return Judgement(text, raw, None, 0.0, None)
    by_country: dict[str, float] = defaultdict(float)
    for known, nats in fitting:
        by_country[known.code] += exp(nats)
    best = max(by_country, key=lambda code: (by_country[code], code))
    confidence = by_country[best] / sum(by_country.values())
    likeliest = max((k for k, _ in fitting if k.code == best), key=lambda k: k.log_text)
    clear = confidence >= COUNTRY_CLEAR
    name = f"{likeliest.code} {likeliest.format.name}"
    return Judgement(text, raw, best if clear else None, confidence, name, swaps, gain)


def _towards(
    known: Known, choices: Sequence[Sequence[_Candidate]], nats: float
) -> list[_Candidate]:
    """Return the likeliest text of this shape within the rule, and the likeliest others.

    Odds are to the raw read; `nats` is what the picture says of the country. The others differ in
    one part: they are there to make it unclear.
    """
    best: list[_Candidate] = []
    second: list[tuple[int, _Candidate]] = []
    start = 0
    for part, width in zip(known.shape.parts, known.shape.widths, strict=True):
        ways = _ways(choices[start : start + width], part)
        if not ways:
            return []
        if len(ways) > 1:
            second.append((len(best), ways[1]))
        best.append(ways[0])
        start += width
    chosen = [best, *([*best[:at], way, *best[at + 1 :]] for at, way in second)]
    repairs = [_joined(known.log_text + nats, ways) for ways in chosen]
    return [repair for repair in repairs if len(repair.swaps) <= MOST_SWAPS]


def _ways(places: Sequence[Sequence[_Candidate]], part: Part) -> list[_Candidate]:
    """Return what may stand here, likeliest first; what was read alone, if it may."""
    here = "".join(place[0].text for place in places)
    if here in part:
        return [_Candidate(here, 0.0, ())]
    every = (_joined(0.0, way) for way in product(*places))
    ways = [way for way in every if way.text in part]
    return sorted(ways, key=lambda way: (-way.log_odds, way.text))


def _joined(log_text: float, ways: Sequence[_Candidate]) -> _Candidate:
    return _Candidate(
        "".join(way.text for way in ways),
        log_text + sum(way.log_odds for way in ways),
        tuple(swap for way in ways for swap in way.swaps),
    )


def stands(fitting: Sequence[Known]) -> bool:
    """Say whether a read with these shapes is left as it is, whatever else it may be."""
    return any(known.expected and not known.rare for known in fitting)


def clear_nats(fitting: Sequence[Known]) -> float:
    """Return by how much a repair must be likelier than a read with these shapes."""
    if any(not known.expected for known in fitting):
        return FOREIGN_NATS
    return RARE_NATS if fitting else CLEAR_NATS


def log_stays(text: str, fitting: Sequence[Known]) -> float:
    """Return the log probability of a text with these shapes, or of free text."""
    return max([log_free(len(text)), *(known.log_text for known in fitting)])


def log_free(length: int) -> float:
    """Return the log probability of one text that follows no known format."""
    return log(1 - KNOWN_SHARE) - log(LONGEST) - length * log(36)
