"""A still street is looked at now and then; whatever moves, however slowly or far away, always."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.plates.gate import HOLD_S, Gate

RATE_S = 0.1
HEARTBEAT_S = 2.0
SHAPE = (360, 640)

Picture = NDArray[np.uint8]
RNG = np.random.default_rng(5)
GRAINS = RNG.normal(0, 1, (8, *SHAPE)).astype(np.float32)
"""Noise of the sensor, in a few pictures taken in turn at random."""


def street(level: float = 100) -> Picture:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    picture = level + 40 * np.sin(columns / 90) * np.cos(rows / 70)
    return np.asarray(picture.clip(0, 255), np.uint8)


def noisy(picture: Picture, sigma: float) -> Picture:
    grain = sigma * GRAINS[RNG.integers(len(GRAINS))]
    return np.asarray((picture + grain).clip(0, 255), np.uint8)


def with_car(picture: Picture, x: float, width: int = 110, level: int = 60) -> Picture:
    """Put a car on it; its plate would be a quarter as wide."""
    shown = picture.copy()
    cv2.rectangle(shown, (round(x), 150), (round(x) + width, 150 + width * 2 // 3), level, -1)
    return np.asarray(shown, np.uint8)


def looks(pictures: Iterator[Picture], gate: Gate | None = None) -> list[bool]:
    gate = gate or Gate(HEARTBEAT_S)
    return [gate.opens(picture, at * RATE_S) for at, picture in enumerate(pictures)]


def settled() -> int:
    """How many pictures until a fresh gate only beats."""
    return round(HOLD_S / RATE_S) + 1


def still(change: Callable[[Picture, int], Picture], frames: int = 100) -> float:
    """Say what share of the pictures of a street without traffic is looked at."""
    quiet = street()
    found = looks(change(quiet, at) for at in range(frames))
    return float(np.mean(found[settled() :]))


@pytest.mark.parametrize("sigma", [0, 2, 6])
def test_a_still_street_is_only_looked_at_by_heartbeat(sigma: float) -> None:
    assert still(lambda quiet, _: noisy(quiet, sigma)) <= 2 * RATE_S / HEARTBEAT_S


def test_exposure_that_the_camera_changes_is_no_vehicle() -> None:
    def brighter(quiet: Picture, at: int) -> Picture:
        gain = 1 + 0.2 * np.sin(at / 8)
        return np.asarray((quiet * gain).clip(0, 255), np.uint8)

    assert still(brighter) <= 2 * RATE_S / HEARTBEAT_S


def test_every_heartbeat_is_looked_at() -> None:
    quiet = street()
    found = np.flatnonzero(looks(quiet for _ in range(100)))[settled() :]
    assert np.diff(found).max() * RATE_S <= HEARTBEAT_S + RATE_S


@pytest.mark.parametrize("speed_px", [1, 4, 20])
@pytest.mark.parametrize("level", [60, 85, 115])
def test_a_far_vehicle_is_looked_at_however_slow_it_is(speed_px: int, level: int) -> None:
    quiet = street()
    gate = Gate(60.0)
    looks((noisy(quiet, 2) for _ in range(40)), gate)
    seconds = [
        gate.opens(noisy(with_car(quiet, 100 + speed_px * at, level=level), 2), 4 + at * RATE_S)
        for at in range(20)
    ]
    assert seconds[0]
    assert np.mean(seconds) >= 0.8


def test_one_that_creeps_by_a_pixel_a_second_adds_up() -> None:
    quiet = street()
    gate = Gate(1e3)
    found = [gate.opens(with_car(quiet, 200 + at, width=60), 10.0 * at) for at in range(60)]
    assert sum(found[2:]) >= 5


def test_headlights_at_night_are_looked_at() -> None:
    night = street(20) // 4
    gate = Gate(60.0)
    looks((noisy(night, 4) for _ in range(40)), gate)
    lit = with_car(night, 300, width=40, level=250)
    assert gate.opens(noisy(lit, 4), 4.0)


def test_a_vehicle_is_found_in_the_rain() -> None:
    quiet = street()

    def rain(picture: Picture) -> Picture:
        shown = picture.copy()
        for x, y in RNG.integers(0, (640, 340), (80, 2)):
            cv2.line(shown, (int(x), int(y)), (int(x) + 2, int(y) + 18), 200, 1)
        return np.asarray(shown, np.uint8)

    gate = Gate(60.0)
    looks((rain(quiet) for _ in range(60)), gate)
    assert gate.opens(rain(with_car(quiet, 400)), 6.0)


def test_it_looks_on_for_a_while_after_a_movement() -> None:
    quiet = street()
    gate = Gate(60.0)
    looks((quiet for _ in range(40)), gate)
    stopped = with_car(quiet, 300)
    found = [gate.opens(stopped, 4 + at * RATE_S) for at in range(30)]
    assert found == [at * RATE_S < HOLD_S for at in range(30)]


def test_what_is_in_view_is_looked_at_more_often() -> None:
    quiet = street()
    gate = Gate(60.0)
    looks((quiet for _ in range(40)), gate)
    found = [gate.opens(quiet, 10 + at * RATE_S, within_s=0.3) for at in range(30)]
    assert sum(found) == pytest.approx(10, abs=2)


def test_no_heartbeat_means_every_picture() -> None:
    assert all(looks((street() for _ in range(5)), Gate(0.0)))


@pytest.mark.parametrize("shape", [(16, 16), (17, 4000), (2160, 3840), (300, 20)])
def test_pictures_of_any_size_have_cells(shape: tuple[int, int]) -> None:
    gate = Gate(60.0)
    quiet = np.full(shape, 80, np.uint8)
    assert gate.opens(quiet, 0.0)
    assert not gate.opens(quiet, 10.0)
    assert gate.opens(np.full((32, 32), 80, np.uint8), 10.1)  # another camera mode begins anew


def test_a_clock_that_begins_anew_looks() -> None:
    gate = Gate(60.0)
    gate.opens(street(), 1000.0)
    assert gate.opens(street(), 3.0)
