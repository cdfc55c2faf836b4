"""How readily the land burns: the Canadian Fire Weather Index System, by the day and by the hour.

Equations and their numbers: C.E. Van Wagner, "Development and structure of the Canadian Forest Fire
Weather Index System", Canadian Forestry Service, Forestry Technical Report 35 (1987); the hourly
fine fuel moisture: Van Wagner, Information Report PS-X-69 (1977). Latitudes other than Canada's:
B.D. Lawson and O.B. Armitage, "Weather guide for the CFFDRS" (2008), tables of day length.
Classes: EFFIS, "Fire danger forecast", https://forest-fire.emergency.copernicus.eu (2021).
"""

from dataclasses import dataclass
from enum import Enum
from math import exp, log, sqrt

from agent.fire.bounds import check_bounds

KM_H = 3.6
"""Kilometres per hour in a metre per second: the equations take the former."""

MOISTURE = 147.27723
"""Scale of the moisture that a code stands for: 250 * 59.5 / 101, so that code 0 is 250 %."""

WETTEST_PCT = 250.0

RAIN_FINE_MM, RAIN_DUFF_MM, RAIN_DROUGHT_MM = 0.5, 1.5, 2.8
"""Rain of a day that the canopy keeps from each layer: less wets nothing."""

NORTH_DEG, TROPIC_DEG, EQUATOR_DEG = 30.0, 20.0, 10.0

_DAY_NORTH = (6.5, 7.5, 9.0, 12.8, 13.9, 13.9, 12.4, 10.9, 9.4, 8.0, 7.0, 6.0)
_DAY_NORTH_TROPIC = (7.9, 8.4, 8.9, 9.5, 9.9, 10.2, 10.1, 9.7, 9.1, 8.6, 8.1, 7.8)
_DAY_SOUTH_TROPIC = (10.1, 9.6, 9.1, 8.5, 8.1, 7.8, 7.9, 8.3, 8.9, 9.4, 9.9, 10.2)
_DAY_SOUTH = (11.5, 10.5, 9.2, 7.9, 6.8, 6.2, 6.5, 7.4, 8.7, 10.0, 11.2, 11.8)
_DAY_EQUATOR = (9.0,) * 12
"""Effective day length of each month, hours."""

_DRYING_NORTH = (-1.6, -1.6, -1.6, 0.9, 3.8, 5.8, 6.4, 5.0, 2.4, 0.4, -1.6, -1.6)
_DRYING_SOUTH = (6.4, 5.0, 2.4, 0.4, -1.6, -1.6, -1.6, -1.6, -1.6, 0.9, 3.8, 5.8)
_DRYING_TROPIC = (1.4,) * 12
"""What each month's days add to the drought code's drying."""


@dataclass(frozen=True, slots=True)
class Weather:
    """The weather at noon, local standard time, with the rain of 24 hours; or of one hour.

    Raises:
        ValueError: A figure is none that weather can have; says which.
    """

    celsius: float
    humidity_pct: float
    wind_m_s: float
    rain_mm: float

    def __post_init__(self) -> None:
        limits = {
            "celsius": (-60.0, 60.0),
            "humidity_pct": (0.0, 100.0),
            "wind_m_s": (0.0, 75.0),
            "rain_mm": (0.0, 1000.0),
        }
        check_bounds(self, limits)

    @property
    def wind_km_h(self) -> float:
        return self.wind_m_s * KM_H


@dataclass(frozen=True, slots=True)
class Codes:
    """How dry three layers are: fine fuels, duff and deep organic matter. They carry over days.

    The defaults are where a season begins, three days after snow or a wet winter.
    """

    fine_fuel: float = 85.0
    duff: float = 6.0
    drought: float = 15.0


class Level(Enum):
    """EFFIS's classes of the index for Europe, by the least value of each."""

    VERY_LOW = "very-low"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    VERY_HIGH = "very-high"
    EXTREME = "extreme"


LEVELS = (
    (50.0, Level.EXTREME),
    (38.0, Level.VERY_HIGH),
    (21.3, Level.HIGH),
    (11.2, Level.MODERATE),
    (5.2, Level.LOW),
)


@dataclass(frozen=True, slots=True)
class Danger:
    """What a day's or an hour's weather makes of the codes.

    `spread` is the initial spread index, `buildup` the fuel there is to burn, `index` the fire
    weather index, which grows with the heat of a fire's front.
    """

    codes: Codes
    spread: float
    buildup: float
    index: float

    @property
    def severity(self) -> float:
        """Return the daily severity rating: the work it is to control a fire (equation 31)."""
        return float(0.0272 * self.index**1.77)

    @property
    def level(self) -> Level:
        """Return the class of the index."""
        return next((level for least, level in LEVELS if self.index >= least), Level.VERY_LOW)


def next_day(before: Codes, noon: Weather, month: int, lat_deg: float) -> Danger:
    """Return the danger of a day from the codes of the day before and the weather at noon.

    `month` is 1 to 12. Days in between that nobody measured must be filled in by the caller.
    """
    codes = Codes(
        _fine_fuel(before.fine_fuel, noon),
        _duff(before.duff, noon, _day_length_h(lat_deg)[month - 1]),
        _drought(before.drought, noon, _drying(lat_deg)[month - 1]),
    )
    return danger(codes, noon.wind_m_s)


def danger(codes: Codes, wind_m_s: float) -> Danger:
    """Return the indices that codes and wind make."""
    spread = _spread(codes.fine_fuel, wind_m_s * KM_H)
    buildup = _buildup(codes.duff, codes.drought)
    return Danger(codes, spread, buildup, _index(spread, buildup))


def next_hour(fine_fuel: float, weather: Weather, hours: float = 1.0) -> float:
    """Return the fine fuel moisture code after `hours` of this weather (Van Wagner 1977)."""
    moisture = _moisture(fine_fuel)
    if weather.rain_mm > 0:
        moisture = _wetted(moisture, weather.rain_mm)
    per_hour = 0.0579 * exp(0.0365 * weather.celsius)
    return _code(_drifted(moisture, weather, per_hour, hours))


def _moisture(code: float) -> float:
    """Return the moisture that a fine fuel code stands for, % of dry weight (equation 1)."""
    return MOISTURE * (101.0 - code) / (59.5 + code)


def _code(moisture: float) -> float:
    """Return the fine fuel code of a moisture (equation 10)."""
    return min(max(59.5 * (WETTEST_PCT - moisture) / (MOISTURE + moisture), 0.0), 101.0)


def _fine_fuel(before: float, noon: Weather) -> float:
    moisture = _moisture(before)
    if noon.rain_mm > RAIN_FINE_MM:
        moisture = _wetted(moisture, noon.rain_mm - RAIN_FINE_MM)
    per_day = 0.581 * exp(0.0365 * noon.celsius)
    return _code(_drifted(moisture, noon, per_day, 1.0))


def _wetted(moisture: float, rain_mm: float) -> float:
    """Return the moisture after rain that reached the fine fuels (equations 3a and 3b)."""
    more = 42.5 * rain_mm * exp(-100.0 / (251.0 - moisture)) * (1.0 - exp(-6.93 / rain_mm))
    if moisture > 150.0:  # noqa: PLR2004  equation 3b
        more += 0.0015 * (moisture - 150.0) ** 2 * sqrt(rain_mm)
    return min(moisture + more, WETTEST_PCT)


def _drifted(moisture: float, weather: Weather, rate: float, times: float) -> float:
    """Let the moisture drift towards what the air keeps it at (equations 4 to 9)."""
    humid, wind = weather.humidity_pct, weather.wind_km_h
    warm = 0.18 * (21.1 - weather.celsius) * (1.0 - exp(-0.115 * humid))
    damp = exp((humid - 100.0) / 10.0)
    drying_to = 0.942 * humid**0.679 + 11.0 * damp + warm
    wetting_to = 0.618 * humid**0.753 + 10.0 * damp + warm
    if moisture > drying_to:
        target, air = drying_to, humid / 100.0
    elif moisture < wetting_to:
        target, air = wetting_to, (100.0 - humid) / 100.0
    else:
        return moisture
    speed = 0.424 * (1.0 - air**1.7) + 0.0694 * sqrt(wind) * (1.0 - air**8)
    return float(target + (moisture - target) * 10.0 ** (-speed * rate * times))


def _duff(before: float, noon: Weather, day_h: float) -> float:
    """Return the duff moisture code (equations 11 to 17)."""
    celsius = max(noon.celsius, -1.1)
    drying = 1.894 * (celsius + 1.1) * (100.0 - noon.humidity_pct) * day_h * 1e-4
    if noon.rain_mm <= RAIN_DUFF_MM:
        return before + drying
    effective = 0.92 * noon.rain_mm - 1.27
    moisture = 20.0 + 280.0 / exp(0.023 * before)
    wetted = moisture + 1000.0 * effective / (48.77 + _duff_slope(before) * effective)
    return max(43.43 * (5.6348 - log(wetted - 20.0)), 0.0) + drying


def _duff_slope(code: float) -> float:
    if code <= 33.0:  # noqa: PLR2004  equation 13a
        return 100.0 / (0.5 + 0.3 * code)
    if code <= 65.0:  # noqa: PLR2004  equation 13b
        return 14.0 - 1.3 * log(code)
    return 6.2 * log(code) - 17.2


def _drought(before: float, noon: Weather, month: float) -> float:
    """Return the drought code (equations 18 to 23)."""
    drying = max(0.36 * (max(noon.celsius, -2.8) + 2.8) + month, 0.0) / 2
    if noon.rain_mm <= RAIN_DROUGHT_MM:
        return before + drying
    effective = 0.83 * noon.rain_mm - 1.27
    moisture = 800.0 * exp(-before / 400.0) + 3.937 * effective
    return max(400.0 * log(800.0 / moisture), 0.0) + drying


def _spread(fine_fuel: float, wind_km_h: float) -> float:
    """Return the initial spread index (equations 24 to 26)."""
    moisture = _moisture(fine_fuel)
    fuel = 91.9 * exp(-0.1386 * moisture) * (1.0 + moisture**5.31 / 4.93e7)
    return float(0.208 * exp(0.05039 * wind_km_h) * fuel)


def _buildup(duff: float, drought: float) -> float:
    """Return the buildup index (equations 27a and 27b)."""
    both = duff + 0.4 * drought
    if both <= 0:
        return 0.0
    if duff <= 0.4 * drought:
        return 0.8 * duff * drought / both
    return float(max(duff - (1.0 - 0.8 * drought / both) * (0.92 + (0.0114 * duff) ** 1.7), 0.0))


def _index(spread: float, buildup: float) -> float:
    """Return the fire weather index (equations 28 to 30)."""
    if buildup <= 80.0:  # noqa: PLR2004  equation 28a
        depth = 0.626 * buildup**0.809 + 2.0
    else:
        depth = 1000.0 / (25.0 + 108.64 * exp(-0.023 * buildup))
    raw = 0.1 * spread * depth
    return float(exp(2.72 * (0.434 * log(raw)) ** 0.647)) if raw > 1 else raw


def _day_length_h(lat_deg: float) -> tuple[float, ...]:
    if lat_deg > NORTH_DEG:
        return _DAY_NORTH
    if lat_deg > EQUATOR_DEG:
        return _DAY_NORTH_TROPIC
    if lat_deg > -EQUATOR_DEG:
        return _DAY_EQUATOR
    return _DAY_SOUTH_TROPIC if lat_deg > -NORTH_DEG else _DAY_SOUTH


def _drying(lat_deg: float) -> tuple[float, ...]:
    if lat_deg > TROPIC_DEG:
        return _DRYING_NORTH
    return _DRYING_TROPIC if lat_deg > -TROPIC_DEG else _DRYING_SOUTH
