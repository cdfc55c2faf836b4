"""A pinhole camera on a pole: where a point of the street falls in the picture.

The street's axes are metres: x across the road to the right, y along it away from the pole, z up;
the pole's foot is the origin. Picture coordinates are (x right, y down), pixel centres on whole
numbers, as OpenCV has them.
"""

from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

from simulators.scenario import Pole

Floats = NDArray[np.float64]

NEAREST_M = 0.5
"""Nothing nearer than this is drawn: it would be in front of the lens hood."""


@dataclass(frozen=True)
class Pinhole:
    """The projection of one pole's camera."""

    pole: Pole

    @cached_property
    def eye(self) -> Floats:
        """Where the camera is, (3,) metres."""
        return np.array([self.pole.across_m, 0.0, self.pole.height_m])

    @cached_property
    def axes(self) -> Floats:
        """Right, down and forward of the camera as rows, (3, 3)."""
        yaw, tilt = radians(self.pole.yaw_deg), radians(self.pole.tilt_deg)
        forward = np.array([sin(yaw) * cos(tilt), cos(yaw) * cos(tilt), -sin(tilt)])
        right = np.array([cos(yaw), -sin(yaw), 0.0])
        return np.stack([right, np.cross(forward, right), forward])

    @cached_property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.pole.width_px / 2 / tan(radians(self.pole.view_deg) / 2)

    @cached_property
    def centre(self) -> Floats:
        """Where the optical axis meets the picture, (2,) pixels."""
        return np.array([(self.pole.width_px - 1) / 2, (self.pole.height_px - 1) / 2])

    def depth(self, points: Floats) -> Floats:
        """Return how far in front of the camera points (n, 3) lie, (n,) metres."""
        depths: Floats = (points - self.eye) @ self.axes[2]
        return depths

    def project(self, points: Floats) -> Floats:
        """Return where points (n, 3) fall, (n, 2) pixels; those behind the camera are nan."""
        seen = (points - self.eye) @ self.axes.T
        depth = np.where(seen[:, 2] > NEAREST_M, seen[:, 2], np.nan)
        flat = seen[:, :2] / depth[:, None]
        spots: Floats = self._bent(flat) * self.focal_px + self.centre
        return spots

    def _bent(self, flat: Floats) -> Floats:
        """Return where the lens puts tangents (n, 2): Brown's first radial term, as a barrel."""
        square = np.minimum((flat**2).sum(axis=1, keepdims=True), 1.0)  # far outside: no matter
        bent: Floats = flat * (1 - self.pole.barrel * square)
        return bent

    def rays(self, spots: Floats) -> Floats:
        """Return the unit directions (n, 3) in which picture points (n, 2) look."""
        bent = (spots - self.centre) / self.focal_px
        straight = bent
        for _ in range(4):  # the lens bends little: this settles at once
            straight = bent / (1 - self.pole.barrel * (straight**2).sum(axis=1, keepdims=True))
        flat = np.concatenate([straight, np.ones((len(spots), 1))], axis=1)
        rays: Floats = flat @ self.axes
        units: Floats = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        return units
