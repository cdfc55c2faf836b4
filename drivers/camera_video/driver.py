"""Publishes a video file's frames, at the file's own pace or as fast as they are taken."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Annotated, Literal, Never

import msgspec

from agent.core.clock import Stamp
from agent.core.device import Surroundings
from agent.core.errors import DeviceRefused
from agent.core.frames import Frame, Pixels
from agent.core.settings import Settings
from drivers.camera_video.reader import Shown, VideoReader
from drivers.ports.when import later

log = logging.getLogger(__name__)

_LATE_S = 1.0
"""Further behind its clock the file is played slower rather than in bursts."""


class VideoSettings(Settings, frozen=True, kw_only=True):
    """Which file, and how it is played.

    `pace` is `clock`, the file's own speed as if it were a camera, or `every`, each frame as soon
    as the last one has been taken. `loop` begins again at the end.
    """

    path: Annotated[str, msgspec.Meta(min_length=1)]
    pace: Literal["clock", "every"] = "clock"
    loop: bool = False


class VideoFile:
    """A camera that shows a recording.

    A frame's stamp is the moment its showing began plus the frame's own time in the file, so that
    speeds come out right at either pace. At most two frames are decoded and not yet published,
    besides those that the codec itself keeps for its references.
    """

    def __init__(self, name: str, settings: VideoSettings, around: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self._bus = around.bus
        self._clock = around.clock
        self._seq = 0
        self._damaged = 0
        self._passes = 0

    @property
    def live(self) -> bool:
        return self._settings.pace == "clock"

    async def run(self, ready: Callable[[], None]) -> Never:
        """Publish until cancelled; after the end of a file that does not loop, stand by.

        Raises:
            DeviceRefused: The file is missing, no video, or has no frame that can be decoded.
        """
        pool = ThreadPoolExecutor(1, thread_name_prefix=self.name)
        try:
            start = await self._show(pool, self._clock.stamp(), ready)
            while self._settings.loop:
                start = await self._show(pool, start, ready)
            await asyncio.Event().wait()
            raise AssertionError("unreachable: nobody sets the event")
        finally:
            pool.shutdown(wait=False)  # the thread ends with the file that it closes last

    def readings(self) -> Mapping[str, float]:
        return {"decoded": self._seq, "damaged": self._damaged, "passes": self._passes}

    async def _show(self, pool: Executor, start: Stamp, ready: Callable[[], None]) -> Stamp:
        """Show the file once from `start`; return when the next showing may start."""
        reader = VideoReader(self.name, self._settings.path)
        loop = asyncio.get_running_loop()
        first = self._seq
        end = start
        upcoming: asyncio.Future[Shown | None] | None = None
        try:
            await loop.run_in_executor(pool, reader.open)
            upcoming = loop.run_in_executor(pool, reader.next)
            while (shown := await upcoming) is not None:
                upcoming = loop.run_in_executor(pool, reader.next)
                ready()
                start = await self._due(start, shown)
                await self._publish(start, shown)
                end = later(start, shown.at_s + reader.interval_s)
        finally:
            if upcoming is not None:
                upcoming.cancel()
            pool.submit(reader.close)
            self._damaged += reader.damaged
        if self._seq == first:
            raise DeviceRefused(
                self.name,
                f"{self._settings.path}: {reader.ending or 'empty'}, expected at least one frame",
            )
        self._passes += 1
        if reader.ending:
            log.warning("%s: %s: %s", self.name, self._settings.path, reader.ending)
        log.info("%s: %s shown, %d frames", self.name, self._settings.path, self._seq - first)
        return end

    async def _due(self, start: Stamp, shown: Shown) -> Stamp:
        """Wait until the frame's time has come; return the start, moved if it is far behind."""
        if not self.live:
            return start
        wait_s = start.mono_s + shown.at_s - asyncio.get_running_loop().time()
        if wait_s < -_LATE_S:
            return later(start, -wait_s)
        await asyncio.sleep(max(wait_s, 0))
        return start

    async def _publish(self, start: Stamp, shown: Shown) -> None:
        self._seq += 1
        await self._bus.publish(
            Frame(self.name, self._seq, later(start, shown.at_s), Pixels.GREY8, shown.luma)
        )
