"""What the camera on the pole sees at one moment: the whole picture, from street to sensor."""

from functools import cached_property

import cv2
import numpy as np

from simulators.optics.backdrop import Plan, backdrop
from simulators.optics.canvas import Picture
from simulators.optics.lens import Lens
from simulators.optics.light import lighting_of
from simulators.optics.passing import Passing
from simulators.optics.pinhole import Floats
from simulators.optics.shutter import Shutter
from simulators.optics.texture import texture
from simulators.vehicle import Vehicle
from simulators.world import World


class Eye:
    """One camera looking at one world. What it sees depends on the moment asked about only."""

    def __init__(self, world: World) -> None:
        self.world = world
        scenario = world.scenario
        exposure_s = scenario.pole.exposure_ms / 1000
        self._lighting = lighting_of(scenario.light)
        self._shutter = Shutter(world.pinhole, exposure_s, scenario.pole.readout_ms / 1000)
        self._passing = Passing(
            world.pinhole, self._lighting, self._shutter, scenario.rain, texture(world.seed)
        )
        self._lens = Lens(world.pinhole, self._lighting, scenario.rain, exposure_s, world.seed)

    def grey(self, time_s: float) -> Picture:
        """Return the picture's luma, (H, W) uint8."""
        return self._look(self._grey_street.copy(), time_s)

    def colour(self, time_s: float) -> Picture:
        """Return the picture, (H, W, 3) uint8; blue, green, red (all alike by night)."""
        return self._look(self._street.copy(), time_s)

    def capped(self, time_s: float) -> Picture:
        """Return what is left of the picture under a lens cap, (H, W) uint8: the sensor's noise."""
        return self._lens.expose(np.zeros_like(self._grey_street), round(time_s * 1e6), rain=False)

    def spots(self, vehicle: Vehicle, time_s: float) -> Floats:
        """Return where the corners of a vehicle's plate fall, (4, 2) pixels."""
        roll = self._shutter.roll(vehicle, time_s)
        return roll.sheared(self.world.pinhole.project(vehicle.plate_corners(roll.shot_s)))

    def warm_up(self) -> None:
        """Make now what is made once: the empty street, and the sheets of noise and rain."""
        self.grey(0.0)

    def _look(self, picture: Picture, time_s: float) -> Picture:
        vehicles = [v for v in self.world.vehicles(time_s) if v.plate_y_m(time_s) > -12]
        for vehicle in vehicles:
            self._passing.draw_shadow(picture, vehicle, time_s)
        for vehicle in vehicles:
            self._passing.draw_body(picture, vehicle, time_s)
        for vehicle in vehicles:
            self._passing.draw_glare(picture, vehicle, time_s)
        return self._lens.expose(picture, round(time_s * 1e6))

    @cached_property
    def _street(self) -> Picture:
        world = self.world
        return backdrop(Plan.of(world.scenario, world.pinhole, world.seed))

    @cached_property
    def _grey_street(self) -> Picture:
        return cv2.cvtColor(self._street, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
