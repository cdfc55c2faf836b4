"""Which of two sets belong together where a nearer pair goes first."""

from collections.abc import Iterable


def nearest_pairs(ways: Iterable[tuple[float, int, int]]) -> dict[int, int]:
    """Return which number of the second set belongs to which of the first, each at most once.

    `ways` are distance, number in the first and number in the second; the nearest pair comes first.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, one, other in sorted(ways):
        if one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)
    return pairs
