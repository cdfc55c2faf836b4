"""A camera that looks at the simulated street; the agent cannot tell it from one on a pole."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from math import ceil
from typing import Annotated, Literal, Never

import msgspec

from agent.core.clock import Stamp
from agent.core.device import Kind, Surroundings
from agent.core.errors import DeviceSilent, LinkLost
from agent.core.frames import Frame, Pixels
from agent.core.settings import Hertz, Settings
from simulators.optics.canvas import Picture
from simulators.optics.eye import Eye
from simulators.scenario import FaultKind, load
from simulators.world import World

SILENCE_S = 3.0
"""A camera that sends nothing for so long is given up, as a driver of a real one does."""


class StreetSettings(Settings, frozen=True, kw_only=True):
    """Which street, and when it began.

    Scenario, seed and `started`, the instant of world time zero, say everything about what drives
    past: another process that knows them knows the truth. Without `started` the street begins when
    the camera does. At `pace = "clock"` the world runs `speed` times as fast as the clock; at
    `every`, each of its pictures is made as soon as the last one was taken, and stamped with the
    world's time. `until_s` ends the pictures at that world time.
    """

    scenario: Annotated[str, msgspec.Meta(min_length=1)] = "street-day"
    seed: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)] = 0
    started: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    speed: Annotated[float, msgspec.Meta(gt=0, le=100)] = 1.0
    rate_hz: Hertz = 12.0
    """Pictures in a second of the world."""
    pace: Literal["clock", "every"] = "clock"
    until_s: float | None = None
    empty: bool = True
    """Whether pictures are taken while no vehicle is near, at pace `every`: one a second if not."""

    def problems(self) -> Iterator[tuple[str, str]]:
        try:
            load(self.scenario)  # a mistake in the scenario is a mistake in the configuration
        except ValueError as error:
            yield "scenario", str(error)


class StreetCamera:
    """Renders in its own thread and publishes luma; faults come from the scenario."""

    def __init__(self, name: str, settings: StreetSettings, around: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self._bus = around.bus
        self._clock = around.clock
        self._scenario = load(settings.scenario)
        self._world = World(self._scenario, settings.seed)
        self._eye = Eye(self._world)
        self._zero: datetime | None = None
        self._moment = 0
        self._seq = 0
        self._missed = 0

    @property
    def live(self) -> bool:
        return self._settings.pace == "clock"

    async def run(self, ready: Callable[[], None]) -> Never:
        """Publish until cancelled.

        Raises:
            LinkLost: The scenario has unplugged the camera.
            DeviceSilent: The scenario has made it stall.
        """
        pool = ThreadPoolExecutor(1, thread_name_prefix=self.name)
        try:
            await asyncio.get_running_loop().run_in_executor(pool, self._eye.warm_up)
            now = self._clock.stamp()
            zero = self._zero = self._zero or self._settings.started or now.utc
            if self.live:
                await self._follow_the_clock(pool, ready, zero)
            else:
                await self._take_every(
                    pool, ready, Stamp(now.mono_s, zero, now.synced, now.error_ms)
                )
            await asyncio.Event().wait()
            raise AssertionError("unreachable: nobody sets the event")
        finally:
            pool.shutdown(wait=False)  # the thread ends with the one picture it may be making

    def readings(self) -> Mapping[str, float]:
        return {"published": self._seq, "missed": self._missed}

    async def _follow_the_clock(
        self, pool: Executor, ready: Callable[[], None], zero: datetime
    ) -> None:
        """Show the street as it is now, `rate_hz` times a second of the world."""
        loop = asyncio.get_running_loop()
        period_s = 1 / (self._settings.rate_hz * self._settings.speed)
        due_s = loop.time()
        while True:
            await asyncio.sleep(due_s - loop.time())
            stamp = self._clock.stamp()
            time_s = (stamp.utc - zero).total_seconds() * self._settings.speed
            if self._over(time_s):
                return
            await self._publish(stamp, await self._shoot(pool, time_s))
            ready()
            due_s += period_s
            if (behind_s := loop.time() - due_s) > period_s:  # pictures are missed, not made late
                missed = int(behind_s / period_s)
                self._missed += missed
                due_s += missed * period_s

    async def _take_every(self, pool: Executor, ready: Callable[[], None], start: Stamp) -> None:
        """Show every picture of the world from its zero on, as fast as they are taken."""
        rate_hz = self._settings.rate_hz
        while not self._over(time_s := self._moment / rate_hz):
            nth, self._moment = self._moment, self._moment + 1
            if not self._settings.empty and nth % ceil(rate_hz) and not self._busy(time_s):
                continue
            for fault in self._scenario.fault:  # nobody looks at the street while it cannot be seen
                if fault.kind in (FaultKind.UNPLUG, FaultKind.STALL) and fault.during(time_s):
                    self._moment = ceil((fault.at_s + fault.for_s) * rate_hz)
            picture = await self._shoot(pool, time_s)
            utc = start.utc + timedelta(seconds=time_s)
            await self._publish(
                Stamp(start.mono_s + time_s, utc, start.synced, start.error_ms), picture
            )
            ready()

    def _busy(self, time_s: float) -> bool:
        """Say whether any vehicle's plate may be found."""
        return any(self._world.finds(vehicle, time_s) for vehicle in self._world.vehicles(time_s))

    def _over(self, time_s: float) -> bool:
        return self._settings.until_s is not None and time_s >= self._settings.until_s

    async def _shoot(self, pool: Executor, time_s: float) -> Picture:
        """Take one picture, or suffer what the scenario has in store for this moment."""
        look = self._eye.grey
        for fault in self._scenario.fault:
            if not fault.during(time_s):
                continue
            match fault.kind:
                case FaultKind.UNPLUG:
                    raise LinkLost(self.name, "unplugged")
                case FaultKind.STALL:
                    await self._stall()
                case FaultKind.DARK:
                    look = self._eye.capped
                case FaultKind.FROZEN:
                    time_s = fault.at_s
        return await asyncio.get_running_loop().run_in_executor(pool, look, time_s)

    async def _stall(self) -> Never:
        await asyncio.sleep(SILENCE_S)
        raise DeviceSilent(self.name, f"no picture within {SILENCE_S:g} s")

    async def _publish(self, stamp: Stamp, picture: Picture) -> None:
        self._seq += 1
        await self._bus.publish(Frame(self.name, self._seq, stamp, Pixels.GREY8, picture))


KIND = Kind(
    name="street",
    what="a camera on the simulated street (developers only)",
    settings=StreetSettings,
    build=StreetCamera,
)
