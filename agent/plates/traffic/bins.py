"""What happened on one lane in each minute, gathered until the minute can be told whole."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import fmean

from agent.plates.traffic.geometry import LengthClass
from agent.plates.traffic.lane import Passed
from agent.plates.traffic.records import FEWEST, Flow, LaneBin
from agent.plates.traffic.settings import Heading
from agent.plates.traffic.suppress import classes, rounded
from agent.plates.traffic.utc import Calendar

LATE_S = 20.0
"""A bin stays open so long after its end: plates are decided after their vehicle has left."""

LEAST_SEEN = 0.05
"""A bin of which less than this share was observed has no figures, only `observed_s`."""

MOST_OPEN = 64
"""Bins of one lane that are open at once; there are two, unless the clock jumps about."""


@dataclass(slots=True)
class Gathered:
    """One lane's bin while it is open."""

    observed_s: float = 0.0
    covered_s: float = 0.0
    over_s: float = 0.0
    """Correction of `covered_s` for what vehicles hid by their height alone; mostly negative."""
    passed: list[Passed] = field(default_factory=list)
    plate_only: int = 0

    def add(self, other: "Gathered") -> None:
        """Take another bin's content as well."""
        self.observed_s += other.observed_s
        self.covered_s += other.covered_s
        self.over_s += other.over_s
        self.passed += other.passed
        self.plate_only += other.plate_only


class LaneBins:
    """The open minutes of one lane, by number since the epoch."""

    def __init__(self, name: str, heading: Heading, calendar: Calendar, *, plates: bool) -> None:
        """Gather for one lane; `plates` says whether plates are read there at all."""
        self.name = name
        self._heading: Heading = heading
        self._calendar = calendar
        self._plates = plates
        self._open: dict[int, Gathered] = {}

    def observed(self, from_s: float, to_s: float) -> None:
        """Note that the lane was really seen from one moment to the other."""
        for minute, part_s in self._parts(from_s, to_s):
            if (gathered := self._at(minute)) is not None:
                gathered.observed_s += part_s

    def covered(self, from_s: float, to_s: float) -> None:
        """Note that the near zone was covered in the picture."""
        for minute, part_s in self._parts(from_s, to_s):
            if (gathered := self._at(minute)) is not None:
                gathered.covered_s += part_s

    def passed(self, vehicle: Passed) -> None:
        """Count a vehicle in the minute in which it came."""
        gathered = self._at(self._calendar.minute(vehicle.on_s))
        if gathered is not None:
            gathered.passed.append(vehicle)
            if vehicle.over_s is not None:
                gathered.over_s += vehicle.over_s - (vehicle.off_s - vehicle.on_s)

    def plate_only(self, at_s: float) -> None:
        """Count a vehicle of which only the plate was seen, in a queue that covered the zone."""
        if (gathered := self._at(self._calendar.minute(at_s))) is not None:
            gathered.plate_only += 1

    def take(self, minute: int) -> Gathered:
        """Close a minute; an untouched one is empty and unobserved."""
        return self._open.pop(minute, Gathered())

    def tell(self, gathered: Gathered, minute: int, for_s: int, flow: Flow) -> LaneBin:
        """Put a closed bin into words, without anything about fewer than `FEWEST` vehicles."""
        seen = gathered.observed_s >= LEAST_SEEN * for_s
        counts: Counter[LengthClass] = Counter(each.kind for each in gathered.passed)
        counts[LengthClass.UNKNOWN] += gathered.plate_only
        n = counts.total()
        enough = seen and n >= FEWEST
        headways = [v.headway_s for v in gathered.passed if v.headway_s is not None]
        speeds = [v.speed_m_s for v in gathered.passed if v.speed_m_s is not None]
        loop = len(gathered.passed)
        read = sum(v.joined for v in gathered.passed)
        return LaneBin(
            lane=self.name,
            heading=self._heading,
            start=self._calendar.start(minute),
            for_s=for_s,
            observed_s=round(min(gathered.observed_s, for_s), 1),
            synced=self._calendar.synced,
            vehicles=n if seen and (enough or n == 0) else None,
            few=seen and 0 < n < FEWEST,
            classes=classes(counts) if enough else None,
            by_plate_only=gathered.plate_only if enough and self._plates else None,
            read_pct=round(100 * read / loop) if self._plates and seen and loop >= FEWEST else None,
            occupancy_pct=self._occupancy(gathered, n) if seen else None,
            headway_s=_mean(headways),
            speed_m_s=_mean(speeds),
            flow=flow if seen else "unknown",
        )

    def _occupancy(self, gathered: Gathered, vehicles: int) -> float:
        share = (gathered.covered_s + gathered.over_s) / gathered.observed_s
        return rounded(100 * min(max(share, 0.0), 1.0), vehicles)

    def _at(self, minute: int) -> Gathered | None:
        if self._calendar.closed(minute) or (
            minute not in self._open and len(self._open) >= MOST_OPEN
        ):
            return None
        return self._open.setdefault(minute, Gathered())

    def _parts(self, from_s: float, to_s: float) -> Iterator[tuple[int, float]]:
        """Divide a stretch of time among the minutes it lies in."""
        while from_s < to_s:
            minute = self._calendar.minute(from_s)
            until_s = min(to_s, self._calendar.mono_s(minute + 1))
            if until_s <= from_s:  # rounding at a minute's very end
                return
            yield minute, until_s - from_s
            from_s = until_s


def _mean(values: list[float]) -> float | None:
    return round(fmean(values), 2) if len(values) >= FEWEST else None
