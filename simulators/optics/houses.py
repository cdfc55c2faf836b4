"""What stands beside the road: house fronts, trees, lamp posts and the sky behind them."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.optics.canvas import fixed
from simulators.optics.light import Lighting
from simulators.optics.pinhole import Pinhole
from simulators.optics.texture import Texture

F32 = NDArray[Any]
"""Float32 in fact; numpy's own type stubs widen every other expression to float64."""

PLASTER = np.array(
    [
        (0.58, 0.70, 0.80),
        (0.50, 0.58, 0.74),
        (0.76, 0.80, 0.82),
        (0.56, 0.66, 0.64),
        (0.46, 0.56, 0.70),
    ],
    np.float32,
)
"""Blue, green, red of the fronts along one side."""

HOUSE_M, STOREY_M, BAY_M = 9.0, 3.1, 2.25


def facade(points: F32, seed: int, grain: Texture, lighting: Lighting) -> F32:
    """Return the look (n, 3) of the house fronts at points (n, 3)."""
    along, up = points[:, 1] + np.where(points[:, 0] > 0, 4.0, 0.0).astype(np.float32), points[:, 2]
    house = np.floor(along / HOUSE_M).astype(np.int64)
    side = (points[:, 0] > 0).astype(np.int64)
    pick = (house * 2654435761 + side * 40503 + seed * 97) >> 3
    wall = PLASTER[pick % len(PLASTER)]
    height = 9.6 + 3.1 * ((pick >> 5) % 3)
    stain = grain.at(along * 0.3, up * 0.12)
    wall = wall * (0.86 + 0.22 * stain)[:, None]
    bay, storey = np.mod(along, BAY_M) - BAY_M / 2, np.mod(up - 0.35, STOREY_M)
    upstairs = up > STOREY_M + 0.3
    framed = (np.abs(bay) < 0.66) & (storey > 0.75) & (storey < 2.45) & upstairs
    pane = (
        (np.abs(bay) < 0.55) & (storey > 0.86) & (storey < 2.34) & upstairs & (np.abs(bay) > 0.03)
    )
    shop = (up > 0.7) & (up < 2.7) & (np.abs(np.mod(along, 4.5) - 2.25) < 1.75)
    lintel = (up > 2.95) & (up < 3.3)
    plinth = up < 0.55
    wall = np.where(plinth[:, None], np.float32(0.36), wall)
    wall = np.where(lintel[:, None], wall * np.float32(0.8), wall)
    wall = np.where(framed[:, None], np.float32(0.78), wall)
    glass = 0.07 + 0.22 * np.clip((storey - 0.8) / 1.6, 0, 1) * (0.6 + 0.8 * stain)
    room = ((np.floor(along / BAY_M) * 31 + np.floor(up / STOREY_M) * 17 + pick) % 7) < 2
    if lighting.dark:
        glass = np.where(room, 3.0, 0.05).astype(np.float32)
    wall = np.where(
        (pane | shop)[:, None], glass[:, None] * np.array([1.05, 1.0, 0.95], np.float32), wall
    )
    roof = up > height
    light: Any = np.float32(1.0)
    if not lighting.dark:
        lit = np.where(points[:, 0] > 0, 0.55 * lighting.sun, 0.05) + lighting.sky * 0.9
        light = lit.astype(np.float32)[:, None]
    look = wall * light
    above = sky(
        points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1), grain, lighting
    )
    colours: F32 = np.where(roof[:, None], above, look).astype(np.float32)
    return colours


def sky(rays: F32, grain: Texture, lighting: Lighting) -> F32:
    """Return the sky's colour (n, 3) in the directions of rays (n, 3)."""
    up = np.clip(rays[:, 2], 0, 1)
    if lighting.dark:
        return np.repeat((0.25 + 0.2 * up)[:, None], 3, axis=1).astype(np.float32)
    flat = np.maximum(up + 0.12, 0.12)
    cloud = grain.at(rays[:, 0] / flat * 0.5, 1 / flat * 0.25)
    if lighting.sun > 0:
        share = np.clip((cloud - 0.52) * 4, 0, 0.9)[:, None]
        blue = (
            np.array([0.86, 0.72, 0.56], np.float32) * (1 - 0.3 * up)[:, None]
            + 0.12 * (1 - up)[:, None]
        )
        colours = blue * (1 - share) + np.float32(0.95) * share
    else:
        colours = np.repeat((0.72 + 0.14 * (cloud - 0.5))[:, None], 3, axis=1)
    return colours.astype(np.float32)


def trees(picture: F32, seed: int, pinhole: Pinhole, lighting: Lighting) -> F32:
    """Draw trees and lamp posts along both pavements upon (H, W, 3) float32."""
    rng = np.random.default_rng([seed, 11])
    canvas = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    level = 0.10 if lighting.dark else 0.35 + 0.6 * lighting.sun
    posts = [
        (y, side, kind) for y in range(150, 8, -9) for side, kind in ((-1, "tree"), (1, "tree"))
    ]
    for y, side, kind in posts:
        x = side * 4.35
        y_m = y + float(rng.uniform(-1, 1)) + (4 if side > 0 else 0)
        if kind == "tree":
            _tree(canvas, rng, pinhole, (x, y_m), level)
    drawn: F32 = canvas.astype(np.float32) / 255
    return drawn


def _tree(
    canvas: NDArray[np.uint8],
    rng: np.random.Generator,
    pinhole: Pinhole,
    foot: tuple[float, float],
    level: float,
) -> None:
    x, y = foot
    trunk = np.array([(x - 0.14, y, 0), (x + 0.14, y, 0), (x + 0.09, y, 3.2), (x - 0.09, y, 3.2)])
    spots = pinhole.project(trunk)
    if not np.isfinite(spots).all() or float(np.abs(spots).max()) > 8000:
        return
    for share, tone in ((0.0, 40), (0.45, 62)):
        bark = tone * level
        half = trunk.copy()
        half[[0, 3], 0] += 0.28 * share
        cv2.fillConvexPoly(
            canvas, fixed(pinhole.project(half)), (0.9 * bark, bark, 1.15 * bark),
            cv2.LINE_AA, 4,
        )  # fmt: skip
    _leaves(canvas, rng, pinhole, foot, level)


def _leaves(
    canvas: NDArray[np.uint8],
    rng: np.random.Generator,
    pinhole: Pinhole,
    foot: tuple[float, float],
    level: float,
) -> None:
    """Draw a crown as many small tufts, the farthest first, lighter towards the top."""
    twigs = rng.normal(0, 1, (40, 3)) * (0.62, 0.62, 0.5)
    tufts = twigs[rng.integers(0, len(twigs), 900)] + rng.normal(0, 0.24, (900, 3))
    size = rng.uniform(0.05, 0.14, len(tufts))
    light = level * np.clip(92 + 34 * tufts[:, 2] + rng.normal(0, 12, len(tufts)), 34, 165)
    where = tufts + np.array([foot[0], foot[1], 4.5])
    height, width = canvas.shape[:2]
    spots, depth = pinhole.project(where), pinhole.depth(where)
    radius = size * pinhole.focal_px / np.maximum(depth, 0.1)
    with np.errstate(invalid="ignore"):
        beyond = (spots < -radius[:, None]) | (spots > (width, height) + radius[:, None])
    seen = np.flatnonzero((depth > 2) & ~beyond.any(axis=1) & np.isfinite(spots[:, 0]))
    for index in seen[np.argsort(-depth[seen])]:
        x, y = (int(value) for value in np.rint(spots[index] * 16))
        green = float(light[index])
        colour = (0.5 * green, green, 0.74 * green)
        cv2.circle(canvas, (x, y), max(8, round(radius[index] * 16)), colour, -1, cv2.LINE_AA, 4)
