"""Small videos of known brightness, encoded by the tests."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

RATE_HZ = 25


def write_video(
    path: Path,
    frames: Sequence[NDArray[np.uint8]],
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    *,
    container_options: dict[str, str] | None = None,
    **options: str,
) -> Path:
    """Encode grey frames (H, W) uint8 at 25 frames a second; the luma is stored as given."""
    height, width = frames[0].shape
    with av.open(str(path), "w", options=container_options) as container:
        stream = container.add_stream(codec, rate=RATE_HZ)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.options = dict(options)
        for luma in frames:
            container.mux(stream.encode(_planes(luma).reformat(format=pix_fmt)))
        container.mux(stream.encode())
    return path


def _planes(luma: NDArray[np.uint8]) -> av.VideoFrame:
    height, width = luma.shape
    chroma = np.full((height // 2, width), 128, np.uint8)
    return av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")


def steps(count: int, height: int = 48, width: int = 70) -> list[NDArray[np.uint8]]:
    """Draw flat frames, each 3 brighter than the last, beginning at 20."""
    return [np.full((height, width), 20 + 3 * number, np.uint8) for number in range(count)]


def noise(count: int, height: int = 120, width: int = 160) -> list[NDArray[np.uint8]]:
    """Draw frames that cannot be compressed, so that a cut falls inside one."""
    rng = np.random.default_rng(4)
    return [rng.integers(16, 235, (height, width), np.uint8) for _ in range(count)]
