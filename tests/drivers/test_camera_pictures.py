"""A folder as a camera: every picture once, in order, with back-pressure, and the new ones too."""

import asyncio
import hashlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.core.clock import Clock
from agent.core.errors import DeviceRefused
from agent.core.frames import Frame, Pixels
from agent.core.mailbox import Every
from drivers.camera_pictures import KIND
from drivers.camera_pictures.folder import scan
from tests.drivers.pictures import encoded, huge_png, ramp
from tests.drivers.watched import Watched

JPEG = encoded(ramp(), "JPEG")


class Watching(Watched):
    """A running picture camera whose frames all count."""

    def __init__(self, path: Path, clock: Clock, capacity: int, **settings: Any) -> None:
        super().__init__(KIND, clock, path=str(path), **settings)
        self.frames: Every[Frame] = Every(capacity)


@asynccontextmanager
async def watching(
    path: Path, clock: Clock, capacity: int = 100, **settings: Any
) -> AsyncIterator[Watching]:
    there = Watching(path, clock, capacity, **settings)
    async with there.into(there.frames):
        yield there


async def test_each_picture_is_published_once_in_the_order_of_names(
    tmp_path: Path, clock: Clock
) -> None:
    for name in ("b.jpg", "c.PNG", "a.jpeg"):
        (tmp_path / name).write_bytes(encoded(np.full((8, 8), ord(name[0]), np.uint8), "PNG"))
    async with watching(tmp_path, clock) as gate:
        assert not gate.camera.live
        frames = [await gate.frames.get() for _ in range(3)]
        await asyncio.sleep(60)
        assert gate.frames.offer(frames[0])  # nothing came again: the queue takes one ...
        assert await gate.frames.get() is frames[0]  # ... and it is the only one there
    assert [int(frame.data[0, 0]) for frame in frames] == [ord(c) for c in "abc"]
    assert [frame.seq for frame in frames] == [1, 2, 3]
    assert gate.camera.readings() == {"read": 3, "refused": 0, "waiting": 0}


async def test_a_frame_is_a_still_of_luma_with_the_files_digest(
    tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    async with watching(tmp_path, clock) as gate:
        frame = await gate.frames.get()
        assert gate.is_ready.is_set()
    assert frame.source == "gate"
    assert frame.still
    assert frame.pixels is Pixels.GREY8
    assert frame.digest == hashlib.sha256(JPEG).hexdigest()
    assert frame.data.shape == (48, 64)


async def test_a_slow_reader_slows_the_camera_and_loses_nothing(
    tmp_path: Path, clock: Clock
) -> None:
    for number in range(12):
        pixels = np.full((8, 8), number, np.uint8)
        (tmp_path / f"{number:02}.png").write_bytes(encoded(pixels, "PNG"))
    seen: list[int] = []
    async with watching(tmp_path, clock, capacity=1) as gate:
        for _ in range(12):
            await asyncio.sleep(10)
            assert gate.camera.readings()["read"] <= len(seen) + 1
            seen.append(int((await gate.frames.get()).data[0, 0]))
    assert seen == list(range(12))


async def test_a_new_file_is_read_when_two_looks_find_it_unchanged(
    tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    async with watching(tmp_path, clock, again_s=1.0) as gate:
        await gate.frames.get()
        await asyncio.sleep(0.5)
        (tmp_path / "b.jpg").write_bytes(JPEG[:100])  # a copy in progress, seen at 1 s
        await asyncio.sleep(1)
        (tmp_path / "b.jpg").write_bytes(JPEG)  # seen changed at 2 s, unchanged at 3 s
        frame = await gate.frames.get()
        assert asyncio.get_running_loop().time() == pytest.approx(3)
        assert frame.seq == 2
        assert gate.camera.readings()["refused"] == 0


async def test_a_file_written_anew_is_read_again(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "a.png").write_bytes(encoded(np.full((8, 8), 1, np.uint8), "PNG"))
    async with watching(tmp_path / "a.png", clock) as gate:
        await gate.frames.get()
        (tmp_path / "a.png").write_bytes(encoded(np.full((9, 9), 2, np.uint8), "PNG"))
        assert (await gate.frames.get()).data.shape == (9, 9)


async def test_bad_files_are_refused_by_name_and_the_good_ones_arrive(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bad: dict[str, Callable[[Path], object]] = {
        "1-cut.jpg": lambda path: path.write_bytes(JPEG[:200]),
        "2-empty.jpg": lambda path: path.write_bytes(b""),
        "3-text.png": lambda path: path.write_text("hello"),
        "4-huge.png": lambda path: path.write_bytes(huge_png()),
        "5-folder.jpg": lambda path: path.mkdir(),
        "6-nowhere.jpg": lambda path: path.symlink_to("gone"),
    }
    for name, make in bad.items():
        make(tmp_path / name)
    (tmp_path / "7.jpg").write_bytes(JPEG)
    (tmp_path / "notes.txt").write_text("not meant")
    async with watching(tmp_path, clock) as gate:
        frame = await gate.frames.get()
        assert frame.seq == 1
        await asyncio.sleep(60)
        assert gate.camera.readings() == {"read": 1, "refused": 6, "waiting": 0}
    refusals = [record.getMessage() for record in caplog.records]
    assert [name for name in bad if sum(name in words for words in refusals) != 1] == []
    assert not any("notes.txt" in words for words in refusals)


async def test_a_pattern_names_its_pictures(tmp_path: Path, clock: Clock) -> None:
    for name in ("a-1.jpg", "a-2.jpg", "b-1.jpg"):
        (tmp_path / name).write_bytes(JPEG)
    async with watching(tmp_path / "a-*.jpg", clock) as gate:
        await gate.frames.get()
        await gate.frames.get()
        await asyncio.sleep(60)
        assert gate.camera.readings()["read"] == 2


async def test_an_empty_folder_is_watched(tmp_path: Path, clock: Clock) -> None:
    async with watching(tmp_path, clock) as gate:
        await gate.is_ready.wait()
        (tmp_path / "a.jpg").write_bytes(JPEG)
        assert (await gate.frames.get()).seq == 1


async def test_a_path_to_nowhere_is_named(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(DeviceRefused, match=r"gate: .*none: No such file or directory, expected"):
        async with watching(tmp_path / "none", clock):
            await asyncio.sleep(1)


async def test_a_fresh_run_does_not_begin_again(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    gate = Watching(tmp_path, clock, 10)
    for _ in range(2):
        async with gate.into(gate.frames):
            await asyncio.sleep(10)
    assert gate.camera.readings()["read"] == 1


async def test_decoding_happens_in_a_thread_named_after_the_camera(
    tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    async with watching(tmp_path, clock) as gate:
        await gate.frames.get()
        names = [thread.name for thread in threading.enumerate()]
    assert any(name.startswith("gate") for name in names), names


@pytest.mark.parametrize("path", ["a\0.jpg", "*\0.jpg"])
def test_a_path_with_a_nul_is_refused_by_its_key(path: str) -> None:
    with pytest.raises(DeviceRefused, match=r"path: .*holds a NUL, expected a picture"):
        scan("gate", path)


async def test_one_picture_is_not_many(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "a.jpg").write_bytes(JPEG)
    async with watching(tmp_path, clock):
        await asyncio.sleep(60)
    assert "gate: 1 picture read, 0 refused" in caplog.text
