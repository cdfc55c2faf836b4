"""Holds what was reported against what really drove past: right, wrong, unread, or never there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.world import Passage

EARLY_S, LATE_S = 1.5, 3.0
"""A report belongs to a passage if it was last seen this long before its end, or after it."""


@dataclass(frozen=True, slots=True)
class Report:
    """One passage as somebody told it; `seen_s` is the world time at which it was last seen."""

    text: str
    seen_s: float

    def __repr__(self) -> str:
        return f"Report({self.seen_s:.2f} s)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the reports compare with the truth."""

    right: list[Passage] = field(default_factory=list)
    wrong: list[tuple[Passage, Report]] = field(default_factory=list)
    unread: list[Passage] = field(default_factory=list)
    extra: list[Report] = field(default_factory=list)
    """Reports of nothing that passed, or of one vehicle twice."""
    blank: list[Passage] = field(default_factory=list)
    """Vehicles whose plate nobody can read, and of which nothing was said."""
    invented: list[tuple[Passage, Report]] = field(default_factory=list)
    """Vehicles whose plate nobody can read, and what was said of them all the same."""

    @property
    def passed(self) -> int:
        return len(self.right) + len(self.wrong) + len(self.unread)


def judge(
    truth: Sequence[Passage],
    reports: Sequence[Report],
    blanks: Sequence[Passage] = (),
    others: Sequence[Passage] = (),
) -> Verdict:
    """Give each report to the passage it tells of: same text first, then the nearest in time.

    `blanks` are vehicles whose plates nobody can read: what is left near one of them was made up.
    Of `others` (hidden, or cut off by the interval's ends) nobody asks, but a right report is no
    extra.
    """
    verdict = Verdict()
    left = sorted(reports, key=lambda report: report.seen_s)
    unmatched: list[Passage] = []
    for passage in truth:
        same = [r for r in left if r.text == passage.plate and _near(passage, r)]
        if same:
            left.remove(same[0])
            verdict.right.append(passage)
        else:
            unmatched.append(passage)
    for passage in others:
        for report in [r for r in left if r.text == passage.plate and _near(passage, r)]:
            left.remove(report)
    for passage in unmatched:
        told = _told(passage, left)
        if told is None:
            verdict.unread.append(passage)
        else:
            left.remove(told)
            verdict.wrong.append((passage, told))
    for passage in blanks:
        told = _told(passage, left)
        if told is None:
            verdict.blank.append(passage)
        else:
            left.remove(told)
            verdict.invented.append((passage, told))
    verdict.extra.extend(left)
    return verdict


def _told(passage: Passage, left: Sequence[Report]) -> Report | None:
    """Return what was most likely said of a passage among the reports that are left."""
    near = [report for report in left if _near(passage, report)]
    return min(near, key=lambda r: (edits(r.text, passage.plate), _off_s(passage, r)), default=None)


def _near(passage: Passage, report: Report) -> bool:
    return passage.entered_s - EARLY_S <= report.seen_s <= passage.left_s + LATE_S


def _off_s(passage: Passage, report: Report) -> float:
    return abs(report.seen_s - passage.left_s)


def edits(a: str, b: str) -> int:
    """Return how many characters must change to make one text of the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]
