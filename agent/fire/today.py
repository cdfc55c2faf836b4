"""What a tower can see today: per bearing, how far a fire of a stated size would be found.

Pure. What the node knows of each bearing's pictures (`Eye`) and of the air goes in; ranges with
their intervals and square kilometres come out. A bearing nobody has looked at for too long, or with
air nobody knows, is unknown and counts as not seen: "I see no fire" is never said of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.fire.atmosphere import Air
from agent.fire.reach import Eye, Reach, reach
from agent.fire.terrain import Profile

Floats = NDArray[np.float64]

SIZES_M2 = (0.1, 1.0, 10.0)
"""Emissive areas that are told (e*A)."""

FULL_TURN_DEG = 360.0


@dataclass(frozen=True, slots=True)
class Bearing:
    """One direction: what is seen of the ground there, and by which eye; None: nobody knows."""

    ground: Profile
    width_deg: float
    eye: Eye | None


@dataclass(frozen=True, slots=True)
class Sector:
    """What is seen in one direction of a fire of one size.

    `stretches_m` are from where to where ground is seen, nearest first: between them it is hidden.
    `seen_m2` is the ground there on which such a fire would be found: least, likely, most.
    """

    bearing_deg: float
    width_deg: float
    reach: Reach | None
    stretches_m: tuple[tuple[float, float], ...]
    seen_m2: tuple[float, float, float]
    in_sight_m2: float
    """Ground that no nearer ground hides, as far as the profile goes."""

    @property
    def farthest_m(self) -> float | None:
        """The farthest ground in sight that lies within the reach; None: unknown, 0: none."""
        if self.reach is None:
            return None
        return self.stretches_m[-1][1] if self.stretches_m else 0.0


@dataclass(frozen=True, slots=True)
class Today:
    """What is seen of fires of one size all round."""

    emissive_m2: float
    sectors: tuple[Sector, ...]

    @property
    def seen_km2(self) -> tuple[float, float, float]:
        """Ground on which such a fire would be found: least, likely, most."""
        least, likely, most = (
            sum(one.seen_m2[which] for one in self.sectors) / 1e6 for which in range(3)
        )
        return least, likely, most

    @property
    def in_sight_km2(self) -> float:
        """Ground in sight of a tower that sees as far as the profiles go."""
        return sum(one.in_sight_m2 for one in self.sectors) / 1e6

    @property
    def unknown(self) -> tuple[Sector, ...]:
        """Directions of which nobody knows what is seen."""
        return tuple(one for one in self.sectors if one.reach is None)


def today(
    bearings: Sequence[Bearing], air: Air | None, sizes_m2: Sequence[float] = SIZES_M2
) -> tuple[Today, ...]:
    """Say for each size what is seen in every direction; `air` None: nobody knows it.

    Raises:
        ValueError: A direction is no wider than nothing, or together they are more than a turn.
    """
    if not all(one.width_deg > 0 for one in bearings):
        raise ValueError("a direction without width, expected more than 0 degrees")
    turn = sum(one.width_deg for one in bearings)
    if turn > FULL_TURN_DEG + 1e-6:
        raise ValueError(f"directions of {turn:g} degrees together, expected 360 at most")
    in_sight = [(one, _in_sight_m2(one)) for one in bearings]
    eyes = {one.eye for one in bearings if one.eye is not None}  # one camera has few
    told = []
    for size in sizes_m2:
        reaches = {} if air is None else {eye: reach(eye, air, size) for eye in eyes}
        told.append(Today(size, tuple(_sector(one, areas, reaches) for one, areas in in_sight)))
    return tuple(told)


def _sector(one: Bearing, areas: Floats, reaches: Mapping[Eye, Reach]) -> Sector:
    """Say what is seen in one direction; `areas` are those of its ground in sight, (n,) m2."""
    ground = one.ground
    found = None if one.eye is None else reaches.get(one.eye)
    stretches: tuple[tuple[float, float], ...] = ()
    seen = 0.0, 0.0, 0.0
    if found is not None:
        least, likely, most = (
            float(areas[ground.distance_m <= metres].sum())
            for metres in (found.least_m, found.likely_m, found.most_m)
        )
        seen = least, likely, most
        stretches = _stretches((areas > 0) & (ground.distance_m <= found.likely_m), ground)
    whole = float(areas.sum())
    return Sector(ground.bearing_deg, one.width_deg, found, stretches, seen, whole)


def _stretches(seen: NDArray[np.bool_], ground: Profile) -> tuple[tuple[float, float], ...]:
    """Return from where to where points are seen without a gap; each has the way from the last."""
    edges = np.concatenate([[0.0], ground.distance_m])
    changes = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
    return tuple(
        (float(edges[begin]), float(edges[end])) for begin, end in changes.reshape(-1, 2).tolist()
    )


def _in_sight_m2(one: Bearing) -> Floats:
    """Return the ground between each distance and the one before it, 0 where it is hidden, (n,)."""
    edges = np.concatenate([[0.0], one.ground.distance_m])
    areas = np.radians(one.width_deg) / 2 * np.diff(edges**2)
    return np.where(one.ground.visible(), areas, 0.0)
