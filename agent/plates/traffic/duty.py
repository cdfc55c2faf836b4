"""The duty to count traffic: frames and vehicles seen come in, bins, states and tags go out."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Never

import msgspec

from agent.core.clock import Stamp
from agent.core.device import Kind, Surroundings
from agent.core.duty import Duty, DutyState
from agent.core.feed import Feed
from agent.core.frames import Frame
from agent.core.mailbox import Every
from agent.core.records import Record, Stream
from agent.core.store import Store
from agent.core.vision import Luma
from agent.plates.eyes import Eyes
from agent.plates.luma import is_uniform, luma_of, unusable
from agent.plates.traffic.folder_keys import FolderZoneKeys
from agent.plates.traffic.records import TAGS_STREAM, streams
from agent.plates.traffic.settings import TrafficSettings
from agent.plates.traffic.sight import Sight
from agent.plates.traffic.tags import Gate
from agent.plates.traffic.tally import Tally
from agent.plates.traffic.watch import Seen, Watch
from agent.plates.vehicle import VehicleSeen

FRAMES_WAITING = 2
VEHICLES_WAITING = 64
"""Vehicles told and not yet joined: they are taken within a moment, whole streets of them fit."""

TICK_S = 1.0
"""How often time alone is looked at: bins that are over, a silent camera, a new day's key."""

STOP_S = 2.0
"""Time to commit what is open when the node stops."""

SMOOTHING = 0.05

_log = logging.getLogger(__name__)


class TrafficDuty:
    """Counts the traffic that one camera sees."""

    def __init__(self, name: str, settings: TrafficSettings, around: Surroundings) -> None:
        """Make the duty; nothing runs yet.

        Raises:
            ConfigError: There is no camera of that name.
        """
        self._feed = Feed(name, settings.camera, around, FRAMES_WAITING)
        self._name = name
        self._settings = settings
        self._around = around
        self._vehicles: Every[VehicleSeen] = Every(VEHICLES_WAITING)
        journey = settings.journey
        self._gate = (
            None
            if journey is None
            else Gate(journey.zone, journey.gate, FolderZoneKeys(Path(journey.keys)))
        )
        self._store = Store(name, around.journal, what="traffic records")
        self._sight = Sight(settings.camera, settings.silent_s)
        self._eyes = None if settings.plates is None else _eyes_of(settings.plates)
        self._watch = Watch(settings)
        self._tally = Tally(settings, self._watch, self._gate)
        self._counts: Counter[str] = Counter()
        self._look_ms = 0.0
        self._newest: Stamp | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def streams(self) -> Sequence[Stream]:
        return [each for each in streams() if self._gate is not None or each is not TAGS_STREAM]

    def state(self) -> DutyState:
        now = self._around.clock.stamp()
        sight, watch = self._sight, self._watch
        sight.store_words = self._store.trouble
        sight.synced = now.synced
        sight.key_words = None if self._gate is None else self._gate.trouble
        sight.learned = watch.learned
        sight.moved_px = watch.aim.moved_px
        sight.doubt = watch.trouble()
        sight.eyes = None if self._eyes is None else self._eyes.trouble(now.mono_s)
        return sight.state(now)

    def readings(self) -> Mapping[str, float]:
        counts, store = self._counts, self._store
        return {
            "frames": counts["frames"],
            "frames_dropped": self._feed.dropped,
            "frames_unusable": counts["unusable"],
            "frames_dark": counts["dark"],
            "look_ms": round(self._look_ms, 2),
            "interval_s": round(self._watch.interval_s, 3),
            "records": store.committed,
            "records_waiting": len(store),
            "records_refused": store.refused,
            "records_lost": store.lost,
            "tagged": 0 if self._gate is None else self._gate.tagged,
            **self._tally.readings(),
        }

    async def run(self, ready: Callable[[], None]) -> None:
        self._sight.began(self._around.clock.stamp())
        self._watch = Watch(self._settings)
        self._tally = Tally(self._settings, self._watch, self._gate)
        pool = ThreadPoolExecutor(1, thread_name_prefix=f"{self._name}-look")
        try:
            with self._feed.listening(), ExitStack() as while_running:
                self._subscribe_vehicles(while_running)
                async with asyncio.TaskGroup() as group:
                    storing = group.create_task(self._store.run(), name=f"{self._name}-store")
                    group.create_task(self._join(), name=f"{self._name}-join")
                    beside = [group.create_task(self._tick(pool), name=f"{self._name}-tick")]
                    if self._eyes is not None:
                        eyes = self._eyes.watch(self._around.bus, self._around.clock)
                        beside.append(group.create_task(eyes, name=f"{self._name}-eyes"))
                    try:
                        ready()
                        await self._follow(pool)
                    finally:
                        for task in beside:
                            task.cancel()
                        await self._finish()
                        storing.cancel()
        finally:
            self._sight.ended()
            if self._gate is not None:
                self._gate.wipe()
            pool.shutdown(wait=False)

    def _subscribe_vehicles(self, until: ExitStack) -> None:
        wanted = self._settings.plates
        if wanted is None:
            return
        until.enter_context(
            self._around.bus.subscribed(
                VehicleSeen,
                self._vehicles,
                lambda seen: seen.duty == wanted and seen.final and not seen.still,
            )
        )

    async def _follow(self, pool: ThreadPoolExecutor) -> Never:
        while True:
            frame = await self._feed.get()
            self._counts["frames"] += 1
            now = self._around.clock.stamp()
            self._newest = frame.taken
            self._sight.arrived_s = now.mono_s
            self._sight.unusable_words = unusable(frame)
            if self._sight.unusable_words is not None:
                self._counts["unusable"] += 1
                self._watch.interrupted()
                continue
            self._sight.looking_s = now.mono_s
            seen = await asyncio.get_running_loop().run_in_executor(pool, _look, self._watch, frame)
            self._sight.looking_s = None
            await self._take(frame, seen)
            self.state()

    async def _take(self, frame: Frame, seen: Seen | None) -> None:
        if seen is None:
            self._counts["dark"] += 1
            self._sight.dark_frames += 1
            self._watch.interrupted()
            return
        self._sight.dark_frames = 0
        if self._watch.aim.moved_px > 0:
            self._watch.interrupted()
            return
        if not self._feed.live:
            await self._pass(frame.taken)
        self._tally.follow(frame.taken)
        self._tally.seen(seen)
        if seen.observed:
            self._sight.proof = frame.taken
            self._counts["looked"] += 1

    async def _join(self) -> Never:
        while True:
            self._tally.joined(await self._vehicles.get())

    async def _tick(self, pool: ThreadPoolExecutor) -> Never:
        """Let time pass where nothing else does."""
        loop = asyncio.get_running_loop()
        while True:
            now = self._around.clock.stamp()
            gate = self._gate
            if gate is not None and gate.due(now):
                await loop.run_in_executor(pool, gate.turn, now)
            if self._feed.live:
                await self._pass(now)
            await asyncio.sleep(TICK_S)

    async def _pass(self, now: Stamp) -> None:
        blind = self._feed.live and self._sight.blind(self._around.clock.stamp().mono_s)
        if blind:
            self._watch.interrupted()
        await self._commit(self._tally.passes(now, blind=blind), now)

    async def _commit(
        self, records: Iterable[tuple[Stream, str, msgspec.Struct]], now: Stamp
    ) -> None:
        for stream, lane, data in records:
            record = Record(stream, f"{self._settings.camera}/{lane}", now, data)
            if self._feed.live:
                self._store.offer(record)
            else:
                await self._store.put(record)

    async def _finish(self) -> None:
        """Tell what is open and commit what waits, within `STOP_S`."""
        alarm = asyncio.timeout(STOP_S)
        try:
            async with alarm:
                now = self._around.clock.stamp() if self._feed.live else self._newest
                if now is not None:
                    await self._commit(self._tally.ends(now), now)
                await self._store.emptied()
        except TimeoutError:
            if not alarm.expired():
                raise
            _log.warning("%s: stops with %d records uncommitted", self._name, len(self._store))


def _eyes_of(duty: str) -> Eyes:
    """Return the eyes of the plate duty whose vehicles are joined with those counted."""
    words = f"no vehicle is joined with its plate: duty {duty} is not heard of"
    return Eyes(lambda told: told.duty == duty, (words, f"see duty {duty}: does it run?"))


def _look(watch: Watch, frame: Frame) -> Seen | None:
    """Look at one usable frame; None if it shows nothing but one grey."""
    luma: Luma = luma_of(frame)
    return None if is_uniform(luma) else watch.look(luma, frame.taken.mono_s)


def build(name: str, settings: TrafficSettings, around: Surroundings) -> TrafficDuty:
    """Make one traffic duty.

    Raises:
        ConfigError: There is no camera of that name.
    """
    return TrafficDuty(name, settings, around)


DUTY: Kind[TrafficSettings, Duty] = Kind(
    name="traffic",
    what="counts what drives past one camera: lanes, speeds, lengths, queues, journey times",
    settings=TrafficSettings,
    build=build,
)
