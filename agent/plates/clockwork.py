"""What a plate duty does by the clock, whether a vehicle comes by or not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Never

from agent.core.bus import Bus
from agent.core.clock import Clock
from agent.core.duty import DutyState
from agent.plates.key import until_midnight_s

KEY_LOOK_S = 60.0
"""The wall clock may be set meanwhile: never sleep longer past a day's end than this."""

TELL_S = 1.0
"""How often neighbours hear how well plates are seen."""


@dataclass(frozen=True, slots=True)
class EyesTold:
    """How well a plate duty sees: whoever relies on it is blind with it, and when it falls silent.

    Published on the bus every `TELL_S`.
    """

    duty: str
    camera: str
    purpose: str
    state: DutyState


async def destroy_keys(clock: Clock, destroy_old: Callable[[datetime], bool]) -> Never:
    """Destroy each day's key when its day has ended."""
    while True:
        # a hair beyond midnight: a timer may fire a tick early
        wait_s = until_midnight_s(clock.stamp().utc) + 0.01
        await asyncio.sleep(min(wait_s, KEY_LOOK_S))
        destroy_old(clock.stamp().utc)


async def tell_eyes(bus: Bus, told: Callable[[], EyesTold]) -> Never:
    """Tell the neighbours how well plates are seen, for ever."""
    while True:
        await bus.publish(told())
        await asyncio.sleep(TELL_S)
