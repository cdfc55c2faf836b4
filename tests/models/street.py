"""A plain drawn street with one car, and plates of known corners to hang on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import Luma
from models.plate_art import draw_plate, layout, random_text

STREET = (720, 1280)
"""Rows and columns of every picture here."""


def street() -> NDArray[np.uint8]:
    """Return a plain dusk: sky, road, and the dark back of a car in the middle."""
    y = np.linspace(0, 1, STREET[0])[:, None]
    x = np.linspace(0, 1, STREET[1])[None]
    picture = 90 + 70 * (1 - y) + 15 * np.sin(7 * x) + np.random.default_rng(1).normal(0, 3, STREET)
    luma = picture.clip(0, 255).astype(np.uint8)
    luma[500:] = luma[500:] // 2
    cv2.rectangle(luma, (380, 260), (900, 640), 60, -1)
    cv2.rectangle(luma, (450, 280), (830, 400), 25, -1)
    cv2.rectangle(luma, (395, 430), (470, 480), 130, -1)
    cv2.rectangle(luma, (810, 430), (885, 480), 130, -1)
    return np.asarray(luma, np.uint8)


def with_plate(
    kind: str, width_px: float, at: tuple[float, float] = (640, 520), turn_deg: float = 0.0
) -> tuple[Luma, NDArray[np.float32]]:
    """Return the street with one drawn plate on the car, and the plate's corners."""
    made = layout(kind)
    art = draw_plate(made, random_text(made, np.random.default_rng(3)), 1.0)
    flat = np.asarray(cv2.cvtColor(art.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
    height, width = flat.shape
    high = width_px * height / width
    half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width_px / 2, high / 2)
    turn = np.radians(turn_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = (half @ spin.T + at).astype(np.float32)
    scale = width_px / width
    small = cv2.resize(flat, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edge = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32) * (small.shape[1], small.shape[0])
    view = cv2.getPerspectiveTransform((edge - 0.5).astype(np.float32), corners - np.float32(0.5))
    luma = street()
    size = (STREET[1], STREET[0])
    shown = cv2.warpPerspective(small, view, size)
    share = cv2.warpPerspective(np.full_like(small, 255), view, size) / 255.0
    return (luma * (1 - share) + shown * 0.8 * share).astype(np.uint8), corners
