"""Hand-over between tasks, with the loss policy in the type's name."""

import asyncio
from collections import deque
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Inbox(Protocol[T_contra]):
    """What a publisher needs to know of a reader."""

    def offer(self, item: T_contra) -> bool:
        """Take the item at once if there is room; say whether it was taken."""
        ...

    async def put(self, item: T_contra) -> None:
        """Take the item, waiting for room where the policy says so."""
        ...


class Latest(Generic[T]):
    """One slot. A newer item replaces an unread one, so `put` never waits.

    For frames and live readings: stale data is worse than lost data.
    """

    def __init__(self) -> None:
        self._slot: deque[T] = deque(maxlen=1)
        self._filled = asyncio.Event()
        self.dropped = 0

    def offer(self, item: T) -> bool:
        self.dropped += len(self._slot)
        self._slot.append(item)
        self._filled.set()
        return True

    async def put(self, item: T) -> None:
        self.offer(item)

    async def get(self) -> T:
        """Wait for the newest item. Cancelling it loses nothing."""
        while not self._slot:
            self._filled.clear()
            await self._filled.wait()
        return self._slot.popleft()


class Every(Generic[T]):
    """A bounded queue that loses nothing: when it is full, `put` waits.

    For events that must be delivered. The wait is the back-pressure.
    """

    dropped = 0  # never: the count is there so that both policies report alike

    def __init__(self, capacity: int) -> None:
        if capacity < 1:  # asyncio.Queue would take 0 for "without bound"
            raise ValueError(f"an Every needs room for at least one item, not {capacity}")
        self._queue: asyncio.Queue[T] = asyncio.Queue(capacity)

    def __len__(self) -> int:
        return self._queue.qsize()

    def offer(self, item: T) -> bool:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            return False
        return True

    async def put(self, item: T) -> None:
        await self._queue.put(item)

    async def get(self) -> T:
        """Wait for the oldest item. Cancelling it loses nothing."""
        return await self._queue.get()
