"""Where a plate should be now: a vehicle that keeps its speed along a straight road.

Seen by a pinhole camera such a plate grows as 1/(t0 - t) while it comes nearer, and its way from
the point it comes out of grows alike. So a look's place, and the logarithm of its width, are
followed by three Kalman filters of place and speed, whose steps are stretched as the plate grows:
exact for a constant speed and direction, whatever the camera's tilt. Lengths count in plate widths:
half a metre, give or take.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, hypot, lgamma, log, log1p, pi
from typing import NamedTuple

SPEED_WIDTHS_S = 6.0
"""How fast an unknown plate crosses the picture, one standard deviation: 3 m/s. Most come along it,
and appear slow; `track.FARTHEST` times as fast, 100 km/h right across, is still believed of a plate
that reads alike."""

GROWTH_PER_S = 1.0
"""The same of how fast it grows: the logarithm of its width."""

SWERVE_WIDTHS_S2 = 8.0
"""How hard it is pushed off its way: 4 m/s², a firm brake, within one second."""

SWELL_PER_S2 = 0.6
"""The same of its growth."""

SHAKE_WIDTHS = 0.06
"""How far a look's middle strays, in widths: corners, and the pole in the wind."""

SHAKE_PX = 1.0
"""The same in pixels, for plates so small that pixels count."""

SWELL = 0.08
"""How far the logarithm of a look's width strays."""

MOST_STRETCH = 2.0
"""A step is stretched at most so far: nearer than that a plate has left the picture."""

TAILS = 4.0
"""Degrees of freedom of Student's distribution of how far off looks are: some are far off."""

LOG_TOP = lgamma((TAILS + 3) / 2) - lgamma(TAILS / 2) - 1.5 * log(TAILS * pi)
"""Its logarithm in the middle, in three dimensions of unit scale."""

STEEP_S = 1.0
"""No prediction reaches farther: what comes after is no longer expected anywhere."""


class Spot(NamedTuple):
    """Where a plate was, and how large: pixels, and seconds of the monotonic clock."""

    mono_s: float
    x: float
    y: float
    width: float


@dataclass(slots=True)
class _Axis:
    """One coordinate with its speed, and how unsure both are (variances and covariance)."""

    place: float
    speed: float
    place_var: float
    both: float
    speed_var: float

    def ahead(self, step_s: float, push: float, moved: float, speed_up: float) -> "_Axis":
        """Return it after a step; `push` is the variance of acceleration within one second."""
        return _Axis(
            self.place + moved,
            self.speed * speed_up,
            self.place_var
            + step_s * (2 * self.both + step_s * self.speed_var)
            + push * step_s**3 / 3,
            self.both + step_s * self.speed_var + push * step_s**2 / 2,
            self.speed_var + push * step_s,
        )

    def surprise(self, place: float, noise_var: float) -> tuple[float, float]:
        """Return how far off a look is, squared in standard deviations, and its variance."""
        var = self.place_var + noise_var
        return (place - self.place) ** 2 / var, var

    def take(self, place: float, noise_var: float) -> None:
        """Take a look at this coordinate."""
        var = self.place_var + noise_var
        gain, turn = self.place_var / var, self.both / var
        off = place - self.place
        self.place += gain * off
        self.speed += turn * off
        self.speed_var -= turn * self.both
        self.both -= gain * self.both
        self.place_var -= gain * self.place_var


class Motion:
    """How one plate moves, learned look by look."""

    __slots__ = ("_asked", "_at_s", "_axes")

    def __init__(self, spot: Spot) -> None:
        """Begin with one look: of its speed nothing is known."""
        speed_var = (SPEED_WIDTHS_S * spot.width) ** 2
        shake, swell = _noise(spot.width)
        self._at_s = spot.mono_s
        self._asked: tuple[float, tuple[_Axis, _Axis, _Axis]] | None = None
        self._axes = (
            _Axis(spot.x, 0.0, shake, 0.0, speed_var),
            _Axis(spot.y, 0.0, shake, 0.0, speed_var),
            _Axis(log(spot.width), 0.0, swell, 0.0, GROWTH_PER_S**2),
        )

    def expected(self, mono_s: float) -> Spot:
        """Return where the plate should be at a time, and how wide."""
        x, y, size = (axis.place for axis in self._ahead(mono_s))
        return Spot(mono_s, x, y, exp(size))

    def surprise(self, spot: Spot) -> tuple[float, float]:
        """Return how far off a look is, in squared standard deviations, and the log density there.

        The density is of the middle's place, for each square pixel, and of the width's logarithm.
        """
        off, volume = 0.0, 0.0
        for axis, (place, noise) in zip(self._ahead(spot.mono_s), _looked(spot), strict=True):
            squares, var = axis.surprise(place, noise)
            off += squares
            volume += log(var)
        return off, LOG_TOP - volume / 2 - (TAILS + 3) / 2 * log1p(off / TAILS)

    def take(self, spot: Spot) -> None:
        """Take one more look."""
        axes = self._ahead(spot.mono_s)
        self._asked = None
        for axis, (place, noise) in zip(axes, _looked(spot), strict=True):
            axis.take(place, noise)
        self._axes = axes
        self._at_s = max(self._at_s, spot.mono_s)

    def _ahead(self, mono_s: float) -> tuple[_Axis, _Axis, _Axis]:
        """Return the axes at a time; time that runs back stands still.

        Kept for the next who asks about the same picture: all its looks are held against them.
        """
        if self._asked is None or self._asked[0] != mono_s:
            self._asked = mono_s, self._moved(mono_s)
        return self._asked[1]

    def _moved(self, mono_s: float) -> tuple[_Axis, _Axis, _Axis]:
        x, y, size = self._axes
        step_s = min(max(mono_s - self._at_s, 0.0), STEEP_S)
        left = 1 - min(max(size.speed * step_s, 1 - MOST_STRETCH), 1 - 1 / MOST_STRETCH)
        far_s = step_s / left  # the step, stretched as the plate grows
        swerve, swell = (SWERVE_WIDTHS_S2 * exp(size.place)) ** 2, SWELL_PER_S2**2
        return (
            x.ahead(far_s, swerve, x.speed * far_s, 1 / left**2),
            y.ahead(far_s, swerve, y.speed * far_s, 1 / left**2),
            size.ahead(far_s, swell, -log(left), 1 / left),
        )


def _looked(spot: Spot) -> Iterable[tuple[float, float]]:
    shake, swell = _noise(spot.width)
    return (spot.x, shake), (spot.y, shake), (log(spot.width), swell)


def _noise(width: float) -> tuple[float, float]:
    """Return the variances of a look's place in pixels, and of the logarithm of its width."""
    shake = hypot(SHAKE_WIDTHS * width, SHAKE_PX)
    return shake**2, SWELL**2 + (SHAKE_PX / width) ** 2
