"""Joins vehicles seen by their plate with vehicles counted by the loop: one vehicle is one.

Nothing of the plate is kept: only when and whither.
"""

from collections import deque
from enum import Enum

from agent.plates.traffic.lane import Passed
from agent.plates.traffic.settings import Heading
from agent.plates.vehicle import VehicleSeen

MOST_WAITING = 256
"""Vehicles of all lanes that may still be joined: minutes of a busy street."""

KEPT_S = 120.0
"""A vehicle that was counted so long ago waits for no plate."""

MARGIN_S = 1.0
"""A plate is lost to sight a little before or after its vehicle leaves the zone."""

_ALONG: dict[str, Heading] = {"approaching": "approaching", "receding": "leaving"}


class Joined(Enum):
    """What became of a vehicle seen by its plate."""

    ONE = "one"  # with a vehicle that the loop had counted
    MORE = "more"  # the loop was covered all the while, by a queue: one vehicle more
    NOWHERE = "nowhere"  # no loop had anything: parked, of another lane, or missed by the loop


class Joiner:
    """Remembers vehicles counted lately, until their plates are told."""

    def __init__(self, lanes: dict[str, Heading]) -> None:
        """Take the lanes by name, with the way they run."""
        self._lanes = lanes
        self._waiting: deque[Passed] = deque(maxlen=MOST_WAITING)

    def counted(self, vehicle: Passed) -> None:
        """Take note of a vehicle that the loop has counted."""
        self._waiting.append(vehicle)
        while vehicle.off_s - self._waiting[0].off_s > KEPT_S:
            self._waiting.popleft()

    def seen(self, plate: VehicleSeen) -> tuple[Joined, str | None]:
        """Join a vehicle seen by its plate; return what became of it, and its lane."""
        first_s, last_s = plate.first.mono_s - MARGIN_S, plate.last.mono_s + MARGIN_S
        lanes = self._possible(plate)
        together = [
            vehicle
            for vehicle in self._waiting
            if vehicle.lane in lanes and vehicle.on_s <= last_s and vehicle.off_s >= first_s
        ]
        free = [vehicle for vehicle in together if not vehicle.joined]
        if not together:
            return Joined.NOWHERE, None
        if not free:
            return Joined.MORE, together[-1].lane
        middle_s = (plate.first.mono_s + plate.last.mono_s) / 2
        best = min(free, key=lambda v: abs((v.on_s + v.off_s) / 2 - middle_s))
        best.joined = True
        return Joined.ONE, best.lane

    def _possible(self, plate: VehicleSeen) -> set[str]:
        if plate.lane is not None:
            return {plate.lane} & set(self._lanes)
        heading = _ALONG.get(plate.direction.along)
        return {name for name, runs in self._lanes.items() if heading in (None, runs)}
