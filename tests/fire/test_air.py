"""Radiance and transmittance are the ones that physics and LOWTRAN give."""

from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fire.atmosphere import Air, Haze, transmittance
from agent.fire.radiance import Band

DRY = Air(30.0, 30.0, 23.0)
LEVANTE = Air(25.0, 70.0, 10.0, Haze.MARITIME)

STEFAN_BOLTZMANN = 5.670374419e-8
"""W m-2 K-4, CODATA 2018."""


@pytest.mark.parametrize(
    ("kelvin", "radiance", "slope"),
    [
        (280, 39.69, 0.688),
        (295, 50.84, 0.800),
        (300, 54.93, 0.838),
        (500, 369.1, 2.22),
        (900, 1565.7, 3.51),
        (1200, 2677.2, 3.86),
    ],
)
def test_a_black_body_has_the_radiance_of_plancks_law(
    kelvin: float, radiance: float, slope: float
) -> None:
    band = Band()
    assert band.radiance(kelvin) == pytest.approx(radiance, rel=2e-4)
    assert band.slope(kelvin) == pytest.approx(slope, rel=5e-3)
    assert band.kelvin(band.radiance(kelvin)) == pytest.approx(kelvin, abs=1e-6)


def test_over_all_wavelengths_it_is_stefan_and_boltzmanns() -> None:
    parts = [Band(low, high) for low, high in pairwise((0.5, 1, 2, 4, 8, 16, 40, 100, 400, 2000))]
    whole = sum(float(band.radiance(900.0)) for band in parts)
    assert whole == pytest.approx(STEFAN_BOLTZMANN * 900**4 / np.pi, rel=1e-3)


def test_a_picture_goes_there_and_back() -> None:
    picture = np.random.default_rng(1).uniform(200, 1500, (32, 40))
    band = Band()
    assert np.abs(band.kelvin(band.radiance(picture)) - picture).max() < 1e-6
    assert np.isnan(band.radiance(np.array([nan, 300.0]))).tolist() == [True, False]


@pytest.mark.parametrize(
    ("air", "through"),
    [
        # LOWTRAN7 with its aerosols, horizontal, 900 K: at 1, 2, 5, 8, 10, 15 and 20 km
        (DRY, (0.811, 0.700, 0.480, 0.343, 0.277, 0.168, 0.104)),
        (Air(35.0, 20.0, 23.0), (0.832, 0.734, 0.533, 0.401, 0.335, 0.219, 0.146)),
        (Air(15.0, 60.0, 23.0), (0.832, 0.730, 0.520, 0.384, 0.317, 0.201, 0.130)),
        (LEVANTE, (0.640, 0.453, 0.182, 0.080, 0.047, 0.013, 0.004)),
        (Air(25.0, 70.0, 2.0), (0.566, 0.352, 0.094, 0.027, 0.012, 0.002, 0.0)),
    ],
)
def test_air_lets_through_what_lowtran_says(air: Air, through: tuple[float, ...]) -> None:
    ranges_m = np.array((1, 2, 5, 8, 10, 15, 20)) * 1000.0
    assert transmittance(air, ranges_m) == pytest.approx(through, abs=0.03)


def test_sea_fog_blinds_within_half_a_kilometre() -> None:
    assert transmittance(Air(18.0, 95.0, 0.2, Haze.ADVECTION_FOG), 500.0) < 1e-4


def test_rain_takes_more_the_harder_it_falls() -> None:
    rates = (0.0, 1.0, 5.0, 25.0)
    through = [float(transmittance(Air(20.0, 80.0, 10.0, rain_mm_h=r), 3000.0)) for r in rates]
    assert through == sorted(through, reverse=True)
    assert through[1] / through[0] == pytest.approx(np.exp(-0.365 * 3), rel=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"celsius": 70.0}, "celsius 70, expected -60 to 60"),
        ({"humidity_pct": -1.0}, "humidity_pct"),
        ({"visibility_km": 0.0}, "visibility_km 0, expected 0.01 to 300"),
        ({"visibility_km": nan}, "visibility_km nan"),
        ({"rain_mm_h": inf}, "rain_mm_h inf"),
    ],
)
def test_what_is_no_air_is_refused(change: dict[str, float], words: str) -> None:
    right = {"celsius": 20.0, "humidity_pct": 40.0, "visibility_km": 20.0}
    with pytest.raises(ValueError, match=words):
        Air(**{**right, **change})  # type: ignore[arg-type]


def test_what_is_no_band_and_no_range_is_refused() -> None:
    with pytest.raises(ValueError, match="expected low below high"):
        Band(14.0, 8.0)
    with pytest.raises(ValueError, match="a range of -5 m"):
        transmittance(DRY, -5.0)


AIRS = st.builds(
    Air,
    st.floats(-60, 60),
    st.floats(0, 100),
    st.floats(0.01, 300),
    st.sampled_from(Haze),
    st.floats(0, 300),
)


@given(AIRS, st.lists(st.floats(0, 80_000), min_size=2, max_size=8))
def test_farther_never_means_more(air: Air, ranges_m: list[float]) -> None:
    through = transmittance(air, np.array(sorted(ranges_m)))
    assert ((through >= 0) & (through <= 1)).all()
    assert (np.diff(through) <= 1e-12).all()


@given(st.floats(-10, 45), st.floats(10, 100), st.floats(0, 25_000))
def test_damper_air_never_lets_through_more(
    celsius: float, humidity_pct: float, range_m: float
) -> None:
    drier = Air(celsius, max(humidity_pct - 10.0, 0.0), 23.0)
    assert transmittance(Air(celsius, humidity_pct, 23.0), range_m) <= (
        transmittance(drier, range_m) + 1e-4
    )
