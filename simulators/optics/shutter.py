"""A shutter stays open for a while, and a rolling one reads its rows one after another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.optics.pinhole import Pinhole
from simulators.vehicle import Vehicle

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Roll:
    """How one vehicle is taken in one picture."""

    shot_s: float
    """When the row in which its plate lies is read."""
    row_px: float
    rate: float
    """Rows that the plate moves down while one row is read."""
    side: float
    """Columns that it moves to the right meanwhile."""
    drift_px: Floats
    """How far it moves while the shutter is open, (2,)."""

    def sheared(self, spots: Floats) -> Floats:
        """Return where points (n, 2) fall that would be at `spots` were all rows read at once."""
        late = spots[:, 1:2] - self.row_px
        moved: Floats = spots + late * np.array([[self.side, self.rate]])
        return moved


@dataclass(frozen=True, slots=True)
class Shutter:
    """The shutter of one camera."""

    pinhole: Pinhole
    exposure_s: float
    readout_s: float

    def roll(self, vehicle: Vehicle, time_s: float) -> Roll:
        """Say how a vehicle is taken in the picture whose middle row is read at `time_s`."""
        height = self.pinhole.pole.height_px
        y = float(self._middle(vehicle, time_s)[1])
        row = float(np.clip(y, 0, height)) if np.isfinite(y) else height / 2
        shot_s = time_s + (row / height - 0.5) * self.readout_s
        step_s = max(self.exposure_s, 1e-3)
        moved = np.nan_to_num(
            self._middle(vehicle, shot_s + step_s / 2) - self._middle(vehicle, shot_s - step_s / 2)
        )
        per_row_s = self.readout_s / height
        side, rate = np.clip(moved / step_s * per_row_s, -0.2, 0.2)
        return Roll(shot_s, row, float(rate), float(side), moved * self.exposure_s / step_s)

    def _middle(self, vehicle: Vehicle, time_s: float) -> Floats:
        corners = vehicle.plate_corners(time_s)
        spot: Floats = self.pinhole.project(corners.mean(axis=0, keepdims=True))[0]
        return spot
