"""How wide edges are, and which way they are drawn out: what tells a sharp picture from a blurred.

An edge's width is its height over its steepest step: the length of the straight ramp that would
climb as high as fast. Of a motion of L pixels it is L, of a Gaussian of sigma s it is 2.5 s, and of
a perfect edge, sampled anywhere, 1 to 2. Contrast cancels out. After Marziliano et al., "A
no-reference perceptual blur metric", ICIP 2002, whose ends of an edge are its local extremes.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
"""A patch, (h, w) float32 grey levels."""

FEWEST_EDGES = 6
"""Edges, or slanted pixels, below which nothing is said of their width."""

SLANTED = 2.0
"""A gradient is slanted where neither of its parts is so many times the other."""

STEEP = 0.08
"""Share of slanted pixels that count as an edge's middle: glyphs' curves have few."""


def edge_width_px(rows: Levels, least_levels: float) -> float | None:
    """Return the median width of the edges along `rows`, or None where there are too few.

    Only edges that climb or fall by `least_levels` without turning back count.
    """
    if rows.shape[0] < 1 or rows.shape[1] < 3:  # noqa: PLR2004  two steps make a turn
        return None
    steps = rows[:, 1:] - rows[:, :-1]
    rising = steps > 0
    turns = np.empty(steps.shape, bool)
    turns[:, 0] = True  # no edge runs on into the next row
    np.not_equal(rising[:, 1:], rising[:, :-1], out=turns[:, 1:])
    starts = np.flatnonzero(turns)
    flat = steps.ravel()
    heights = np.abs(np.add.reduceat(flat, starts))
    edges = np.flatnonzero(heights >= least_levels)
    if edges.size < FEWEST_EDGES:
        return None
    steepest = np.maximum.reduceat(np.abs(flat), starts)
    widths = heights[edges] / steepest[edges]
    return float(np.partition(widths, widths.size // 2)[widths.size // 2])


def slant(levels: Levels) -> float:
    """Return how much steeper edges facing one diagonal are than those facing the other.

    1 without motion; over 1 they are drawn out along the rising diagonal, below along the falling.
    Motion aslant widens upright and level edges alike, as a lens out of focus does: only here the
    two differ.
    """
    x = cv2.Sobel(levels, cv2.CV_32F, 1, 0)
    y = cv2.Sobel(levels, cv2.CV_32F, 0, 1)
    wide, high = np.abs(x), np.abs(y)
    slanted = np.flatnonzero((wide < SLANTED * high) & (high < SLANTED * wide))
    steepness = (wide + high).ravel()[slanted]
    falling = (x * y).ravel()[slanted] > 0
    steep = [_steep(steepness[falling]), _steep(steepness[~falling])]
    if steep[0] is None or steep[1] is None:
        return 1.0
    return steep[0] / max(steep[1], 1e-3)


def _steep(steepness: Levels) -> float | None:
    count = steepness.size
    if count < FEWEST_EDGES / STEEP:
        return None
    return float(
        np.partition(steepness, -max(round(STEEP * count), 1))[-max(round(STEEP * count), 1)]
    )
