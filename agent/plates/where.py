"""What a site's measures say of a vehicle: its lane, and its speed where that is sure enough."""

from dataclasses import dataclass

from agent.plates.direction import Direction
from agent.plates.lane import Lanes
from agent.plates.site import Site
from agent.plates.speed import Speedometer
from agent.plates.track import Track


@dataclass(frozen=True, slots=True)
class Where:
    """One vehicle on the road. Both speeds are None, or neither."""

    lane: str | None = None
    speed_m_s: float | None = None
    speed_error_m_s: float | None = None


class Ground:
    """The road that one camera sees, as far as it was measured."""

    def __init__(self, site: Site) -> None:
        self._lanes = Lanes(site)
        self._speedometer = Speedometer(site)

    def where(self, track: Track, going: Direction) -> Where:
        """Say what is known of a vehicle from where its plate was seen."""
        lane = self.lane(track)
        speed = self._speedometer.speed(track.path, going, _size(track))
        if speed is None or not speed.is_sure:
            return Where(lane)
        return Where(lane, round(speed.m_s, 2), round(speed.error_m_s, 2))

    def lane(self, track: Track) -> str | None:
        """Return the lane a vehicle went by in, None where there are none or it is unclear."""
        return self._lanes.of(track.path, _size(track))


def _size(track: Track) -> tuple[int, int]:
    """Return the width and height of the pictures a track was seen in."""
    height, width = track.best.frame.data.shape[:2]
    return width, height
