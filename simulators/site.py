"""What a technician would have measured at a simulated street: where each lane's zones lie."""

import numpy as np

from simulators.scenario import Lane
from simulators.world import World

NEAR_M = (13.0, 16.0)
FAR_M = (24.0, 28.0)
"""Along the road, from under the camera: both lie in the picture of the usual pole."""

HALF_M = 0.7
"""Zones are drawn well inside their lane, so that a tall neighbour does not lean into them."""


def traffic_table(world: World, camera: str, plates: str | None = None) -> str:
    """Return the table [duty.traffic] for this street, TOML."""
    lines = [
        "[duty.traffic]",
        f'camera = "{camera}"',
        f"camera_height_m = {world.scenario.pole.height_m}",
    ]
    lines += [f'plates = "{plates}"'] if plates else []
    for lane in world.scenario.lane:
        lines += [
            "",
            "[[duty.traffic.lane]]",
            f'name = "{lane.name}"',
            f'heading = "{lane.direction.value}"',
            f"free_kmh = {lane.speed_kmh}",
            f"near = {_zone(world, lane, *NEAR_M)}",
            f"far = {_zone(world, lane, *FAR_M)}",
        ]
    return "\n".join(lines) + "\n"


def _zone(world: World, lane: Lane, from_m: float, to_m: float) -> str:
    left, right = lane.centre_m - HALF_M, lane.centre_m + HALF_M
    ground = np.array([(left, to_m, 0), (right, to_m, 0), (right, from_m, 0), (left, from_m, 0)])
    pole = world.scenario.pole
    shares = world.pinhole.project(ground.astype(np.float64)) / (pole.width_px, pole.height_px)
    corners = ", ".join(f"[{x:.4f}, {y:.4f}]" for x, y in np.clip(shares, 0, 1))
    return f"{{ corners = [{corners}], length_m = {to_m - from_m}, distance_m = {from_m} }}"
