"""A camera that was moved is known by its view, whatever the light, and only after some looks."""

import os
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.core.errors import Rejected
from agent.plates.quality.pose import CONFIRM, LEARN_EVERY, Held, Pose, shift, view_of
from agent.plates.quality.posefile import pose_file, read_pose, write_pose
from agent.plates.quality.scene import measure_scene
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World
from tests.conftest import START


@cache
def eye(scenario: str, yaw_deg: float = 0.0) -> Eye:
    """Return a small camera on the simulated street, turned by so much."""
    street = load(scenario)
    turned = street.pole.yaw_deg + yaw_deg
    pole = msgspec.structs.replace(street.pole, yaw_deg=turned, width_px=640, height_px=360)
    return Eye(World(msgspec.structs.replace(street, pole=pole), 0))


@cache
def seen(scenario: str, yaw_deg: float = 0.0, time_s: float = 1.0) -> NDArray[np.uint8]:
    return eye(scenario, yaw_deg).grey(time_s)


def held(pose: Pose, picture: NDArray[np.uint8], looks: int = 1) -> Held:
    for _ in range(looks):
        told = pose.look(picture).held
    return told


def test_a_camera_that_stands_still_is_held_by_day_by_night_and_in_rain() -> None:
    pose = Pose([view_of(seen("street-day"))])
    for scenario in ("street-day", "street-night", "rain"):
        assert held(pose, seen(scenario, 0.0, 7.0)) is Held.HELD


def test_the_shift_is_told_in_shares_of_the_picture() -> None:
    x, y, response = shift(view_of(seen("street-day")), view_of(seen("street-day", 1.0)))
    assert x / 160 == pytest.approx(-1.0 / 25.5, rel=0.15)  # 25.5 degrees of view
    assert abs(y) < 0.5
    assert response > 0.5


@pytest.mark.parametrize("yaw_deg", [0.6, 3.0, 8.0])
def test_a_moved_camera_is_told_after_some_looks_and_back_again(yaw_deg: float) -> None:
    pose = Pose([view_of(seen("street-day"))])
    assert held(pose, seen("street-day")) is Held.HELD
    assert held(pose, seen("street-day", yaw_deg), CONFIRM - 1) is Held.HELD
    assert pose.suspects
    assert held(pose, seen("street-day", yaw_deg)) is Held.MOVED
    assert held(pose, seen("street-day"), CONFIRM) is Held.HELD


def test_a_tremble_is_no_move() -> None:
    pose = Pose([view_of(seen("street-day"))])
    assert held(pose, seen("street-day", 0.15), 2 * CONFIRM) is Held.HELD


def test_another_view_is_unknown_not_held() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (360, 640), np.uint8)
    pose = Pose([view_of(seen("street-day"))])
    assert held(pose, noise, 3 * CONFIRM) is Held.UNKNOWN


def test_a_new_light_is_learned_while_the_camera_is_known_to_stand_still() -> None:
    day, night = seen("street-day"), np.random.default_rng(1).integers(0, 255, (360, 640), np.uint8)
    pose = Pose([view_of(day)])
    assert held(pose, day) is Held.HELD
    # dusk: each look is like the one before, the last ones unlike the day
    for share in np.linspace(0, 1, 12):
        held(pose, (day * (1 - share) + night * share).astype(np.uint8))
    assert held(pose, night, 2 * LEARN_EVERY) is Held.HELD
    assert len(pose.views) > 1
    assert held(pose, night) is Held.HELD


def test_a_pose_is_kept_in_a_file_that_holds_no_picture(tmp_path: Path) -> None:
    picture = seen("street-day")
    view = view_of(picture)
    path = tmp_path / "gate.pose"
    write_pose(path, pose_file("gate", START, view, measure_scene(picture)))
    assert path.stat().st_size < 30_000
    again = read_pose(path, "gate")
    assert np.abs(again.edges() - view).max() < 0.01
    assert Pose([again.edges()]).look(picture).held is Held.HELD


def test_a_pose_file_that_is_missing_damaged_or_anothers_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gate.pose"
    with pytest.raises(Rejected, match="cannot be read"):
        read_pose(path, "gate")
    path.write_bytes(b"\xff not a pose")
    with pytest.raises(Rejected, match="not a pose file"):
        read_pose(path, "gate")
    picture = seen("street-day")
    pose = pose_file("yard", START, view_of(picture), measure_scene(picture))
    write_pose(path, pose)
    with pytest.raises(Rejected, match="the pose of camera yard, expected that of gate"):
        read_pose(path, "gate")


def test_a_pipe_is_no_pose(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pose")
    with pytest.raises(Rejected, match="it is no file"):
        read_pose(tmp_path / "pose", "gate")
