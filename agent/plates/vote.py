"""Many reads of one plate become one: each place is voted on, weighted by how good each look was.

Reads differ in length where a screw became a 1 or a character was lost, so they are first aligned
to the read nearest to all, and "nothing here" is a choice like any other. After
Fiscus, "A post-processing system to yield reduced word error rates: ROVER", ASRU 1997.
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from agent.core.vision import CharacterRead, PlateRead
from agent.plates.pool import Pool, counting, pooled

GAP_COST = 0.7
"""Leaving a place out costs less than two wrong characters and more than half of one."""

MOST_PIVOTS = 8
"""Texts tried as the one to align to; a plate read in more ways is not read at all."""

MOST_COUNTRIES = 5
"""Countries kept that the looks of a plate speak for."""

Place = tuple[int, int]
"""Where a character stands: (n, 0) at the pivot's place n, (n, -1) inserted right before it."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One read and what its vote counts."""

    read: PlateRead
    weight: float


def vote(ballots: Sequence[Ballot], together: Pool = pooled) -> PlateRead:
    """Return the read that the ballots agree on; empty for no ballots.

    Each place's probabilities are pooled as `agent.plates.pool` says; how many looks agree is
    counted apart (`agreeing`).
    """
    # in an order of their own, so that sums round alike whichever look came first
    ballots = sorted(
        (ballot for ballot in ballots if ballot.weight > 0),
        key=lambda ballot: (ballot.read.text, ballot.weight),
    )
    if not ballots:
        return PlateRead(())
    pivot = _pivot(ballots)
    nobody: list[CharacterRead | None] = [None] * len(ballots)
    looks: dict[Place, list[CharacterRead | None]] = defaultdict(nobody.copy)
    for number, ballot in enumerate(ballots):
        for place, character in _align(pivot, ballot.read):
            looks[place][number] = character
    counts = counting([ballot.weight for ballot in ballots])
    places = (together(counts, looks[place]) for place in sorted(looks))
    return PlateRead(tuple(place for place in places if place), _countries(ballots))


def _countries(ballots: Sequence[Ballot]) -> tuple[tuple[str, float], ...]:
    """Return the weighted mean of what the looks say of the country, likeliest first."""
    said: dict[str, float] = defaultdict(float)
    spoken = sum(ballot.weight for ballot in ballots if ballot.read.countries)
    for ballot in ballots:
        for code, chance in ballot.read.countries:
            said[code] += ballot.weight * chance / spoken
    return tuple(sorted(said.items(), key=lambda way: (-way[1], way[0]))[:MOST_COUNTRIES])


def agreeing(ballots: Sequence[Ballot], text: str, swapped: Sequence[int], raw: str) -> int:
    """Count the reads that say `text`, or what it was repaired from at the `swapped` places."""
    accepted = [
        {char, raw[place]} if place in swapped else {char} for place, char in enumerate(text)
    ]
    return sum(
        len(ballot.read.characters) == len(accepted)
        and all(
            place.best[0] in chars
            for place, chars in zip(ballot.read.characters, accepted, strict=True)
        )
        for ballot in ballots
    )


def whole_texts(read: PlateRead, most: int) -> tuple[tuple[str, float], ...]:
    """Return the likeliest texts of a read with their probabilities, best first.

    Places are taken as independent, so the best `most` prefixes are all that is ever needed.
    """
    beam = [("", 1.0)]
    for place in read.characters:
        longer = ((t + char, p * chance) for t, p in beam for char, chance in place.choices)
        beam = heapq.nsmallest(most, longer, key=lambda way: (-way[1], way[0]))
    return tuple(beam) if read.characters else ()


def edits(one: str, other: str) -> int:
    """Return how many characters must change, go or come to make one text of the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def _pivot(ballots: Sequence[Ballot]) -> PlateRead:
    """Return the read that is nearest to all others, by weighted edits (the medoid).

    Of texts nearly as near the longest: a lost character is commoner than an invented one.
    """
    weights: dict[str, float] = defaultdict(float)
    for ballot in ballots:
        weights[ballot.read.text] += ballot.weight
    heaviest = sorted(weights, key=lambda text: (-weights[text], text))[:MOST_PIVOTS]
    away = {
        text: round(sum(w * edits(text, other) for other, w in weights.items()), 6)
        for text in heaviest
    }
    best = min(heaviest, key=lambda text: (away[text], -len(text), text))
    return max((b for b in ballots if b.read.text == best), key=lambda b: b.weight).read


def _align(pivot: PlateRead, read: PlateRead) -> list[tuple[Place, CharacterRead]]:
    """Say at which of the pivot's places each character of `read` stands (Needleman-Wunsch)."""
    ours, theirs = pivot.characters, read.characters
    if read.text == pivot.text:
        return [((at, 0), character) for at, character in enumerate(theirs)]
    cost = [[GAP_COST * (i + j) for j in range(len(theirs) + 1)] for i in range(len(ours) + 1)]
    for i, a in enumerate(ours, 1):
        for j, b in enumerate(theirs, 1):
            cost[i][j] = min(
                cost[i - 1][j - 1] + _unlike(a, b),
                cost[i - 1][j] + GAP_COST,
                cost[i][j - 1] + GAP_COST,
            )
    i, j, inserted = len(ours), len(theirs), 0
    found: list[tuple[Place, CharacterRead]] = []
    while j:
        match = cost[i - 1][j - 1] + _unlike(ours[i - 1], theirs[j - 1]) if i else inf
        extra = cost[i][j - 1] + GAP_COST
        missing = cost[i - 1][j] + GAP_COST if i else inf
        if match <= extra and match <= missing:
            i, j, inserted = i - 1, j - 1, 0
            found.append(((i, 0), theirs[j]))
        elif extra <= missing:
            j, inserted = j - 1, inserted - 1
            found.append(((i, inserted), theirs[j]))
        else:
            i, inserted = i - 1, 0
    return found


def _unlike(one: CharacterRead, other: CharacterRead) -> float:
    """Return 0 for two places that say the same for certain, 1 for ones that share nothing."""
    theirs = dict(other.choices)
    return 1 - sum(chance * theirs.get(char, 0.0) for char, chance in one.choices)
