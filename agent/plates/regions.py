"""Where in the picture plates may be: only there is looked, closely where they are far away."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Annotated

import cv2
import msgspec
import numpy as np

from agent.core.polygon import Corner, polygon_problem
from agent.core.settings import Settings
from agent.core.vision import Luma, Quad

MOST_REGIONS = 8

MARGIN = 0.05
"""Of the picture's width and height, kept round the regions: a plate on the edge has context."""

TILES_ACROSS, TILES_DOWN = 2, 2

TILE_OVERLAP = 0.15
"""Of a tile: a far plate lies whole in one of two neighbours."""

SAME_PLATE_IOU = 0.35
"""A find of a tile that overlaps one of the whole picture so much is the same plate."""

FARTHEST_SHARE = 0.12
"""Of a tile's width: a wider plate is found in the whole picture, and only there."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom lie outside."""


class Region(Settings, frozen=True):
    """One part of the picture where plates can be, corner by corner, in shares of its size."""

    polygon: Annotated[tuple[Corner, ...], msgspec.Meta(min_length=3, max_length=64)]

    def problems(self) -> Iterator[tuple[str, str]]:
        if words := polygon_problem(self.polygon):
            yield "polygon", words


Regions = tuple[Region, ...]


def around(regions: Regions, shape: tuple[int, int]) -> Box:
    """Return the part of a picture of `shape` (H, W) that holds all regions; all of it for none."""
    height, width = shape
    corners = [corner for region in regions for corner in region.polygon]
    if not corners:
        return 0, 0, width, height
    across, down = zip(*corners, strict=True)
    left = max(int((min(across) - MARGIN) * width), 0)
    top = max(int((min(down) - MARGIN) * height), 0)
    right = min(int((max(across) + MARGIN) * width) + 1, width)
    bottom = min(int((max(down) + MARGIN) * height) + 1, height)
    return left, top, right, bottom


def holds(regions: Regions, quad: Quad, shape: tuple[int, int]) -> bool:
    """Say whether a plate's middle lies in a region; anywhere where there is none."""
    if not regions:
        return True
    middle = quad.corners.mean(axis=0) / (shape[1], shape[0])
    return any(
        cv2.pointPolygonTest(np.array(region.polygon, np.float32), middle.tolist(), False) >= 0
        for region in regions
    )


def moved(quad: Quad, by: tuple[int, int]) -> Quad:
    """Return a quad found in a part of a picture that begins at `by` (x, y), in the picture's."""
    if by == (0, 0):
        return quad
    return Quad(quad.corners + np.array(by, np.float32), quad.score, quad.sure)


def tiles(shape: tuple[int, int]) -> list[Box]:
    """Return the overlapping tiles of a picture of `shape` (H, W), row by row."""
    spans = [
        [_span(n, count, size) for n in range(count)]
        for count, size in ((TILES_ACROSS, shape[1]), (TILES_DOWN, shape[0]))
    ]
    return [(left, top, right, bottom) for top, bottom in spans[1] for left, right in spans[0]]


def _span(number: int, count: int, size: int) -> tuple[int, int]:
    length = -int(-size // (count - (count - 1) * TILE_OVERLAP))
    begin = round(number * (size - length) / max(count - 1, 1))
    return begin, begin + length


def far_ones(quads: Sequence[Quad], tile: Box, whole: Sequence[Quad]) -> list[Quad]:
    """Return a tile's small plates, in the picture's pixels, that are not among `whole`."""
    widest = FARTHEST_SHARE * (tile[2] - tile[0])
    found = [moved(quad, tile[:2]) for quad in quads if float(np.ptp(quad.corners[:, 0])) <= widest]
    return [
        quad for quad in found if all(_overlap(quad, other) < SAME_PLATE_IOU for other in whole)
    ]


class Rounds:
    """Whose turn it is: live pictures have one tile looked at each, in turn."""

    def __init__(self) -> None:
        self._numbers = cycle(range(TILES_ACROSS * TILES_DOWN))

    def next(self, luma: Luma) -> list[Box]:
        """Return the tile to look at in this picture."""
        return [tiles((luma.shape[0], luma.shape[1]))[next(self._numbers)]]


def _overlap(one: Quad, other: Quad) -> float:
    low = np.maximum(one.corners.min(0), other.corners.min(0))
    high = np.minimum(one.corners.max(0), other.corners.max(0))
    common = float(np.prod(np.maximum(high - low, 0)))
    both = float(np.prod(np.ptp(one.corners, 0)) + np.prod(np.ptp(other.corners, 0)))
    return common / max(both - common, 1e-6)


def region_problems(regions: Regions) -> Iterator[str]:
    """Yield what is wrong with a camera's regions together."""
    if len(regions) > MOST_REGIONS:
        yield f"{len(regions)} regions, expected at most {MOST_REGIONS}"
