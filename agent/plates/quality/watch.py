"""Watches one camera's pictures for the duty: feeds on its frames and looks, says what hinders it.

The duty's seam: `before` each look, which also hides what is masked; `after` it; `hindrance` for
its state, `readings` for health, `run` for the stream.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Literal, Never, Protocol, TypeVar, TypeVarTuple

from agent.core.clock import Clock
from agent.core.errors import AgentError
from agent.core.frames import Frame
from agent.core.records import Journal, Record
from agent.core.vision import PlateRead, Quad
from agent.plates.masks import Masks
from agent.plates.quality.advice import NIGHT_LEVEL, Reason
from agent.plates.quality.gauge import Gauge, Whole
from agent.plates.quality.judge import FRESH_S, Hindrance, Judge
from agent.plates.quality.lens import Lens
from agent.plates.quality.passes import Passes, PlateLook
from agent.plates.quality.pose import Held, PoseFigures
from agent.plates.quality.record import STREAM, PlateQuality
from agent.plates.quality.scene import SceneFigures

TELL_S = 60.0
"""A record a minute, and one when the reason changes; none while no picture comes."""

LOOK_S = 5.0
"""How soon a changed reason is told."""

LIT_LEVEL, LIT_TIMES, UNLIT_LEVEL = 80.0, 1.5, 50.0
"""By night, paper so bright, and so many times as bright as the street, is lit by a lamp beside
the camera: plates throw light back. Paper under the last level is not."""

INFRARED_VEHICLES = 5
"""The last vehicles that are asked about the lamp."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_log = logging.getLogger(__name__)


class Does(Protocol):
    """Runs work in the thread that sees."""

    async def __call__(self, work: Callable[[*Ts], T], *args: *Ts) -> T: ...


class QualityWatch:
    """All that is known of one camera's pictures. Use from one event loop."""

    streams = (STREAM,)

    def __init__(
        self, camera: str, masks: Masks, pose_path: str | None, clock: Clock, journal: Journal
    ) -> None:
        """Watch `camera`; masks hold for the pose in the file at `pose_path`."""
        self._camera = camera
        self._masks = masks
        self._clock = clock
        self._journal = journal
        self._gauge = Gauge(camera, pose_path)
        self._judge = Judge(camera, masked=bool(len(masks)))
        self._passes = Passes()
        self._lens = Lens()
        self._scene: SceneFigures | None = None
        self._pose: PoseFigures | None = None
        self._fresh = False
        self.hidden = 0
        """Frames that were not looked at, because masks may not fit them."""
        self.untold = 0
        """Records that the store did not take."""

    async def before(self, does: Does, frame: Frame) -> Frame | None:
        """Take a frame before it is looked at; return what may be seen of it, or None.

        None where the camera has masks that no longer fit.
        """
        self._fresh = True
        if not frame.still and self._gauge.due(frame.taken.mono_s):
            self._take(await does(self._gauge.whole, frame))
        if len(self._masks) and self._unsafe:
            self.hidden += 1
            return None
        return self._masks.applied(frame)

    async def after(
        self, does: Does, frame: Frame, plates: Sequence[tuple[Quad, PlateRead]]
    ) -> None:
        """Take what was found and read in a frame that `before` gave."""
        looks = await does(self._gauge.plates, frame, plates) if plates else []
        if frame.still:
            self._still(looks)
            return
        for vehicle in self._passes.see(frame.taken.mono_s, looks):
            self._judge.passed(vehicle)

    def hindrance(self) -> Hindrance | None:
        """Return the worst of what hinders reading now, or None."""
        held = None if self._pose is None else self._pose.held
        now_s = self._clock.stamp().mono_s
        return self._judge.hindrance(now_s, self._scene, self._lens.figures, held)

    def readings(self) -> Mapping[str, float]:
        """Return the figures that are known, for health."""
        told = self.record()
        numbers = {
            name: value
            for name in told.__struct_fields__
            if isinstance(value := getattr(told, name), int | float)
        }
        numbers["quality_vehicles"] = numbers.pop("vehicles")
        numbers["quality_unread"] = numbers.pop("unread")
        return {**numbers, "frames_hidden": self.hidden, "quality_untold": self.untold}

    def record(self) -> PlateQuality:
        """Return all figures as they leave the node."""
        judge, scene, pose = self._judge, self._scene, self._pose
        figures = {name.value: round(value, 3) for name, value in judge.figures().items()}
        hindrance = self.hindrance()
        return PlateQuality(
            camera=self._camera,
            vehicles=len(judge.vehicles),
            unread=len(judge.unread),
            plate_speed_px_s=_short(judge.speed_px_s()),
            scene_level=None if scene is None else scene.level,
            scene_brightest_level=None if scene is None else scene.brightest_level,
            scene_dark_share=None if scene is None else _short(scene.dark_share),
            scene_clipped_share=None if scene is None else _short(scene.clipped_share),
            scene_noise_levels=None if scene is None else _short(scene.noise_levels),
            scene_edge_px=None if scene is None else _short(scene.edge_px),
            focus_ratio=_short(self._lens.figures.focus_ratio),
            bad_tiles=len(self._lens.figures.bad_tiles),
            pose="unknown" if pose is None else _HELD[pose.held],
            pose_shift_share=None if pose is None else _short(max(map(abs, pose.shift))),
            infrared=self._infrared(),
            reason="" if hindrance is None else hindrance.advice.reason.value,
            **figures,
        )

    async def run(self) -> Never:
        """Tell the figures once a minute, and when what hinders reading has changed."""
        told_s, reason = self._clock.stamp().mono_s, ""
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._clock.stamp()
            record = self.record()
            if record.reason == reason and (now.mono_s - told_s < TELL_S or not self._fresh):
                continue
            told_s, reason, self._fresh = now.mono_s, record.reason, False
            try:
                await self._journal.put(Record(STREAM, self._camera, now, record))
            except AgentError as error:  # a sample: the next one says as much
                self.untold += 1
                _log.debug("%s: quality not told: %s", self._camera, error)

    @property
    def _unsafe(self) -> bool:
        hindrance = self.hindrance()
        return hindrance is not None and hindrance.advice.reason in (Reason.MOVED, Reason.NO_POSE)

    def _take(self, whole: Whole) -> None:
        if whole.aimed is not None:
            tiles = whole.aimed.tiles
            edges, contrasts = [t.edge_px for t in tiles], [t.contrast_levels for t in tiles]
            self._lens.known(whole.aimed.level, edges, contrasts)
        if whole.scene is not None:
            self._scene = whole.scene
            self._lens.see(whole.scene)
            self._judge.looked(whole.scene)
        self._judge.pose_words = whole.pose_words
        self._pose = whole.pose or self._pose

    def _still(self, looks: Sequence[PlateLook]) -> None:
        """Count each plate of a picture that stands alone as a vehicle."""
        for vehicle in Passes.alone(looks):
            self._judge.passed(vehicle)

    def _infrared(self) -> Literal["lit", "dark", "unknown"]:
        """Say by night whether plates throw a lamp's light back, as far as luma tells."""
        if self._scene is None or self._scene.level >= NIGHT_LEVEL:
            return "unknown"
        since_s = self._clock.stamp().mono_s - FRESH_S
        lately = [v for v in self._judge.vehicles if v.mono_s >= since_s][-INFRARED_VEHICLES:]
        if not lately:
            return "unknown"
        paper = median(vehicle.figures.paper_level for vehicle in lately)
        if paper >= max(LIT_LEVEL, LIT_TIMES * self._scene.level):
            return "lit"
        return "dark" if paper < UNLIT_LEVEL else "unknown"


_HELD: Mapping[Held, Literal["held", "moved", "unknown"]] = {
    Held.HELD: "held",
    Held.MOVED: "moved",
    Held.UNKNOWN: "unknown",
}


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
