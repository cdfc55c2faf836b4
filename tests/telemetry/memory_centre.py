"""A control centre on the broker in memory: commits by key, acknowledges a little later."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from agent.telemetry.ack import MOST_RANGES, Ack
from agent.telemetry.gap import Gap
from agent.telemetry.gaps import runs
from agent.telemetry.topics import Topics
from agent.telemetry.wire import encode
from simulators.mqtt import Heard, MemoryBroker

ACK_EVERY_S = 0.2


class MemoryCentre:
    """`deaf`, it takes nothing; `drops` names records that it loses without a word."""

    def __init__(self, broker: MemoryBroker, topics: Topics) -> None:
        self.deaf = False
        self.dumb = False
        self.drops: Callable[[int], bool] = lambda _number: False
        self.events: dict[tuple[int, int], dict[str, Any]] = {}
        self.order: list[int] = []
        self.duplicates = 0
        self.gaps: dict[tuple[int, int], str] = {}
        self._broker = broker
        self._topics = topics
        self._owed: set[int] = set()
        broker.listen(self)

    def __call__(self, heard: Heard) -> None:
        if self.deaf or not heard.topic.startswith(self._topics.data("x")[:-1]):
            return
        for event in msgspec.json.decode(heard.payload):
            key = (event["epoch"], int(event["sequence"]))
            if self.drops(key[1]):
                continue
            self.duplicates += key in self.events
            if key not in self.events:
                self.order.append(key[1])
            self.events[key] = event
            if heard.topic.endswith("/gap"):
                gap = msgspec.convert(event["data"], Gap)
                for number in range(gap.first, gap.last + 1):
                    self.gaps[key[0], number] = gap.cause.value
            if not self._owed:
                asyncio.get_running_loop().call_later(ACK_EVERY_S, self._answer)
            self._owed.add(key[0])

    def numbers(self, epoch: int) -> list[int]:
        """Return the records held of one epoch, rising."""
        return sorted(number for held, number in self.events if held == epoch)

    def ack(self, epoch: int) -> Ack:
        """Return what is true now."""
        known = {n for held, n in [*self.events, *self.gaps] if held == epoch}
        upto = max(known, default=0)
        holes = list(runs(n for n in range(1, upto + 1) if n not in known))
        if len(holes) > MOST_RANGES:
            upto = holes[MOST_RANGES][0] - 1
        return Ack(epoch=epoch, upto=upto, nak=tuple(holes[:MOST_RANGES]))

    def _answer(self) -> None:
        owed, self._owed = self._owed, set()
        if self.deaf or self.dumb:
            return
        for epoch in owed:
            self._broker.say(self._topics.ack, encode(self.ack(epoch)))
