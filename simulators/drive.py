"""How a vehicle moves along its lane: at its own speed, stopping where it must, never into another.

Following is Newell's simplified car-following (Transportation Research B 36, 2002): a vehicle is
where it would be alone, or where the one ahead was a moment ago less the room that one needs,
whichever is farther back. Of all that are ahead this makes a plain minimum, so that nothing has to
be stepped through time.
"""

from dataclasses import dataclass

BRAKE_MPS2 = 2.6
START_MPS2 = 1.7
"""What drivers do in town without haste."""

REACT_S = 1.1
"""A follower does what the vehicle ahead did this much earlier."""

GAP_M = 2.2
"""Between bumpers in a queue."""


@dataclass(frozen=True, slots=True)
class Halt:
    """A stop on the way: where the nose stands, and when it goes on."""

    way_m: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Drive:
    """The way of a vehicle's nose if nobody were ahead of it; 0 m at the gate, growing."""

    gate_s: float
    """When the nose is at the gate, had it not to stop."""
    speed_mps: float
    length_m: float
    halt: Halt | None = None

    def way_m(self, time_s: float) -> float:
        """Return how far beyond the gate the nose is."""
        free_m = self.speed_mps * (time_s - self.gate_s)
        if self.halt is None:
            return free_m
        brakes_m = self.speed_mps**2 / (2 * BRAKE_MPS2)
        if free_m <= self.halt.way_m - brakes_m:
            return free_m
        halted_s = self.halted_s
        if time_s < halted_s:
            return self.halt.way_m - BRAKE_MPS2 * (halted_s - time_s) ** 2 / 2
        gone_s = time_s - self.goes_s
        if gone_s <= 0:
            return self.halt.way_m
        fast_s = self.speed_mps / START_MPS2
        if gone_s < fast_s:
            return self.halt.way_m + START_MPS2 * gone_s**2 / 2
        return self.halt.way_m + self.speed_mps * (gone_s - fast_s / 2)

    @property
    def halted_s(self) -> float:
        """When it stands; without a halt, never."""
        if self.halt is None:
            return float("inf")
        brakes_m = self.speed_mps**2 / (2 * BRAKE_MPS2)
        begins_s = self.gate_s + (self.halt.way_m - brakes_m) / self.speed_mps
        return begins_s + self.speed_mps / BRAKE_MPS2

    @property
    def goes_s(self) -> float:
        """When it starts again."""
        if self.halt is None:
            return float("inf")
        return max(self.halt.until_s + REACT_S, self.halted_s)


@dataclass(frozen=True, slots=True)
class Behind:
    """One that is ahead, as the follower feels it: so much later, and so much farther back."""

    drive: Drive
    later_s: float
    back_m: float

    def limit_m(self, time_s: float) -> float:
        """Return how far the follower's nose may be."""
        return self.drive.way_m(time_s - self.later_s) - self.back_m


def following(own: Drive, ahead: list[Drive], sight_m: float) -> tuple[Behind, ...]:
    """Return those of the vehicles ahead, nearest first, that ever hold this one up in sight."""
    found: list[Behind] = []
    back_m = 0.0
    for number, drive in enumerate(ahead, 1):
        back_m += drive.length_m + GAP_M
        one = Behind(drive, number * REACT_S, back_m)
        if drive.halt is not None or own.halt is not None or _binds(own, one, sight_m):
            found.append(one)
    return tuple(found)


def _binds(own: Drive, one: Behind, sight_m: float) -> bool:
    """Say whether one of two that never stop gets in the other's way: their ways are straight."""
    ends = (own.gate_s + way_m / own.speed_mps for way_m in (-sight_m, sight_m))
    return any(one.limit_m(end_s) < own.way_m(end_s) for end_s in ends)
