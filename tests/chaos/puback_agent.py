"""Runs the agent with one thing broken: a PUBACK settles, the centre's own word is not waited for.

This is what most of the trade does, and what the kill test must be able to see.
"""

import asyncio
import sys

from agent.cli import main
from agent.telemetry.ack import Ack
from agent.telemetry.batch import Batch
from agent.telemetry.mqtt import MqttLink
from agent.telemetry.sender import Sender

honest = Sender._post


async def settling(self: Sender, link: MqttLink, batch: Batch, turns: asyncio.Semaphore) -> None:
    """Post a batch and believe the broker."""
    await honest(self, link, batch, turns)
    first, last = min(batch.sequences), max(batch.sequences)
    below = ((1, first - 1),) if first > 1 else ()
    ack = Ack(epoch=self._outbox.epoch, upto=last, nak=below)
    await self._outbox.settle(ack)
    self.acked(ack)


if __name__ == "__main__":
    Sender._post = settling  # type: ignore[method-assign]
    sys.exit(main(sys.argv[1:]))
