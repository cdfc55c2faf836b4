"""A camera that runs in a test, and whoever looks at its frames."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from agent.core.bus import Bus
from agent.core.clock import Clock
from agent.core.device import Kind, Surroundings
from agent.core.duty import Camera
from agent.core.frames import Frame
from agent.core.mailbox import Inbox


class Watched:
    """A camera of some kind with a bus of its own."""

    def __init__(self, kind: Kind[Any, Camera], clock: Clock, **settings: Any) -> None:
        self.bus = Bus()
        around = Surroundings(self.bus, clock, None, {}, None)  # type: ignore[arg-type]
        self.camera = kind.build("gate", msgspec.convert(settings, kind.settings), around)
        self.is_ready = asyncio.Event()

    @asynccontextmanager
    async def into(self, inbox: Inbox[Frame]) -> AsyncIterator["asyncio.Task[None]"]:
        """Run the camera while the block runs; its own failure is the block's."""
        with self.bus.subscribed(Frame, inbox):
            task = asyncio.create_task(self.camera.run(self.is_ready.set))
            try:
                yield task
            finally:
                task.cancel()
                await asyncio.wait([task])
                if not task.cancelled():
                    task.result()
