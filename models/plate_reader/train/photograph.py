"""A mounted plate is photographed: perspective, light, blur, noise, compression."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plate_reader.train.scene import Grey


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """`luma` (H, W) uint8 and the plate's true corners in it, (4, 2) float32."""

    luma: NDArray[np.uint8]
    corners: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was asked of a photograph, kept to report accuracy by slice."""

    width_px: float
    night: bool
    blurred: bool
    oblique: bool


def random_conditions(rng: np.random.Generator) -> Conditions:
    """Return conditions as a camera on a pole meets them, the hard ones often enough."""
    return Conditions(
        width_px=float(np.exp(rng.uniform(np.log(62), np.log(340)))),
        night=bool(rng.random() < 0.25),
        blurred=bool(rng.random() < 0.35),
        oblique=bool(rng.random() < 0.3),
    )


def photograph(
    grey: Grey,
    corners: NDArray[np.float32],
    conditions: Conditions,
    rng: np.random.Generator,
) -> Photograph:
    """Return the plate of a scene as a camera saw it."""
    warp, size = _view(corners, conditions, rng)
    plate_px = float(np.linalg.norm(corners[1] - corners[0]))
    ratio = plate_px / conditions.width_px
    if ratio > 1.2:  # a lens averages what a pixel cannot resolve
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.42 * ratio), np.float32)
    turned = cv2.warpPerspective(grey, warp, size, flags=cv2.INTER_LINEAR,
                                 borderMode=cv2.BORDER_REFLECT)  # fmt: skip
    seen = _blurred(np.asarray(turned, np.float32), conditions, rng)
    seen = _exposed(seen, conditions, rng)
    luma = _recorded(seen, conditions, rng)
    true = cv2.perspectiveTransform(corners[None], warp)[0]
    return Photograph(luma, true)


def _view(
    corners: NDArray[np.float32], conditions: Conditions, rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the homography from scene to picture, and the picture's size."""
    if conditions.oblique:
        yaw, pitch, roll = rng.uniform(-55, 55), rng.uniform(-35, 35), rng.normal(0, 9)
    else:
        yaw, pitch, roll = rng.normal(0, 12), rng.normal(0, 10), rng.normal(0, 3.5)
    yaw, pitch, roll = np.radians([yaw, pitch, roll])
    turn_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turn_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    turn_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0],
                       [0, 0, 1]])  # fmt: skip
    centre = corners.mean(axis=0)
    span = np.linalg.norm(corners[1] - corners[0])
    around = (corners - centre) / span
    grown = around * (1.34, 1.0) + np.sign(around) * (0, 0.16)
    both = np.concatenate([around, grown])
    points = np.concatenate([both, np.zeros((8, 1))], axis=1) @ (turn_z @ turn_x @ turn_y).T
    distance = rng.uniform(2.5, 14)  # plate widths from the lens: near ones converge
    flat = points[:, :2] / (1 + points[:, 2:] / distance)
    if rng.random() < 0.35:  # a car on a slope or leaning, a camera that hangs aslant
        slant, lean = rng.normal(0, 0.13), rng.normal(0, 0.09)
        flat = flat @ np.array([[1.0, slant], [lean, 1.0]])
    flat *= conditions.width_px / np.linalg.norm(flat[1] - flat[0])
    flat -= flat[4:].min(axis=0)
    flat += rng.uniform(0, 1, 2)
    size = np.ceil(flat[4:].max(axis=0)).astype(int) + 2
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), flat[:4].astype(np.float32))
    return np.asarray(warp, np.float64), (int(size[0]), int(size[1]))


def _blurred(seen: Grey, conditions: Conditions, rng: np.random.Generator) -> Grey:
    unit = conditions.width_px / 520  # pixels per millimetre
    stroke = 10 * unit
    if conditions.blurred and rng.random() < 0.55:
        length = min(float(rng.uniform(0.4, 1.5)) * stroke, 13.0)
        angle = float(rng.choice([rng.normal(0, 12), rng.uniform(0, 180)], p=[0.7, 0.3]))
        streak = _streak(length, np.radians(angle))
        seen = np.asarray(cv2.filter2D(seen, -1, streak), np.float32)
    sigma = float(rng.uniform(0.35, 0.8)) * (stroke if conditions.blurred else 0.0)
    sigma = max(min(sigma, 0.62 * stroke), float(rng.uniform(0.0, 0.75)))
    if sigma > 0.25:  # less does nothing
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma), np.float32)
    return seen


def _streak(length: float, angle: float) -> NDArray[np.float32]:
    size = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((size, size), np.float32)
    half = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    ends = np.rint((size // 2 + np.stack([-half, half])) * 16).astype(int)
    cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 1.0, 1, cv2.LINE_AA, 4)
    return kernel / max(float(kernel.sum()), 1e-6)


def _exposed(seen: Grey, conditions: Conditions, rng: np.random.Generator) -> Grey:
    """Return what the sensor counts: gain, gamma, haze, glare, noise."""
    h, w = seen.shape
    gamma = np.float32(np.exp(rng.normal(0, 0.3)))
    seen = np.float32(255) * np.clip(seen / np.float32(255), 0, 1) ** gamma
    if conditions.night:
        mode = rng.random()
        if mode < 0.5:  # infrared: the plate returns the light, all else is dark
            gain, lift = rng.uniform(0.5, 1.5), rng.uniform(0, 15)
        elif mode < 0.8:
            gain, lift = rng.uniform(0.2, 0.5), rng.uniform(0, 20)
        else:  # hardly lit
            gain, lift = rng.uniform(0.06, 0.2), rng.uniform(0, 20)
        noise = float(rng.uniform(2, 10)) * min(1.0, float(gain) * 3)
    else:
        low = rng.uniform(0, 70) if rng.random() < 0.6 else rng.uniform(0, 15)
        high = rng.uniform(max(low + 45, 90), 275)
        gain, lift = (high - low) / 255, low
        noise = float(rng.exponential(3.0))
    seen = seen * np.float32(gain) + np.float32(lift)
    if rng.random() < 0.12:  # a lamp, or the sun on the paint
        y, x = np.ogrid[:h, :w]
        centre = rng.uniform(-0.2, 1.2, 2) * (h, w)
        reach = rng.uniform(0.1, 0.7) * w
        far = ((y - centre[0]) ** 2 * rng.uniform(1, 4) + (x - centre[1]) ** 2) / reach**2
        seen = seen + np.exp(-far).astype(np.float32) * np.float32(rng.uniform(40, 200))
    if noise > 0.5:
        seen = seen + rng.standard_normal((h, w), np.float32) * np.float32(noise)
    return seen


def _recorded(seen: Grey, conditions: Conditions, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return what is left after the camera's sharpening, scaling and compression."""
    if rng.random() < 0.35:
        soft = cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.7, 1.6)))
        seen = seen + (seen - np.asarray(soft, np.float32)) * np.float32(rng.uniform(0.4, 2.5))
    luma = np.clip(seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.15 and conditions.width_px > 90:  # scaled down and up again
        h, w = luma.shape
        factor = float(rng.uniform(0.5, 0.9))
        size = (max(8, round(w * factor)), max(8, round(h * factor)))
        small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
        luma = np.asarray(cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.7:
        quality = int(rng.uniform(18, 96))
        _, packed = cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, quality])
        luma = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return luma
