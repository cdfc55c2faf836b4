"""A vehicle lost for a moment and found again is still the same passage."""

from collections import OrderedDict

MOST_REMEMBERED = 256
"""Plates remembered at once; at one vehicle a second that is four minutes."""


class LatelySeen:
    """Remembers for a short while which plates have had their passage. In memory only."""

    def __init__(self, again_s: float) -> None:
        self._again_s = again_s
        self._seen: OrderedDict[str, float] = OrderedDict()

    def again(self, text: str, first_s: float, last_s: float) -> bool:
        """Say whether a plate seen from `first_s` to `last_s` is one just seen; remember it."""
        before = self._seen.pop(text, None)
        self._seen[text] = last_s
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        while self._seen and last_s - next(iter(self._seen.values())) > self._again_s:
            self._seen.popitem(last=False)
        return before is not None and abs(first_s - before) <= self._again_s
