"""The Fire Weather Index System gives what was published, and refuses what is no weather."""

from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fire.danger import KM_H, Codes, Danger, Level, Weather, danger, next_day, next_hour
from tests.fire.fwi_days import DAYS

CANADA_DEG = 40.0


def test_48_days_in_a_row_come_out_as_published() -> None:
    codes = Codes()
    for month, _, celsius, humidity, km_h, rain, *published in DAYS:
        noon = Weather(celsius, humidity, km_h / KM_H, rain)
        day = next_day(codes, noon, month, CANADA_DEG)
        codes = day.codes
        ours = (codes.fine_fuel, codes.duff, codes.drought, day.spread, day.buildup, day.index)
        assert (*ours, day.severity) == pytest.approx(published, rel=2e-3, abs=1e-3)


def test_the_first_day_is_the_one_that_is_printed() -> None:
    day = next_day(Codes(), Weather(17.0, 42.0, 25 / KM_H, 0.0), 4, CANADA_DEG)
    assert day.codes.fine_fuel == pytest.approx(87.7, abs=0.1)
    assert (day.codes.duff, day.codes.drought) == pytest.approx((8.5, 19.0), abs=0.05)
    assert day.index == pytest.approx(10.1, abs=0.1)


@pytest.mark.parametrize("rain_mm", [0.1, 0.4, 0.5])
def test_rain_that_the_canopy_keeps_wets_nothing(rain_mm: float) -> None:
    dry, wet = (
        next_day(Codes(), Weather(15.0, 50.0, 5.0, rain), 4, CANADA_DEG) for rain in (0.0, rain_mm)
    )
    assert dry == wet


def test_the_levels_are_those_of_effis() -> None:
    indices = (0.0, 5.1, 5.2, 11.2, 21.3, 38.0, 50.0, 120.0)
    levels = [Danger(Codes(), 1.0, 1.0, index).level for index in indices]
    assert levels == [Level.VERY_LOW, Level.VERY_LOW, *list(Level)[1:], Level.EXTREME]


def test_hours_of_drying_dry_and_an_hour_of_rain_wets() -> None:
    hot = Weather(32.0, 20.0, 6.0, 0.0)
    hours = [70.0]
    for _ in range(24):
        hours.append(next_hour(hours[-1], hot))
    assert all(after > before for before, after in pairwise(hours))
    assert next_hour(70.0, hot, 24.0) == pytest.approx(hours[-1])
    assert next_hour(hours[-1], Weather(20.0, 90.0, 2.0, 3.0)) < hours[-1] - 20


def test_south_of_the_equator_january_is_summer() -> None:
    noon = Weather(25.0, 40.0, 4.0, 0.0)
    for month, hot_deg, cool_deg in ((1, -35.0, 45.0), (7, 45.0, -35.0)):
        hot, cool = (next_day(Codes(), noon, month, lat).codes for lat in (hot_deg, cool_deg))
        assert hot.duff > cool.duff
        assert hot.drought > cool.drought


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"celsius": -80.0}, "celsius -80, expected -60 to 60"),
        ({"humidity_pct": 100.1}, "humidity_pct 100.1, expected 0 to 100"),
        ({"wind_m_s": -0.1}, "wind_m_s"),
        ({"rain_mm": nan}, "rain_mm nan"),
        ({"celsius": inf}, "celsius inf"),
    ],
)
def test_what_is_no_weather_is_refused(change: dict[str, float], words: str) -> None:
    right = {"celsius": 20.0, "humidity_pct": 40.0, "wind_m_s": 3.0, "rain_mm": 0.0}
    with pytest.raises(ValueError, match=words):
        Weather(**{**right, **change})


WEATHERS = st.builds(
    Weather, st.floats(-60, 60), st.floats(0, 100), st.floats(0, 75), st.floats(0, 1000)
)


@given(WEATHERS, st.integers(1, 12), st.floats(-90, 90))
def test_any_weather_gives_codes_within_their_bounds(
    noon: Weather, month: int, lat_deg: float
) -> None:
    day = next_day(Codes(), noon, month, lat_deg)
    assert 0 <= day.codes.fine_fuel <= 101
    assert day.codes.duff >= 0
    assert day.codes.drought >= 0
    assert day.index >= 0
    assert 0 <= next_hour(85.0, noon) <= 101


@given(st.floats(0, 101), st.floats(0, 1000), st.floats(0, 1500), st.floats(0, 50))
def test_more_wind_is_never_less_dangerous(
    fine_fuel: float, duff: float, drought: float, wind_m_s: float
) -> None:
    codes = Codes(fine_fuel, duff, drought)
    assert danger(codes, wind_m_s + 1).index >= danger(codes, wind_m_s).index
