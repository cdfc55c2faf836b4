"""What the cameras cost over the bare decoders, in the same run, and that memory stays bounded.

    python -m tests.benchmarks.cameras [--frames 500] [--json PATH]

Video: a 1280x720 file through the camera (own thread, bus, back-pressure) against a bare PyAV loop
on one thread that decodes and throws away, and one that copies the luma plane as most programs do.
Pictures: a folder of 1280x720 JPEGs against Pillow's bare decoding to luma and OpenCV's. Memory:
the private bytes of the process after a tenth of a long showing and at its end.
"""

import argparse
import asyncio
import gc
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import psutil
from PIL import Image
from rich.console import Console
from rich.table import Table

from agent.core.clock import SystemClock
from agent.core.frames import Frame
from agent.core.mailbox import Every
from drivers.camera_pictures import KIND as PICTURES
from drivers.camera_video import KIND as VIDEO
from tests.drivers.videos import write_video
from tests.drivers.watched import Watched

HEIGHT, WIDTH = 720, 1280
PICTURES_MOST = 200
PASSES = 3
"""Each way is measured this often, in turn, and its best counts: the machine may be shared."""


class Watch:
    """A stopwatch for the wall and for this process's processors, all threads together."""

    def __init__(self) -> None:
        self._began = (time.perf_counter(), time.process_time())

    def seconds(self) -> tuple[float, float]:
        return time.perf_counter() - self._began[0], time.process_time() - self._began[1]


def scene(count: int) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Draw a moving, textured street-like scene, (H, W) uint8 each."""
    rng = np.random.default_rng(7)
    wall = cv2.GaussianBlur(rng.integers(0, 255, (HEIGHT, WIDTH * 2), np.uint8), (0, 0), 4)
    wide = wall.astype(np.float32)
    wall = (30 + 190 * (wide - wide.min()) / np.ptp(wide)).astype(np.uint8)
    return [wall[:, 4 * n % WIDTH :][:, :WIDTH] for n in range(count)]  # views: they cost nothing


async def through_camera(watched: Watched, count: int) -> tuple[float, float]:
    """Return the seconds that `count` frames take to arrive."""
    inbox: Every[Frame] = Every(1)
    async with watched.into(inbox):
        await inbox.get()
        watch = Watch()
        for _ in range(count - 1):
            await inbox.get()
        return watch.seconds()


def bare_video(
    path: Path, count: int, use: Callable[[av.VideoFrame], object]
) -> tuple[float, float]:
    """Return the seconds that a plain PyAV loop takes for `count` frames."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        frames = container.decode(stream)
        next(frames)
        watch = Watch()
        for _ in range(count - 1):
            use(next(frames))
        return watch.seconds()


def pillow_luma(path: Path) -> object:
    with Image.open(path) as image:
        image.draft("L", None)
        return np.asarray(image)


def opencv_luma(path: Path) -> object:
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)


def bare_pictures(paths: list[Path], read: Callable[[Path], object]) -> tuple[float, float]:
    """Return the seconds that plain reading takes for all but the first."""
    read(paths[0])
    watch = Watch()
    for path in paths[1:]:
        read(path)
    return watch.seconds()


def private_mb() -> float:
    gc.collect()
    return float(psutil.Process().memory_full_info().uss) / 1e6


async def memory(path: Path, count: int) -> tuple[float, float]:
    """Return the private megabytes after a tenth of `count` looped frames and after all."""
    inbox: Every[Frame] = Every(1)
    watched = Watched(VIDEO, SystemClock(), path=str(path), pace="every", loop=True)
    async with watched.into(inbox):
        for _ in range(count // 10):
            await inbox.get()
        early = private_mb()
        for _ in range(count - count // 10):
            await inbox.get()
        return early, private_mb()


def measure(frames: int, folder: Path) -> dict[str, dict[str, float]]:
    """Run everything; return milliseconds a frame, and megabytes, by name."""
    video = write_video(folder / "street.mp4", scene(frames), preset="veryfast", crf="23")
    paths = []
    for number, luma in enumerate(scene(min(frames, PICTURES_MOST))):
        paths.append(folder / f"{number:04}.jpg")
        cv2.imwrite(str(paths[-1]), cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR))

    def camera_video() -> tuple[float, float]:
        watched = Watched(VIDEO, SystemClock(), path=str(video), pace="every")
        return asyncio.run(through_camera(watched, frames))

    def camera_pictures() -> tuple[float, float]:
        watched = Watched(PICTURES, SystemClock(), path=str(folder / "*.jpg"))
        return asyncio.run(through_camera(watched, len(paths)))

    ways: dict[str, tuple[Callable[[], tuple[float, float]], int]] = {
        "video: bare PyAV": (lambda: bare_video(video, frames, lambda _: None), frames),
        "video: bare PyAV, luma copied": (
            lambda: bare_video(video, frames, lambda f: f.to_ndarray()[:HEIGHT].copy()),
            frames,
        ),
        "video: camera": (camera_video, frames),
        "pictures: bare Pillow": (lambda: bare_pictures(paths, pillow_luma), len(paths)),
        "pictures: bare OpenCV": (lambda: bare_pictures(paths, opencv_luma), len(paths)),
        "pictures: camera (with SHA-256)": (camera_pictures, len(paths)),
    }
    wall = dict.fromkeys(ways, float("inf"))
    cpu = dict.fromkeys(ways, float("inf"))
    for _ in range(PASSES):
        for name, (way, count) in ways.items():
            wall_s, cpu_s = way()
            wall[name] = min(wall[name], wall_s / (count - 1))
            cpu[name] = min(cpu[name], cpu_s / (count - 1))
    early_mb, late_mb = asyncio.run(memory(video, frames * 4))
    return {
        **{
            name: {"cpu_ms": 1000 * cpu[name], "wall_ms": 1000 * s, "per_s": 1 / s}
            for name, s in wall.items()
        },
        "memory": {"frames": frames * 4, "early_mb": early_mb, "late_mb": late_mb},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(options.frames, Path(folder))
    table = Table(
        "1280 x 720", "CPU ms a frame", "wall ms", "frames/s", title="Cameras, best of three"
    )
    for name, values in measured.items():
        if "cpu_ms" in values:
            cells = (f"{values['cpu_ms']:.2f}", f"{values['wall_ms']:.2f}")
            table.add_row(name, *cells, f"{values['per_s']:.0f}")
    memory_row = measured["memory"]
    table.caption = (
        f"private memory after {memory_row['frames'] / 10:.0f} looped frames "
        f"{memory_row['early_mb']:.1f} MB, after {memory_row['frames']:.0f} "
        f"{memory_row['late_mb']:.1f} MB"
    )
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
