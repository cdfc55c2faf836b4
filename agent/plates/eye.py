"""The one thread that sees: it loads the models, runs them, and does all else that takes long.

One thread, because an interpreter belongs to one thread; its own, because the default executor
would let a slow disk hold up the street.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

import numpy as np

from agent.core.frames import Frame
from agent.core.vision import PlateDetector, PlateModels, PlateReader, Quad
from agent.plates.luma import is_uniform, luma_of
from agent.plates.reading import Limits, Look, look
from agent.plates.regions import Rounds

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

WARM_UP_SHAPE = (720, 1280)
"""A first run allocates what later ones reuse: do it before the first vehicle comes."""


class Eye:
    """Runs the models on frames. Use from one event loop; close it when done."""

    def __init__(self, name: str, models: PlateModels, limits: Limits, *, live: bool) -> None:
        self._models = models
        self._limits = limits
        self._rounds = Rounds() if live else None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-infer")
        self._under_way: asyncio.Future[None] | None = None
        self._detector: PlateDetector | None = None
        self._reader: PlateReader | None = None

    async def open(self) -> None:
        """Load both models and run each once.

        Raises:
            Rejected: A model is missing, damaged or cannot run here.
        """
        await self.does(self._load)

    async def look(self, frame: Frame) -> Look | None:
        """Find and read the plates of a usable frame; None if it shows nothing but one grey."""
        return await self.does(self._look, frame)

    async def does(self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run `work` in the thread. If the caller is cancelled, `idle` waits for its end."""
        future = asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda _: done.set_result(None))
        self._under_way = done
        return await asyncio.shield(future)

    async def wipe(self) -> None:
        """Overwrite what the models' own memory still holds of the last picture and its plates."""
        await self.does(self._blank)

    async def idle(self) -> None:
        """Wait until the thread has nothing more to do."""
        if self._under_way:
            await asyncio.shield(self._under_way)

    def close(self) -> None:
        """Let the thread go: at once when it is idle, else when its last work ends."""
        self._pool.shutdown(wait=self._under_way is None or self._under_way.done())

    def _load(self) -> None:
        self._detector, self._reader = self._models.load()
        self._blank()

    def _blank(self) -> None:
        """Run both models on nothing."""
        if self._detector is None or self._reader is None:
            return
        luma = np.zeros(WARM_UP_SHAPE, np.uint8)
        self._detector.detect(luma)
        corners = np.array([[10, 10], [110, 10], [110, 34], [10, 34]], np.float32)
        self._reader.read(luma, [Quad(corners, 1.0)])

    def _look(self, frame: Frame) -> Look | None:
        if self._detector is None or self._reader is None:
            raise RuntimeError(f"{threading.current_thread().name}: look before open")
        luma = luma_of(frame)
        if is_uniform(luma):
            return None
        return look(luma, self._detector, self._reader, self._limits, self._rounds)
