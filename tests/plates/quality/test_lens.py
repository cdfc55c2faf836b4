"""The glass is judged against the site's own past: focus, dirt and veil, never one look."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.plates.quality.lens import LOOKS, Lens, LensFault
from agent.plates.quality.scene import SceneFigures, measure_scene
from tests.plates.quality.test_pose import seen

STREET = "street-day"


def blurred(picture: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


@cache
def clean() -> SceneFigures:
    return measure_scene(seen(STREET))


@cache
def soft() -> SceneFigures:
    return measure_scene(blurred(seen(STREET), 2.0))


@cache
def dirty() -> SceneFigures:
    """A web over the lower left: blurred and grey there, the rest as it was."""
    picture = seen(STREET).copy()
    part = picture[150:, :360]
    picture[150:, :360] = blurred(part, 6) // 2 + 60
    return measure_scene(picture)


@cache
def veiled() -> SceneFigures:
    picture = seen(STREET)
    return measure_scene((blurred(picture, 5) * 0.12 + 120).astype(np.uint8))


def after(lens: Lens, scene: SceneFigures, looks: int) -> LensFault | None:
    for _ in range(looks):
        told = lens.see(scene)
    return told.fault


def learned() -> Lens:
    lens = Lens()
    assert after(lens, clean(), LOOKS) is None
    return lens


def test_edges_widen_with_blur_and_not_with_light() -> None:
    picture = seen(STREET)
    told = [measure_scene(blurred(picture, sigma)).edge_px or 0 for sigma in (0.5, 1, 2, 3)]
    assert told == sorted(told)
    darker = measure_scene((picture * 0.6).astype(np.uint8)).edge_px
    assert darker == pytest.approx(clean().edge_px, rel=0.1)


def test_noise_is_told_in_levels_and_hides_how_sharp_edges_are() -> None:
    rng = np.random.default_rng(1)
    for levels in (2, 4, 8):
        noisy = seen(STREET) + rng.normal(0, levels, (360, 640))
        told = measure_scene(noisy.clip(0, 255).astype(np.uint8))
        assert told.noise_levels == pytest.approx(levels, rel=0.35)
        assert (told.edge_px is None) == (levels > 5)


@pytest.mark.parametrize(
    ("scene", "fault"),
    [(soft, LensFault.SOFT), (dirty, LensFault.DIRTY), (veiled, LensFault.VEILED)],
)
def test_a_lasting_fault_of_the_glass_is_told_by_its_kind(
    scene: Callable[[], SceneFigures], fault: LensFault
) -> None:
    lens = learned()
    assert after(lens, scene(), 10) is None  # a lorry, a drop
    assert after(lens, scene(), LOOKS) is fault
    assert after(lens, clean(), LOOKS) is None


def test_nothing_is_said_while_the_site_is_learned() -> None:
    assert after(Lens(), soft(), LOOKS) is None


def test_the_day_it_was_aimed_is_the_reference_where_there_is_a_pose_file() -> None:
    lens, aimed = Lens(), clean()
    lens.known(
        aimed.level, [t.edge_px for t in aimed.tiles], [t.contrast_levels for t in aimed.tiles]
    )
    assert after(lens, soft(), LOOKS) is LensFault.SOFT


def test_each_kind_of_light_has_a_reference_of_its_own() -> None:
    lens = learned()
    night = replace(soft(), level=20.0)
    assert after(lens, night, LOOKS + 1) is None


def test_a_lens_that_somebody_focused_is_the_new_reference() -> None:
    lens = Lens()
    after(lens, soft(), LOOKS)
    assert after(lens, clean(), LOOKS) is None
    assert after(lens, soft(), LOOKS) is LensFault.SOFT
