"""In which of a site's lanes a plate went by."""

from collections import Counter
from collections.abc import Sequence

from agent.plates.motion import Spot
from agent.plates.site import Lane, Pixel, Site

LEAST_SHARE = 0.5
"""A plate was in a lane if more of its looks were there than in all others and none together."""


class Lanes:
    """The lanes of one site."""

    def __init__(self, site: Site) -> None:
        self._lanes: Sequence[Lane] = site.lane
        self._size = site.picture

    def of(self, path: Sequence[Spot], size: tuple[int, int]) -> str | None:
        """Return the lane a path, in a picture (width, height), ran in; None where it is unclear.

        A lane is where most of the way was: who changes lanes is counted in one of them or none.
        """
        if not self._lanes or not path:
            return None
        across, down = self._size[0] / size[0], self._size[1] / size[1]
        found = Counter(self._at((spot.x * across, spot.y * down)) for spot in path)
        name, looks = found.most_common(1)[0]
        return name if looks > LEAST_SHARE * len(path) else None

    def _at(self, spot: Pixel) -> str | None:
        return next((lane.name for lane in self._lanes if inside(spot, lane.corners)), None)


def inside(spot: Pixel, corners: Sequence[Pixel]) -> bool:
    """Say whether a point lies in a polygon: a ray to the right crosses its edge an odd count."""
    x, y = spot
    crossed = False
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            crossed = not crossed
    return crossed
