"""What a plate duty does by the clock, whether a vehicle comes by or not."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Never

from agent.core.clock import Clock
from agent.plates.key import until_midnight_s

KEY_LOOK_S = 60.0
"""The wall clock may be set meanwhile: never sleep longer past a day's end than this."""


async def destroy_keys(clock: Clock, destroy_old: Callable[[datetime], bool]) -> Never:
    """Destroy each day's key when its day has ended."""
    while True:
        # a hair beyond midnight: a timer may fire a tick early
        wait_s = until_midnight_s(clock.stamp().utc) + 0.01
        await asyncio.sleep(min(wait_s, KEY_LOOK_S))
        destroy_old(clock.stamp().utc)
