"""From times in two zones to metres: how fast a vehicle was, and how long.

The camera looks down at a slant, so a vehicle hides road behind it in proportion to its height: a
zone stays covered for `distance x height / camera height` metres longer than the vehicle itself
takes. Only the edge where it touches the road is where it seems to be; that edge leaves or enters
a zone at the zone's far end, whichever way the vehicle drives. So speeds are taken between the
far ends, and lengths are freed of the height that vehicles of such a length have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Self

import numpy as np

from agent.plates.traffic.settings import Heading, LaneSettings, ZoneSettings

SLOWEST_M_S, FASTEST_M_S = 1.0, 70.0
"""Times in two zones that make another speed than these belong to two vehicles."""

LENGTHS_M = (0.0, 2.2, 4.0, 4.7, 5.2, 6.0, 8.0, 12.0, 18.75)
HEIGHTS_M: Mapping[Heading, tuple[float, ...]] = {
    "approaching": (1.0, 1.3, 1.2, 1.1, 1.8, 2.3, 3.3, 3.6, 4.0),
    "leaving": (1.0, 1.3, 0.8, 0.8, 1.3, 1.8, 3.2, 3.6, 4.0),
}
"""How high the end of a vehicle of that length is that lies away from the camera: rider, car,
saloon, van, lorry; rears of those that approach, bonnets of those that leave. 18.75 m and 4.00 m
are the greatest that Directive 96/53/EC, Annex I, allows."""


class LengthClass(Enum):
    """What a vehicle's length says of it, and nothing more."""

    SHORT = "short"  # below 2.6 m: motorcycles, mopeds, cycles
    CAR = "car"  # below 6 m: cars and most vans
    MEDIUM = "medium"  # to 12 m, the longest single vehicle that Directive 96/53/EC allows
    LONG = "long"  # over 12 m: with trailer or articulated, and long buses
    UNKNOWN = "unknown"  # not measured


_LIMITS_M = ((2.6, LengthClass.SHORT), (6.0, LengthClass.CAR), (12.0, LengthClass.MEDIUM))


def class_of(length_m: float | None) -> LengthClass:
    """Return the class of a length; of none, unknown."""
    if length_m is None:
        return LengthClass.UNKNOWN
    return next((name for most, name in _LIMITS_M if length_m < most), LengthClass.LONG)


@dataclass(frozen=True, slots=True)
class Measured:
    """One zone in metres: its length, and the road each metre of a vehicle's height hides in it."""

    zone_m: float
    hidden: float


@dataclass(frozen=True, slots=True)
class Geometry:
    """What is known of one lane's zones; None where the site was not measured.

    `apart_m` lies between the far ends of both zones. Lengths are taken in the zone that a vehicle
    leaves last: from behind a near roof is one plain surface, and further off it is not.
    """

    heading: Heading
    apart_m: float | None
    near: Measured | None
    last: Measured | None

    @classmethod
    def of(cls, lane: LaneSettings, camera_height_m: float | None) -> Self:
        near, far = lane.near, lane.far
        apart_m = None
        if far is not None and (ends := (_end_m(near), _end_m(far))) and None not in ends:
            apart_m = (ends[1] or 0.0) - (ends[0] or 0.0)
        measured = _measured(near, camera_height_m)
        beyond = None if far is None else _measured(far, camera_height_m)
        last = measured if lane.heading == "approaching" else beyond
        return cls(lane.heading, apart_m, measured, last)

    def speed_m_s(self, between_s: float) -> float | None:
        """Return the speed of a vehicle that took so long from far end to far end."""
        if self.apart_m is None or between_s <= 0:
            return None
        speed = self.apart_m / between_s
        return speed if SLOWEST_M_S <= speed <= FASTEST_M_S else None

    def length_m(self, speed_m_s: float | None, covered_s: float) -> float | None:
        """Return how long a vehicle is that covered the last zone for so long."""
        if speed_m_s is None or self.last is None:
            return None
        seen_m = speed_m_s * covered_s - self.last.zone_m
        seems_m = np.array(LENGTHS_M) + self.last.hidden * np.array(HEIGHTS_M[self.heading])
        return float(np.interp(seen_m, seems_m, LENGTHS_M))

    def over_s(self, speed_m_s: float | None, length_m: float | None) -> float | None:
        """Return how long such a vehicle stood over the near zone itself, height apart."""
        if speed_m_s is None or length_m is None or self.near is None:
            return None
        return (length_m + self.near.zone_m) / speed_m_s

    @property
    def reach_m(self) -> float | None:
        """Metres over which a usual car covers the near zone: what makes density of occupancy."""
        return None if self.near is None else self.near.zone_m + CAR_M


CAR_M = 4.5
"""A usual European car."""


def _end_m(zone: ZoneSettings) -> float | None:
    if zone.distance_m is None or zone.length_m is None:
        return None
    return zone.distance_m + zone.length_m


def _measured(zone: ZoneSettings, camera_height_m: float | None) -> Measured | None:
    if zone.distance_m is None or zone.length_m is None or camera_height_m is None:
        return None
    return Measured(zone.length_m, zone.distance_m / camera_height_m)
