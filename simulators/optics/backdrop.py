"""The street without traffic: every picture point is traced to road, kerb, pavement, house or sky.

It is made once for a camera and kept, so it may take its second; vehicles are drawn upon copies.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.optics.canvas import Picture
from simulators.optics.houses import facade, sky, trees
from simulators.optics.light import INFRARED_REACH_M, LUMA, Lighting, lighting_of, tone
from simulators.optics.pinhole import Pinhole
from simulators.optics.texture import Texture, texture
from simulators.scenario import Direction, Light, Scenario

F32 = NDArray[Any]
"""Float32 in fact; numpy's own type stubs widen every other expression to float64."""

FINER = 2
"""Traced at twice the size both ways and averaged."""

ROAD_M = 3.45
KERB_M = 3.62
WALL_M = 6.6
"""Half widths of the carriageway, to the kerb's far side, and to the houses."""

SHADED = 0.62
"""Share of the sun that leaves keep away."""

END_M = 220.0
"""Beyond this the street is lost in haze."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where on the ground picture points look, metres, each (n,) float32."""

    x: F32
    y: F32
    footprint_m: F32
    """How much road one picture point covers, along it."""


class Strip(NamedTuple):
    """Where a lane runs, right of the middle of the road, and which way."""

    centre_m: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the look of an empty street depends on."""

    light: Light
    rain: float
    strips: tuple[Strip, ...]
    pinhole: Pinhole
    seed: int

    @classmethod
    def of(cls, scenario: Scenario, pinhole: Pinhole, seed: int) -> Self:
        strips = sorted(Strip(lane.centre_m, lane.direction) for lane in scenario.lane)
        return cls(scenario.light, scenario.rain, tuple(strips), pinhole, seed)


@dataclass(frozen=True, slots=True)
class _Place:
    """Everything that a ray needs to know of where it flies."""

    plan: Plan
    lighting: Lighting
    grain: Texture


@lru_cache(maxsize=8)
def backdrop(plan: Plan) -> Picture:
    """Return the empty street, (H, W, 3) uint8, read-only; blue, green, red."""
    pinhole, lighting = plan.pinhole, lighting_of(plan.light)
    rows, columns = pinhole.pole.height_px, pinhole.pole.width_px
    place = _Place(plan, lighting, texture(plan.seed))
    bands = []
    band = max(1, rows // 8)  # in strips: a whole picture of rays is a hundred megabytes
    for top in range(0, rows, band):
        bottom = min(rows, top + band)
        v = (np.arange(top * FINER, bottom * FINER) + 0.5) / FINER - 0.5
        u = (np.arange(columns * FINER) + 0.5) / FINER - 0.5
        spots = np.stack(np.broadcast_arrays(u[None, :], v[:, None]), axis=-1).reshape(-1, 2)
        rays = pinhole.rays(spots).astype(np.float32)
        colours = _trace(place, rays)
        shape = ((bottom - top) * FINER, columns * FINER, 3)
        strip = cv2.resize(
            tone(colours).reshape(shape), (columns, bottom - top),
            interpolation=cv2.INTER_AREA,
        )  # fmt: skip
        bands.append(strip)
    picture = np.concatenate(bands)
    picture = trees(picture, plan.seed, pinhole, lighting)
    if lighting.dark:
        picture = np.repeat((picture @ LUMA.astype(np.float32))[:, :, None], 3, axis=2)
    street: Picture = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    street.flags.writeable = False
    return street


def _trace(place: _Place, rays: F32) -> F32:
    """Return the colour (n, 3) that each ray (n, 3) meets."""
    pinhole, lighting, grain = place.plan.pinhole, place.lighting, place.grain
    eye = pinhole.eye.astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_ground = np.where(rays[:, 2] < -1e-4, -eye[2] / rays[:, 2], np.float32(np.inf))
        wall_x = np.where(rays[:, 0] >= 0, np.float32(WALL_M), np.float32(-WALL_M))
        to_wall = np.where(np.abs(rays[:, 0]) > 1e-5, (wall_x - eye[0]) / rays[:, 0], np.inf)
    distance = np.minimum(to_ground, to_wall).astype(np.float32)
    far = ~(distance * rays[:, 1] < END_M)
    reach = np.where(far, np.float32(END_M), distance)
    points = eye + reach[:, None] * rays
    colours = np.empty((len(rays), 3), np.float32)
    on_ground = (to_ground <= to_wall) & ~far
    on_wall = ~on_ground & ~far
    ground = Ground(
        points[on_ground, 0], points[on_ground, 1],
        reach[on_ground] ** 2 / (eye[2] * np.float32(pinhole.focal_px)),
    )  # fmt: skip
    colours[on_ground] = _lit_ground(place, ground)
    colours[on_wall] = facade(points[on_wall], place.plan.seed, grain, lighting)
    colours[far] = sky(rays[far], grain, lighting)
    if lighting.dark:
        beam = lighting.infrared * (INFRARED_REACH_M / np.maximum(reach, 1)) ** 2
        aim = rays @ pinhole.axes[2].astype(np.float32)
        inside = np.clip(
            (aim - 0.94) / 0.06, 0, 1
        )  # the lamp's cone is a little wider than the view
        colours *= (lighting.sky * 1.6 + 0.42 * beam * inside)[:, None]
    haze = (1 - np.exp(-reach / (90 if place.plan.rain > 0 else 400)))[:, None]
    haze_tone = np.float32(0.05 if lighting.dark else 0.72)
    seen: F32 = colours * (1 - haze) + haze_tone * haze
    return seen


def _lit_ground(place: _Place, at: Ground) -> F32:
    """Return the ground's look: its own colour in the light that falls on it."""
    lighting, grain = place.lighting, place.grain
    albedo = _ground(place.plan, grain, at)
    if lighting.dark:
        return albedo
    level = np.float32(0.95 * lighting.sun * 0.72 + lighting.sky)
    light = np.full(at.x.shape, level, np.float32)
    if lighting.sun > 0:  # the trees' dappled shade, and the houses'
        light -= np.float32(SHADED * lighting.sun) * leaves(grain, at.x, at.y)
    return albedo * light[:, None]


def leaves(grain: Texture, x: F32, y: F32) -> F32:
    """Return how deep in the trees' shade points of the ground (n,) lie, 0 to 1."""
    cloud = grain.at(x * 0.55 + 3, y * 0.4) + 0.5 * grain.at(x * 2.2, y * 1.7)
    crown = np.sin(y * 0.62 + 1.2) + 0.25 * (x - 1.5)
    return _step(cloud * 1.1 + crown - 1.15, 0.28)


def _ground(plan: Plan, grain: Texture, at: Ground) -> F32:
    x, y = at.x, at.y
    wet = np.float32(plan.rain)
    side = np.abs(x)
    fine, coarse = grain.at(x * 34, y * 34), grain.at(x * 0.55, y * 0.28)
    tar = 0.17 + 0.09 * (fine - 0.5) * _step(0.25 - at.footprint_m, 0.2) + 0.06 * (coarse - 0.5)
    for lane in plan.strips:
        for wheel in (-0.78, 0.78):  # polished by tyres
            tar = tar - 0.022 * np.exp(-(((x - lane.centre_m - wheel) / 0.3) ** 2))
        tar = tar - 0.025 * np.exp(-(((x - lane.centre_m) / 0.35) ** 2))  # dripped oil
    crack = np.abs(grain.at(x * 0.9 + 7, y * 0.5) - 0.5)
    old = _step(coarse - 0.62, 0.08)
    tar = tar - 0.07 * _step(0.004 - crack, 0.004) * old
    patch = _box(x, y, (-2.6, 18.5), (0.9, 2.2)) + _box(x, y, (2.0, 24.0), (0.7, 3.0))
    tar = tar * (1 - 0.22 * patch)
    cover = _disc(x, y, (1.1, 13.6), 0.34)
    tar = tar * (1 - cover) + cover * (0.17 + 0.09 * _step(np.sin(x * 60) * np.sin(y * 60), 0.5))
    tar = tar * (1 - 0.32 * wet) - 0.05 * wet * _step(coarse - 0.52, 0.15)
    road = np.repeat(tar[:, None], 3, axis=1) * np.array([1.0, 1.0, 0.985], np.float32)
    paint = _markings(plan.strips, x, y) * (0.72 + 0.5 * (grain.at(x * 5 + 3, y * 5) - 0.35))
    paint = np.clip(paint, 0, 1)[:, None]
    road = road * (1 - paint) + np.float32(0.84) * paint
    joint = _step(0.012 - np.abs(np.mod(y, 1.0) - 0.5), 0.01)
    kerb = 0.44 + 0.08 * (grain.at(x * 6, y * 6) - 0.5) - 0.22 * joint
    kerb = kerb * np.where(side < ROAD_M + 0.05, 0.62, 1.0)  # its upright face
    tile = np.mod(np.floor(x / 0.4) * 7 + np.floor(y / 0.4) * 13, 5) / 5
    seams = _step(0.011 - np.minimum(_near(x / 0.4), _near(y / 0.4)) * 0.4, 0.01)
    paving = 0.36 + 0.035 * (tile - 0.5) + 0.07 * (coarse - 0.5) - 0.12 * seams
    paving = paving + 0.03 * (fine - 0.5)
    beside = np.where(side < KERB_M, kerb, paving)[:, None] * np.array(
        [0.93, 0.98, 1.0], np.float32
    )
    beside = beside * (1 - 0.25 * wet)
    colours: F32 = np.where((side < ROAD_M)[:, None], road, beside).astype(np.float32)
    return colours


def _markings(lanes: tuple[Strip, ...], x: F32, y: F32) -> F32:
    """Return where road paint lies, 0 to 1."""
    paint = _step(0.06 - np.abs(np.abs(x) - (ROAD_M - 0.28)), 0.012)  # both edges
    for a, b in pairwise(lanes):
        middle = np.float32((a.centre_m + b.centre_m) / 2)
        line = _step(0.06 - np.abs(x - middle), 0.012)
        if a.direction is b.direction:
            line = line * _step(1.75 - np.abs(np.mod(y, 6.0) - 3.0), 0.02)
        else:
            line = line * _step(2.4 - np.abs(np.mod(y + 1.5, 7.0) - 3.5), 0.02)
        paint = np.maximum(paint, line)
    if len(lanes) > 1:  # a crossing for people on foot, beyond the place of reading
        stripes = _step(0.25 - np.abs(np.mod(x, 1.0) - 0.5), 0.012)
        depth = _step(1.6 - np.abs(y - 23.0), 0.02) * _step(ROAD_M - 0.5 - np.abs(x), 0.02)
        paint = np.maximum(paint, stripes * depth)
    for lane in lanes:
        if lane.direction is Direction.APPROACHING:
            stop = _step(0.2 - np.abs(y - 25.8), 0.02) * _step(
                1.45 - np.abs(x - lane.centre_m), 0.02
            )
            paint = np.maximum(paint, stop)
    return paint.astype(np.float32)


def _step(value: F32, width: float) -> F32:
    """Return 0 below nothing and 1 above `width`, with a straight rise between."""
    rise: F32 = np.clip(value / width, 0, 1).astype(np.float32)
    return rise


def _near(value: F32) -> F32:
    """Return the distance to the nearest whole number."""
    distance: F32 = np.abs(value - np.rint(value)).astype(np.float32)
    return distance


def _box(x: F32, y: F32, middle: tuple[float, float], half: tuple[float, float]) -> F32:
    inside = np.minimum(half[0] - np.abs(x - middle[0]), half[1] - np.abs(y - middle[1]))
    return _step(inside.astype(np.float32), 0.03)


def _disc(x: F32, y: F32, middle: tuple[float, float], radius: float) -> F32:
    return _step((radius - np.hypot(x - middle[0], y - middle[1])).astype(np.float32), 0.02)
