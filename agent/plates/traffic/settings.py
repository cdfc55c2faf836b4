"""What a technician sets for counting traffic."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Annotated, Literal

import msgspec

from agent.core.polygon import Corner, common_share, polygon_problem
from agent.core.settings import CameraName, PathText, Seconds, Settings, Word
from agent.core.text import nearest
from agent.plates.settings import PlatesSettings

Metres = Annotated[float, msgspec.Meta(gt=0, le=500)]
Heading = Literal["approaching", "leaving"]

TAGGED_PURPOSES = ("traffic", "trial")
"""A plate that was read for anything else is counted, which needs no plate, and not tagged."""


MOST_COMMON = 0.5
"""Of the smaller of two lanes' near zones, that both cover: beyond it one vehicle is two."""


class ZoneSettings(Settings, frozen=True, kw_only=True):
    """One detection zone: a piece of one lane's road surface, as the picture shows it.

    `corners` are in shares of the picture's width and height, so they hold at every resolution.
    Measured on the road, where known: `length_m` along the lane, and `distance_m` from the point
    under the camera to the zone's nearer edge.
    """

    corners: Annotated[tuple[Corner, ...], msgspec.Meta(min_length=3, max_length=12)]
    length_m: Metres | None = None
    distance_m: Metres | None = None

    def problems(self) -> Iterator[tuple[str, str]]:
        if words := polygon_problem(self.corners):
            yield "corners", words


class LaneSettings(Settings, frozen=True, kw_only=True):
    """One lane: vehicles are counted in `near`; with `far` beyond it their speed is measured."""

    name: Word
    heading: Heading
    near: ZoneSettings
    far: ZoneSettings | None = None
    free_kmh: Annotated[float, msgspec.Meta(ge=5, le=200)] | None = None
    """Speed on the empty road, mostly the limit: what "slow" is measured against."""


class JourneySettings(Settings, frozen=True, kw_only=True):
    """Journey times of a zone: this node is its gate `gate`; `keys` is the folder of day keys."""

    zone: Word
    gate: Word
    keys: PathText


class TrafficSettings(Settings, frozen=True, kw_only=True):
    """Count the traffic that one camera sees, lane by lane."""

    camera: CameraName
    lane: Annotated[tuple[LaneSettings, ...], msgspec.Meta(min_length=1, max_length=8)]
    camera_height_m: Annotated[float, msgspec.Meta(ge=1, le=50)] | None = None
    """Over the road. Without it no length is measured: a vehicle's height hides the road too."""
    plates: Word | None = None
    """The duty whose vehicles are joined with those counted; none is joined without it."""
    journey: JourneySettings | None = None
    stopped_s: Seconds = 30.0
    """A zone occupied for so long outside a queue holds a stopped vehicle."""
    learn_s: Seconds = 20.0
    """How long the empty road is learned before anything is counted."""
    silent_s: Seconds = 5.0
    """A camera without a picture for this long makes the duty blind."""

    def problems(self) -> Iterator[tuple[str, str]]:
        for name, times in Counter(lane.name for lane in self.lane).items():
            if times > 1:
                yield "lane", f"{times} lanes are called {name!r}; expected different names"
        for lane in self.lane:
            yield from (("lane", f"{lane.name}: {words}") for words in _lane_problems(lane))
        for one, other in combinations(self.lane, 2):
            common = common_share(one.near.corners, other.near.corners)
            if common > MOST_COMMON:
                words = (
                    f"the near zones of lanes {one.name} and {other.name} have {common:.0%} in "
                    "common: each vehicle would count twice; expected one zone on each lane"
                )
                yield "lane", words
        if self.journey is not None and self.plates is None:
            yield "journey", "journeys are timed by plates; expected `plates` to name their duty"

    def problems_among(self, duties: Mapping[str, Settings]) -> Iterator[tuple[str, str]]:
        if self.plates is None:
            return
        readers = {
            name: duty
            for name, duty in duties.items()
            if isinstance(duty, PlatesSettings) and duty.camera == self.camera
        }
        reader = readers.get(self.plates)
        if reader is None:
            there = ", ".join(readers) or "none"
            words = f"no duty {self.plates!r} reads the plates of camera {self.camera}; there are: "
            yield "plates", f"{words}{there}{nearest(self.plates, readers)}"
            return
        mine, theirs = (tuple(lane.name for lane in each.lane) for each in (self, reader.site))
        if theirs and not set(mine) <= set(theirs):
            strange = ", ".join(name for name in mine if name not in theirs)
            words = f"duty {self.plates} knows no lane {strange}"
            yield "lane", f"{words}; expected its names, which are {', '.join(theirs)}"
        if self.journey is not None and reader.purpose not in TAGGED_PURPOSES:
            words = f"duty {self.plates} reads for {reader.purpose}, which is never tagged"
            yield "journey", f"{words}; expected one that reads for {' or '.join(TAGGED_PURPOSES)}"


def _lane_problems(lane: LaneSettings) -> Iterator[str]:
    near, far = lane.near, lane.far
    if far is None or None in (near.distance_m, near.length_m, far.distance_m):
        return
    assert near.distance_m is not None  # noqa: S101 - for mypy, which cannot follow `in`
    assert near.length_m is not None  # noqa: S101
    assert far.distance_m is not None  # noqa: S101
    end_m = near.distance_m + near.length_m
    if far.distance_m < end_m:
        yield (
            f"far begins at {far.distance_m:g} m, before near ends at {end_m:g} m; expected it "
            "beyond"
        )
