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
        self._rules: Counter[Unreported] = Counter()
        self._marks: set[bytes] = set()
        self.words: str | None = None
        """That none was told for too long, and by which rules; None while some are."""

    def told(self) -> None:
        """Take note of a plate that was told."""
        self._rules.clear()
        self._marks.clear()
        self.words = None

    def kept(self, rule: Unreported, mark: bytes) -> None:
        """Take note of a plate that was read well and not told; `mark` stands for its text.

        The same text again is an advert that comes into view again, and says nothing new.
        """
        if mark in self._marks or len(self._marks) >= IN_A_ROW:
            return
        self._marks.add(mark)
        self._rules[rule] += 1
        count = len(self._marks)
        if count >= IN_A_ROW:
            rules = ", ".join(f"{times} {rule.value}" for rule, times in self._rules.most_common())
            self.words = (
                f"{count} plates were read well one after the other, none was told: {rules}"
            )
