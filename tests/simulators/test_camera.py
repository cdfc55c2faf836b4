"""The street camera in virtual time: honest stamps, either pace, and the faults of its scenario."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from agent.core.bus import Bus
from agent.core.clock import Clock
from agent.core.device import Surroundings
from agent.core.errors import DeviceSilent, LinkLost
from agent.core.frames import Frame, Pixels
from agent.core.mailbox import Every
from agent.core.records import Record, RecordKey
from agent.core.vision import PlateDetector, PlateReader
from simulators.camera import KIND, SILENCE_S, StreetCamera, StreetSettings
from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World
from tests.conftest import START

SMALL = """
title = "a small picture of an empty lane"
{extra}
[pole]
width_px = 320
height_px = 180
[[lane]]
name = "in"
direction = "approaching"
centre_m = 0.0
every_s = 4.0
"""


class NoRecords:
    async def put(self, record: Record) -> RecordKey:
        raise AssertionError("a camera commits nothing")


class NoModels:
    def load(self) -> tuple[PlateDetector, PlateReader]:
        raise AssertionError("a camera needs no models")


def _around(clock: Clock) -> Surroundings:
    return Surroundings(Bus(), clock, NoRecords(), {}, NoModels())


def _scenario(tmp_path: Path, faults: str = "") -> str:
    file = tmp_path / "small.toml"
    file.write_text(SMALL.format(extra="") + faults)
    return str(file)


def _fault(kind: str, at_s: float, for_s: float) -> str:
    return f'[[fault]]\nkind = "{kind}"\nat_s = {at_s}\nfor_s = {for_s}\n'


async def _frames(camera: StreetCamera, around: Surroundings, count: int) -> Sequence[Frame]:
    """Run the camera until it has published so many frames, or fails."""
    inbox: Every[Frame] = Every(count + 2)
    taken: list[Frame] = []
    with around.bus.subscribed(Frame, inbox):
        task = asyncio.create_task(camera.run(lambda: None))
        while len(taken) < count and not task.done():
            getting = asyncio.create_task(inbox.get())
            await asyncio.wait({getting, task}, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                taken.append(getting.result())
            else:
                getting.cancel()
                with suppress(asyncio.CancelledError):
                    await getting
        if task.done():
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return taken


def _camera(around: Surroundings, **keys: object) -> StreetCamera:
    return KIND.build("gate", msgspec.convert(keys, StreetSettings), around)


async def test_it_shows_the_world_of_its_moment_at_its_rate(clock: Clock, tmp_path: Path) -> None:
    around, name = _around(clock), _scenario(tmp_path)
    began = START - timedelta(seconds=7)
    camera = _camera(around, scenario=name, seed=4, started=began, rate_hz=5.0)
    frames = await _frames(camera, around, 4)
    eye = Eye(World(load(name), 4))
    assert [round(f.taken.mono_s, 6) for f in frames] == [0.0, 0.2, 0.4, 0.6]
    for number, frame in enumerate(frames):
        assert frame.pixels is Pixels.GREY8
        assert frame.source == "gate"
        assert not frame.still
        np.testing.assert_array_equal(frame.data, eye.grey(7 + 0.2 * number))
        assert (frame.taken.utc - START).total_seconds() == pytest.approx(0.2 * number)
    assert camera.live


async def test_a_fast_world_is_shown_faster(clock: Clock, tmp_path: Path) -> None:
    around, name = _around(clock), _scenario(tmp_path)
    camera = _camera(around, scenario=name, started=START, rate_hz=5.0, speed=4.0)
    frames = await _frames(camera, around, 3)
    assert [round(f.taken.mono_s, 6) for f in frames] == [0.0, 0.05, 0.1]
    np.testing.assert_array_equal(frames[2].data, Eye(World(load(name), 0)).grey(0.4))


async def test_at_the_pace_of_every_no_picture_is_missed_and_stamps_are_the_worlds(
    clock: Clock, tmp_path: Path
) -> None:
    around, name = _around(clock), _scenario(tmp_path)
    camera = _camera(around, scenario=name, started=START, rate_hz=2.0, pace="every", until_s=3.0)
    frames = await _frames(camera, around, 6)
    assert not camera.live
    assert [round((f.taken.utc - START).total_seconds(), 6) for f in frames] == [
        0.0, 0.5, 1.0, 1.5, 2.0, 2.5,
    ]  # fmt: skip
    assert asyncio.get_running_loop().time() == 0


async def test_an_empty_street_is_left_out_but_for_a_picture_a_second(
    clock: Clock, tmp_path: Path
) -> None:
    around = _around(clock)
    file = tmp_path / "small.toml"
    file.write_text(SMALL.format(extra="").replace("[pole]", "[pole]\nleast_plate_px = 22"))
    name = str(file)
    world = World(load(name), 0)
    moments = [moment / 4 for moment in range(24)]
    wanted = [
        time_s
        for time_s in moments
        if time_s % 1 == 0 or any(world.finds(v, time_s) for v in world.vehicles(time_s))
    ]
    assert 6 < len(wanted) < 24
    keys = {"scenario": name, "started": START, "rate_hz": 4.0, "pace": "every", "empty": False}
    frames = await _frames(_camera(around, **keys), around, len(wanted))
    assert [(f.taken.utc - START).total_seconds() for f in frames] == pytest.approx(wanted)


async def test_without_a_start_the_street_begins_with_the_camera(
    clock: Clock, tmp_path: Path
) -> None:
    around, name = _around(clock), _scenario(tmp_path)
    (frame,) = await _frames(_camera(around, scenario=name), around, 1)
    np.testing.assert_array_equal(frame.data, Eye(World(load(name), 0)).grey(0.0))


async def test_an_unplugged_camera_has_lost_its_link_until_it_is_plugged_in_again(
    clock: Clock, tmp_path: Path
) -> None:
    around = _around(clock)
    name = _scenario(tmp_path, _fault("unplug", 1.0, 2.0))
    camera = _camera(around, scenario=name, started=START, rate_hz=4.0)
    with pytest.raises(LinkLost, match="gate"):
        await _frames(camera, around, 99)
    assert asyncio.get_running_loop().time() == pytest.approx(1.0)
    with pytest.raises(LinkLost):
        await _frames(camera, around, 1)
    await asyncio.sleep(2.0)
    assert len(await _frames(camera, around, 2)) == 2


async def test_a_stalled_camera_is_given_up_after_its_silence(clock: Clock, tmp_path: Path) -> None:
    around = _around(clock)
    name = _scenario(tmp_path, _fault("stall", 1.0, 60.0))
    camera = _camera(around, scenario=name, started=START, rate_hz=4.0)
    with pytest.raises(DeviceSilent, match="gate: no picture within 3 s"):
        await _frames(camera, around, 99)
    assert asyncio.get_running_loop().time() == pytest.approx(1.0 + SILENCE_S)


async def test_a_frozen_camera_shows_one_picture_for_ever(clock: Clock, tmp_path: Path) -> None:
    around = _around(clock)
    name = _scenario(tmp_path, _fault("frozen", 1.0, 60.0))
    camera = _camera(around, scenario=name, started=START, rate_hz=2.0)
    frames = await _frames(camera, around, 5)
    assert not np.array_equal(frames[1].data, frames[2].data)
    np.testing.assert_array_equal(frames[2].data, frames[3].data)
    np.testing.assert_array_equal(frames[3].data, frames[4].data)
    assert frames[4].taken.mono_s > frames[3].taken.mono_s


async def test_a_covered_camera_goes_dark(clock: Clock, tmp_path: Path) -> None:
    around = _around(clock)
    name = _scenario(tmp_path, _fault("dark", 1.0, 60.0))
    camera = _camera(around, scenario=name, started=START, rate_hz=2.0)
    frames = await _frames(camera, around, 3)
    assert float(frames[1].data.mean()) > 40
    assert float(frames[2].data.mean()) < 8


@pytest.mark.parametrize("kind", ["unplug", "stall"])
async def test_at_the_pace_of_every_a_fault_is_over_when_its_time_is(
    clock: Clock, tmp_path: Path, kind: str
) -> None:
    around = _around(clock)
    name = _scenario(tmp_path, _fault(kind, 1.0, 2.0))
    camera = _camera(around, scenario=name, started=START, rate_hz=2.0, pace="every")
    with pytest.raises((LinkLost, DeviceSilent)):
        await _frames(camera, around, 99)
    (frame,) = await _frames(camera, around, 1)
    assert (frame.taken.utc - START).total_seconds() == pytest.approx(3.0)


def test_a_mistake_in_the_scenario_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(msgspec.ValidationError, match="no scenario nowhere"):
        msgspec.convert({"scenario": "nowhere"}, StreetSettings)
