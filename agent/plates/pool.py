"""What many looks at one place of a plate say together, when they share some of their mistakes.

A logarithmic (geometric) pool: independent looks would be multiplied, but thirty pictures of one
dirty plate share its dirt. So the looks count as fewer than they are (docs/decisions/0086).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import exp, log

from agent.core.vision import CharacterRead

SHARED = 0.5
"""How much of their mistakes two looks share: n looks count as n / (1 + (n - 1) / 2), never as more
than two. Measured on the simulated street, where 0.3 is right, with room for real dirt."""

CHARACTERS = 36

LEAST = 1e-3
"""No look holds what another one reads less likely than this: one alone forbids nothing."""

MISSED = 0.6
"""How sure a look that has no character at a place is that there is none."""

INVENTED = 0.02
"""How often a character read is none: a bolt, a seal, an edge."""

MOST_CHOICES = 5
"""Rivals kept for each place."""

LEAST_CHOICE = 1e-3
"""Rivals less likely than this are not kept."""


Pool = Callable[[Sequence[float], Sequence[CharacterRead | None]], CharacterRead | None]
"""A way to join what looks say of one place: `pooled` or `averaged`."""


def counting(weights: Sequence[float]) -> list[float]:
    """Return what each look counts; together as many as looks without shared mistakes would be."""
    whole = sum(weights)
    looks = whole**2 / sum(weight**2 for weight in weights)  # Kish: unequal looks are fewer
    alone = looks / (1 + (looks - 1) * SHARED)
    return [weight / whole * alone for weight in weights]


def pooled(counts: Sequence[float], place: Sequence[CharacterRead | None]) -> CharacterRead | None:
    """Return what looks say of one place; None if most likely nothing stands there.

    `place` has each look's characters there, None where it has none; `counts` what it counts.
    One look alone says what it said.
    """
    chars = sorted({char for look in place if look for char, _ in look.choices})
    logs = dict.fromkeys(chars, 0.0)
    other = gap = 0.0
    for count, look in zip(counts, place, strict=True):
        chances = dict(look.choices) if look else {}
        rest = _rest(chances if look else {"": MISSED})
        other += count * log(rest)
        gap += count * log(INVENTED if look else MISSED)
        for char in chars:
            logs[char] += count * log(max(chances.get(char, rest), LEAST))
    top = max(*logs.values(), other, gap)
    nothing = exp(gap - top) if None in place else 0.0
    weights = {char: exp(value - top) for char, value in logs.items()}
    whole = nothing + sum(weights.values()) + (CHARACTERS - len(chars)) * exp(other - top)
    if 2 * nothing >= whole:
        return None
    ranked = sorted(((c, w / whole) for c, w in weights.items()), key=_likeliest_first)
    kept = [way for way in ranked[:MOST_CHOICES] if way[1] >= LEAST_CHOICE]
    return CharacterRead(tuple(kept or ranked[:1]))


def averaged(
    counts: Sequence[float], place: Sequence[CharacterRead | None]
) -> CharacterRead | None:
    """Return the looks' mean at one place; None if less than half of them have a character there.

    For looks that share all their mistakes, as crops of one picture do: together they are no surer
    than one, and less sure where they differ.
    """
    whole = sum(counts)
    if 2 * sum(count for count, look in zip(counts, place, strict=True) if look) <= whole:
        return None
    chances: dict[str, float] = defaultdict(float)
    for count, look in zip(counts, place, strict=True):
        for char, chance in look.choices if look else ():
            chances[char] += count * chance / whole
    ranked = sorted(((c, min(w, 1.0)) for c, w in chances.items()), key=_likeliest_first)
    kept = [way for way in ranked[:MOST_CHOICES] if way[1] >= LEAST_CHOICE]
    return CharacterRead(tuple(kept or ranked[:1]))


def _rest(chances: Mapping[str, float]) -> float:
    """Return how likely each character is that a look does not mention."""
    return max(1 - sum(chances.values()), 1e-6) / (CHARACTERS - len(chances))


def _likeliest_first(way: tuple[str, float]) -> tuple[float, str]:
    return -way[1], way[0]
