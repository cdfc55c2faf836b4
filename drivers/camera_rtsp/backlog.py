"""Packets between the thread that receives and the thread that decodes."""

import threading
from collections import deque
from typing import Generic, TypeVar

P = TypeVar("P")

MOST_WAITING = 50
"""Two seconds at 25 a second: a decoder further behind shows the past."""

BEHIND = 4
"""This many wait for a decoder that does not keep up; fewer are the network's unevenness."""


class Backlog(Generic[P]):
    """A bounded queue that skips ahead to a key frame when the decoder falls behind.

    Packets after a lost one cannot be decoded before the next key frame, so that is where it
    goes on: at once if a key frame comes while some wait, else, when it is full, by dropping all
    that wait and all that come until there is one.
    """

    def __init__(self) -> None:
        self._waiting: deque[P] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._until_key = False
        self.dropped = 0

    def put(self, packet: P, *, key: bool) -> None:
        """Take a packet; never waits."""
        with self._changed:
            full = len(self._waiting) >= MOST_WAITING
            if full or (key and len(self._waiting) >= BEHIND):
                self.dropped += len(self._waiting)
                self._waiting.clear()
                self._until_key = True
            if self._until_key and not key:
                self.dropped += 1
                return
            self._until_key = False
            self._waiting.append(packet)
            self._changed.notify()

    def get(self) -> P | None:
        """Wait for the oldest packet; None once closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return None if self._closed else self._waiting.popleft()

    def close(self) -> None:
        """Wake the decoder for the last time; what waits is dropped."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
