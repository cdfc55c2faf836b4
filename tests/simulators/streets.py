"""Streets that the simulator's tests look at, made once each."""

from functools import cache

import msgspec

from simulators.optics.eye import Eye
from simulators.scenario import Scenario, load
from simulators.vehicle import Vehicle
from simulators.world import Passage, World


@cache
def scenario(name: str) -> Scenario:
    return load(name)


@cache
def world(name: str, seed: int = 1) -> World:
    return World(scenario(name), seed)


@cache
def eye(name: str, seed: int = 1) -> Eye:
    return Eye(world(name, seed))


def changed(name: str, **keys: object) -> Scenario:
    """A shipped scenario with other values at the top."""
    return msgspec.structs.replace(scenario(name), **keys)


def first(street: World, lane: str = "inbound") -> tuple[Passage, Vehicle]:
    """The first whole passage of a lane, and its vehicle."""
    for passage in street.passages(0.0, 60.0):
        if passage.lane == lane:
            middle_s = (passage.entered_s + passage.left_s) / 2
            there = street.vehicles(middle_s)
            return passage, next(v for v in there if v.id == passage.vehicle)
    raise AssertionError(f"nobody drove along {lane} within a minute")
