"""A share of right answers with its interval, as it is told and kept."""

from collections.abc import Iterable

import msgspec

from agent.core.share import wilson


class Share(msgspec.Struct, frozen=True):
    """So many right of so many, with Wilson's 95 % interval; shares from 0 to 1."""

    right: int
    count: int
    share: float
    low: float
    high: float

    def __str__(self) -> str:
        if not self.count:
            return "-"
        low, high = (f"{100 * part:.1f}" for part in (self.low, self.high))
        return f"{self.right}/{self.count} = {100 * self.share:.1f} % ({low}..{high})"


def share(right: int, count: int) -> Share:
    """Return the share of `right` out of `count`."""
    low, high = wilson(right, count)
    part = right / count if count else 0.0
    return Share(right, count, round(part, 5), round(low, 5), round(high, 5))


def share_of(answers: Iterable[bool]) -> Share:
    """Return the share of true answers."""
    values = list(answers)
    return share(sum(values), len(values))
