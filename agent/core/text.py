"""Words for people: the nearest right word to a wrong one."""

import difflib
from collections.abc import Iterable


def nearest(wrong: str, right: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the nearest right word, or "" when none is near."""
    found = difflib.get_close_matches(wrong, list(right), n=1, cutoff=0.5)
    return f'; did you mean "{found[0]}"?' if found else ""
