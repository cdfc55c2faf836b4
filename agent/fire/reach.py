"""How far away a fire of a stated size would be found, by what the node knows of air and pictures.

The signal of a source of emissive area e*A (emissivity times area, m2, at the fire's temperature)
is the radiance it adds to the best pixel through the air, as kelvin of a black body at the
ground's temperature. It is found where that is as many of the pose's own noises as the threshold
asks for: the test of J. Neyman and E.S. Pearson (Phil. Trans. A 231, 1933) for a known shape.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from agent.fire.atmosphere import SHARES, Air, transmittance
from agent.fire.bounds import check_bounds
from agent.fire.optics import Optics
from agent.fire.radiance import thermal_band

Floats = NDArray[np.float64]

ZERO_K = 273.15

NEAREST_M, FARTHEST_M = 50.0, 80_000.0
"""No tower sees ground nearer, none farther over a curved earth."""

STEPS = 240
"""Ranges tried, each 3 % farther than the last; between them the signal is taken straight."""

LEAST_RATIO = 1e-12
"""Of a signal to what is needed: less has no logarithm worth having."""

FIRE_K = 900.0
"""What sources are reckoned at: flames of wood are at 800 to 1,100 K (thermal.md 2.1)."""

FOUND = 0.9
"""How likely what is within the range is found, a look."""


@dataclass(frozen=True, slots=True)
class Eye:
    """One pose of a thermal camera as it sees now.

    `noise_k` is the standard deviation of what the detector compares with its threshold: kelvin of
    the best pixel, after the background is taken off; `noise_share` is how uncertain it is, a part
    of it. `threshold` is in such deviations, `ground_celsius` what is behind the fire.

    Raises:
        ValueError: A figure is not what it can be; says which.
    """

    optics: Optics
    noise_k: float
    threshold: float
    ground_celsius: float
    noise_share: float = 0.2

    def __post_init__(self) -> None:
        limits = {
            "noise_k": (1e-3, 100.0),
            "threshold": (1.0, 100.0),
            "ground_celsius": (-60.0, 90.0),
            "noise_share": (0.0, 0.9),
        }
        check_bounds(self, limits)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a source would be found, metres: likely, and between what; 0 is nowhere."""

    likely_m: float
    least_m: float
    most_m: float


def signal_k(
    eye: Eye, air: Air, emissive_m2: float, range_m: Floats, share: float | None = None
) -> Floats:
    """Return by how many kelvin a source warms the best pixel at these ranges, same shape.

    `share` is of the visible extinction, else the haze's usual one.
    """
    band = thermal_band()
    ground_k = eye.ground_celsius + ZERO_K
    through = transmittance(air, range_m, hot=True, share=share)
    hidden = transmittance(air, range_m, hot=False, share=share)  # ground that the fire covers
    filled = eye.optics.filled(emissive_m2, range_m)
    added = filled * (through * band.radiance(FIRE_K) - hidden * band.radiance(ground_k))
    return np.asarray(added / band.slope(ground_k), np.float64)


def reach(eye: Eye, air: Air, emissive_m2: float) -> Reach:
    """Say how far a source of this emissive area would be found with a probability of `FOUND`.

    The interval holds what is not known: how much of the light that haze takes it takes here too,
    and how well the noise is known.

    Raises:
        ValueError: The area is not above 0.
    """
    if not emissive_m2 > 0:
        raise ValueError(f"an emissive area of {emissive_m2:g} m2, expected above 0")
    needed_k = (eye.threshold + NormalDist().inv_cdf(FOUND)) * eye.noise_k
    ranges = np.geomspace(NEAREST_M, FARTHEST_M, STEPS)
    least_share, usual, most_share = SHARES[air.haze]
    off = eye.noise_share
    likely, least, most = (
        _farthest(ranges, signal_k(eye, air, emissive_m2, ranges, share) / (needed_k * noisier))
        for share, noisier in ((usual, 1.0), (most_share, 1 + off), (least_share, 1 - off))
    )
    return Reach(likely, least, most)


def _farthest(ranges_m: Floats, ratio: Floats) -> float:
    """Return where a ratio that falls with the range comes down to 1; 0 where it never is above."""
    short = np.flatnonzero(ratio < 1.0)
    if not short.size:
        return float(ranges_m[-1])
    after = int(short[0])
    if after == 0:
        return 0.0
    near, far = np.log(np.maximum(ratio[after - 1 : after + 1], LEAST_RATIO))
    part = near / (near - far)
    return float(ranges_m[after - 1] * (ranges_m[after] / ranges_m[after - 1]) ** part)
