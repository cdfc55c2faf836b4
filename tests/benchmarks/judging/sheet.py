"""A sheet of every passage that was not read right: its plate, what it says, what was said."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World
from tests.benchmarks.judging.probe import CROP, Miss, crop, vehicle_of

COLUMNS = 4
MOST = 160
"""Cells of one sheet; wrong and invented ones come first."""

CAPTION_PX = 62


def sheet(misses: Sequence[Miss], file: Path) -> None:
    """Write the sheet as a PNG."""
    chosen = sorted(misses, key=lambda miss: not miss.told)[:MOST]
    chosen.sort(key=lambda miss: (not miss.told, miss.scenario, miss.seed))
    cells = [_cell(miss) for miss in chosen]
    while len(cells) % COLUMNS:
        cells.append(np.zeros_like(cells[0]))
    rows = [np.hstack(cells[at : at + COLUMNS]) for at in range(0, len(cells), COLUMNS)]
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), np.vstack(rows))


def _cell(miss: Miss) -> NDArray[np.uint8]:
    eye = _eye(miss.scenario, miss.seed)
    vehicle = vehicle_of(eye, miss.vehicle, miss.at_s)
    picture = np.zeros(CROP, np.uint8) if vehicle is None else crop(eye, vehicle, miss.at_s)
    caption = np.zeros((CAPTION_PX, CROP[1]), np.uint8)
    told = miss.told or "unread"
    for line, text in enumerate((
        f"{miss.truth or 'no plate'} > {told}  {miss.layout} {miss.cover}",
        f"{miss.reason}; {miss.scenario} {miss.seed} {miss.at_s:.1f} s",
        " ".join(miss.reads)[:64],
    )):  # fmt: skip
        at = (6, 17 + 19 * line)
        cv2.putText(caption, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.43, (230,), 1, cv2.LINE_AA)
    cell: NDArray[np.uint8] = np.vstack([picture, caption])
    cell[:, -2:] = cell[-2:, :] = 90
    return cell


@cache
def _eye(scenario: str, seed: int) -> Eye:
    return Eye(World(load(scenario), seed))
