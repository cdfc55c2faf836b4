"""The whole watch on half a minute of the simulated street, whose truth is known."""

import tomllib

import msgspec
import pytest

from agent.plates.traffic.lane import Passed
from agent.plates.traffic.settings import TrafficSettings
from agent.plates.traffic.watch import Watch
from agent.plates.traffic.zone import lores
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.site import NEAR_M, traffic_table
from simulators.world import World

RATE_HZ = 10.0


def test_every_vehicle_of_the_street_is_counted_once_and_measured() -> None:
    world = World(load("street-day"), 77)
    table = tomllib.loads(traffic_table(world, "gate", "plates"))["duty"]["traffic"]
    wanted = msgspec.convert(table | {"learn_s": 8.0}, TrafficSettings)
    watch, eye = Watch(wanted), Eye(world)
    found: list[Passed] = []
    for number in range(round(40 * RATE_HZ)):
        at_s = number / RATE_HZ - 10.0
        found += watch.look(lores(eye.grey(at_s)), at_s).passed
    for lane in world.scenario.lane:
        approaching = lane.direction.value == "approaching"
        truth = [c for c in world.crossings(1, 26, NEAR_M[1]) if c.lane == lane.name]
        mine = [p for p in found if p.lane == lane.name]
        assert len(truth) >= 3
        for one in truth:
            near = [p for p in mine if abs((p.on_s if approaching else p.off_s) - one.time_s) < 1.0]
            assert len(near) == 1, f"{one.vehicle} at {one.time_s:.1f} s"
            assert near[0].speed_m_s == pytest.approx(one.speed_mps, rel=0.15)
