"""Different plates read well one after the other, of which none was told.

A setting that no plate can meet does that: the duty must not call itself performing meanwhile.
"""

from collections import Counter

from agent.plates.unread import Unreported

IN_A_ROW = 30
"""On the simulated streets one vehicle in a hundred goes unread; so many in a row is no chance."""


class Fruitless:
    """Counts plates since the last one that was told, by the rule that kept them."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Unreported] = {}
        self.words: str | None = None
        """That none was told for too long, and by which rules; None while some are."""

    def told(self) -> None:
        """Take note of a plate that was told."""
        self._kept.clear()
        self.words = None

    def kept(self, rule: Unreported, mark: bytes) -> None:
        """Take note of a plate that was read well and not told; `mark` stands for its text.

        The same text again is an advert that comes into view again, and says nothing new.
        """
        if self.words is not None:
            return
        self._kept.setdefault(mark, rule)
        count = len(self._kept)
        if count >= IN_A_ROW:
            rules = Counter(self._kept.values()).most_common()
            told = ", ".join(f"{times} {rule.value}" for rule, times in rules)
            self.words = f"{count} plates were read well one after the other, none was told: {told}"
