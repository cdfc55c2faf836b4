"""A point of heat is spread as diffraction, blur and pixels spread it."""

import numpy as np
import pytest

from agent.fire.optics import Optics

BOSON_50 = Optics(12.0, 50.0, 1.0)
LEPTON = Optics(12.0, 1.93, 1.1)


@pytest.mark.parametrize(
    ("focal_mm", "ifov_mrad"), [(12, 1.0), (18, 0.667), (32, 0.375), (50, 0.24), (73, 0.164)]
)
def test_a_longer_lens_sees_a_narrower_pixel(focal_mm: float, ifov_mrad: float) -> None:
    optics = Optics(12.0, focal_mm, 1.0)
    assert optics.ifov_rad * 1e3 == pytest.approx(ifov_mrad, abs=6e-4)
    assert optics.footprint_m(10_000.0) == pytest.approx(10 * ifov_mrad, abs=6e-3)


def test_shares_are_those_of_an_airy_disc_on_pixels() -> None:
    # by integrating Airy's formula, f/1.0, 10 um, 4 um blur, 12 um pixels
    assert 0.43 <= BOSON_50.spread().max() <= 0.45
    places = np.linspace(-0.5, 0.5, 9)  # ends and all, as that average was taken
    best = [BOSON_50.spread(right, down)[2, 2] for right in places for down in places]
    assert np.mean(best) == pytest.approx(0.32, abs=0.01)
    assert np.mean(best) < BOSON_50.best_share < BOSON_50.spread().max()
    assert BOSON_50.matched_share == pytest.approx(0.43, abs=0.015)


def test_hardly_any_energy_is_lost_and_none_is_made() -> None:
    wide = BOSON_50.spread(0.3, -0.2, reach=12)
    assert 0.97 < wide.sum() < 1.001
    assert wide.min() > -1e-3


def test_a_perfect_lens_gives_the_pixel_nearly_all() -> None:
    sharp = Optics(100.0, 50.0, 0.5, blur_um=0.0)
    assert sharp.spread().max() > 0.93
    corner = sharp.spread(0.5, 0.5)
    assert np.sort(corner.ravel())[-4:] == pytest.approx([corner.max()] * 4)
    assert corner.max() == pytest.approx(0.25, abs=0.02)


def test_the_spread_moves_with_the_point() -> None:
    here, there = BOSON_50.spread(0.2, 0.1), BOSON_50.spread(-0.2, -0.1)
    assert here == pytest.approx(there[::-1, ::-1])
    assert BOSON_50.spread(1.0, 0.0)[:, 1:] == pytest.approx(BOSON_50.spread()[:, :-1])


@pytest.mark.parametrize(("side_px", "filled"), [(0.5, 0.111), (1.0, 0.362), (2.0, 0.79)])
def test_a_source_some_pixels_wide_fills_the_best_one(side_px: float, filled: float) -> None:
    side_m = side_px * float(BOSON_50.footprint_m(5000.0))
    assert BOSON_50.filled(side_m**2, 5000.0) == pytest.approx(filled, abs=0.1)


def test_a_small_source_is_diluted_by_its_share_of_the_footprint() -> None:
    small = float(LEPTON.filled(0.01, 3000.0))
    footprint = float(LEPTON.footprint_m(3000.0))
    assert small == pytest.approx(LEPTON.best_share * 0.01 / footprint**2, rel=1e-4)


@pytest.mark.parametrize("name", ["pitch_um", "focal_mm", "f_number", "wavelength_um", "blur_um"])
def test_what_is_no_camera_is_refused(name: str) -> None:
    right = {"pitch_um": 12.0, "focal_mm": 50.0, "f_number": 1.0, "blur_um": 4.0}
    with pytest.raises(ValueError, match=name):
        Optics(**{**right, name: -1.0})
