"""One connection to one camera: a thread that receives, a thread that decodes, a slot."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from agent.core.errors import DeviceError, DeviceRefused, DeviceSilent, LinkLost
from agent.core.vision import Luma
from drivers.camera_rtsp.backlog import Backlog
from drivers.ports.luma import MOST_PIXELS, luma_of
from drivers.ports.pyav import TOLERANT, whole_frames

if TYPE_CHECKING:
    from av.packet import Packet  # generic in its stub only

_REORDERED = 32
"""Packets a codec may hold back before it shows the frame of the first: H.264 allows 16."""

_CAUSES: tuple[tuple[type[Exception], type[DeviceError], str], ...] = (
    (av.HTTPUnauthorizedError, DeviceRefused, "401: name or password is wrong or missing"),
    (av.HTTPForbiddenError, DeviceRefused, "403: this login may not see the stream"),
    (av.HTTPNotFoundError, DeviceRefused, "404: the camera has no stream of that name"),
    (av.error.HTTPClientError, DeviceRefused, "4xx: the camera refuses the request"),
    (av.error.HTTPError, DeviceRefused, "5xx: the camera has a fault, or too many viewers"),
    (av.InvalidDataError, DeviceRefused, "it does not speak RTSP, or sends no video"),
    (
        ConnectionRefusedError,
        LinkLost,
        "connection refused: is RTSP switched on in the camera, and on this port?",
    ),
    (ConnectionError, LinkLost, "the connection broke"),
)
"""What FFmpeg's errors mean to a technician; an RTSP status is an HTTP status (RFC 2326, 7.1.1)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the stream is and how long to wait for it."""

    url: str
    transport: str
    open_s: float
    silent_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Arrived:
    """A decoded frame; `at_s` is when its packet was received, in the loop's time."""

    luma: Luma
    at_s: float


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a stream ended. FFmpeg's own error is not kept: it holds the address with its login."""

    error: type[DeviceError]
    words: str


class Stream:
    """Receives without pause, decodes what there is time for, keeps the newest frame.

    `wake` is called, from either thread, when `take`, `ending` or `closed` has news. A thread
    notices `stop` with the next packet; where none comes, when its own wait ends, at most
    `open_s` or `silent_s` later (FFmpeg cannot be interrupted from outside).
    """

    def __init__(
        self, name: str, source: Source, now: Callable[[], float], wake: Callable[[], None]
    ) -> None:
        self.ending: Ending | None = None
        self.bug: BaseException | None = None
        self.closed = False
        self.decoded = 0
        self.damaged = 0
        self._replaced = 0
        self._name = name
        self._source = source
        self._now = now
        self._wake = wake
        self._backlog: Backlog[tuple[Packet[VideoStream], float]] = Backlog()
        self._slot: deque[Arrived] = deque(maxlen=1)
        self._stopped = threading.Event()
        self._heard_s = 0.0
        self._arrivals: deque[tuple[int | None, float]] = deque(maxlen=_REORDERED)

    @property
    def dropped(self) -> int:
        """Frames received and never shown: undecoded ones and ones a newer one replaced."""
        return self._backlog.dropped + self._replaced

    def start(self) -> None:
        """Connect, in a thread of its own."""
        threading.Thread(target=self._receive, name=f"{self._name}-receive", daemon=True).start()

    def stop(self) -> None:
        """Ask both threads to end; `closed` says when they have."""
        self._stopped.set()
        self._backlog.close()

    def take(self) -> Arrived | None:
        """Return the newest frame, once."""
        try:
            return self._slot.popleft()
        except IndexError:
            return None

    def _receive(self) -> None:
        try:
            self.ending = self._connected()
        except Exception as error:  # noqa: BLE001 - a bug of ours is raised where it is awaited
            self.bug = error
        self.closed = True
        self._wake()

    def _connected(self) -> Ending:
        self._heard_s = self._now()
        try:
            container = self._open()
        except av.FFmpegError as error:
            return self._why(error, self._source.open_s, "no answer within")
        try:
            stream = container.streams.best("video")
            if not isinstance(stream, VideoStream):
                return Ending(DeviceRefused, "it sends no video")
            codec = stream.codec_context
            codec.thread_count = 1  # the node's other cores belong to the models
            codec.options = {"max_pixels": str(MOST_PIXELS)}
            decoder = threading.Thread(
                target=self._decode, name=f"{self._name}-decode", daemon=True
            )
            decoder.start()
            try:
                self._demux(container, stream)
            except av.FFmpegError as error:
                return self._why(error, self._source.silent_s, "nothing received for")
            else:
                return self._why(None, self._source.silent_s, "nothing received for")
            finally:
                self._backlog.close()
                decoder.join()
        finally:
            container.close()

    def _open(self) -> InputContainer:
        container: InputContainer = av.open(
            self._source.url,
            format="rtsp",
            **TOLERANT,
            timeout=(self._source.open_s, self._source.silent_s),
            container_options={
                "rtsp_transport": self._source.transport,
                "allowed_media_types": "video",
                "analyzeduration": "1000000",  # us; the first packets wait in a queue meanwhile
                "protocol_whitelist": "rtsp,rtsps,rtp,udp,tcp,tls",
            },
        )
        return container

    def _demux(self, container: InputContainer, stream: VideoStream) -> None:
        self._heard_s = self._now()
        for packet in container.demux(stream):
            if self._stopped.is_set():
                return
            if packet.size:  # the last, empty one would flush the decoder
                self._heard_s = self._now()
                self._backlog.put((packet, self._heard_s), key=packet.is_keyframe)

    def _why(self, error: av.FFmpegError | None, patience_s: float, words: str) -> Ending:
        """Say why the connection ended.

        A wait that was cut off comes back from FFmpeg as this error or that, or as the end of the
        stream: only the time that has passed tells.
        """
        if self._now() - self._heard_s >= patience_s:
            return Ending(DeviceSilent, f"{words} {patience_s:g} s")
        if error is None:
            return Ending(LinkLost, "the camera ended the stream")
        for kind, cause, meaning in _CAUSES:
            if isinstance(error, kind):
                return Ending(cause, meaning)
        return Ending(LinkLost, f"{error.strerror}: is the host's name right, and is it up?")

    def _decode(self) -> None:
        try:
            while (waiting := self._backlog.get()) is not None:
                packet, at_s = waiting
                self._arrivals.append((packet.pts, at_s))
                for frame in self._frames_of(packet):
                    self._show(frame, at_s)
        except Exception as error:  # noqa: BLE001 - as above
            self.bug = error
            self.stop()

    def _frames_of(self, packet: "Packet[VideoStream]") -> list[VideoFrame]:
        whole, damaged = whole_frames(packet)
        self.damaged += damaged
        return whole

    def _show(self, frame: VideoFrame, at_s: float) -> None:
        # a codec may show a frame some packets after its own
        arrived_s = next((s for pts, s in self._arrivals if pts == frame.pts), at_s)
        self.decoded += 1
        self._replaced += len(self._slot)
        self._slot.append(Arrived(luma_of(frame), arrived_s))
        self._wake()
