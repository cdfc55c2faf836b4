"""Temperature and radiance in the band a thermal camera sees, for whole pictures at once.

Planck's law over 8 to 14 um with a flat response; CODATA 2018 constants, which are exact. A real
camera's response is not flat: what is told of a fire's size is told with that error in it.
"""

from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Kelvin = NDArray[np.float32]
"""A picture of temperatures, (H, W); a pixel that is no number is not known."""

PLANCK_J_S, LIGHT_M_S, BOLTZMANN_J_K = 6.62607015e-34, 299_792_458.0, 1.380649e-23

COLDEST_K, HOTTEST_K = 120.0, 2500.0
"""Colder than any sky in this band, hotter than any wood fire's flame."""

STEP_K = 0.5
"""Between the table's entries radiance is a straight line to within a thousandth of a kelvin."""

WAVELENGTHS = 601


def spectral(um: Floats, kelvin: float) -> Floats:
    """Return a black body's radiance at wavelengths in um, W m-2 sr-1 um-1 (Planck 1901)."""
    metres = um * 1e-6
    power = PLANCK_J_S * LIGHT_M_S / (metres * BOLTZMANN_J_K * kelvin)
    radiance: Floats = 2 * PLANCK_J_S * LIGHT_M_S**2 / metres**5 / np.expm1(power) * 1e-6
    return radiance


class Band:
    """Radiance of black bodies between two wavelengths, W m-2 sr-1, by a table."""

    def __init__(self, low_um: float = 8.0, high_um: float = 14.0) -> None:
        """See between two wavelengths.

        Raises:
            ValueError: They are not in order.
        """
        if not 0 < low_um < high_um:
            raise ValueError(f"a band from {low_um:g} to {high_um:g} um, expected low below high")
        self.low_um, self.high_um = low_um, high_um

    def radiance(self, kelvin: Floats | float) -> Floats:
        """Return the radiance of temperatures, any shape.

        Beyond the table's ends they are its ends; what is no number stays none.
        """
        temperatures, radiances = self._table
        return np.asarray(np.interp(kelvin, temperatures, radiances), np.float64)

    def kelvin(self, radiance: Floats | float) -> Floats:
        """Return the temperatures at which a black body has these radiances."""
        temperatures, radiances = self._table
        return np.asarray(np.interp(radiance, radiances, temperatures), np.float64)

    def slope(self, kelvin: Floats | float) -> Floats:
        """Return how much radiance a kelvin more brings, W m-2 sr-1 K-1."""
        temperatures, _ = self._table
        return np.asarray(np.interp(kelvin, temperatures, self._slopes), np.float64)

    @cached_property
    def _slopes(self) -> Floats:
        return np.asarray(np.gradient(self._table[1], STEP_K), np.float64)

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        temperatures = np.arange(COLDEST_K, HOTTEST_K + STEP_K, STEP_K)
        um = np.linspace(self.low_um, self.high_um, WAVELENGTHS)
        radiances = [np.trapezoid(spectral(um, kelvin), um) for kelvin in temperatures.tolist()]
        return temperatures, np.array(radiances)


@cache
def thermal_band() -> Band:
    """Return the band of an uncooled thermal camera, 8 to 14 um."""
    return Band()
