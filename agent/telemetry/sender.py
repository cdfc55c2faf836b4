"""Sends the outbox's records over one connection: due again, new, old, each within its bounds."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Never

from agent.telemetry.ack import Ack
from agent.telemetry.batch import MOST_BYTES, MOST_RECORDS, Batch, packed
from agent.telemetry.cloudevent import MEDIA_TYPE
from agent.telemetry.mqtt import MqttLink, Refused
from agent.telemetry.outbox import Outbox
from agent.telemetry.pace import Pace
from agent.telemetry.settings import BrokerSettings
from agent.telemetry.topics import Topics
from agent.telemetry.window import Window

log = logging.getLogger(__name__)

PACKET_OVERHEAD_BYTES = 256
"""What a publish adds to its payload at most: header, topic, properties."""

REFUSED_SLOW_S = 10.0
"""How long a broker that refuses for a passing reason is given easier work."""


class Sender:
    """Sends live before backlog.

    What is committed during a connection goes at once; what is older follows at a bounded rate,
    and what the centre lacks is sent again at a bounded rate.
    """

    def __init__(
        self,
        outbox: Outbox,
        settings: BrokerSettings,
        topics: Topics,
        parked: Callable[[], None],
    ) -> None:
        """Prepare; `parked` is called when records were laid aside."""
        self._outbox = outbox
        self._topics = topics
        self._parked = parked
        self._most_inflight = settings.inflight
        self._window = Window(settings.window_batches, settings.ack_s, settings.ack_cap_s)
        self._old = Pace(settings.backlog_batches_s)
        self._again = Pace(settings.backlog_batches_s)
        self._live_after = 0
        self._backlog_after = 0
        self._backlog_upto = 0
        self._most_bytes = MOST_BYTES
        self._sent = 0
        self._resent = 0
        self._refused = 0

    def readings(self) -> Mapping[str, float]:
        """Return figures for the health message."""
        return {
            "unacked": self._window.records,
            "window_batches": len(self._window),
            "sent": self._sent,
            "resent": self._resent,
            "refused": self._refused,
        }

    def begin(self, link: MqttLink) -> None:
        """Start afresh for a new connection: all that is stored now is backlog."""
        most = link.greeting.maximum_packet_bytes
        self._most_bytes = MOST_BYTES
        if most is not None:
            self._most_bytes = min(MOST_BYTES, max(1, most - PACKET_OVERHEAD_BYTES))
        self._window.clear()
        self._live_after = self._backlog_upto = self._outbox.highest
        self._backlog_after = 0
        self._outbox.added.set()

    def end(self) -> None:
        """Forget what was under way: the connection is gone."""
        self._window.clear()

    def acked(self, ack: Ack) -> None:
        """Take the centre's word, already settled in the store."""
        self._window.acked(ack, asyncio.get_running_loop().time())
        self._outbox.added.set()

    def slow(self, for_s: float) -> None:
        """Send what is not new at a tenth of the rate for a while."""
        now = asyncio.get_running_loop().time()
        self._old.slow(now, for_s)
        self._again.slow(now, for_s)

    async def run(self, link: MqttLink) -> Never:
        """Send until the connection ends.

        Raises:
            LinkLost: It has.
            DeviceError: The outbox failed.
        """
        turns = asyncio.Semaphore(max(1, min(self._most_inflight, link.greeting.receive_maximum)))
        async with asyncio.TaskGroup() as posts:
            while True:
                self._outbox.added.clear()
                if self._outbox.fill.owes_gaps:
                    await self._outbox.tell_gaps()
                batches = await self._new() or await self._due() or await self._backlog()
                for batch in batches:
                    posts.create_task(self._post(link, batch, turns))
                if not batches:
                    await self._idle()

    async def _idle(self) -> None:
        """Wait until there may be something to send."""
        waits: list[float] = []
        if self._window.due_s is not None:
            waits.append(max(self._window.due_s, self._again.next_s))
        if self._backlog_after < self._backlog_upto and self._window.has_room_for_backlog:
            waits.append(self._old.next_s)
        until = min(waits, default=None)
        try:
            async with asyncio.timeout_at(until) as alarm:
                await self._outbox.added.wait()
        except TimeoutError:
            if not alarm.expired():
                raise

    async def _new(self) -> list[Batch]:
        if not self._window.has_room:
            return []
        rows = await self._outbox.after(
            self._live_after, self._outbox.highest, MOST_RECORDS, self._most_bytes
        )
        if rows:
            self._live_after = rows[-1].sequence
        return self._counted(list(packed(rows, self._most_bytes)), backlog=False)

    async def _backlog(self) -> list[Batch]:
        now = asyncio.get_running_loop().time()
        if (
            self._backlog_after >= self._backlog_upto
            or not self._window.has_room_for_backlog
            or not self._old.ready(now)
        ):
            return []
        rows = await self._outbox.after(
            self._backlog_after, self._backlog_upto, MOST_RECORDS, self._most_bytes
        )
        self._backlog_after = rows[-1].sequence if rows else self._backlog_upto
        batches = self._counted(list(packed(rows, self._most_bytes)), backlog=True)
        for _ in batches:
            self._old.spend(now)
        return batches

    async def _due(self) -> list[Batch]:
        now = asyncio.get_running_loop().time()
        if not self._again.ready(now) or (due := self._window.due(now)) is None:
            return []
        if due.poison:
            await self._park(due.poison, "the centre does not take it")
        batches: list[Batch] = []
        for sequences in due.again:
            rows = await self._outbox.these(sequences)
            self._window.forget(set(sequences) - {row.sequence for row in rows})
            batches += packed(rows, self._most_bytes)
            self._again.spend(now)
        self._resent += sum(len(batch.rows) for batch in batches)
        return batches

    def _counted(self, batches: list[Batch], *, backlog: bool) -> list[Batch]:
        now = asyncio.get_running_loop().time()
        for batch in batches:
            self._window.sent(batch.sequences, now, backlog=backlog)
            self._sent += len(batch.rows)
        return batches

    async def _post(self, link: MqttLink, batch: Batch, turns: asyncio.Semaphore) -> None:
        if len(batch.payload) > self._most_bytes:
            await self._park(batch.sequences, f"larger than the broker takes: {self._most_bytes} B")
            return
        try:
            async with turns:
                await link.publish(
                    self._topics.data(batch.stream), batch.payload, content_type=MEDIA_TYPE
                )
        except Refused as refusal:
            self._refused += 1
            if not refusal.final:
                self.slow(REFUSED_SLOW_S)  # it will be due again
            elif refusal.singles and len(batch.rows) > 1:
                for row in batch.rows:
                    await self._post(link, Batch(batch.stream, (row,)), turns)
            else:
                await self._park(batch.sequences, refusal.problem)

    async def _park(self, sequences: Sequence[int], words: str) -> None:
        self._window.forget(sequences)
        parked = await self._outbox.park(sequences, words)
        self._parked()
        log.warning("%d records laid aside: %s", parked, words)
