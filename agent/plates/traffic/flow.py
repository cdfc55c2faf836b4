"""How traffic runs on a lane: free, dense, congested or standing, with hysteresis.

Density is what matters, and speed where it is measured. The limits are the Highway Capacity
Manual's (2010), as general knowledge has them and not looked up again: on uninterrupted roads
level D ends at 22 and capacity is reached at 28 passenger cars a kilometre and lane (exhibit 11-5:
35 and 45 a mile); on urban streets level C ends at half, and level F begins below 30 % of the free
speed (exhibit 16-4).
"""

from collections import deque
from dataclasses import dataclass
from statistics import fmean

from agent.plates.traffic.geometry import CAR_M, Geometry
from agent.plates.traffic.records import Flow

DENSE_PER_KM, CONGESTED_PER_KM = 22.0, 28.0
DENSE_SPEED, CONGESTED_SPEED = 0.5, 0.3
"""Shares of the free speed."""

USUAL_REACH_M = CAR_M + 4.0
"""Over how many metres a car covers a zone of unknown length."""

STANDING = 0.95
"""Share of a window for which every zone is covered when a queue stands."""

EASE = 0.8
"""A better state begins at this share of the density, and at its inverse of the speed."""

SLICE_S = 10.0
"""How often the state is judged."""

WINDOW = 6
"""Slices looked at together: one minute, about one signal cycle."""

_ORDER: tuple[Flow, ...] = ("free", "dense", "congested", "standing")


@dataclass(frozen=True, slots=True)
class Slice:
    """What was seen in `SLICE_S`: shares of the time, and vehicles."""

    observed_s: float
    near: float
    all_zones: float
    vehicles: int
    speeds_m_s: tuple[float, ...]


class FlowState:
    """Judges one lane. Pure: one slice after the other."""

    def __init__(self, geometry: Geometry, free_kmh: float | None) -> None:
        self._reach_m = geometry.reach_m or USUAL_REACH_M
        self._free_m_s = None if free_kmh is None else free_kmh / 3.6
        self._slices: deque[Slice] = deque(maxlen=WINDOW)
        self.flow: Flow = "unknown"
        self.occupancy: float | None = None
        self.speed_m_s: float | None = None
        self.vehicles = 0

    def blind(self) -> Flow | None:
        """Nothing can be said; return the state before, if that was another."""
        self._slices.clear()
        self.occupancy = self.speed_m_s = None
        return self._becomes("unknown")

    def judge(self, newest: Slice) -> Flow | None:
        """Take a slice; return the state before, if it has changed."""
        self._slices.append(newest)
        seen_s = sum(each.observed_s for each in self._slices)
        if len(self._slices) < WINDOW or seen_s < WINDOW * SLICE_S / 2:
            return None
        self.occupancy = sum(each.near * each.observed_s for each in self._slices) / seen_s
        speeds = [speed for each in self._slices for speed in each.speeds_m_s]
        self.speed_m_s = fmean(speeds) if speeds else None
        return self._becomes(self._verdict(seen_s))

    def _verdict(self, seen_s: float) -> Flow:
        vehicles = self.vehicles = sum(each.vehicles for each in self._slices)
        covered = min(each.all_zones for each in self._slices)
        if covered >= STANDING and vehicles <= 1:
            return "standing"
        rank = max(self._rank(seen_s, vehicles, 1.0), 0)
        now = _ORDER.index(self.flow) if self.flow in _ORDER else 0
        if rank < now:  # better only when it would be so at eased limits too
            rank = min(max(self._rank(seen_s, vehicles, EASE), rank), now)
        return _ORDER[rank]

    def _rank(self, seen_s: float, vehicles: int, ease: float) -> int:
        occupancy, speed = self.occupancy or 0.0, self.speed_m_s
        density = 1000 * occupancy / self._reach_m
        if speed is not None:
            density = max(1000 * vehicles / seen_s / speed, density if vehicles == 0 else 0.0)
        rank = (density >= ease * DENSE_PER_KM) + (density >= ease * CONGESTED_PER_KM)
        if speed is not None and self._free_m_s is not None:
            share = ease * speed / self._free_m_s
            rank = max(rank, (share <= DENSE_SPEED) + (share <= CONGESTED_SPEED))
        return rank

    def _becomes(self, flow: Flow) -> Flow | None:
        before, self.flow = self.flow, flow
        return before if before != flow else None
