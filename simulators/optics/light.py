"""How bright a surface looks: sun and sky by day, street lamps and the camera's infrared by night.

All brightnesses are shares of what the sensor takes for white at its present exposure. Clear coat
and glass mirror the sky by Schlick's approximation (Computer Graphics Forum 13 (3), 1994).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.optics.mesh import Material
from simulators.scenario import Light

Floats = NDArray[np.float64]

SUN = np.array([-0.55, -0.42, 0.72]) / np.linalg.norm([-0.55, -0.42, 0.72])
"""Where the sun stands: behind the camera, to the left, so that what approaches is lit."""

SKY = np.array([1.0, 0.94, 0.86])
"""The sky's colour in a mirror; blue, green, red."""

GAMMA = 2.0
"""Cameras in the street are set a little flatter than the 2.2 of a display."""

LUMA = np.array([0.114, 0.587, 0.299])
"""ITU-R BT.601 weights of blue, green and red."""

_ALBEDO = {
    Material.GLASS: (0.035, 0.035, 0.03),
    Material.TRIM: (0.055, 0.055, 0.055),
    Material.TYRE: (0.05, 0.05, 0.05),
    Material.RIM: (0.42, 0.42, 0.42),
    Material.GRILLE: (0.02, 0.02, 0.02),
    Material.CHROME: (0.55, 0.55, 0.55),
    Material.HEADLAMP: (0.75, 0.75, 0.72),
    Material.TAILLAMP: (0.05, 0.04, 0.5),
    Material.CARGO: (0.78, 0.79, 0.78),
    Material.SEAM: (0.03, 0.03, 0.03),
    Material.CABIN: (0.07, 0.07, 0.075),
}
_GLOSS = {
    Material.PAINT: 0.05,
    Material.GLASS: 0.09,
    Material.CHROME: 0.5,
    Material.HEADLAMP: 0.1,
    Material.TAILLAMP: 0.06,
    Material.RIM: 0.05,
    Material.CABIN: 0.07,
}
"""How much of what is straight ahead each mirrors."""

INFRARED_REACH_M = 13.0
"""At this distance the camera's own lamp gives a white wall half of white."""


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light of one scenario."""

    sun: float
    sky: float
    infrared: float
    lamps: bool

    @property
    def dark(self) -> bool:
        """Whether the camera has swung its infrared filter out and sees grey only."""
        return self.infrared > 0

    def shade(
        self, points: Floats, normals: Floats, albedo: Floats, gloss: Floats, eye: Floats
    ) -> Floats:
        """Return the brightness (n, 3) of surfaces at points (n, 3), before clipping."""
        away = eye - points
        distance = np.linalg.norm(away, axis=1, keepdims=True)
        view = away / distance
        facing = np.clip((view * normals).sum(axis=1, keepdims=True), 0, 1)
        up = normals[:, 2:3]
        direct = np.clip(normals @ SUN, 0, 1)[:, None]
        # Low parts get less of the sky: the vehicle and the street stand in its way.
        open_sky = np.clip(0.45 + 0.55 * points[:, 2:3] / 0.8, 0.45, 1)
        flat = self.sun * direct + self.sky * (0.62 + 0.38 * up) * open_sky
        beam = self.infrared * (INFRARED_REACH_M / distance) ** 2
        lit = albedo * (flat + 0.5 * beam * facing)
        mirrored = 2 * facing * normals - view
        horizon = np.clip((mirrored[:, 2:3] + 0.05) / 0.4, 0, 1)
        fresnel = gloss + (np.minimum(1.0, gloss * 12) - gloss) * (1 - facing) ** 5
        glint = np.clip(mirrored @ SUN, 0, 1)[:, None] ** 60 * self.sun * 1.6 * (gloss > 0)
        mirror = fresnel * (0.16 + 0.84 * horizon) * SKY * 1.5 * self.sky + glint * 0.4
        shade: Floats = lit + mirror
        return shade


def tone(brightness: NDArray[Any]) -> NDArray[Any]:
    """Return what a camera writes for a brightness: clipped, and with a display's gamma."""
    encoded: NDArray[Any] = np.clip(brightness, 0, 1) ** brightness.dtype.type(1 / GAMMA)
    return encoded


def lighting_of(light: Light) -> Lighting:
    """Return the light of a time of day."""
    match light:
        case Light.DAY:
            return Lighting(sun=0.95, sky=0.52, infrared=0.0, lamps=False)
        case Light.OVERCAST:
            return Lighting(sun=0.0, sky=0.78, infrared=0.0, lamps=True)
        case Light.NIGHT:
            return Lighting(sun=0.0, sky=0.035, infrared=0.8, lamps=True)


def albedos(materials: NDArray[np.int64], paint: tuple[int, int, int]) -> Floats:
    """Return each face's own colour (n, 3), blue, green, red from 0 to 1."""
    table = np.zeros((max(Material) + 1, 3))
    table[Material.PAINT] = (np.array(paint) / 255) ** GAMMA * 0.95 + 0.004
    for material, colour in _ALBEDO.items():
        table[material] = colour
    colours: Floats = table[materials]
    return colours


def glosses(materials: NDArray[np.int64]) -> Floats:
    """Return how mirror-like each face is, (n, 1)."""
    table = np.zeros((max(Material) + 1, 1))
    for material, gloss in _GLOSS.items():
        table[material] = gloss
    values: Floats = table[materials]
    return values
