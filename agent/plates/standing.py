"""How long a vehicle stood still while its plate was in view."""

from math import hypot, log

from agent.plates.motion import Spot

STILL_WIDTHS = 0.15
"""A plate that stays within so many of its widths stands: corners shake by less."""

STILL_SWELL = 0.08
"""And whose width's logarithm changes by less than this: what comes straight on grows."""

LEAST_S = 1.0
"""A shorter stop is none: at walking pace a far plate needs that long to be seen to move."""


class Standing:
    """Adds up the time a plate stood. Remembers where it last came to stand, and nothing more."""

    __slots__ = ("_before_s", "_here", "_last_s")

    def __init__(self, spot: Spot) -> None:
        self._here = spot
        self._last_s = spot.mono_s
        self._before_s = 0.0

    def take(self, spot: Spot) -> None:
        """Take one more look."""
        here = self._here
        away = hypot(spot.x - here.x, spot.y - here.y) / here.width
        if away > STILL_WIDTHS or abs(log(spot.width / here.width)) > STILL_SWELL:
            self._before_s += self._stood_s()
            self._here = spot
        self._last_s = max(self._last_s, spot.mono_s)

    @property
    def total_s(self) -> float:
        """How long it has stood in all, seconds."""
        return self._before_s + self._stood_s()

    def _stood_s(self) -> float:
        stood_s = self._last_s - self._here.mono_s
        return stood_s if stood_s >= LEAST_S else 0.0
