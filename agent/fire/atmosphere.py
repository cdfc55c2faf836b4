"""What the air lets through between a fire and the tower, 8 to 14 um.

Gases: a table computed with LOWTRAN7 (F.X. Kneizys et al., AFGL-TR-88-0177, 1988; public domain)
for horizontal paths, with the spectrum of a 900 K fire ("hot") and of a landscape ("mild");
between its entries ln of the transmittance is taken linearly in temperature, humidity and the root
of the range, within 1 % of LOWTRAN in dry air and 4 % in humid air. Haze and fog: their extinction
here is a share of that in visible light, 3.912 over the visibility (H. Koschmieder, 1924); the
shares are from LOWTRAN's aerosol models. Rain: Marshall and Palmer's drops, as in its TNRAIN.

The industrial formula that many thermal cameras carry is not used: it goes negative beyond 10 km.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

from agent.fire.bounds import check_bounds

Floats = NDArray[np.float64]

KOSCHMIEDER = 3.912
"""-ln 0.02: at the visibility a black target's contrast has fallen to 2 %."""

RAIN_PER_KM, RAIN_POWER = 0.365, 0.63
"""Extinction of rain, 1/km: the first times its rate in mm/h to the second."""

LEAST_TOLD = 1e-7
"""The table says 0 where LOWTRAN printed less than half a millionth."""

THICKEST = 40.0
"""Optical depth beyond which nothing whatever comes through."""


class Haze(Enum):
    """What takes the sight in visible light, and how much of that it takes here."""

    RURAL = "rural"
    MARITIME = "maritime"
    RADIATION_FOG = "radiation-fog"
    ADVECTION_FOG = "advection-fog"


SHARES = {
    Haze.RURAL: (0.076, 0.086, 0.095),
    Haze.MARITIME: (0.10, 0.125, 0.16),
    Haze.RADIATION_FOG: (0.28, 0.305, 0.33),
    Haze.ADVECTION_FOG: (1.0, 1.13, 1.2),
}
"""Extinction in this band as a share of that in visible light: least, usual and most."""


@dataclass(frozen=True, slots=True)
class Air:
    """The air between the tower and what it looks at."""

    celsius: float
    humidity_pct: float
    visibility_km: float
    haze: Haze = Haze.RURAL
    rain_mm_h: float = 0.0

    def __post_init__(self) -> None:
        limits = {
            "celsius": (-60.0, 60.0),
            "humidity_pct": (0.0, 100.0),
            "visibility_km": (0.01, 300.0),
            "rain_mm_h": (0.0, 300.0),
        }
        check_bounds(self, limits)

    def extinction_per_km(self, share: float | None = None) -> float:
        """Return the extinction of haze and rain; `share` of the visible one, else the usual."""
        usual = SHARES[self.haze][1] if share is None else share
        rain = RAIN_PER_KM * self.rain_mm_h**RAIN_POWER if self.rain_mm_h > 0 else 0.0
        return usual * KOSCHMIEDER / self.visibility_km + rain


def transmittance(
    air: Air, range_m: Floats | float, *, hot: bool = True, share: float | None = None
) -> Floats:
    """Return what part of the radiance comes through horizontal paths of these lengths, 0 to 1.

    `hot` is of a fire, otherwise of the landscape. Beyond 25 km the table's last slope goes on;
    air colder, hotter, drier or damper than the table's is taken as its nearest.
    """
    km = np.asarray(range_m, np.float64) / 1000.0
    if (km < 0).any():
        raise ValueError(f"a range of {float(km.min()) * 1000:g} m, expected 0 or more")
    table = _gas()
    depths = _at(table, table.hot if hot else table.mild, air)
    roots = np.sqrt(np.concatenate([[0.0], table.range_km]))
    root = np.sqrt(km)
    slope = (depths[-1] - depths[-2]) / (roots[-1] - roots[-2])
    beyond = np.maximum(root - roots[-1], 0.0) * slope
    depth = np.interp(root, roots, depths) + beyond + air.extinction_per_km(share) * km
    through: Floats = np.exp(-np.minimum(depth, THICKEST))
    return through


class _Gas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table: transmittances by temperature, humidity and range."""

    celsius: list[float]
    humidity_pct: list[float]
    range_km: list[float]
    hot: list[list[list[float]]]
    mild: list[list[list[float]]]


@cache
def _gas() -> _Gas:
    return msgspec.json.decode(files(__package__).joinpath("gas.json").read_bytes(), type=_Gas)


def _at(table: _Gas, through: list[list[list[float]]], air: Air) -> Floats:
    """Return the optical depth at range 0 and at each of the table's ranges."""
    depths = -np.log(np.maximum(np.array(through), LEAST_TOLD))
    warm, damp = _place(table.celsius, air.celsius), _place(table.humidity_pct, air.humidity_pct)
    mixed = sum(
        weight * part * depths[row, column] for row, weight in warm for column, part in damp
    )
    return np.concatenate([[0.0], np.asarray(mixed, np.float64)])


def _place(axis: list[float], value: float) -> tuple[tuple[int, float], tuple[int, float]]:
    """Return the two entries of an axis that a value lies between, with their weights."""
    value = min(max(value, axis[0]), axis[-1])
    after = min(int(np.searchsorted(axis, value, side="right")), len(axis) - 1)
    share = (value - axis[after - 1]) / (axis[after] - axis[after - 1])
    return (after - 1, 1.0 - share), (after, share)
