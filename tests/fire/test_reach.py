"""How far a fire would be found, held against the reference's own reckoning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fire.atmosphere import Air, Haze
from agent.fire.optics import Optics
from agent.fire.reach import FARTHEST_M, Eye, reach, signal_k

BOSON_50MM = Optics(12.0, 50.0, 1.0)
Z = 6.25
"""One false alarm a day over 4.8e9 tests."""

DRY = Air(30.0, 30.0, 23.0)
HUMID = Air(25.0, 70.0, 10.0, Haze.MARITIME)
MIST = Air(15.0, 90.0, 2.0, Haze.MARITIME)
FOG = Air(15.0, 95.0, 1.0, Haze.RADIATION_FOG)
SEA_FOG = Air(18.0, 95.0, 0.2, Haze.ADVECTION_FOG)


def eye(noise_k: float = 0.5, optics: Optics = BOSON_50MM) -> Eye:
    return Eye(optics, noise_k, Z, 22.0)


@pytest.mark.parametrize(
    ("air", "noise_k", "km"),
    [
        (DRY, 0.5, (17.9, 25.5, 31.4)),
        (HUMID, 0.5, (10.5, 13.7, 16.0)),
        (HUMID, 0.152, (13.3, 17.0, 19.5)),
        (MIST, 0.5, (8.3, 10.6, 12.0)),
        (FOG, 0.5, (3.5, 4.1, 4.3)),
        (SEA_FOG, 0.5, (0.3, 0.3, 0.3)),
    ],
)
def test_ranges_are_those_of_the_reference(
    air: Air, noise_k: float, km: tuple[float, float, float]
) -> None:
    # limit_out.txt of the references: Boson 640 with 50 mm, e*A of 1, 4 and 10 m2
    found = [reach(eye(noise_k), air, area).likely_m / 1000 for area in (1.0, 4.0, 10.0)]
    assert found == pytest.approx(km, rel=0.08, abs=0.06)


def test_the_interval_holds_what_is_likely_and_widens_with_what_is_unknown() -> None:
    sure = reach(Eye(BOSON_50MM, 0.5, Z, 22.0, noise_share=0.0), HUMID, 4.0)
    unsure = reach(Eye(BOSON_50MM, 0.5, Z, 22.0, noise_share=0.5), HUMID, 4.0)
    assert unsure.least_m < sure.least_m < sure.likely_m < sure.most_m < unsure.most_m
    assert sure.likely_m == unsure.likely_m


@given(
    st.floats(0.01, 1000),
    st.floats(0.05, 5),
    st.sampled_from([DRY, HUMID, MIST, FOG, SEA_FOG]),
)
def test_what_is_within_the_range_is_found_and_what_is_beyond_is_not(
    area: float, noise_k: float, air: Air
) -> None:
    one = eye(noise_k)
    found = reach(one, air, area)
    assert found.least_m <= found.likely_m <= found.most_m
    if not 0 < found.likely_m < FARTHEST_M:
        return
    near, far = signal_k(one, air, area, np.array([0.98, 1.02]) * found.likely_m) / noise_k
    assert near > Z + 1.2816 > far


def test_more_noise_and_less_sight_and_less_fire_are_found_less_far() -> None:
    best = reach(eye(), HUMID, 4.0).likely_m
    assert reach(eye(1.0), HUMID, 4.0).likely_m < best
    assert reach(eye(), MIST, 4.0).likely_m < best
    assert reach(eye(), HUMID, 1.0).likely_m < best
    assert reach(eye(optics=Optics(12.0, 18.0, 1.0)), HUMID, 4.0).likely_m < best


def test_a_camera_that_sees_nothing_reaches_nowhere() -> None:
    assert reach(eye(100.0), SEA_FOG, 1e-3).likely_m == 0.0


@pytest.mark.parametrize(
    ("field", "value"), [("noise_k", 0.0), ("noise_k", float("nan")), ("threshold", 0.0)]
)
def test_what_cannot_be_is_refused(field: str, value: float) -> None:
    figures = {"noise_k": 0.5, "threshold": Z, "ground_celsius": 22.0, field: value}
    with pytest.raises(ValueError, match=f"{field} .*expected"):
        Eye(BOSON_50MM, **figures)


def test_a_source_without_area_is_refused() -> None:
    with pytest.raises(ValueError, match="emissive area of 0 m2, expected above 0"):
        reach(eye(), DRY, 0.0)
