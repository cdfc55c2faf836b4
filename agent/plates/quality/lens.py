"""Focus, dirt and veil of the lens: the picture's tiles against the site's own past.

Each kind of light has a reference of its own, learned in the first quarter of an hour of it, or
taken from the pose file of the day the camera was aimed. Against it the last quarter of an hour
stands: one lorry before the lens is nothing, a spider's web over a day is seen.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from agent.plates.quality.scene import TILES, SceneFigures

LOOKS = 60
"""Looks that a reference is learned from, and that it is compared with."""

FEWEST_TILES = 4
"""Tiles with edges below which nothing is said of the focus."""

OFTEN, SELDOM = 0.7, 0.2
"""A tile has edges if so many of its looks show some; it has lost them where so few do."""

SOFT_ON, SOFT_OFF = 1.5, 1.25
"""Edges so much wider than the reference's put the picture out of focus; so near they do not."""

VEILED = 0.3
"""A tile with less than this of its reference's contrast is veiled."""

DIRTY_ON, DIRTY_OFF = 3, 1
"""Tiles, soft or veiled, from which the glass is dirty, and to which it is clean."""

WHOLE_ON, WHOLE_OFF = 0.6, 0.4
"""Part of the tiles from which all of the picture is veiled, and to which it is not."""

SHARPER = 0.85
"""Edges this much narrower than the reference's mean that somebody has focused: a new reference."""

Values = NDArray[np.float64]


class LensFault(Enum):
    """What is wrong with the glass."""

    SOFT = "out-of-focus"
    DIRTY = "dirty"
    VEILED = "veiled"


@dataclass(frozen=True, slots=True)
class LensFigures:
    """The glass now against its reference; None and empty while that is being learned."""

    focus_ratio: float | None = None
    bad_tiles: tuple[int, ...] = ()
    fault: LensFault | None = None


@dataclass(slots=True)
class _Light:
    """One kind of light: what the tiles looked like lately, and what they should look like."""

    edges: deque[Values] = field(default_factory=lambda: deque(maxlen=LOOKS))
    contrasts: deque[Values] = field(default_factory=lambda: deque(maxlen=LOOKS))
    edge_reference: Values | None = None
    contrast_reference: Values | None = None

    def now(self) -> tuple[Values, Values, Values]:
        """Return each tile's edges, how often it has any, and its contrast."""
        edges = np.stack(self.edges)
        seen = np.isfinite(edges).mean(axis=0)
        middle = np.full(edges.shape[1], np.nan)
        some = seen > 0
        middle[some] = np.nanmedian(edges[:, some], axis=0)
        return middle, seen, np.median(np.stack(self.contrasts), axis=0)


@dataclass(slots=True)
class Lens:
    """Watches one camera's glass."""

    figures: LensFigures = field(default_factory=LensFigures)
    _lights: dict[str, _Light] = field(default_factory=dict)

    def known(self, level: float, edges_px: list[float | None], contrasts: list[float]) -> None:
        """Take the reference of the day the camera was aimed: one value a tile."""
        if len(edges_px) == len(contrasts) == TILES[0] * TILES[1]:
            light = self._lights.setdefault(_light_of(level), _Light())
            light.edge_reference = np.array([np.nan if e is None else e for e in edges_px])
            light.contrast_reference = np.array(contrasts)

    def see(self, scene: SceneFigures) -> LensFigures:
        """Take one look at the whole picture."""
        light = self._lights.setdefault(_light_of(scene.level), _Light())
        tiles = scene.tiles
        light.edges.append(np.array([np.nan if t.edge_px is None else t.edge_px for t in tiles]))
        light.contrasts.append(np.array([tile.contrast_levels for tile in tiles]))
        if len(light.edges) < LOOKS:
            return self.figures
        edges, seen, contrasts = light.now()
        if light.edge_reference is None or light.contrast_reference is None:
            light.edge_reference = np.where(seen >= OFTEN, edges, np.nan)
            light.contrast_reference = contrasts
        had = np.isfinite(light.edge_reference)
        both = had & np.isfinite(edges)
        ratios = edges[both] / light.edge_reference[both]
        focus = float(np.median(ratios)) if int(both.sum()) >= FEWEST_TILES else None
        if focus is not None and focus < SHARPER:
            light.edge_reference[both] = edges[both]
            focus = 1.0
        wide = np.zeros(len(tiles), bool)
        wide[both] = ratios >= SOFT_ON
        lost = had & (seen <= SELDOM)
        pale = contrasts < VEILED * np.maximum(light.contrast_reference, 1.0)
        bad = had & (wide | lost | pale)
        hidden = had & (lost | pale)
        self.figures = LensFigures(
            focus, tuple(np.flatnonzero(bad).tolist()), self._fault(focus, bad, hidden, had)
        )
        return self.figures

    def _fault(
        self,
        focus: float | None,
        bad: NDArray[np.bool_],
        hidden: NDArray[np.bool_],
        had: NDArray[np.bool_],
    ) -> LensFault | None:
        """Name the fault; what was said last is given up a little later than it was begun."""
        last, tiles = self.figures.fault, max(int(had.sum()), 1)
        if int(hidden.sum()) / tiles >= (WHOLE_OFF if last is LensFault.VEILED else WHOLE_ON):
            return LensFault.VEILED
        soft = SOFT_OFF if last is LensFault.SOFT else SOFT_ON
        if focus is not None and focus >= soft:
            return LensFault.SOFT
        dirty = DIRTY_OFF + 1 if last is LensFault.DIRTY else DIRTY_ON
        return LensFault.DIRTY if int(bad.sum()) >= dirty else None


def _light_of(level: float) -> str:
    if level < 40:  # noqa: PLR2004  night
        return "night"
    return "dusk" if level < 80 else "day"  # noqa: PLR2004
