"""When a zone is occupied: glances become presences with a begin and an end between pictures."""

from dataclasses import dataclass

from agent.plates.traffic.zone import Glance

ON = 0.10
"""Share of structure from which on something is there: a bumper deep in a zone of 3 m."""

OFF = 0.04
"""Share unlike the road below which it has left, and above which it last rose when it came."""

HOLD_S = 0.4
"""A plain bonnet or roof may show no structure for so long; at 50 km/h that is 5 m."""

PLAIN_S = 1.5
"""And for so long by day while the zone is as a whole brighter or darker than its road."""

SHORTEST_S = 0.08
"""What is there for less is a bird, a leaf or a drop."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A zone was occupied from `on_s` to `off_s`, monotonic.

    `noticed_s` is when there was enough to be noticed: later, but alike in every zone.
    """

    on_s: float
    noticed_s: float
    off_s: float

    @property
    def for_s(self) -> float:
        return self.off_s - self.on_s


class Detector:
    """Follows one zone. Pure: time is an argument."""

    def __init__(self) -> None:
        self._before: tuple[float, Glance] | None = None
        self._rose_s: float | None = None
        self._on_s: float | None = None
        self._noticed_s = 0.0
        self._fell_s: float | None = None

    @property
    def since_s(self) -> float | None:
        """When what is there now came; None when nothing is."""
        return self._on_s

    @property
    def noticed_s(self) -> float | None:
        """When what is there now was noticed; None when nothing is."""
        return None if self._on_s is None else self._noticed_s

    @property
    def occupied(self) -> bool:
        """Whether something is there now, not merely held for the sake of plain roofs."""
        return self._on_s is not None and self._fell_s is None

    def reset(self) -> None:
        """Forget what was there: nothing is known of the time since."""
        self._before = self._rose_s = self._on_s = self._fell_s = None

    def update(self, at_s: float, glance: Glance) -> Presence | None:
        """Take one glance; return the presence that it ends."""
        then_s, then = self._before or (at_s, glance)
        self._before = at_s, glance
        if self._on_s is None:
            self._rise(then_s, then, at_s, glance)
            return None
        if glance.unlike >= OFF:
            self._fell_s = None
            return None
        if self._fell_s is None:
            self._fell_s = _crossing((then_s, then.unlike), (at_s, glance.unlike), OFF)
        if at_s - self._fell_s < (PLAIN_S if glance.plain else HOLD_S):
            return None
        presence = Presence(self._on_s, self._noticed_s, self._fell_s)
        self._on_s = self._fell_s = None
        return presence if presence.for_s >= SHORTEST_S else None

    def _rise(self, then_s: float, then: Glance, at_s: float, now: Glance) -> None:
        """Find what comes, and date it back to when it began to come."""
        if now.unlike < OFF:
            self._rose_s = None
            return
        if self._rose_s is None:
            self._rose_s = _crossing((then_s, then.unlike), (at_s, now.unlike), OFF)
        if now.structure >= ON:
            self._noticed_s = _crossing((then_s, then.structure), (at_s, now.structure), ON)
            self._on_s, self._rose_s, self._fell_s = self._rose_s, None, None


def _crossing(then: tuple[float, float], now: tuple[float, float], level: float) -> float:
    """Return when a straight line between two (time, share) crosses a level."""
    (then_s, before), (now_s, after) = then, now
    if before == after or (before - level) * (after - level) > 0:
        return now_s
    return then_s + (now_s - then_s) * (level - before) / (after - before)
