"""A camera that has moved is told, however long it looked the same way before."""

import cv2
import numpy as np

from agent.core.vision import Luma
from agent.plates.traffic.aim import LOOK_S, MOVED_PX, TIMES, Aim
from agent.plates.traffic.zone import LORES

HOURS = 6


def scene() -> Luma:
    """A street's edges and blobs, with room to turn in."""
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 1, (LORES[1] + 40, LORES[0] + 40)).astype(np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.asarray(np.clip(120 + 60 * blurred / blurred.std(), 0, 255), np.uint8)


def test_a_move_after_hours_is_told_and_the_hours_before_are_none() -> None:
    land, aim = scene(), Aim()
    before = land[20 : 20 + LORES[1], 20 : 20 + LORES[0]]
    after = land[20 : 20 + LORES[1], 20 - 9 : 20 - 9 + LORES[0]]
    aim.see(before, 0.0)
    aim.settle()
    at_s = 0.0
    while at_s < HOURS * 3600:
        at_s += LOOK_S
        aim.see(before, at_s)
        assert aim.moved_px == 0
    for _ in range(40 * TIMES):  # the mean follows
        at_s += LOOK_S
        aim.see(after, at_s)
    assert aim.moved_px >= MOVED_PX
