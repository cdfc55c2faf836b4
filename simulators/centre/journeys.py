"""How long journeys take between the gates of a zone, told only of five vehicles or more.

Gates send tags without order, to the minute, of one vehicle in five (contract: `traffic.tags`). The
same tag at two gates on the same day is the same vehicle, but for one chance in 16 million for each
tag compared. Nothing found here is kept: it is worked out anew from what is less than an hour old.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any, NamedTuple

import msgspec

FEWEST = 5
"""Journeys of fewer vehicles are told to nobody."""

LONGEST_MIN = 60
"""Tags are erased after an hour, and a journey is not looked for beyond."""

BIN_MIN = 5


class JourneyView(msgspec.Struct, frozen=True, kw_only=True):
    """Journeys that ended in one bin: between two gates, in whole minutes."""

    zone: str
    start: str
    gate_from: str
    gate_to: str
    vehicles: int
    quarter_min: float
    median_min: float
    three_quarters_min: float


class _Seen(NamedTuple):
    """One tag at one gate; days never mix."""

    minute: int
    gate: str


def journeys(records: Iterable[Mapping[str, Any]]) -> list[JourneyView]:
    """Return the journeys that these `traffic.tags` data tell of, the newest first."""
    seen: dict[tuple[str, str, str], set[_Seen]] = defaultdict(set)
    for data in records:
        for part in data["minutes"]:
            minute = int(datetime.fromisoformat(part["minute"]).timestamp()) // 60
            for tag in part["tags"]:
                seen[data["zone"], data["day"], tag].add(_Seen(minute, data["gate"]))
    took: dict[tuple[int, str, str, str], list[int]] = defaultdict(list)
    for (zone, _, _), sights in seen.items():
        for begin, end in _legs(sorted(sights)):
            bin_ = end.minute - end.minute % BIN_MIN
            took[bin_, zone, begin.gate, end.gate].append(end.minute - begin.minute)
    return [
        _view(key, minutes)
        for key, minutes in sorted(took.items(), reverse=True)
        if len(minutes) >= FEWEST
    ]


def _legs(sights: list[_Seen]) -> Iterable[tuple[_Seen, _Seen]]:
    """Yield a vehicle's journeys: from where it was last at each other gate, to where it is."""
    last: dict[str, _Seen] = {}
    for sight in sights:
        for gate, before in last.items():
            took = sight.minute - before.minute
            if gate != sight.gate and 0 < took <= LONGEST_MIN:
                yield before, sight
        last[sight.gate] = sight


def _view(key: tuple[int, str, str, str], minutes: list[int]) -> JourneyView:
    bin_, zone, gate_from, gate_to = key
    low, middle, high = quantiles(minutes, n=4, method="inclusive")
    return JourneyView(
        zone=zone,
        start=datetime.fromtimestamp(60 * bin_, UTC).isoformat(),
        gate_from=gate_from,
        gate_to=gate_to,
        vehicles=len(minutes),
        quarter_min=low,
        median_min=middle,
        three_quarters_min=high,
    )
