"""Decodes one video file frame by frame; all of it in one thread, none of it asynchronous."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from agent.core.errors import DeviceRefused
from agent.core.vision import Luma
from drivers.ports.luma import MOST_PIXELS, luma_of
from drivers.ports.pyav import TOLERANT, whole_frames

if TYPE_CHECKING:
    from av.packet import Packet  # generic in its stub only

_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,"
    "h264,hevc,m4v,mjpeg,ivf,yuv4mpegpipe"
)
"""Demuxers that read one file and nothing else: a play list could name other files or hosts."""

_JUMP_S = 10.0
"""A longer step between two frames is a break in the file's time, not a pause in its pictures."""

_SOUND_LONGER_S = 0.5
"""How much longer than its pictures a file with sound may last before it is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One frame of the file; `at_s` counts from the first frame and never falls."""

    luma: Luma
    at_s: float


class VideoReader:
    """Reads one file once.

    `damaged` counts packets and frames that could not be decoded whole: they are left out.
    `ending` says, after the last frame, what was wrong with the end, or is empty.
    """

    def __init__(self, camera: str, path: str) -> None:
        self.damaged = 0
        self.ending = ""
        self._camera = camera
        self._path = path
        self._container: InputContainer | None = None
        self._frames: Iterator[VideoFrame] = iter(())
        self._interval_s = 1 / 25
        self._declared_s: float | None = None
        self._slack_s = 0.0
        self._previous_s: float | None = None
        self._at_s = 0.0

    @property
    def interval_s(self) -> float:
        """The declared time between two frames."""
        return self._interval_s

    def open(self) -> None:
        """Open the file.

        Raises:
            DeviceRefused: It is missing, unreadable, or no video.
        """
        try:
            self._check()
            self._container = container = av.open(
                f"file:{self._path}",
                **TOLERANT,
                container_options={
                    "format_whitelist": _FORMATS,
                    "protocol_whitelist": "file",
                },
            )
        except (av.FFmpegError, OSError) as error:
            words = error.strerror
            if isinstance(error, av.InvalidDataError):
                words = "no video, or cut short before its index"
            raise self._refusal(f"{words}, expected a video file") from error
        stream = container.streams.best("video")
        if not isinstance(stream, VideoStream):
            raise self._refusal("no pictures in it, expected a video file")
        codec = stream.codec_context
        codec.thread_count = 1  # the node's other cores belong to the models
        codec.options = {"max_pixels": str(MOST_PIXELS)}
        rate = stream.average_rate or stream.guessed_rate
        if rate:
            self._interval_s = min(max(float(1 / rate), 1 / 1000), 1.0)
        if stream.duration is not None and stream.time_base is not None:
            self._declared_s = float(stream.duration * stream.time_base)
        elif container.duration is not None:
            self._declared_s = container.duration / av.time_base
            self._slack_s = _SOUND_LONGER_S if len(container.streams) > 1 else 0.0
        self._frames = self._decoded(container, stream)

    def next(self) -> Shown | None:
        """Return the next whole frame, None after the last."""
        frame = next(self._frames, None)
        if frame is None:
            return None
        return Shown(luma_of(frame), self._time_of(frame))

    def close(self) -> None:
        """Give the file back; frames handed out stay valid."""
        self._frames = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    def _check(self) -> None:
        if "\0" in self._path:
            raise DeviceRefused(
                self._camera, f"path: {self._path!r} holds a NUL, expected a video file"
            )
        status = os.stat(self._path)  # noqa: PTH116 - the words of the error keep the path as given
        if not stat.S_ISREG(status.st_mode):
            raise self._refusal("not a regular file, expected a video file")

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                self.damaged += 1
                self.ending = f"unreadable from {self._at_s:.1f} s on: {error.strerror}"
                return
            if packet is None:
                break
            waiting = deque(self._frames_of(packet))
            while waiting:  # emptied as it goes, so that a flushed frame is not held twice
                yield waiting.popleft()
        missing_s = (self._declared_s or 0.0) - self._end_s
        if missing_s > self._slack_s + self._interval_s / 2:
            self.ending = f"its pictures end at {self._end_s:.1f} of {self._declared_s:.1f} s"
        elif self.damaged:
            self.ending = f"{self.damaged} of its frames are damaged or cut short"

    @property
    def _end_s(self) -> float:
        return 0.0 if self._previous_s is None else self._at_s + self._interval_s

    def _frames_of(self, packet: "Packet[VideoStream]") -> list[VideoFrame]:
        if packet.is_corrupt:  # cut short: the decoder would paint what is missing grey
            self.damaged += 1
            return []
        whole, damaged = whole_frames(packet)
        self.damaged += damaged
        return whole

    def _time_of(self, frame: VideoFrame) -> float:
        stamp_s = None if frame.pts is None else frame.time
        if self._previous_s is not None:
            step_s = self._interval_s if stamp_s is None else stamp_s - self._previous_s
            if not 0 <= step_s <= _JUMP_S:
                step_s = self._interval_s
            self._at_s += step_s
            if stamp_s is None:
                stamp_s = self._previous_s + step_s
        self._previous_s = 0.0 if stamp_s is None else stamp_s
        return self._at_s

    def _refusal(self, words: str) -> DeviceRefused:
        return DeviceRefused(self._camera, f"{self._path}: {words}")
