"""The luma plane of a decoded video frame, without copying it."""

import numpy as np
from av.video.frame import VideoFrame

from agent.core.vision import Luma

# fmt: off
PLANAR = frozenset({
    "gray", "yuv410p", "yuv411p", "yuv420p", "yuv422p", "yuv440p", "yuv444p",
    "yuvj411p", "yuvj420p", "yuvj422p", "yuvj440p", "yuvj444p", "nv12", "nv21", "nv16", "nv24",
})
# fmt: on
"""FFmpeg's pixel formats whose first plane is 8-bit luma and nothing else."""

MOST_PIXELS = 64_000_000
"""A decoder refuses larger frames; the same bound as for picture files."""


def luma_of(frame: VideoFrame) -> Luma:
    """Return the frame's luma, (H, W) uint8.

    For the usual planar formats it is a strided view of the decoder's own buffer, which lives as
    long as the view does; other formats (10-bit, packed, RGB) are converted first. A frame that
    its container marks as turned (a phone's video) is turned upright, at the price of a copy.
    Limited-range video keeps its 16 to 235.
    """
    grey = frame if frame.format.name in PLANAR else frame.reformat(format="gray")
    plane = grey.planes[0]
    view: Luma = np.ndarray(
        (grey.height, grey.width), np.uint8, buffer=memoryview(plane), strides=(plane.line_size, 1)
    )
    quarters = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(view, quarters)) if quarters else view
