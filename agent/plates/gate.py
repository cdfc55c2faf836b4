"""Whether a picture differs from the last one looked at: a still street is not looked at again.

Pure: time is an argument. A picture is reduced to cells of 16 pixels and compared with the one last
*looked at*, not with the one before it, so that a slow vehicle adds up. What the camera's exposure
changed everywhere alike is taken out first, and each cell's own noise is learned from pictures in
which nothing moved: rain and leaves raise it. In doubt it looks (docs/decisions/0099).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma

CELL_PX = 16
"""Side of a cell in a picture of up to 1280 pixels: a car whose plate is 30 px wide has seven."""

MOST_CELLS = 80, 45
"""Columns and rows: a larger picture has larger cells, so that the gate costs the same."""

LEAST_LEVELS = 3.0
"""Grey levels a cell must change by, however still the picture is: a grey car on grey asphalt at
dusk differs by more, the noise of 256 averaged pixels by less than one."""

NOISES = 4.0
"""And so many times its own usual change."""

LEAST_CELLS = 3
"""So many changed cells among nine neighbours are something; fewer are a flicker or a drop."""

NOISE_MOST = 12.0
"""A cell's noise is never taken for more: a waving flag must not hide a bus for good."""

LEARNING = 0.05
"""Weight of the newest change in a cell's usual one: about a minute at heartbeats, two seconds at
ten pictures a second, and then only from pictures in which nothing moved."""

LEAST_LIGHT = 8.0
"""Grey levels below which brightness has no ratio."""

HOLD_S = 1.0
"""After the last movement it is looked on for so long: the vehicle has stopped in view."""


class Gate:
    """Decides for each picture of one camera whether to look at it."""

    def __init__(self, heartbeat_s: float, hold_s: float = HOLD_S) -> None:
        """Look at least every `heartbeat_s`, whether anything moves or not; 0 looks always."""
        self._heartbeat_s = heartbeat_s
        self._hold_s = hold_s
        self._looked: NDArray[np.float32] | None = None
        self._noise: NDArray[np.float32] | None = None
        self._looked_s = self._moved_s = 0.0

    def opens(self, luma: Luma, mono_s: float, within_s: float | None = None) -> bool:
        """Say whether to look at this picture; then it is the one to compare with.

        `within_s` shortens the heartbeat while something is in view that must not be lost.
        """
        if not self._heartbeat_s:
            return True
        cells = reduced(luma)
        before, noise = self._looked, self._noise
        if before is None or noise is None or before.shape != cells.shape:
            self._noise = np.zeros_like(cells)
            return self._look(cells, mono_s, moved=True)
        change = np.abs(cells - levelled(before, cells))
        changed = change > np.maximum(LEAST_LEVELS, NOISES * noise)
        moves = bool(_heaped(changed))
        if not moves:
            noise += LEARNING * (np.minimum(change, NOISE_MOST) - noise)
        held = 0 <= mono_s - self._moved_s < self._hold_s
        limit_s = min(self._heartbeat_s, within_s if within_s is not None else self._heartbeat_s)
        due = not 0 <= mono_s - self._looked_s < limit_s
        return (moves or held or due) and self._look(cells, mono_s, moved=moves)

    def _look(self, cells: NDArray[np.float32], mono_s: float, *, moved: bool) -> bool:
        self._looked, self._looked_s = cells, mono_s
        if moved:
            self._moved_s = mono_s
        return True


def reduced(luma: Luma) -> NDArray[np.float32]:
    """Return a picture's cells, (rows, columns) float32 of mean grey levels."""
    rows, columns = luma.shape
    cell = max(CELL_PX, -(-columns // MOST_CELLS[0]), -(-rows // MOST_CELLS[1]))
    size = max(columns // cell, 1), max(rows // cell, 1)
    cut = luma[: max(size[1] * cell, 1), : max(size[0] * cell, 1)]
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def levelled(before: NDArray[np.float32], now: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `before` with the brightness that the camera has chosen by `now`.

    A straight line, fitted to the half of the cells that agree best with the medians' ratio: a
    vehicle that fills less than half of the picture does not move it.
    """
    middle, middle_now = float(np.median(before)), float(np.median(now))
    ratio = middle_now / middle if min(middle, middle_now) >= LEAST_LIGHT else 1.0
    off = np.abs(now - (before - middle) * ratio - middle_now)
    usual = off <= np.median(off)
    x, y = before[usual], now[usual]
    mean_x, mean_y = x.mean(), y.mean()
    spread = float(((x - mean_x) ** 2).mean())
    gain = float(((x - mean_x) * (y - mean_y)).mean()) / spread if spread >= 1 else 1.0
    return np.asarray((before - mean_x) * np.clip(gain, 0.5, 2.0) + mean_y, np.float32)


def _heaped(changed: NDArray[np.bool_]) -> bool:
    counts = cv2.boxFilter(changed.astype(np.float32), -1, (3, 3), normalize=False)
    return bool(counts.max() >= min(LEAST_CELLS, changed.size) - 0.5)
