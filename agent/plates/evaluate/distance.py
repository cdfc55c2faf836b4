"""How far a read is from the truth: edit distance, with `*` for a character nobody may see.

A `*` in the truth may be read as any one character or as none, at no cost; every other place costs
one for a wrong, a missing or an additional character (V. Levenshtein, 1966).
"""

import unicodedata

from agent.core.errors import Rejected
from agent.plates.formats.pattern import LONGEST

HIDDEN = "*"
"""Stands in a truth for one character that is greyed out or unreadable to people too."""

MOST_CHARACTERS = 2 * LONGEST
"""A longer truth is no plate; the pattern book knows none above half of this."""

_SEPARATORS = " -.·•\t"
_PLATE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + HIDDEN)

Pair = tuple[str, str]
"""A true character and what stands for it in the read; one of them may be empty."""


def plate_text(written: str) -> str:
    """Return a plate as it is compared: capitals and digits alone, marks over letters dropped.

    Raises:
        Rejected: Something else is in it; the message does not repeat the plate.
    """
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", written) if not unicodedata.combining(c)
    )
    text = "".join(c for c in plain.upper() if c not in _SEPARATORS)
    strange = sorted(set(text) - _PLATE)
    if strange:
        raise Rejected(f"a plate with {''.join(strange)!r}, expected A to Z, 0 to 9 and {HIDDEN}")
    if text and not set(text) - {HIDDEN}:
        raise Rejected(f"a plate of nothing but {HIDDEN}, expected a character that can be seen")
    if not 1 <= len(text) <= MOST_CHARACTERS:
        raise Rejected(f"a plate of {len(text)} characters, expected 1 to {MOST_CHARACTERS}")
    return text


def visible(truth: str) -> int:
    """Return how many characters of a truth can be seen."""
    return len(truth) - truth.count(HIDDEN)


def distance(truth: str, read: str) -> int:
    """Return the least number of errors that turn what is seen of `truth` into `read`."""
    return _table(truth, read)[-1][-1]


def aligned(truth: str, read: str) -> list[Pair]:
    """Return one cheapest alignment, from left to right; hidden characters are in it too.

    Of two that cost the same, the one that blames a character that is seen for a swap, and takes a
    hidden one as not read, is given.
    """
    table = _table(truth, read)
    pairs: list[Pair] = []
    i, j = len(truth), len(read)
    while i or j:
        if i and truth[i - 1] == HIDDEN and table[i][j] == table[i - 1][j]:
            i -= 1
            pairs.append((HIDDEN, ""))
        elif i and j and table[i][j] == table[i - 1][j - 1] + _swap(truth[i - 1], read[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], read[j]))
        elif i and table[i][j] == table[i - 1][j] + _drop(truth[i - 1]):
            i -= 1
            pairs.append((truth[i], ""))
        else:
            j -= 1
            pairs.append(("", read[j]))
    return pairs[::-1]


def _table(truth: str, read: str) -> list[list[int]]:
    """Return the errors between every start of `truth` and every start of `read`."""
    rows = [list(range(len(read) + 1))]
    for true in truth:
        above = rows[-1]
        row = [above[0] + _drop(true)]
        for j, seen in enumerate(read):
            row.append(min(above[j] + _swap(true, seen), above[j + 1] + _drop(true), row[j] + 1))
        rows.append(row)
    return rows


def _swap(true: str, seen: str) -> int:
    return int(true not in (seen, HIDDEN))


def _drop(true: str) -> int:
    return int(true != HIDDEN)
