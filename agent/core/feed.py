"""One camera's frames, as one duty takes them."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from agent.core.device import Surroundings
from agent.core.errors import ConfigError
from agent.core.frames import Frame
from agent.core.mailbox import Every, Latest


class Feed:
    """Frames of one camera: the newest of a live one, every one of any other.

    A live camera's older frame is worth nothing once there is a newer one. Of a folder or a file
    every picture counts, and the camera waits for us: it is listened to for good, so that no
    picture goes by unseen before or between runs.
    """

    def __init__(self, duty: str, camera: str, around: Surroundings, waiting: int) -> None:
        """Listen for `duty`; `waiting` frames of a camera that is not live are held ready.

        Raises:
            ConfigError: There is no camera of that name.
        """
        if camera not in around.cameras:
            there = ", ".join(sorted(around.cameras)) or "none"
            raise ConfigError(f"duty.{duty}.camera: no camera {camera!r}; there are: {there}")
        self._bus = around.bus
        self._camera = camera
        self.live = around.cameras[camera].live
        self._inbox: Every[Frame] | Latest[Frame] = Latest() if self.live else Every(waiting)
        self._for_good = ExitStack()
        if not self.live:
            self._subscribe(self._for_good)

    @property
    def dropped(self) -> int:
        """Frames of a live camera that were older than the newest when their turn came."""
        return self._inbox.dropped

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to a live camera while the duty runs."""
        with ExitStack() as while_running:
            if self.live:
                self._subscribe(while_running)
            yield

    async def get(self) -> Frame:
        """Wait for the next frame."""
        return await self._inbox.get()

    async def get_within(self, wait_s: float) -> Frame | None:
        """Wait for the next frame; None when none came for so long."""
        alarm = asyncio.timeout(wait_s)
        try:
            async with alarm:
                return await self.get()
        except TimeoutError:
            if not alarm.expired():
                raise
            return None

    def _subscribe(self, until: ExitStack) -> None:
        ours = self._bus.subscribed(Frame, self._inbox, lambda frame: frame.source == self._camera)
        until.enter_context(ours)
