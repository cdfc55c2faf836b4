"""One camera's lanes, picture by picture. Pure and blocking: one thread calls it, time is given."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.core.vision import Luma
from agent.plates.traffic.aim import Aim
from agent.plates.traffic.flow import SLICE_S, Slice
from agent.plates.traffic.geometry import Geometry
from agent.plates.traffic.lane import Lane, Passed
from agent.plates.traffic.presence import Detector
from agent.plates.traffic.settings import LaneSettings, TrafficSettings
from agent.plates.traffic.zone import LEAST_PX, NOISES, Glance, Logs, Zone, lores

GAP_S = 1.0
"""Pictures further apart than this leave a time in between in which nothing was seen."""

LEARN_EVERY_S = 0.5
MOST_LEARNED = 64
"""Pictures of the road that its median is taken of."""

LEAST_LEARNED = 10

RELEARN_S = 30.0
RELEARN_EVERY_S = 1.0
RELEARN_FROM = 10
"""A zone covered for so long by something plainer than its road, in so many looks a second
apart, was learned with a vehicle on it: what is seen now is the road."""

LONG_S = 1800.0
"""A zone covered for so long holds a parked vehicle, or its road has changed."""

LEAST_LEVEL = 6.0
"""Grey level of the road below which an unlit vehicle cannot be seen."""

MOST_NOISE = 0.5
"""Binary orders a pixel may have to differ by before a zone is too noisy to be trusted."""

SLOW_S = 0.25
"""Pictures further apart than this on average measure no speed: 3 m at 50 km/h."""

RATE_WEIGHT = 0.02


@dataclass(slots=True)
class Eyelet:
    """One zone with its detector, and what is being learned of it."""

    name: str
    zone: Zone
    detector: Detector
    samples: deque[Logs] = field(default_factory=lambda: deque(maxlen=MOST_LEARNED))
    plainer: deque[Logs] = field(default_factory=lambda: deque(maxlen=RELEARN_FROM))
    sampled_s: float = float("-inf")

    def glance(self, small: Luma, at_s: float, after_s: float) -> Glance:
        """Look at the zone in one picture, and let its road follow if it is empty."""
        patch = self.zone.patch(small)
        glance = self.zone.look(patch)
        since_s = self.detector.since_s
        if since_s is None:
            self.plainer.clear()
            self.zone.empty(patch, glance, after_s)
        elif at_s - since_s > RELEARN_S and at_s - self.sampled_s >= RELEARN_EVERY_S:
            self.sampled_s = at_s
            self._relearn(patch)
        return glance

    def _relearn(self, patch: Logs) -> None:
        if not self.zone.plainer(patch):
            self.plainer.clear()
            return
        self.plainer.append(patch)
        if len(self.plainer) == RELEARN_FROM:
            self.zone.learn(list(self.plainer))
            self.plainer.clear()
            self.detector.reset()


@dataclass(slots=True)
class Eyed:
    """One lane with its zones, and what was seen of it since the last slice."""

    lane: Lane
    near: Eyelet
    far: Eyelet | None
    observed_s: float = 0.0
    near_s: float = 0.0
    all_s: float = 0.0
    passed: list[Passed] = field(default_factory=list)

    @property
    def zones(self) -> Sequence[Eyelet]:
        return (self.near,) if self.far is None else (self.near, self.far)

    def slice(self) -> Slice:
        """Return what was seen since the last call."""
        seen_s = self.observed_s
        made = Slice(
            observed_s=min(seen_s, SLICE_S),
            near=self.near_s / seen_s if seen_s else 0.0,
            all_zones=self.all_s / seen_s if seen_s else 0.0,
            vehicles=len(self.passed),
            speeds_m_s=tuple(v.speed_m_s for v in self.passed if v.speed_m_s is not None),
        )
        self.observed_s = self.near_s = self.all_s = 0.0
        self.passed = []
        return made


@dataclass(frozen=True, slots=True)
class Seen:
    """What one picture brought: the time observed up to it, and each lane's news."""

    from_s: float
    to_s: float
    observed: bool
    covered: Sequence[tuple[str, float, float]]
    passed: Sequence[Passed]


class Watch:
    """Watches all lanes of one camera."""

    def __init__(self, settings: TrafficSettings) -> None:
        self.lanes = {lane.name: _eyed(lane, settings) for lane in settings.lane}
        self.aim = Aim()
        self._learn_s = settings.learn_s
        self._began_s: float | None = None
        self._last_s: float | None = None
        self.interval_s = 0.0
        """The mean time between pictures."""

    @property
    def learned(self) -> bool:
        return all(each.zone.learned for eyed in self.lanes.values() for each in eyed.zones)

    def interrupted(self) -> None:
        """Nothing was seen for a while."""
        self._last_s = None
        for eyed in self.lanes.values():
            eyed.lane.interrupted()

    def look(self, luma: Luma, at_s: float) -> Seen:
        """Take one picture, (H, W) uint8."""
        small = lores(luma)
        last_s = at_s if self._last_s is None else self._last_s
        after_s = at_s - last_s
        if not 0 <= after_s <= GAP_S:
            self.interrupted()
            last_s, after_s = at_s, 0.0
        self._last_s = at_s
        if after_s:
            weight = RATE_WEIGHT if self.interval_s else 1.0
            self.interval_s += weight * (after_s - self.interval_s)
        self.aim.see(small, at_s)
        if not self.learned:
            self._learn(small, at_s)
            return Seen(last_s, at_s, observed=False, covered=(), passed=())
        covered: list[tuple[str, float, float]] = []
        passed: list[Passed] = []
        for eyed in self.lanes.values():
            found = self._lane(eyed, small, at_s, after_s)
            passed += found
            if (stretch := eyed.lane.covered) is not None:
                covered.append((eyed.lane.name, *stretch))
        return Seen(last_s, at_s, observed=after_s > 0, covered=covered, passed=passed)

    def _lane(self, eyed: Eyed, small: Luma, at_s: float, after_s: float) -> list[Passed]:
        near = eyed.near.glance(small, at_s, after_s)
        far = None if eyed.far is None else eyed.far.glance(small, at_s, after_s)
        found = eyed.lane.update(at_s, near, far)
        held = [each.detector.since_s is not None for each in eyed.zones]
        eyed.observed_s += after_s
        eyed.near_s += after_s * held[0]
        eyed.all_s += after_s * all(held)
        eyed.passed += found
        return found

    def _learn(self, small: Luma, at_s: float) -> None:
        if self._began_s is None or at_s < self._began_s:
            self._began_s = at_s
        for eyed in self.lanes.values():
            for each in eyed.zones:
                if not each.zone.learned and abs(at_s - each.sampled_s) >= LEARN_EVERY_S:
                    each.sampled_s = at_s
                    each.samples.append(each.zone.patch(small))
        enough = min(len(each.samples) for e in self.lanes.values() for each in e.zones)
        if at_s - self._began_s < self._learn_s or enough < LEAST_LEARNED:
            return
        for eyed in self.lanes.values():
            for each in eyed.zones:
                each.zone.learn(list(each.samples))
                each.samples.clear()
        self.aim.settle()

    def trouble(self) -> tuple[str, str, str] | None:
        """Return reason, words and remedy of what makes the counts doubtful, the worst first."""
        for eyed in self.lanes.values():
            for each in eyed.zones:
                where = f"{each.name} of lane {eyed.lane.name}"
                if each.zone.pixels < LEAST_PX:
                    words = f"zone {where} has {each.zone.pixels} pixels, expected {LEAST_PX}"
                    return "zone-small", words, "draw the zone larger, or aim the camera nearer"
                if not each.zone.learned:
                    continue
                since_s = each.detector.since_s
                if since_s is not None and (self._last_s or since_s) - since_s > LONG_S:
                    words = f"zone {where} has been covered for over {LONG_S / 60:.0f} minutes"
                    return "covered", words, "see whether a vehicle is parked there, or restart"
                if each.zone.level < LEAST_LEVEL:
                    words = f"zone {where} is too dark to see an unlit vehicle"
                    return "dark-road", words, "light the road, or lengthen the exposure"
                if NOISES * each.zone.noise > MOST_NOISE:
                    words = f"zone {where} is too noisy to be trusted"
                    return "noisy", words, "clean the lens; light the road; lower the gain"
        if self.interval_s > SLOW_S:
            words = f"a picture comes every {self.interval_s:.2f} s only: speeds are not certain"
            return "few-frames", words, "raise the camera's rate to 8 pictures a second or more"
        return None


def _eyed(lane: LaneSettings, settings: TrafficSettings) -> Eyed:
    geometry = Geometry.of(lane, settings.camera_height_m)
    made = Lane(lane.name, geometry, two_zones=lane.far is not None)
    near = Eyelet("near", Zone(lane.near.corners), made.near)
    if lane.far is None or made.far is None:
        return Eyed(made, near, None)
    return Eyed(made, near, Eyelet("far", Zone(lane.far.corners), made.far))
