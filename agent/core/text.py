"""Words for people: the nearest right word to a wrong one, and letters that look like digits."""

import difflib
from collections.abc import Iterable

_ALIKE = str.maketrans("OQI", "001")


def tolerant(text: str) -> str:
    """Return the text with O and Q as 0 and I as 1: many countries' plates draw them alike."""
    return text.translate(_ALIKE)


def nearest(wrong: str, right: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the nearest right word, or "" when none is near."""
    found = difflib.get_close_matches(wrong, list(right), n=1, cutoff=0.5)
    return f'; did you mean "{found[0]}"?' if found else ""
