"""Something stands in a lane outside a queue: raised once, cleared once."""

from dataclasses import dataclass
from typing import Literal

from agent.plates.traffic.records import Flow

QUEUE_S = 5.0
"""Both zones of a lane covered for so long are a queue."""

ZoneName = Literal["near", "far"]
Why = Literal["standing", "moved-on", "queue", "blind", "ended"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that stands in a zone since a moment, monotonic."""

    zone: ZoneName
    since_s: float
    queue_unknown: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A standing vehicle is raised, or cleared with the reason why."""

    what: Standing
    raised: bool
    why: Why


class StandingWatch:
    """Watches one lane. Pure: time is an argument."""

    def __init__(self, stopped_s: float, *, two_zones: bool) -> None:
        self._stopped_s = stopped_s
        self._two_zones = two_zones
        self._raised: dict[ZoneName, Standing] = {}

    def look(
        self, now_s: float, near_since_s: float | None, far_since_s: float | None, flow: Flow
    ) -> list[Change]:
        """Compare what stands with what was raised."""
        since: dict[ZoneName, float | None] = {"near": near_since_s, "far": far_since_s}
        stands = {
            zone: at_s
            for zone, at_s in since.items()
            if at_s is not None and now_s - at_s >= self._stopped_s
        }
        held = sum(at_s is not None and now_s - at_s >= QUEUE_S for at_s in since.values())
        queue = held > 1 or (self._two_zones and flow in ("congested", "standing"))
        changes = []
        for zone, standing in list(self._raised.items()):
            if since[zone] != standing.since_s:
                changes.append(self._clear(standing, "moved-on"))
            elif queue:
                changes.append(self._clear(standing, "queue"))
        for zone, at_s in stands.items():
            if not queue and zone not in self._raised:
                standing = Standing(zone, at_s, queue_unknown=not self._two_zones)
                self._raised[zone] = standing
                changes.append(Change(standing, raised=True, why="standing"))
        return changes

    def clear(self, why: Why) -> list[Change]:
        """Clear all: nothing more is known of it."""
        return [self._clear(standing, why) for standing in list(self._raised.values())]

    def __len__(self) -> int:
        return len(self._raised)

    def _clear(self, standing: Standing, why: Why) -> Change:
        del self._raised[standing.zone]
        return Change(standing, raised=False, why=why)
