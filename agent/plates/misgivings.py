"""What speaks against a read that its looks agree on: nothing here changes a text.

See docs/decisions/0104.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import exp, log

from agent.core.vision import LEAST_CHANCE, PlateRead
from agent.plates.formats.looks import Looks
from agent.plates.formats.syntax import Judgement, Syntax, log_free
from agent.plates.reading import believed
from agent.plates.unread import Unreported

PICTURE_SURE = 0.85
"""A share from which the picture names the country; on photographs it is then right nine times in
ten (docs/decisions/0104)."""

PICTURE_AGAINST = 0.05
"""A country that the picture gives less is not the one."""

ELSEWHERE = 0.5
"""A share from which the picture says that no country of the book issued this."""

MOST_LOST = 2
"""Characters that a bumper, a tow bar or dirt may hide while the rest still looks like a plate."""

TWINS = {"O": "0", "0": "O"}
"""One shape in many countries' faces: which of them is read there, is the reader's habit."""

TWIN_ODDS = 0.1
"""At the least, a twin is so likely beside what was read."""

MOST_TWINS = 2

TWIN_DOUBT = 0.05
"""A read is doubtful from this odds on that it has a twin in the wrong place."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a plate must be to be told (settings.py says what each number means)."""

    unsure: float
    known_only: bool = False


def forbidden(
    read: PlateRead, judgement: Judgement, syntax: Syntax, telling: Telling, *, still: bool
) -> Unreported | None:
    """Say which rule forbids to tell what enough looks agree on.

    `still` says that there is one picture only: it must be believed (docs/decisions/0023).
    """
    swapped = {swap.place for swap in judgement.swaps}
    unswapped = (p.best[1] for i, p in enumerate(read.characters) if i not in swapped)
    if min(unswapped, default=0.0) < telling.unsure or (still and not believed(read)):
        return Unreported.UNCLEAR
    if is_part(read, judgement.text, syntax):
        return Unreported.INCOMPLETE
    if is_no_countrys(read, judgement.text, syntax):
        return Unreported.UNKNOWN
    if telling.known_only and not judgement.fits:
        return Unreported.UNKNOWN
    return None


def is_part(read: PlateRead, text: str, syntax: Syntax) -> bool:
    """Say whether a text is what is left of a longer one.

    It is no plate of the country that the plate surely looks to be of, but would be a common one
    with a character or two more; and of the countries whose plate it is, none comes into question.
    """
    if not read.countries:
        return False
    country, share = read.countries[0]
    if share < PICTURE_SURE:
        return False
    if _in_question(read, text, syntax):
        return False
    return any(
        known.code == country and not known.rare
        for lost in range(1, MOST_LOST + 1)
        for known in syntax.longer(text, lost)
    )


def is_no_countrys(read: PlateRead, text: str, syntax: Syntax) -> bool:
    """Say whether a text looks like no plate of the book, and comes from none in question.

    The reader learned plates of a few countries that are not in it as what looks like nothing here:
    lettering on vehicles, numbers on signs.
    """
    known = syntax.book.country
    if sum(share for code, share in read.countries if code not in known) < ELSEWHERE:
        return False
    return not _in_question(read, text, syntax)


def _in_question(read: PlateRead, text: str, syntax: Syntax) -> bool:
    """Say whether a text is a plate of a country that the picture does not speak against."""
    said = dict(read.countries)
    return any(said.get(known.code, 0.0) >= PICTURE_AGAINST for known in syntax.fitting(text))


def has_twin(read: PlateRead, text: str, syntax: Syntax) -> bool:
    """Say whether a text with an O for a 0, or the other way round, is as good a plate.

    One of a country that comes into question by what the plate looks like.
    """
    looks, said = Looks(read.countries), dict(read.countries)
    fits = looks.weighed(syntax.fitting(text))
    own = max((nats for _, nats in fits), default=log_free(len(text)))
    odds = 0.0
    for other, reader in _twins(read, text):
        nats = [
            nats
            for known, nats in looks.weighed(syntax.fitting(other))
            if known.expected and (not said or said.get(known.code, 0.0) >= PICTURE_AGAINST)
        ]
        odds += exp(max(nats) - own + reader) if nats else 0.0
    return odds >= TWIN_DOUBT


def _twins(read: PlateRead, text: str) -> Iterator[tuple[str, float]]:
    """Yield texts with twins in the place of some characters; nats that the reader says of each."""
    places = [at for at, char in enumerate(text) if char in TWINS]
    for count in range(1, MOST_TWINS + 1):
        for chosen in combinations(places, count):
            chars, reader = list(text), 0.0
            for at in chosen:
                said = dict(read.characters[at].choices)
                twin = TWINS[chars[at]]
                odds = said.get(twin, 0.0) / max(said.get(chars[at], 0.0), LEAST_CHANCE)
                reader += log(max(odds, TWIN_ODDS))
                chars[at] = twin
            yield "".join(chars), reader
