"""Publishes every picture of a folder once, then watches the folder for more."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Annotated, Never

import msgspec

from agent.core.device import Surroundings
from agent.core.errors import Rejected
from agent.core.frames import Frame, Pixels
from agent.core.settings import Settings
from drivers.camera_pictures.folder import Found, Signature, scan
from drivers.ports.picture import Picture, read_picture

log = logging.getLogger(__name__)


class PicturesSettings(Settings, frozen=True, kw_only=True):
    """Where the pictures are.

    `path` is one picture, a folder, or a pattern such as `/srv/in/*.jpg`; `again_s` is how often
    it is looked at for new ones.
    """

    path: Annotated[str, msgspec.Meta(min_length=1)]
    again_s: Annotated[float, msgspec.Meta(ge=0.1, le=3600)] = 2.0


class PictureFolder:
    """A camera whose frames are files, in the order of their names.

    What stands there at the start is read at once. A file that appears or changes later is read
    when two looks in a row find it unchanged, so that a copy in progress is not mistaken for a
    picture cut short. A restart of the service goes on where it stood; a restart of the agent
    begins anew, and the digest tells the centre that it has seen the picture before.
    """

    live = False

    def __init__(self, name: str, settings: PicturesSettings, around: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self._bus = around.bus
        self._clock = around.clock
        self._seen: dict[str, Signature] = {}
        self._seq = 0
        self._read = 0
        self._refused = 0
        self._waiting = 0

    async def run(self, ready: Callable[[], None]) -> Never:
        """Publish until cancelled.

        Raises:
            DeviceRefused: The path leads nowhere, or to more files than can be watched.
        """
        pool = ThreadPoolExecutor(1, thread_name_prefix=self.name)
        try:
            settled = await self._look(pool)
            ready()
            while True:
                for file in settled:
                    await self._take(pool, file)
                if settled:
                    read, refused = self._read, self._refused
                    noun = "picture" if read == 1 else "pictures"
                    log.info("%s: %d %s read, %d refused", self.name, read, noun, refused)
                settled = await self._settled(pool)
        finally:
            # not waited for: the thread ends with the one picture it may be decoding
            pool.shutdown(wait=False, cancel_futures=True)

    def readings(self) -> Mapping[str, float]:
        return {"read": self._read, "refused": self._refused, "waiting": self._waiting}

    async def _look(self, pool: Executor) -> list[Found]:
        """Return what is new or changed, and forget what has gone."""
        loop = asyncio.get_running_loop()
        files = await loop.run_in_executor(pool, scan, self.name, self._settings.path)
        there = {file.path for file in files}
        self._seen = {path: mark for path, mark in self._seen.items() if path in there}
        new = [file for file in files if self._seen.get(file.path) != file.signature]
        self._waiting = len(new)
        return new

    async def _settled(self, pool: Executor) -> list[Found]:
        """Wait until some new files are the same in two looks; return those."""
        before: set[Found] = set()
        while True:
            await asyncio.sleep(self._settings.again_s)
            new = await self._look(pool)
            if settled := [file for file in new if file in before]:
                return settled
            before = set(new)

    async def _take(self, pool: Executor, file: Found) -> None:
        loop = asyncio.get_running_loop()
        try:
            picture = await loop.run_in_executor(pool, read_picture, file.as_path)
        except Rejected as error:
            self._refused += 1
            log.warning("%s: refused %s", self.name, error)
        else:
            await self._publish(picture, file)
            self._read += 1
        self._seen[file.path] = file.signature
        self._waiting -= 1

    async def _publish(self, picture: Picture, file: Found) -> None:
        for note in picture.notes:
            log.info("%s: %s: %s", self.name, file.path, note)
        self._seq += 1
        await self._bus.publish(
            Frame(
                self.name,
                self._seq,
                self._clock.stamp(),
                Pixels.GREY8,
                picture.luma,
                still=True,
                digest=picture.digest,
            )
        )
