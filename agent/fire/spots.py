"""Spots in one look that are warmer than their pose usually is there, by more than chance allows.

A matched filter: what a point source would add to each pixel is compared with what is there, each
pixel counting by its own noise; for noise that is independent and normal no test finds more at as
many false alarms (J. Neyman, E.S. Pearson, Phil. Trans. A 231, 1933). Real clutter is neither, so a
spot must also stand out from its surroundings, as satellites' fire tests ask (L. Giglio et al.,
"An enhanced contextual fire detection algorithm for MODIS", 2003). Pure.
"""

from dataclasses import dataclass
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.fire.optics import Optics
from agent.fire.radiance import Kelvin

REACH = 1
"""Pixels of the filter on each side: nine hold four fifths of a point's energy."""

PLACES = (-0.25, 0.25)
"""Of a source within a pixel, each way. Of sources that a test which knew the place would find
nine in ten, four shapes find 85 % and one shape 75 %; nine find 88 %, but chance passes them so
much more often that it comes to less."""

LEAST_POWER = 1e-12
"""Of a filter all of whose pixels are unknown."""

AROUND_PX, INNER_PX = 21, 5
"""Sides of the surroundings, and of what is left out in the middle of them."""

QUIET = 4.0
"""Scores above this do not count as surroundings: they are spots themselves."""

LEAST_AROUND = 0.25
"""Of the surroundings must be left; else the spot is judged by its pixel's own noise alone."""

STANDS_OUT = 3.5
"""Deviations of the surroundings' scores that a spot must lie above their mean (Giglio 2003)."""

MOST_SPOTS = 64
"""Strongest first. More at once are no fires but a changed picture; how many were more is told."""

LEAST_NOISE_K = 0.005
"""No uncooled camera is quieter, and nothing may be divided by less."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One spot: where, how warm, how sure.

    `x`, `y` are pixels from the picture's edge, to a fraction. `kelvin` is how much its best pixel
    is warmer than usual, `score` the same in noises of the filter, `outstanding` in deviations of
    the surroundings, None where too few were left.
    """

    x: float
    y: float
    kelvin: float
    score: float
    outstanding: float | None


@dataclass(frozen=True, slots=True)
class Spots:
    """What was found in one look; `more` were found and are not among them."""

    found: tuple[Spot, ...]
    more: int


def threshold(false_alarms_per_day: float, pixels: int, looks_per_day: float) -> float:
    """Return the score that chance passes at most so often a day, over so many pixels and looks.

    Each place within a pixel is a test of its own (Bonferroni's bound: they are not independent).

    Raises:
        ValueError: A figure is not above 0, or more alarms are allowed than there are tests.
    """
    tests = pixels * looks_per_day * len(PLACES) ** 2
    if not (false_alarms_per_day > 0 and tests > 0):
        raise ValueError(f"{false_alarms_per_day:g} alarms over {tests:g} tests, expected above 0")
    if false_alarms_per_day >= tests / 2:
        raise ValueError(
            f"{false_alarms_per_day:g} alarms a day over {tests:g} tests, expected less"
        )
    return -NormalDist().inv_cdf(false_alarms_per_day / tests)


class SpotFinder:
    """Finds spots through one camera's optics."""

    def __init__(self, optics: Optics) -> None:
        shapes = [optics.spread(right, down, REACH) for right in PLACES for down in PLACES]
        self._shapes = [np.asarray(shape, np.float32) for shape in shapes]

    def scores(self, residual_k: Kelvin, noise_k: Kelvin) -> tuple[Kelvin, Kelvin]:
        """Return scores and the best pixel's kelvin, (H, W) each, for a source in each pixel.

        `residual_k` is the picture less what is usual, `noise_k` the usual deviation from that,
        (H, W) each. A pixel that is no number in either is left out of every sum. Each pixel's is
        the best of the places within it that a source may have.
        """
        known = np.isfinite(residual_k) & np.isfinite(noise_k)
        noise = np.where(known, np.maximum(noise_k, LEAST_NOISE_K), np.inf)
        weight = np.asarray(noise**-2.0, np.float32)
        weighed = np.asarray(np.where(known, residual_k, 0.0) * weight, np.float32)
        score = np.full(residual_k.shape, -np.inf, np.float32)
        kelvin = np.zeros(residual_k.shape, np.float32)
        for shape in self._shapes:
            matched = _summed(weighed, shape)
            root = np.sqrt(np.maximum(_summed(weight, np.square(shape)), LEAST_POWER))
            here = matched / root
            better = here > score
            np.copyto(score, here, where=better)
            np.copyto(kelvin, here / root * shape.max(), where=better)
        score[~known] = 0.0
        return score, kelvin

    def find(self, residual_k: Kelvin, noise_k: Kelvin, at_least: float) -> Spots:
        """Return the spots whose score reaches `at_least` and that stand out.

        Raises:
            ValueError: The two differ in shape.
        """
        if residual_k.shape != noise_k.shape or residual_k.ndim != 2:  # noqa: PLR2004
            shapes = f"{residual_k.shape} and {noise_k.shape}"
            raise ValueError(f"residual and noise of {shapes}, expected one (H, W)")
        score, kelvin = self.scores(residual_k, noise_k)
        highest = cv2.dilate(score, np.ones((3, 3), np.uint8))
        peaks = np.argwhere((score >= at_least) & (score >= highest))
        if not len(peaks):
            return Spots((), 0)
        outstanding = _outstanding(score)
        found = []
        for row, column in peaks.tolist():
            out = float(outstanding[row, column])
            if out < STANDS_OUT:  # what is no number has no surroundings to stand out from
                continue
            right, down = _within(residual_k, row, column)
            spot = Spot(
                column + 0.5 + right,
                row + 0.5 + down,
                float(kelvin[row, column]),
                float(score[row, column]),
                None if np.isnan(out) else out,
            )
            found.append(spot)
        found.sort(key=lambda spot: -spot.score)
        return Spots(tuple(found[:MOST_SPOTS]), max(len(found) - MOST_SPOTS, 0))


def _summed(picture: Kelvin, shape: Kelvin) -> Kelvin:
    """Return each pixel's surroundings weighed by a shape; beyond the edge there is nothing."""
    border = cv2.BORDER_CONSTANT
    return np.asarray(cv2.filter2D(picture, -1, shape, borderType=border), np.float32)


def _outstanding(score: Kelvin) -> Kelvin:
    """Return how many deviations each score lies above its quiet surroundings' mean, (H, W)."""
    quiet = (np.abs(score) < QUIET).astype(np.float64)

    def around(values: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = [
            cv2.boxFilter(values, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
            for side in (AROUND_PX, INNER_PX)
        ]
        return np.asarray(sums[0] - sums[1], np.float64)

    count = around(quiet)
    enough = count >= LEAST_AROUND * (AROUND_PX**2 - INNER_PX**2)
    held = np.maximum(count, 1.0)
    values = score * quiet
    mean = around(values) / held
    deviation = np.sqrt(np.maximum(around(values**2) / held - mean**2, 0.0))
    # quiet clutter is no reason to take a score for more than it is: at least 1
    return np.where(enough, (score - mean) / np.maximum(deviation, 1.0), np.nan).astype(np.float32)


def _within(residual_k: Kelvin, row: int, column: int) -> tuple[float, float]:
    """Return where in its pixel a spot lies, right and down of the middle, at most half a pixel."""
    rows, columns = residual_k.shape
    if not (0 < row < rows - 1 and 0 < column < columns - 1):
        return 0.0, 0.0
    near = np.maximum(np.nan_to_num(residual_k[row - 1 : row + 2, column - 1 : column + 2]), 0.0)
    whole = float(near.sum())
    if whole <= 0:
        return 0.0, 0.0
    across, down = near.sum(axis=0), near.sum(axis=1)
    right, below = (float(line[2] - line[0]) / whole for line in (across, down))
    return float(np.clip(right, -0.5, 0.5)), float(np.clip(below, -0.5, 0.5))
