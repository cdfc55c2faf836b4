"""The duty to read plates: frames of one camera in, one passage for each vehicle out."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Never

from agent.core.device import Kind, Surroundings
from agent.core.duty import Duty, DutyState
from agent.core.errors import Rejected
from agent.core.feed import Feed
from agent.core.frames import Frame
from agent.core.log import mask
from agent.core.records import Record, Stream
from agent.core.store import Store
from agent.plates.clockwork import destroy_keys
from agent.plates.decide import Judge, Rule
from agent.plates.eye import Eye
from agent.plates.eyes import EyesTold, ReaderRuns, tell_eyes
from agent.plates.follow import Follower, Patience, Told
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.luma import unusable
from agent.plates.masks import Masks
from agent.plates.misgivings import Telling
from agent.plates.passage import passage_stream
from agent.plates.purpose import PURPOSES
from agent.plates.quality.watch import QualityWatch
from agent.plates.reading import Limits, Look
from agent.plates.settings import PlatesSettings
from agent.plates.sight import Sight
from agent.plates.sparingly import Besides
from agent.plates.track import Sighting
from agent.plates.turns import Turns
from agent.plates.unread import REASONS, NotRead, Unreported, unread_stream
from agent.plates.vehicle import VehicleSeen

FRAMES_WAITING = 2
"""Pictures of a folder held ready: enough that reading never waits for decoding."""

MODEL_RETRY_S = 60.0
"""A technician may put a sound model in place: look again this often."""

STOP_S = 2.0
"""Time to decide open tracks and commit them when the node stops (SIGTERM allows 5 s in all)."""

SMOOTHING = 0.1
"""Weight of the newest picture in the mean times told."""

_log = logging.getLogger(__name__)


class PlatesDuty:
    """Reads the plates one camera sees."""

    def __init__(self, name: str, settings: PlatesSettings, around: Surroundings) -> None:
        """Make the duty; nothing runs yet.

        Raises:
            ConfigError: There is no camera of that name.
        """
        self._feed = Feed(name, settings.camera, around, FRAMES_WAITING)
        self._purpose = purpose = PURPOSES[settings.purpose]
        self._name = name
        self._settings = settings
        self._around = around
        self._stream = passage_stream(purpose)
        self._judge = Judge(
            name,
            settings.camera,
            purpose,
            Syntax(shipped_book(), settings.countries),
            Rule(
                shortest=settings.shortest,
                agreeing=settings.agreeing,
                telling=Telling(settings.unsure, settings.known_only),
                site=settings.site,
            ),
        )
        self._limits = Limits(
            settings.score,
            settings.height_px,
            settings.shortest,
            regions=settings.regions,
            far=settings.far,
        )
        self._sight = Sight(settings.camera, settings.silent_s)
        self._quality = QualityWatch(
            settings.camera, Masks(settings.masks), settings.pose, around.clock, around.journal
        )
        self._store = Store(name, around.journal)
        self._unread, self._besides = unread_stream(purpose), Besides(around.journal)
        patience = Patience(settings.lost_s, settings.stays_s, settings.again_s)
        self._follower = Follower(self._judge, patience)
        if self._feed.live:
            self._limits = replace(self._limits, crops=around.profile.crops)
        self._turns = Turns(
            around.pace, around.profile.most_fps, settings.heartbeat_s, settings.lost_s
        )
        self._traces = False
        self._in_hand: asyncio.Task[None] | None = None
        self._counts: Counter[str] = Counter()
        self._detect_ms = self._read_ms = 0.0

    @property
    def name(self) -> str:
        return self._name

    @property
    def streams(self) -> Sequence[Stream]:
        passages = (self._stream, self._unread) if self._purpose.passages else ()
        return (*passages, *self._quality.streams)

    def state(self) -> DutyState:
        self._sight.store_words = self._store.trouble
        self._sight.hindrance = self._quality.hindrance()
        self._sight.heat_words = self._too_hot()
        self._sight.fruitless_words = self._follower.fruitless.words
        return self._sight.state(self._around.clock.stamp())

    def readings(self) -> Mapping[str, float]:
        counts = self._counts
        return {
            "frames": counts["frames"],
            "frames_dropped": self._feed.dropped,
            "frames_unusable": counts["unusable"],
            "frames_dark": counts["dark"],
            "frames_spared": counts["spared"],
            "frames_still": counts["still"],
            "budget_fps": round(self._turns.budget_fps, 1),
            "detect_ms": round(self._detect_ms, 2),
            "read_ms": round(self._read_ms, 2),
            "plates_read": counts["plates"],
            "tracks_open": len(self._follower),
            "passages": self._store.committed,
            "passages_waiting": len(self._store),
            "passages_refused": self._store.refused,
            "passages_lost": self._store.lost,
            "rejoined": self._follower.counts["rejoined"],
            **{rule.value: self._follower.counts[rule.value] for rule in Unreported},
            **{f"unread_{r.replace('-', '_')}": self._follower.counts[r] for r in REASONS},
            "unread_untold": self._besides.untold,
            **self._quality.readings(),
        }

    async def run(self, ready: Callable[[], None]) -> None:
        self._sight.began(self._around.clock.stamp())
        eye = Eye(self._name, self._around.plate_models, self._limits, live=self._feed.live)
        try:
            with self._feed.listening():
                async with asyncio.TaskGroup() as group:
                    beside = [
                        group.create_task(work, name=f"{self._name}-{what}")
                        for what, work in self._beside().items()
                    ]
                    try:
                        await self._tell_runs(runs=True)
                        await self._open(eye, ready)
                        await self._watch(eye, group)
                    finally:
                        await self._finish(eye)
                        for task in beside:
                            task.cancel()
        finally:
            self._sight.ended()
            eye.close()

    def _beside(self) -> dict[str, Coroutine[None, None, Never]]:
        """Return what goes on beside looking at pictures."""
        around = self._around
        return {
            "store": self._store.run(),
            "quality": self._quality.run(),
            "besides": self._besides.run(),
            "keys": destroy_keys(around.clock, self._judge.destroy_old_key),
            "eyes": tell_eyes(around.bus, self._eyes_told),
        }

    async def _tell_runs(self, *, runs: bool) -> None:
        told = ReaderRuns(self._settings.camera, self._purpose.name, runs)
        await self._around.bus.publish(told)

    def _eyes_told(self) -> EyesTold:
        return EyesTold(self._name, self._settings.camera, self._purpose.name, self.state())

    async def _open(self, eye: Eye, ready: Callable[[], None]) -> None:
        """Load the models, however often it takes; until then the duty says it is blind."""
        said = False
        while True:
            try:
                await eye.open()
            except Rejected as error:
                self._sight.model_words = str(error)
                if not said:
                    _log.warning("%s: blind, no model: %s", self._name, error)
                    said = True
                    ready()  # able to say why it is blind: the node must not wait for a model
                self.state()
                await asyncio.sleep(MODEL_RETRY_S)
            else:
                break
        self._sight.model_words = None
        self.state()
        _log.info("%s: both models are ready", self._name)
        if not said:
            ready()

    async def _watch(self, eye: Eye, group: asyncio.TaskGroup) -> None:
        while True:
            frame = await self._next()
            # what was taken is seen to its end, even when the node stops meanwhile: `_finish`
            self._in_hand = group.create_task(self._handle(eye, frame), name=f"{self._name}-frame")
            await asyncio.shield(self._in_hand)
            self.state()

    async def _handle(self, eye: Eye, frame: Frame | None) -> None:
        if frame is None:
            await self._tell(await eye.does(self._follower.end, "left"))
            self._follower.forget(self._around.clock.stamp().mono_s)
            await self._wipe(eye)
            return
        self._counts["frames"] += 1
        words = unusable(frame)
        self._sight.came(self._around.clock.stamp(), words)
        if words is None:
            await self._see(eye, frame)
        else:
            self._counts["unusable"] += 1
            await self._follow(eye, frame)

    async def _next(self) -> Frame | None:
        """Wait for a frame; None when none came for so long that every plate has left."""
        # a source that waits for us, or renders, may be slow without anything having left
        live, settings = self._feed.live, self._settings
        return await self._feed.get_within(settings.lost_s if live else settings.silent_s)

    def _too_hot(self) -> str | None:
        budget, need = self._turns.budget_fps, self._settings.least_fps
        if not self._feed.live or budget >= min(need, self._around.profile.most_fps):
            return None
        return f"the board is hot: {budget:.1f} pictures a second, {need:g} are needed"

    async def _see(self, eye: Eye, taken: Frame) -> None:
        if self._feed.live and not self._turns.comes(taken.taken.mono_s):
            self._counts["spared"] += 1
            self._sight.passed_over()
            return
        frame = await self._quality.before(eye.does, taken)  # from here on without what is masked
        if frame is None:
            self._sight.passed_over()
            await self._follow(eye, taken)
            return
        in_view = len(self._follower) > 0
        if self._feed.live and not await eye.does(
            partial(self._turns.moves, frame, in_view=in_view)
        ):
            self._counts["still"] += 1
            self._sight.passed_over()
            return
        look = await eye.look(frame)
        self._sight.saw(self._around.clock.stamp(), dark=look is None)
        if look is None:
            self._counts["dark"] += 1
            await self._follow(eye, frame)
            return
        self._tell_times(look)
        await self._quality.after(eye.does, frame, look.plates)
        sightings = [Sighting(frame, quad, read) for quad, read in look.plates]
        self._counts["plates"] += sum(bool(s.read.characters) for s in sightings)
        await self._follow(eye, frame, sightings)

    async def _follow(self, eye: Eye, frame: Frame, sightings: Sequence[Sighting] = ()) -> None:
        """Follow what a picture shows; where it shows nothing, what was in view ends in time."""
        await self._tell(await eye.does(self._follower.see, frame, sightings))
        self._traces = self._traces or bool(sightings)
        await self._wipe(eye)

    async def _wipe(self, eye: Eye) -> None:
        """Overwrite the models' memory once nobody is in view, where nobody may leave a trace."""
        if self._traces and self._judge.forgets and not len(self._follower):
            self._traces = False
            await eye.wipe()

    async def _tell(self, news: Iterable[Told]) -> None:
        """Tell the node's other parts, then the centre."""
        for told in news:
            if isinstance(told, VehicleSeen):
                await self._around.bus.publish(told)
                continue
            if isinstance(told, NotRead):
                subject = self._subject(told.unread.lane)
                self._besides.offer(Record(self._unread, subject, told.last, told.unread))
                continue
            await self._around.bus.publish(told.seen)
            if told.passage is None:
                continue  # the purpose leaves no trace of it here, or its text has a twin
            _log.info("%s: passage of %s", self._name, mask(told.seen.text))
            subject = self._subject(told.seen.lane)
            record = Record(self._stream, subject, told.seen.last, told.passage)
            if self._feed.live:
                self._store.offer(record)  # the street does not wait for a full disk
            else:
                await self._store.put(record)

    def _subject(self, lane: str | None) -> str:
        return f"{self._settings.camera}/{lane}" if lane else self._settings.camera

    async def _finish(self, eye: Eye) -> None:
        """Decide what is in view and commit what waits, within `STOP_S`."""
        alarm = asyncio.timeout(STOP_S)
        try:
            async with alarm:
                if self._in_hand is not None:
                    await asyncio.wait({self._in_hand})
                await eye.idle()
                await self._tell(await eye.does(self._follower.end, "stopping"))
                await self._tell_runs(runs=False)
                await self._store.emptied()
        except TimeoutError:
            if not alarm.expired():
                raise
            _log.warning("%s: stops with %d passages uncommitted", self._name, len(self._store))

    def _tell_times(self, look: Look) -> None:
        self._detect_ms = _smoothed(self._detect_ms, look.detect_ms)
        if look.plates:
            self._read_ms = _smoothed(self._read_ms, look.read_ms)


def _smoothed(mean: float, newest: float) -> float:
    return mean + SMOOTHING * (newest - mean) if mean else newest


def build(name: str, settings: PlatesSettings, around: Surroundings) -> PlatesDuty:
    """Make one plate duty.

    Raises:
        ConfigError: There is no camera of that name.
    """
    return PlatesDuty(name, settings, around)


DUTY: Kind[PlatesSettings, Duty] = Kind(
    name="plates",
    what="reads the plates one camera sees; one passage for each vehicle",
    settings=PlatesSettings,
    build=build,
)
