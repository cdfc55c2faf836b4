"""Plates read well one after the other, of which none was told.

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
        self.words: str | None = None
        """That none was told for too long, and by which rules; None while some are."""

    def told(self) -> None:
        """Take note of a plate that was told."""
        self._rules.clear()
        self.words = None

    def kept(self, rule: Unreported) -> None:
        """Take note of a plate that was read well and not told."""
        self._rules[rule] += 1
        count = self._rules.total()
        if count >= IN_A_ROW:
            rules = ", ".join(f"{times} {rule.value}" for rule, times in self._rules.most_common())
            self.words = f"the last {count} plates were read well and none was told: {rules}"
