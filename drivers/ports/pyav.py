"""What every source that PyAV reads needs: whole frames, on each version Sereno runs on."""

from typing import Any

import av
from av import Packet, VideoFrame
from av.video.stream import VideoStream

METADATA_ALWAYS_DECODES = 19
"""From this version on `av.open` has no say in it any more."""

TOLERANT: dict[str, Any] = (
    {"metadata_errors": "replace"}
    if int(av.__version__.partition(".")[0]) < METADATA_ALWAYS_DECODES
    else {}
)
"""Arguments of `av.open`: a title that is no UTF-8 is no reason to be blind."""


def whole_frames(packet: "Packet[VideoStream]") -> tuple[list[VideoFrame], int]:
    """Decode a packet; return its whole frames, and how many were damaged."""
    try:
        frames = packet.decode()
    except av.FFmpegError:
        return [], 1
    whole = [frame for frame in frames if not frame.is_corrupt]
    return whole, len(frames) - len(whole)
