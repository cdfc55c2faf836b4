"""What a lens and a pixel make of a point of heat, and of one a few pixels wide.

A lens's diffraction (J.W. Goodman, "Introduction to Fourier optics", 6.3: the modulation transfer
of a circular pupil), the blur that it has besides, and the pixel's own area are multiplied as
transfer functions; each pixel's share of a point's energy is their inverse transform.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FREQUENCIES = 96
"""Points of the transfer function each way, per side of zero."""

PHASES = 5
"""Places within a pixel each way, over which shares are averaged."""

REACH = 2
"""Pixels looked at on each side of the one that is hit: 25 hold nine tenths of the energy."""


@dataclass(frozen=True, slots=False)
class Optics:
    """A thermal camera's lens and pixel.

    Raises:
        ValueError: A figure is not above 0; says which.
    """

    pitch_um: float
    focal_mm: float
    f_number: float
    blur_um: float = 4.0
    """Standard deviation of what the lens blurs besides: aberrations, focus, temperature."""
    wavelength_um: float = 10.0

    def __post_init__(self) -> None:
        for name in ("pitch_um", "focal_mm", "f_number", "wavelength_um"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} {getattr(self, name):g}, expected above 0")
        if not self.blur_um >= 0:
            raise ValueError(f"blur_um {self.blur_um:g}, expected 0 or more")

    @property
    def ifov_rad(self) -> float:
        """Return the angle that one pixel sees."""
        return self.pitch_um * 1e-6 / (self.focal_mm * 1e-3)

    def footprint_m(self, range_m: Floats | float) -> Floats:
        """Return the side of what one pixel sees at a range."""
        return np.asarray(self.ifov_rad * np.asarray(range_m, np.float64))

    def spread(self, right: float = 0.0, down: float = 0.0, reach: int = REACH) -> Floats:
        """Return each pixel's share of a point's energy, (2 reach + 1, 2 reach + 1).

        The point lies `right` and `down` of the middle pixel's middle, in pixels.
        """
        columns = np.arange(-reach, reach + 1) - right
        rows = np.arange(-reach, reach + 1) - down
        frequency, transfer = self._transfer
        across = np.cos(2 * np.pi * np.outer(columns, frequency))
        upward = np.cos(2 * np.pi * np.outer(rows, frequency))
        step = frequency[1] - frequency[0]
        # the transfer function is even both ways, so cosines alone give the whole transform
        return np.asarray(upward @ transfer @ across.T * step**2, np.float64)

    @cached_property
    def best_share(self) -> float:
        """Return the share of the pixel that gets most, a point anywhere alike."""
        return float(np.mean([self.spread(*phase).max() for phase in _phases()]))

    @cached_property
    def matched_share(self) -> float:
        """Return the root of the sum of 3 by 3 shares' squares: what a matched filter makes of it.

        A point of contrast c in noise of sigma has a signal to noise ratio of this times c / sigma.
        """
        middle = slice(REACH - 1, REACH + 2)
        roots = [np.sqrt((self.spread(*p)[middle, middle] ** 2).sum()) for p in _phases()]
        return float(np.mean(roots))

    def filled(self, area_m2: Floats | float, range_m: Floats | float) -> Floats:
        """Return which part of the best pixel a square source of this area fills.

        1 - exp(-share * area / footprint^2): right to 0.06 from a point to four pixels' side.
        """
        part = np.asarray(area_m2, np.float64) / self.footprint_m(range_m) ** 2
        return np.asarray(1.0 - np.exp(-self.best_share * part), np.float64)

    @cached_property
    def _transfer(self) -> tuple[Floats, Floats]:
        """Return frequencies in cycles a pixel, (n,), and the transfer at each pair, (n, n)."""
        cut_off = self.pitch_um / (self.wavelength_um * self.f_number)
        frequency = np.linspace(-cut_off, cut_off, 2 * FREQUENCIES + 1)
        across, upward = np.meshgrid(frequency, frequency)
        radius = np.minimum(np.hypot(across, upward) / cut_off, 1.0)
        lens = 2 / np.pi * (np.arccos(radius) - radius * np.sqrt(1 - radius**2))
        blur = np.exp(-2 * (np.pi * self.blur_um / self.pitch_um) ** 2 * (across**2 + upward**2))
        pixel = np.sinc(across) * np.sinc(upward)
        return frequency, np.asarray(lens * blur * pixel, np.float64)


def _phases() -> list[tuple[float, float]]:
    places = (np.arange(PHASES) + 0.5) / PHASES - 0.5
    return [(float(right), float(down)) for right in places for down in places]
