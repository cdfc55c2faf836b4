"""A video file as a camera: its frames, their times, its pace, and what a broken one does."""

import asyncio
import gc
import os
import threading
import weakref
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from agent.core.clock import Clock
from agent.core.errors import DeviceRefused
from agent.core.frames import Frame, Pixels
from agent.core.mailbox import Every, Latest
from drivers.camera_video import KIND
from drivers.camera_video.reader import VideoReader
from drivers.ports.luma import luma_of
from tests.drivers.videos import noise, steps, write_video
from tests.drivers.watched import Watched


class Showing(Watched):
    """A running video camera."""

    def __init__(self, path: Path, clock: Clock, **settings: Any) -> None:
        super().__init__(KIND, clock, path=str(path), **settings)


@pytest.fixture
def ten_steps(tmp_path: Path) -> Path:
    return write_video(tmp_path / "steps.mp4", steps(10))


async def test_every_frame_arrives_in_order_with_the_luma_that_was_stored(
    ten_steps: Path, clock: Clock
) -> None:
    showing = Showing(ten_steps, clock, pace="every")
    inbox: Every[Frame] = Every(1)
    async with showing.into(inbox):
        frames = [await inbox.get() for _ in range(10)]
    assert not showing.camera.live
    assert [frame.seq for frame in frames] == list(range(1, 11))
    assert [round(float(frame.data.mean())) for frame in frames] == [20 + 3 * n for n in range(10)]
    for frame in frames:
        assert frame.pixels is Pixels.GREY8
        assert frame.data.shape == (48, 70)
        assert not frame.still


async def test_a_slow_reader_holds_the_video_up(ten_steps: Path, clock: Clock) -> None:
    showing = Showing(ten_steps, clock, pace="every")
    inbox: Every[Frame] = Every(1)
    async with showing.into(inbox):
        for taken in range(10):
            await asyncio.sleep(100)
            assert showing.camera.readings()["decoded"] <= taken + 2
            assert (await inbox.get()).seq == taken + 1


async def test_the_stamps_are_the_files_own_times_at_either_pace(
    ten_steps: Path, clock: Clock
) -> None:
    for pace in ("every", "clock"):
        inbox: Every[Frame] = Every(1)
        async with Showing(ten_steps, clock, pace=pace).into(inbox):
            frames = [await inbox.get() for _ in range(10)]
        start = frames[0].taken
        apart_s = [frame.taken.mono_s - start.mono_s for frame in frames]
        assert apart_s == pytest.approx([n / 25 for n in range(10)])
        assert (frames[9].taken.utc - start.utc).total_seconds() == pytest.approx(9 / 25)


async def test_by_the_clock_a_frame_is_published_when_its_time_has_come(
    ten_steps: Path, clock: Clock
) -> None:
    showing = Showing(ten_steps, clock, pace="clock")
    inbox: Every[Frame] = Every(20)
    assert showing.camera.live
    async with showing.into(inbox):
        for _ in range(10):
            frame = await inbox.get()
            assert asyncio.get_running_loop().time() == pytest.approx(frame.taken.mono_s)


async def test_by_the_clock_the_newest_frame_wins(ten_steps: Path, clock: Clock) -> None:
    showing = Showing(ten_steps, clock, pace="clock")
    inbox: Latest[Frame] = Latest()
    async with showing.into(inbox):
        await asyncio.sleep(5)
        assert (await inbox.get()).seq == 10
        assert inbox.dropped == 9


async def test_a_loop_begins_again_and_time_goes_on(ten_steps: Path, clock: Clock) -> None:
    inbox: Every[Frame] = Every(1)
    showing = Showing(ten_steps, clock, pace="every", loop=True)
    async with showing.into(inbox):
        frames = [await inbox.get() for _ in range(25)]
    assert [frame.seq for frame in frames] == list(range(1, 26))
    apart_s = np.diff([frame.taken.mono_s for frame in frames])
    assert apart_s == pytest.approx(np.full(24, 1 / 25))
    assert round(float(frames[10].data.mean())) == 20
    assert showing.camera.readings()["passes"] == 2


async def test_after_the_end_it_stands_by(ten_steps: Path, clock: Clock) -> None:
    showing = Showing(ten_steps, clock, pace="clock")
    async with showing.into(Latest[Frame]()):
        await asyncio.sleep(3600)
        assert showing.is_ready.is_set()
    assert showing.camera.readings() == {"decoded": 10, "damaged": 0, "passes": 1}


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi", "a.h264", "mjpeg.avi"])
async def test_a_video_cut_inside_a_frame_gives_what_is_whole_and_says_so(
    name: str, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    originals = noise(40)
    path = tmp_path / name
    if name == "mjpeg.avi":
        whole = write_video(path, originals, "mjpeg", "yuvj420p", qmin="2", qmax="2")
    else:
        index_first = {"movflags": "faststart"} if name == "a.mp4" else {}
        whole = write_video(path, originals, container_options=index_first, qp="4")
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 6 // 10])
    inbox: Every[Frame] = Every(100)
    showing = Showing(whole, clock, pace="every")
    async with showing.into(inbox):
        await asyncio.sleep(60)
        count = int(showing.camera.readings()["decoded"])
        frames = [await inbox.get() for _ in range(count)]
    assert 18 <= count < 30
    for frame, original in zip(frames, originals, strict=False):  # none of them half grey
        assert np.abs(frame.data.astype(int) - original).mean() < 16
    words = [r.getMessage() for r in caplog.records if r.name.startswith("drivers.")]
    words = [w for w in words if not w.endswith(" frames")]
    assert len(words) == 1
    assert "its pictures end at" in words[0] or "1 of its frames" in words[0]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("no.mp4", None, "No such file or directory, expected a video file"),
        ("zero.mp4", b"", "no video, or cut short before its index, expected a video file"),
        ("text.mp4", b"hello" * 99, "no video, or cut short before its index"),
    ],
)
async def test_what_is_no_video_is_named(
    name: str, content: bytes | None, words: str, tmp_path: Path, clock: Clock
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DeviceRefused, match=f"gate: .*{name}: .*{words}"):
        async with Showing(tmp_path / name, clock).into(Latest[Frame]()):
            await asyncio.sleep(1)


async def test_a_play_list_that_leads_elsewhere_is_no_video(tmp_path: Path, clock: Clock) -> None:
    write_video(tmp_path / "a.ts", steps(10))
    words = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.4,\na.ts\n#EXT-X-ENDLIST\n"
    (tmp_path / "list.m3u8").write_text(words)
    with pytest.raises(DeviceRefused, match="expected a video file"):
        async with Showing(tmp_path / "list.m3u8", clock).into(Latest[Frame]()):
            await asyncio.sleep(1)


async def test_a_folder_and_a_pipe_are_no_video(tmp_path: Path, clock: Clock) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path, tmp_path / "pipe.mp4"):
        with pytest.raises(DeviceRefused, match="not a regular file"):
            async with Showing(path, clock).into(Latest[Frame]()):
                await asyncio.sleep(1)


async def test_a_video_without_one_whole_frame_is_refused_even_when_it_loops(
    tmp_path: Path, clock: Clock
) -> None:
    path = write_video(tmp_path / "a.mkv", noise(3))
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(DeviceRefused, match="expected at least one frame"):
        async with Showing(path, clock, pace="every", loop=True).into(Latest[Frame]()):
            await asyncio.sleep(1)


async def test_cancelling_it_in_the_middle_leaves_no_thread_and_no_file(
    tmp_path: Path, clock: Clock
) -> None:
    path = write_video(tmp_path / "a.mp4", noise(40))
    inbox: Every[Frame] = Every(1)
    async with Showing(path, clock, pace="every").into(inbox):
        await inbox.get()
        mine = [thread for thread in threading.enumerate() if thread.name.startswith("gate")]
        assert len(mine) == 1
    mine[0].join(timeout=5)
    assert not mine[0].is_alive()


def test_at_most_two_frames_are_decoded_ahead(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", noise(40), bf="0")
    reader = VideoReader("gate", str(path))
    reader.open()
    shown = [reader.next() for _ in range(3)]
    views = [weakref.ref(s.luma) for s in shown if s is not None]
    assert len(views) == 3
    del shown
    gc.collect()
    assert [view() for view in views] == [None] * 3
    reader.close()


def test_the_luma_is_the_decoders_own_memory() -> None:
    frame = av.VideoFrame(70, 48, "yuv420p")
    plane = frame.planes[0]
    plane.update(bytes(plane.buffer_size))
    luma = luma_of(frame)
    assert luma.shape == (48, 70)
    assert luma.__array_interface__["data"][0] == plane.buffer_ptr


def test_a_view_outlives_its_frame_and_its_file(tmp_path: Path) -> None:
    reader = VideoReader("gate", str(write_video(tmp_path / "a.mp4", steps(10))))
    reader.open()
    shown = reader.next()
    for _ in range(9):
        reader.next()
    reader.close()
    del reader
    gc.collect()
    assert shown is not None
    assert abs(float(shown.luma.mean()) - 20) < 1


@pytest.mark.parametrize("pix_fmt", ["yuvj420p", "nv12", "yuv422p", "yuv420p10le", "rgb24", "gray"])
def test_every_pixel_format_gives_its_brightness(pix_fmt: str) -> None:
    grey = av.VideoFrame.from_ndarray(np.full((48, 64), 120, np.uint8), format="gray")
    luma = luma_of(grey.reformat(format=pix_fmt))
    limited = 16 + 120 * 219 / 255  # BT.601: what a limited-range plane stores for it
    assert min(abs(float(luma.mean()) - 120), abs(float(luma.mean()) - limited)) < 2


def test_a_path_with_a_nul_is_refused_by_its_key() -> None:
    with pytest.raises(DeviceRefused, match=r"path: .*holds a NUL, expected a video file"):
        VideoReader("gate", "a\0.mp4").open()
