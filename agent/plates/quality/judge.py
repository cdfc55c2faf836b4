"""What hinders reading: from vehicles that went by, the glass and the pose, never from one look.

A figure past its limit hinders nobody while plates are read. So plates that stay unread are what
counts, and the figures say why. Pure: facts come in, a word goes out.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from agent.core.duty import Performance
from agent.plates.quality.advice import LENS_ADVICE, Advice, Reason, advice_for
from agent.plates.quality.goals import Figure, values
from agent.plates.quality.lens import LensFigures
from agent.plates.quality.passes import Vehicle
from agent.plates.quality.pose import Held
from agent.plates.quality.scene import SceneFigures

VEHICLES, FEWEST = 20, 8
"""Vehicles that count, the last ones; below the second nothing is said."""

DEGRADED_ON, DEGRADED_OFF = 0.5, 0.25
"""Shares of them unread from which reading is degraded, and to which it is again performed."""

BLIND_ON, BLIND_OFF = 0.9, 0.7

READ_IN_A_ROW = 6
"""So many read one after the other are proof that it was mended: what was before is forgotten."""

FRESH_S = 3600.0
"""Vehicles no older than this vouch for a lens that seems soft."""

DARK_ON_LEVEL, DARK_OFF_LEVEL = 40.0, 60.0
"""Level of a picture's brightest hundredth below which all of it is dark, and from which it is
not: street lamps, lit plates and windows are far brighter."""

DARK_LOOKS = 20
"""Looks in a row, some five minutes, that must say so."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What hinders reading, how much, and what to do."""

    performance: Performance
    advice: Advice


@dataclass(slots=True)
class Judge:
    """Judges one camera's figures. `masked`: it has masks, which hold for one pose only."""

    camera: str
    masked: bool = False
    vehicles: deque[Vehicle] = field(default_factory=lambda: deque(maxlen=VEHICLES))
    pose_words: str | None = None
    """Why the pose file cannot be used; None where it can, or none is needed."""
    _said: Performance = Performance.PERFORMING
    _row: int = 0
    _dark: bool = False
    _dark_row: int = 0

    def passed(self, vehicle: Vehicle) -> None:
        """Take one vehicle more."""
        self._row = self._row + 1 if vehicle.read else 0
        if self._row >= READ_IN_A_ROW and self._said is not Performance.PERFORMING:
            recent = list(self.vehicles)[-(READ_IN_A_ROW - 1) :]
            self.vehicles.clear()
            self.vehicles.extend(recent)
            self._said = Performance.PERFORMING
        self.vehicles.append(vehicle)
        self._said = self._performance()

    def looked(self, scene: SceneFigures) -> None:
        """Take one look more at the whole picture."""
        bright = scene.brightest_level
        dark = bright < (DARK_OFF_LEVEL if self._dark else DARK_ON_LEVEL)
        self._dark_row = 0 if dark is self._dark else self._dark_row + 1
        if self._dark_row >= DARK_LOOKS:
            self._dark, self._dark_row = dark, 0

    @property
    def unread(self) -> list[Vehicle]:
        return [vehicle for vehicle in self.vehicles if not vehicle.read]

    def figures(self, vehicles: Sequence[Vehicle] | None = None) -> dict[Figure, float]:
        """Return the medians of the vehicles' figures."""
        told = [values(one.figures) for one in (self.vehicles if vehicles is None else vehicles)]
        return {
            figure: median(known)
            for figure in Figure
            if (known := [each[figure] for each in told if figure in each])
        }

    def speed_px_s(self) -> float | None:
        """Return the speed that most plates stay under (the 90th percentile), in the picture."""
        known = sorted(one.speed_px_s for one in self.vehicles if one.speed_px_s is not None)
        return known[int(0.9 * (len(known) - 1))] if known else None

    def hindrance(
        self, now_s: float, scene: SceneFigures | None, lens: LensFigures, pose: Held | None
    ) -> Hindrance | None:
        """Return the worst of what hinders reading now, or None."""
        plates = self._plates(scene)
        blind = plates is not None and plates.performance is Performance.BLIND
        light = None
        if not self._vouched(now_s):
            glass = None if lens.fault is None else LENS_ADVICE[lens.fault]
            soft = glass and Hindrance(Performance.DEGRADED, glass)
            light = soft or plates or self._light(scene)
        return self._pose(pose) or (plates if blind else None) or light or self._strange(pose)

    def _light(self, scene: SceneFigures | None) -> Hindrance | None:
        if not self._dark or scene is None:
            return None
        words = f"the whole picture is dark, level {scene.brightest_level:.0f} at most"
        remedy = "by night: is the infrared lamp lit? by day: iris, gain, lens cap"
        return Hindrance(Performance.DEGRADED, Advice(Reason.DARK, words, remedy))

    def _strange(self, pose: Held | None) -> Hindrance | None:
        if pose is not Held.UNKNOWN or not self.masked:
            return None
        words = "the view is none that is known, its masks may not fit"
        return Hindrance(Performance.DEGRADED, Advice(Reason.POSE_UNKNOWN, words, self._aim()))

    def _pose(self, pose: Held | None) -> Hindrance | None:
        # what a mask was to hide would be seen: better see nothing
        performance = Performance.BLIND if self.masked else Performance.DEGRADED
        if self.pose_words is not None:
            return Hindrance(performance, Advice(Reason.NO_POSE, self.pose_words, self._aim()))
        if pose is Held.MOVED:
            words = "the camera was moved" + ("; its masks no longer fit" if self.masked else "")
            remedy = f"aim it as it was, or see to masks and lanes, then {self._aim()}"
            return Hindrance(performance, Advice(Reason.MOVED, words, remedy))
        return None

    def _aim(self) -> str:
        return f"sereno plates aim {self.camera} --write-pose FILE"

    def _vouched(self, now_s: float) -> bool:
        """Say whether plates are read well, whatever the figures are."""
        fresh = [one for one in self.vehicles if now_s - one.mono_s <= FRESH_S]
        unread = sum(not one.read for one in fresh)
        return len(fresh) >= FEWEST and unread <= DEGRADED_OFF * len(fresh)

    def _performance(self) -> Performance:
        if len(self.vehicles) < FEWEST:
            return self._said
        share = len(self.unread) / len(self.vehicles)
        said = self._said
        if share >= (BLIND_OFF if said is Performance.BLIND else BLIND_ON):
            return Performance.BLIND
        degraded = DEGRADED_ON if said is Performance.PERFORMING else DEGRADED_OFF
        return Performance.DEGRADED if share > degraded else Performance.PERFORMING

    def _plates(self, scene: SceneFigures | None) -> Hindrance | None:
        if self._said is Performance.PERFORMING:
            return None
        unread = self.unread
        causes = Counter(one.cause for one in unread)
        cause = max(causes, key=lambda one: (causes[one], one is not None), default=None)
        words = f"{len(unread)} of the last {len(self.vehicles)} plates were not read"
        if cause is None:
            remedy = f"look at the picture: sereno plates aim {self.camera}"
            advice = Advice(Reason.UNREAD, f"{words}, and no figure says why", remedy)
            return Hindrance(self._said, advice)
        figures = self.figures([one for one in unread if one.cause is cause])
        level = None if scene is None else scene.level
        why = advice_for(cause, figures, level, self.speed_px_s())
        return Hindrance(self._said, Advice(why.reason, f"{words}: {why.words}", why.remedy))
