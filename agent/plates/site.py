"""What a technician measures at a site: lanes in the picture, points of the road in metres."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from agent.core.polygon import polygon_problem
from agent.core.settings import Settings, Word
from agent.plates.plane import LEAST_POINTS, Points, fitted, points_problem

MOST_LANES = 8
MOST_POINTS = 12

MOST_OFF_M = 0.5
"""Five or more points may be this far from the plane through all of them."""

RoadMetres = Annotated[float, msgspec.Meta(ge=-10_000, le=10_000)]
"""No camera sees farther, and `inf` and `nan` are no places."""

Pixel = tuple[float, float]
"""x to the right and y down, in pixels of a picture of the size the site names."""


class Lane(Settings, frozen=True):
    """A lane as an area of the picture, corner by corner: a plate in it is in that lane."""

    name: Word
    corners: Annotated[tuple[Pixel, ...], msgspec.Meta(min_length=3, max_length=16)]


class RoadPoint(Settings, frozen=True):
    """A point of the road: where the picture shows it, and where it is in metres.

    Metres across and along the road from any point of it; only distances count.
    """

    picture: Pixel
    road_m: tuple[RoadMetres, RoadMetres]


class Road(Settings, frozen=True):
    """The road's plane, by points measured with a tape; without points no speed is told."""

    points: Annotated[tuple[RoadPoint, ...], msgspec.Meta(max_length=MOST_POINTS)] = ()
    camera_height_m: Annotated[float, msgspec.Meta(ge=0, le=30)] = 0.0
    """Of the lens above the road."""
    point_error_px: Annotated[float, msgspec.Meta(gt=0, le=50)] = 2.0
    """How well a point is met in the picture, one standard deviation."""
    point_error_m: Annotated[float, msgspec.Meta(gt=0, le=2)] = 0.05
    """How well it is met on the road."""
    front_plate_m: Annotated[float, msgspec.Meta(gt=0, le=4)] = 0.5
    """How high front plates hang, those of vehicles that come nearer."""
    rear_plate_m: Annotated[float, msgspec.Meta(gt=0, le=4)] = 0.75
    """How high rear plates hang."""

    def problems(self) -> Iterator[tuple[str, str]]:
        if not self.points:
            return
        spots, road = self.arrays()
        if wrong := points_problem(spots, road):
            yield "points", wrong
            return
        if wrong := _misfit(spots, road):
            yield "points", wrong
        if self.camera_height_m <= max(self.front_plate_m, self.rear_plate_m):
            yield "camera_height_m", f"expected above the plates, not {self.camera_height_m:g} m"

    def arrays(self) -> tuple[Points, Points]:
        """Return the points in the picture and on the road, (n, 2) each."""
        return (
            np.array([point.picture for point in self.points], float),
            np.array([point.road_m for point in self.points], float),
        )


class Site(Settings, frozen=True):
    """The lanes and the road that one camera sees, measured in a picture of a stated size."""

    picture: tuple[int, int] = (0, 0)
    """Width and height of the picture in which everything here was measured."""
    lane: Annotated[tuple[Lane, ...], msgspec.Meta(max_length=MOST_LANES)] = ()
    road: Road = Road()

    def problems(self) -> Iterator[tuple[str, str]]:
        if not self.lane and not self.road.points:
            return
        if min(self.picture) < 1:
            yield "picture", "missing; expected [width, height] of the picture measured in"
            return
        for number, point in enumerate(self.road.points, 1):
            if not self._holds(point.picture):
                yield "road.points", f"point {number} lies outside the picture"
        names = [lane.name for lane in self.lane]
        for lane in self.lane:
            if names.count(lane.name) > 1:
                yield "lane", f"two lanes are called {lane.name}, expected different names"
                return
            for number, corner in enumerate(lane.corners, 1):
                if not self._holds(corner):
                    at, size = _pixels(corner), _pixels(self.picture)
                    yield "lane", f"{lane.name}: corner {number} at {at} lies outside {size}"
            width, height = self.picture
            if words := polygon_problem([(x / width, y / height) for x, y in lane.corners]):
                yield "lane", f"{lane.name}: {words}"

    def _holds(self, spot: Pixel) -> bool:
        return all(0 <= at <= size for at, size in zip(spot, self.picture, strict=True))


UNMEASURED = Site()
"""A site where nobody has measured anything: no lanes, no speeds."""


def _pixels(pair: tuple[float, float]) -> str:
    return " x ".join(f"{one:g}" for one in pair)


def _misfit(spots: Points, road: Points) -> str | None:
    """Say how far points contradict each other, and which one does where that can be told.

    Four points never do; of five any one may be wrong; of more, the one without which the others
    agree best.
    """
    off_m = _off_m(spots, road)
    if len(spots) <= LEAST_POINTS or off_m.max() <= MOST_OFF_M:
        return None
    if len(spots) == LEAST_POINTS + 1:
        return f"the points contradict each other by {off_m.max():.1f} m"
    rests = [np.arange(len(spots)) != number for number in range(len(spots))]
    ways = [
        (float(_off_m(spots[rest], road[rest]).max()), number)
        for number, rest in enumerate(rests)
        if points_problem(spots[rest], road[rest]) is None
    ]
    _, worst = min(ways, default=(0.0, int(off_m.argmax())))
    rest = rests[worst]
    found = fitted(spots[rest], road[rest]).road(spots[worst : worst + 1])
    away_m = float(np.hypot(*(found[0] - road[worst])))
    return f"point {worst + 1} is {away_m:.1f} m from where the others put it"


def _off_m(spots: Points, road: Points) -> NDArray[np.float64]:
    """Return how far each point is from where the plane through all puts it, (n,)."""
    off = fitted(spots, road).road(spots) - road
    found: NDArray[np.float64] = np.nan_to_num(np.hypot(off[:, 0], off[:, 1]), nan=np.inf)
    return found
