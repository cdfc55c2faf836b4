"""One lane: presences in its zones become vehicles with headway, speed and length."""

from collections import deque
from dataclasses import dataclass

from agent.plates.traffic.geometry import SLOWEST_M_S, Geometry, LengthClass, class_of
from agent.plates.traffic.presence import Detector, Presence
from agent.plates.traffic.zone import Glance

MOST_UNPAIRED = 8
"""Vehicles between the zones that wait for their second one."""


@dataclass(slots=True)
class Passed:
    """One vehicle that was counted; `joined` says that its plate was read too.

    It covered the near zone in the picture from `on_s` to `off_s`, monotonic, and stood over it
    for `over_s`, where that could be measured.
    """

    lane: str
    on_s: float
    off_s: float
    headway_s: float | None
    speed_m_s: float | None
    length_m: float | None
    over_s: float | None
    joined: bool = False

    @property
    def kind(self) -> LengthClass:
        return class_of(self.length_m)


class Lane:
    """Follows one lane. Pure: time is an argument, monotonic seconds."""

    def __init__(self, name: str, geometry: Geometry, *, two_zones: bool) -> None:
        self.name = name
        self.geometry = geometry
        self.near = Detector()
        self.far = Detector() if two_zones else None
        self._far_edges: deque[float] = deque(maxlen=MOST_UNPAIRED)
        self._pending: Presence | None = None
        self._last_on_s: float | None = None
        self._covered_to_s: float | None = None
        self.covered: tuple[float, float] | None = None
        """The stretch of time, in or before the last picture, in which the near zone was covered
        and of which nothing was said before."""

    def interrupted(self) -> None:
        """Nothing was seen for a while: what was begun is not ended, and no headway spans it."""
        self.near.reset()
        if self.far is not None:
            self.far.reset()
        self._far_edges.clear()
        self._pending = None
        self._last_on_s = self._covered_to_s = self.covered = None

    def update(self, at_s: float, near: Glance, far: Glance | None) -> list[Passed]:
        """Take one picture's look at both zones; return the vehicles it completes."""
        approaching = self.geometry.heading == "approaching"
        found: list[Passed] = []
        if self.far is not None and far is not None:
            was = self.far.since_s
            ended = self.far.update(at_s, far)
            if approaching and was is None and self.far.noticed_s is not None:
                self._far_edges.append(self.far.noticed_s)
            if not approaching and ended is not None:
                found += self._leaves_far(ended)
        ended = self.near.update(at_s, near)
        self._cover(at_s, ended)
        if ended is not None:
            found += self._leaves_near(ended)
        if self._pending is not None and at_s - self._pending.off_s > self._longest_s():
            found += self._unpaired()
        return found

    def _cover(self, at_s: float, ended: Presence | None) -> None:
        since_s = self.near.since_s
        begin_s = self._covered_to_s
        if begin_s is None:
            begin_s = since_s if ended is None else ended.on_s
        to_s = at_s if ended is None else ended.off_s
        self.covered = None
        if begin_s is not None and to_s > begin_s and (self.near.occupied or ended is not None):
            self.covered = begin_s, to_s
            self._covered_to_s = to_s
        if since_s is None:
            self._covered_to_s = None

    def _leaves_near(self, presence: Presence) -> list[Passed]:
        if self.geometry.heading == "approaching":
            between_s = self._since_far(presence.noticed_s)
            return [self._passed(presence, between_s, presence.for_s)]
        found = self._unpaired()  # the one before was never seen to leave the far zone
        if self.far is None or self.geometry.apart_m is None:
            found.append(self._passed(presence, None, presence.for_s))
        else:
            self._pending = presence
        return found

    def _leaves_far(self, beyond: Presence) -> list[Passed]:
        if self._pending is None:
            return []
        pending, self._pending = self._pending, None
        return [self._passed(pending, beyond.off_s - pending.off_s, beyond.for_s)]

    def _unpaired(self) -> list[Passed]:
        pending, self._pending = self._pending, None
        return [] if pending is None else [self._passed(pending, None, pending.for_s)]

    def _since_far(self, near_on_s: float) -> float | None:
        """Return how long ago the vehicle that now enters the near zone entered the far one."""
        while self._far_edges:
            between_s = near_on_s - self._far_edges[0]
            if between_s <= 0:
                return None  # that one is still on its way
            self._far_edges.popleft()
            if between_s <= self._longest_s():
                return between_s
        return None

    def _longest_s(self) -> float:
        return (self.geometry.apart_m or 0.0) / SLOWEST_M_S

    def _passed(self, presence: Presence, between_s: float | None, covered_s: float) -> Passed:
        geometry = self.geometry
        speed = None if between_s is None else geometry.speed_m_s(between_s)
        length = geometry.length_m(speed, covered_s)
        last, self._last_on_s = self._last_on_s, presence.on_s
        return Passed(
            lane=self.name,
            on_s=presence.on_s,
            off_s=presence.off_s,
            headway_s=None if last is None else presence.on_s - last,
            speed_m_s=speed,
            length_m=length,
            over_s=geometry.over_s(speed, length),
        )
