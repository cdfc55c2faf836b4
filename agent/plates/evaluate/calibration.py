"""Whether a read that says 0.99 is right 99 times in 100: told confidence against what was right.

The expected calibration error is the mean distance between the two, each bin weighted by its reads
(M. P. Naeini et al., AAAI 2015).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from statistics import fmean

import msgspec

from agent.plates.evaluate.share import Share, share, share_of

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
"""Bins are finer where decisions are taken; the last one holds 1 itself."""

SURE = 0.99
"""A read that says at least this should be right 99 times in 100."""

SAY = (0.985, 0.995)
"""Reads that say 0.99 when rounded to two digits."""

Told = tuple[float, bool]
"""The confidence told with a read, and whether it was right."""


class Bin(msgspec.Struct, frozen=True):
    """Reads of like confidence: from `low` up to `high`, and how sure they were on average."""

    low: float
    high: float
    told: float
    right: Share


class Calibration(msgspec.Struct, frozen=True):
    """How honest confidences are."""

    bins: tuple[Bin, ...]
    expected_error: float
    sure: Share
    say: Share
    sure_told: float = 0.0
    """What the reads of `sure` said on average: as much should be right."""


def calibration(reads: Iterable[Told], edges: Sequence[float] = EDGES) -> Calibration:
    """Sort reads into bins by their confidence, and count what was right."""
    every = list(reads)
    heaps: list[list[Told]] = [[] for _ in edges[1:]]
    for told, right in every:
        at = min(max(bisect_right(edges, told) - 1, 0), len(heaps) - 1)
        heaps[at].append((told, right))
    bins = tuple(
        Bin(low, high, round(fmean(told for told, _ in heap), 4), share_of(r for _, r in heap))
        for low, high, heap in zip(edges, edges[1:], heaps, strict=False)
        if heap
    )
    error = sum(
        len(heap) * abs(fmean(told for told, _ in heap) - fmean(float(r) for _, r in heap))
        for heap in heaps
        if heap
    )
    sure = [(told, right) for told, right in every if told >= SURE]
    return Calibration(
        bins,
        round(error / len(every), 4) if every else 0.0,
        share(sum(right for _, right in sure), len(sure)),
        share_of(right for told, right in every if SAY[0] <= told < SAY[1]),
        round(fmean(told for told, _ in sure), 4) if sure else 0.0,
    )
