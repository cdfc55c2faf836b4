"""Publishes the newest frame of a network camera, for as long as there is one."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Literal, Never

import msgspec

from agent.core.device import Surroundings
from agent.core.errors import DeviceSilent
from agent.core.frames import Frame, Pixels
from agent.core.settings import Settings
from drivers.camera_rtsp.address import check, without_login
from drivers.camera_rtsp.stream import Arrived, Source, Stream
from drivers.ports.when import later

_FAREWELL_S = 0.5
"""How long the end of a run waits for its threads; a stalled one ends by itself a little later."""

_RATE_FRAMES = 50
"""The frame rate is measured over this many frames."""

_Wait = Annotated[float, msgspec.Meta(ge=0.2, le=60)]


class RtspSettings(Settings, frozen=True, kw_only=True):
    """Which stream, and how long to wait.

    `url` may hold name and password; they appear in no log and no error. `open_s` is how long
    connecting may take until the first picture, `silent_s` how long none may come after that.
    """

    url: str
    transport: Literal["tcp", "udp"] = "tcp"
    open_s: _Wait = 10.0
    silent_s: _Wait = 5.0

    def problems(self) -> Iterator[tuple[str, str]]:
        try:
            check(self.url)
        except ValueError as error:
            yield "url", str(error)

    def __repr__(self) -> str:
        return f"RtspSettings(url={without_login(self.url)!r}, transport={self.transport!r}, …)"


class RtspCamera:
    """A live camera.

    A frame is stamped with the moment its last packet reached this node. The camera's own clock,
    where it sends one (RTCP), is not believed: nobody here knows who sets it.
    """

    live = True

    def __init__(self, name: str, settings: RtspSettings, around: Surroundings) -> None:
        self.name = name
        self._where = without_login(settings.url)
        self._source = Source(settings.url, settings.transport, settings.open_s, settings.silent_s)
        self._bus = around.bus
        self._clock = around.clock
        self._seq = 0
        self._runs = 0
        self._stream: Stream | None = None
        self._before = (0, 0, 0)
        self._arrivals_s: deque[float] = deque(maxlen=_RATE_FRAMES)

    async def run(self, ready: Callable[[], None]) -> Never:
        """Publish until cancelled.

        Raises:
            LinkLost: The camera cannot be reached, or the connection broke.
            DeviceSilent: It does not answer, or no frame came for too long.
            DeviceRefused: It answered with a no: wrong login, wrong path, no video.
        """
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended before its thread
                loop.call_soon_threadsafe(news.set)

        stream = Stream(self.name, self._source, loop.time, wake)
        self._runs += 1
        self._arrivals_s.clear()
        self._stream = stream
        stream.start()
        patience_s = self._source.open_s + self._source.silent_s
        try:
            while True:
                arrived = await self._next(stream, news, patience_s)
                self._seq += 1
                ready()
                await self._publish(arrived)
                patience_s = self._source.silent_s
        finally:
            await self._farewell(stream, news)

    def readings(self) -> Mapping[str, float]:
        decoded, dropped, damaged = self._totals()
        found: dict[str, float] = {
            "decoded": decoded,
            "dropped": dropped,
            "damaged": damaged,
            "reconnects": max(self._runs - 1, 0),
        }
        if self._arrivals_s:
            first_s, last_s = self._arrivals_s[0], self._arrivals_s[-1]
            age_s = asyncio.get_running_loop().time() - last_s
            silent = age_s > self._source.silent_s or last_s <= first_s
            found["last_frame_age_s"] = round(age_s, 3)
            found["fps"] = (
                0.0 if silent else round((len(self._arrivals_s) - 1) / (last_s - first_s), 2)
            )
        return found

    async def _next(self, stream: Stream, news: asyncio.Event, patience_s: float) -> Arrived:
        late = False
        try:
            async with asyncio.timeout(patience_s) as alarm:
                while True:
                    news.clear()
                    if (arrived := stream.take()) is not None:
                        return arrived
                    if stream.closed:
                        break
                    await news.wait()
        except TimeoutError:
            if not alarm.expired():
                raise
            late = True
        # raised out here so that no error drags FFmpeg's along, which knows the password
        if stream.bug is not None:
            raise stream.bug
        if late or stream.ending is None:
            raise DeviceSilent(self.name, f"{self._where}: no picture within {patience_s:g} s")
        raise stream.ending.error(self.name, f"{self._where}: {stream.ending.words}")

    async def _publish(self, arrived: Arrived) -> None:
        self._arrivals_s.append(arrived.at_s)
        since_s = asyncio.get_running_loop().time() - arrived.at_s
        taken = later(self._clock.stamp(), -since_s)
        await self._bus.publish(Frame(self.name, self._seq, taken, Pixels.GREY8, arrived.luma))

    async def _farewell(self, stream: Stream, news: asyncio.Event) -> None:
        stream.stop()
        self._before = self._totals()
        self._stream = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_S):
                while not stream.closed:
                    news.clear()
                    await news.wait()

    def _totals(self) -> tuple[int, int, int]:
        decoded, dropped, damaged = self._before
        if (now := self._stream) is None:
            return self._before
        return decoded + now.decoded, dropped + now.dropped, damaged + now.damaged
