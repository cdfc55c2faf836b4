"""Writes one picture of the simulated street, and says whose plates are in it."""

import argparse

import cv2
from rich.console import Console

from agent.core.errors import Rejected
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World


def picture(arguments: argparse.Namespace) -> int:
    """Write the PNG; return the exit status.

    Raises:
        Rejected: it cannot be written there.
    """
    world = World(load(arguments.scenario), arguments.seed)
    eye = Eye(world)
    look = eye.grey if arguments.grey else eye.colour
    done, png = cv2.imencode(".png", look(arguments.at))
    if not done:
        raise Rejected(f"{arguments.out}: the picture could not be encoded")
    try:
        arguments.out.write_bytes(png.tobytes())
    except OSError as error:
        raise Rejected(f"{arguments.out}: cannot be written: {error.strerror}") from error
    console = Console()
    for vehicle in world.vehicles(arguments.at):
        if world.sees(vehicle, arguments.at):
            said = vehicle.plate or "without a plate"
            covered = "" if vehicle.readable or not vehicle.plate else ", covered"
            console.print(f"{vehicle.shape.value} {said} ({vehicle.country}{covered})")
    return 0
