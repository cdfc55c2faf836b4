"""Which way a vehicle went, from how its plate grew and wandered in the picture."""

from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec

from agent.plates.motion import Spot

GROWTH = 1.10
"""A plate this much larger at the end than at the start came nearer: more than corners jitter."""

SIDEWAYS_WIDTHS = 0.5
"""A plate that moved this many of its own widths went sideways."""

FEWEST = 3
"""Pictures below which no direction is claimed."""


class Direction(msgspec.Struct, frozen=True, kw_only=True):
    """How the plate moved as the camera saw it; `left` and `right` are the picture's."""

    along: Literal["approaching", "receding", "steady", "unknown"]
    across: Literal["left", "right", "steady", "unknown"]


UNKNOWN = Direction(along="unknown", across="unknown")


def direction(path: Sequence[Spot]) -> Direction:
    """Compare the medians of the first and the last third: one bad corner moves neither."""
    if len(path) < FEWEST:
        return UNKNOWN
    third = max(len(path) // 3, 1)
    start, end = path[:third], path[-third:]
    growth = median(s.width for s in end) / max(median(s.width for s in start), 1.0)
    size = max(median(s.width for s in path), 1.0)
    moved = (median(s.x for s in end) - median(s.x for s in start)) / size
    return Direction(along=_along(growth), across=_across(moved))


def _along(growth: float) -> Literal["approaching", "receding", "steady"]:
    if growth >= GROWTH:
        return "approaching"
    return "receding" if growth <= 1 / GROWTH else "steady"


def _across(moved: float) -> Literal["left", "right", "steady"]:
    if moved >= SIDEWAYS_WIDTHS:
        return "right"
    return "left" if moved <= -SIDEWAYS_WIDTHS else "steady"
