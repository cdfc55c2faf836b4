"""Sets of sequence numbers as ranges, and the acknowledgement they add up to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

FIRST_SEQUENCE = 1
"""A node numbers its records from here in every epoch."""

MOST_NAKS = 64
"""Ranges one acknowledgement may name (contract.md, `dn/ack`)."""


class Range(NamedTuple):
    """The numbers from `first` to `last`, both included."""

    first: int
    last: int

    @property
    def width(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Ack:
    """What the centre answers after a commit.

    `upto` is the highest number answered for, 0 when there is none; every number up to it that
    the centre does not hold is in `nak`.
    """

    epoch: int
    upto: int
    nak: tuple[Range, ...]


def united(ranges: Iterable[Range]) -> list[Range]:
    """Return the same numbers as disjoint ranges with room between them, in rising order."""
    result: list[Range] = []
    for each in sorted(ranges):
        if result and each.first <= result[-1].last + 1:
            result[-1] = Range(result[-1].first, max(result[-1].last, each.last))
        else:
            result.append(each)
    return result


def holes(held: Sequence[Range]) -> list[Range]:
    """Return the numbers below the highest held that are not held; `held` as from `united`."""
    missing: list[Range] = []
    expected = FIRST_SEQUENCE
    for each in held:
        if each.first > expected:
            missing.append(Range(expected, each.first - 1))
        expected = each.last + 1
    return missing


def acknowledgement(epoch: int, held: Sequence[Range], most_naks: int = MOST_NAKS) -> Ack:
    """Return the acknowledgement for the numbers held; `held` as from `united`.

    Where there are more holes than may be named, `upto` stops short of the first unnamed one,
    so that silence about a number never means that it is held. The lowest `most_naks + 1` ranges
    suffice as `held`.
    """
    missing = holes(held)
    if len(missing) > most_naks:
        upto = missing[most_naks].first - 1
    else:
        upto = held[-1].last if held else FIRST_SEQUENCE - 1
    return Ack(epoch=epoch, upto=upto, nak=tuple(missing[:most_naks]))
