"""A vehicle drives past: its shadow, its body, its plate and its lamps, blurred by its motion."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.optics import plate, signs
from simulators.optics.backdrop import SHADED, leaves
from simulators.optics.canvas import (
    Picture,
    alike,
    brighten,
    darken,
    fill,
    fixed,
    glow,
    haze,
    streak,
    window,
)
from simulators.optics.light import GAMMA, LUMA, SUN, Lighting, albedos, glosses, tone
from simulators.optics.mesh import Material
from simulators.optics.pinhole import NEAREST_M, Pinhole
from simulators.optics.shutter import Roll, Shutter
from simulators.optics.texture import Texture
from simulators.scenario import Direction
from simulators.vehicle import Cover, Vehicle

Floats = NDArray[np.float64]

LEAST_BLUR_PX = 0.6
"""Motion shorter than this within one exposure is not worth drawing."""

RETROREFLECTION = 1.7
RETRO_SPREAD = 0.3
"""How much more of the camera's own light a plate's sheeting sends back than white paint, and the
spread of its logarithm: new sheeting burns out, old sheeting is dull."""

WHOLE = np.array([(-1e5, -1e5), (1e5, 1e5)])
"""Points so far out that the whole picture lies between them."""

BRIGHTEST = 1.35
"""A sensor's well is full; what is brighter than this only spreads no farther."""

RECESSED = 0.35
"""Share of plates whose upper part lies in the shadow of a bumper or a boot lid."""

SHADE_GRID = (5, 24)
"""Rows and columns of points of a plate for which the shade is found."""

HIGH_BEAM = 0.08
"""Share of those who come towards us by night without dipping their lamps."""


@dataclass(frozen=True, slots=True)
class Passing:
    """Draws vehicles as one camera sees them in one light."""

    pinhole: Pinhole
    lighting: Lighting
    shutter: Shutter
    wet: float
    grain: Texture

    def draw_shadow(self, picture: Picture, vehicle: Vehicle, time_s: float) -> None:
        """Darken the road where the vehicle keeps the light away; light it before the lamps."""
        body = vehicle.body
        ground = vehicle.placed(body.footprint, time_s)
        under = self._spots(ground * (1, 1, 0))
        scale = self._pixels_per_m(ground)
        if under is None:
            return
        if self.lighting.sun > 0:
            box = vehicle.placed(body.extent * (0.94, 0.97, 0.93), time_s)
            cast = box - SUN * (box[:, 2:3] / SUN[2])
            spots = self._spots(cast)
            if spots is not None:
                darken(picture, _hull(spots), 0.62 * self.lighting.sun, 0.05 * scale)
        darken(picture, _hull(under), 0.72, 0.16 * scale)
        if self.lighting.dark:
            self._pools(picture, vehicle, time_s)

    def draw_body(self, picture: Picture, vehicle: Vehicle, time_s: float) -> None:
        """Draw the vehicle and its plate."""
        mesh = vehicle.body.mesh
        roll = self.shutter.roll(vehicle, time_s)
        time_s = roll.shot_s
        points = vehicle.placed(mesh.points, time_s)
        spots = roll.sheared(self.pinhole.project(points))
        part_behind = not np.isfinite(spots).all()
        where = window(WHOLE if part_behind else spots, picture, margin_px=8)
        if where is None:
            return
        view = where.of(picture)
        drift = roll.drift_px
        blurred = float(np.hypot(*drift)) > LEAST_BLUR_PX
        layer = view.copy() if blurred else view
        cover = np.zeros(view.shape[:2], np.uint8) if blurred else None
        corners = fixed(np.nan_to_num(spots) - where.corner)
        for index, colour in self._order(vehicle, points, coloured=picture.ndim == 3):
            part = slice(mesh.starts[index], mesh.starts[index + 1])
            outline = corners[part]
            if not np.isfinite(spots[part]).all():  # it reaches behind the camera
                cut = roll.sheared(self.pinhole.project(self._before(points[part])))
                outline = fixed(cut - where.corner)
                if len(outline) < 3:
                    continue
            fill(layer, outline, colour)
            if cover is not None:
                cv2.fillConvexPoly(cover, outline, (255,), cv2.LINE_8, 4)
        self._sign(layer, vehicle, roll, where.corner)
        self._plate(layer, vehicle, roll, where.corner, cover)
        if cover is not None:
            _smear(view, layer, cover, drift)
        if self.wet > 0:
            self._spray(picture, vehicle, time_s)

    def draw_glare(self, picture: Picture, vehicle: Vehicle, time_s: float) -> None:
        """Add the glow round lit lamps."""
        if not self.lighting.lamps:
            return
        time_s = self.shutter.roll(vehicle, time_s).shot_s
        coming = vehicle.direction is Direction.APPROACHING
        lamps = vehicle.placed(vehicle.body.lamps if coming else vehicle.body.tail_lamps, time_s)
        spots = self._spots(lamps)
        if spots is None:
            return
        scale = self._pixels_per_m(lamps)
        strength = (1.6 if coming else 0.55) * (1.0 if self.lighting.dark else 0.35)
        if coming and self.lighting.dark and vehicle.seed % 1000 < 1000 * HIGH_BEAM:
            strength *= 3
        for spot in spots:
            glow(picture, spot, scale * (0.9 if coming else 0.5) * (1 + 0.4 * self.wet), strength)
        if self.wet > 0:  # a wet road is a bad mirror: what it shows is drawn out towards us
            below = self._spots(lamps * (1, 1, -1))
            for spot in () if below is None else below:
                streak(picture, spot, (0.12 * scale, 0.7 * scale), 0.35 * strength * self.wet)

    def _before(self, points: Floats) -> Floats:
        """Cut off what of a polygon (n, 3) lies nearer than the nearest that is drawn."""
        depth = self.pinhole.depth(points) - 2 * NEAREST_M
        kept: list[Floats] = []
        for a, b in zip(range(-1, len(points) - 1), range(len(points)), strict=True):
            if (depth[a] < 0) != (depth[b] < 0):
                share = depth[a] / (depth[a] - depth[b])
                kept.append(points[a] + share * (points[b] - points[a]))
            if depth[b] >= 0:
                kept.append(points[b])
        return np.array(kept).reshape(-1, 3)

    def _plate(
        self, layer: Picture, vehicle: Vehicle, roll: Roll, corner: Floats, cover: Picture | None
    ) -> None:
        if vehicle.cover is Cover.ABSENT:
            return
        hung = vehicle.plate_corners(roll.shot_s)
        spots = roll.sheared(self.pinhole.project(hung)) - corner
        if not np.isfinite(spots).all():
            return
        worn = plate.Worn(vehicle.dirt, vehicle.seed, vehicle.cover)
        grey = layer.ndim == 2 or self.lighting.dark
        clean = plate.face(vehicle.layout, vehicle.written, worn, grey=grey)
        if clean.picture.ndim < layer.ndim:
            clean = plate.Face(alike(clean.picture, layer), clean.there)
        middle = hung.mean(axis=0, keepdims=True)
        normal = np.array([[0.0, -1.0, 0.0]])  # front or rear, it faces the camera
        white = np.ones((1, 3))
        light = self.lighting
        lit = light.shade(middle, normal, white, np.zeros((1, 1)), self.pinhole.eye)
        if light.dark:
            shine = np.random.default_rng([vehicle.seed, 12]).normal(0, RETRO_SPREAD)
            lit = lit * RETROREFLECTION * np.exp(shine)
        bright = min(float(lit.mean()) ** (1 / GAMMA), BRIGHTEST)
        plate.mount(layer, clean, spots, bright, self._shade(vehicle, hung))
        if cover is not None:
            cv2.fillConvexPoly(cover, fixed(plate.outline(clean, spots)), (255,), cv2.LINE_8, 4)

    def _shade(self, vehicle: Vehicle, hung: Floats) -> Floats | None:
        """Return what share of a plate's light reaches each part of it, or None: all of it."""
        rows, columns = SHADE_GRID
        rng = np.random.default_rng([vehicle.seed, 13])
        share = np.ones(SHADE_GRID)
        if rng.random() < RECESSED and not self.lighting.dark:
            deep, lean = rng.uniform(0.1, 0.5), rng.uniform(-0.15, 0.15)
            down = np.linspace(0, 1, rows)[:, None] - lean * np.linspace(-1, 1, columns)[None, :]
            dim = 0.42 if self.lighting.sun > 0 else 0.7
            share *= 1 - (1 - dim) * np.clip((deep - down) / 0.12, 0, 1)
        if self.lighting.sun > 0:  # leaves and wires throw their shade on whatever drives below
            u, v = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
            at = ((1 - u) * (1 - v))[..., None] * hung[0] + (u * (1 - v))[..., None] * hung[1]
            at = at + (u * v)[..., None] * hung[2] + ((1 - u) * v)[..., None] * hung[3]
            ground = at - SUN * (at[..., 2:3] / SUN[2])
            shaded = leaves(self.grain, ground[..., 0].ravel(), ground[..., 1].ravel())
            share *= (1 - SHADED * np.asarray(shaded, np.float64)).reshape(SHADE_GRID)
        return None if bool((share > 0.99).all()) else np.sqrt(share)

    def _sign(self, layer: Picture, vehicle: Vehicle, roll: Roll, corner: Floats) -> None:
        there = signs.corners(vehicle.shape, vehicle.direction)
        if there is None:
            return
        placed = vehicle.placed(there, roll.shot_s)
        spots = roll.sheared(self.pinhole.project(placed)) - corner
        if not np.isfinite(spots).all():
            return
        size = (float(np.ptp(there[:, 0])), float(np.ptp(there[:, 2])))
        lettered = signs.sign(vehicle.shape, size, vehicle.seed, grey=layer.ndim == 2)
        normal, white = np.array([[0.0, -1.0, 0.0]]), np.ones((1, 3))
        middle = placed.mean(axis=0, keepdims=True)
        lit = self.lighting.shade(middle, normal, white, np.zeros((1, 1)), self.pinhole.eye)
        plate.mount(layer, lettered, spots, min(1.0, float(lit.mean()) ** (1 / GAMMA)))

    def _spray(self, picture: Picture, vehicle: Vehicle, time_s: float) -> None:
        """Throw up water behind the wheels: a veil, thicker the faster it goes."""
        fast = np.clip(vehicle.speed_mps(time_s) / 25, 0, 1)
        length, half = vehicle.length_m, vehicle.body.half_width_m
        puff = np.random.default_rng([vehicle.seed, int(time_s * 20) % (1 << 32)])
        for side in (-1, 1):
            for after in (0.15, 0.9):
                drift = float(puff.normal(0, 0.12))
                cloud = np.array([(side * half * 0.9 + drift, length + after, 0.25)])
                spots = self._spots(vehicle.placed(cloud, time_s))
                if spots is None:
                    return
                scale = self._pixels_per_m(vehicle.placed(cloud, time_s))
                veil = float(self.wet * fast * puff.uniform(0.12, 0.3))
                haze(picture, spots[0], (0.5 + 0.4 * after) * scale, veil)

    def _order(
        self, vehicle: Vehicle, points: Floats, *, coloured: bool
    ) -> list[tuple[int, tuple[float, ...]]]:
        """Return the faces that look this way, the farthest first, each with its colour."""
        mesh = vehicle.body.mesh
        turn = (-1, 1, 1) if vehicle.direction is Direction.APPROACHING else (1, -1, 1)
        normals = mesh.normals * turn
        middles = np.add.reduceat(points, mesh.starts[:-1]) / np.diff(mesh.starts)[:, None]
        eye = self.pinhole.eye
        away = eye - middles
        seen = np.flatnonzero((normals * away).sum(axis=1) > 0)
        depth = np.linalg.norm(away[seen], axis=1) - mesh.lifts[seen]
        seen = seen[np.argsort(-depth, kind="stable")]
        materials = mesh.materials[seen]
        shade = self.lighting.shade(
            middles[seen],
            normals[seen],
            albedos(materials, vehicle.colour),
            glosses(materials),
            eye,
        )
        if self.lighting.lamps:
            shade[materials == Material.HEADLAMP] = 1.0
            lit = 0.75 if self.lighting.dark else 0.5
            shade[materials == Material.TAILLAMP] += np.array([0.15, 0.1, 1.0]) * lit
        shade = tone(shade)
        if not coloured:
            levels = shade @ LUMA * 255
            return [(int(i), (float(level),)) for i, level in zip(seen, levels, strict=True)]
        if self.lighting.dark:
            shade = np.repeat((shade @ LUMA)[:, None], 3, axis=1)
        colours = shade * 255
        return [
            (int(i), (float(b), float(g), float(r)))
            for i, (b, g, r) in zip(seen, colours, strict=True)
        ]

    def _pools(self, picture: Picture, vehicle: Vehicle, time_s: float) -> None:
        """Light the road before the vehicle's lamps."""
        for reach_m, half_m, share in ((9.0, 1.9, 0.10), (5.0, 1.3, 0.16)):
            area = np.array(
                [(-0.6, -0.4, 0), (0.6, -0.4, 0), (half_m, -reach_m, 0), (-half_m, -reach_m, 0)]
            )
            spots = self._spots(vehicle.placed(area, time_s))
            if spots is not None:
                scale = self._pixels_per_m(vehicle.placed(area, time_s))
                brighten(picture, _hull(spots), share, 0.5 * scale)

    def _spots(self, points: Floats) -> Floats | None:
        """Project points; None unless all lie before the camera and near the picture."""
        spots = self.pinhole.project(points)
        if not np.isfinite(spots).all() or bool((np.abs(spots) > 8000).any()):
            return None
        return spots

    def _pixels_per_m(self, points: Floats) -> float:
        return self.pinhole.focal_px / max(1.0, float(self.pinhole.depth(points).min()))


def _hull(spots: Floats) -> Floats:
    hull: Floats = cv2.convexHull(spots.astype(np.float32))[:, 0].astype(np.float64)
    return hull


def _smear(view: Picture, layer: Picture, cover: Picture, drift: Floats) -> None:
    """Blend a layer over the view as if it had moved by `drift` while it was taken."""
    length = float(np.hypot(*drift))
    steps = int(np.ceil(length)) + 1
    reach = int(np.ceil(np.abs(drift).max() / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for share in np.linspace(-0.5, 0.5, 4 * steps + 1):
        x, y = share * drift + reach
        left, top = int(x), int(y)
        fx, fy = x - left, y - top
        kernel[top : top + 2, left : left + 2] += np.outer((1 - fy, fy), (1 - fx, fx))[
            : kernel.shape[0] - top, : kernel.shape[1] - left
        ]
    kernel /= kernel.sum()
    moved = cv2.filter2D(layer, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    share8 = cv2.filter2D(cover, -1, kernel, borderType=cv2.BORDER_REPLICATE).astype(np.uint8)
    keep8 = 255 - share8
    front = cv2.multiply(moved, alike(share8, view), scale=1 / 255)
    back = cv2.multiply(view, alike(keep8, view), scale=1 / 255)
    cv2.add(front, back, dst=view)
