"""Characters that are taken for each other on plates, each in one group: one skeleton for all.

Fewer than the pairs of syntax.toml, which serve to repair a read: there a chain such as O, U, V, Y
is harmless, here it would make strangers of half a city look alike.
"""

from collections.abc import Sequence
from itertools import product

from agent.core.vision import CharacterRead

GROUPS = ("0ODQ", "1IL", "2Z", "5S", "6G", "8B", "UV", "MW")
"""From frigate#23441 (0DQ, 1IL, 5S), and what readers of plates confuse besides."""

LEAST_HELD = 0.02
"""A character that the reader held less likely than this was not in its mind."""

MOST_VARIANTS = 64
"""Ways to read one plate that are tried; a read with more doubts than that is no read."""

_FIRST = {char: group[0] for group in GROUPS for char in group}


def skeleton(text: str) -> str:
    """Return what all texts that look like `text` have in common."""
    return "".join(_FIRST.get(char, char) for char in text)


def look_alike(one: str, other: str) -> bool:
    """Say whether two characters are taken for each other."""
    return _FIRST.get(one, one) == _FIRST.get(other, other)


def held_variants(text: str, characters: Sequence[CharacterRead]) -> list[tuple[str, float]]:
    """Return the other texts that the reader held possible, likeliest first.

    They differ from `text` by look-alike characters only. At most `MOST_VARIANTS`.
    """
    if len(characters) != len(text):
        return []
    ways: list[list[tuple[str, float]]] = []
    for char, place in zip(text, characters, strict=True):
        rivals = [
            (other, chance)
            for other, chance in place.choices
            if other != char and chance >= LEAST_HELD and look_alike(other, char)
        ]
        ways.append([(char, max(dict(place.choices).get(char, 0.0), LEAST_HELD)), *rivals])
    count = 1
    for way in ways:
        count *= len(way)
    if count > MOST_VARIANTS:
        return []
    found = []
    for chosen in product(*ways):
        chance = 1.0
        for _, each in chosen:
            chance *= each
        found.append(("".join(char for char, _ in chosen), chance))
    return sorted((way for way in found if way[0] != text), key=lambda way: (-way[1], way[0]))
