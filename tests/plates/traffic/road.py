"""A road drawn from straight above, five pixels a metre: what is on it is known exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.plates.traffic.lane import Passed
from agent.plates.traffic.settings import LaneSettings, TrafficSettings, ZoneSettings
from agent.plates.traffic.watch import Watch

Picture = NDArray[np.uint8]

HEIGHT, WIDTH = 180, 320
PX_A_M = 5.0
RATE_HZ = 25.0
SHEETS = 7
"""Sheets of sensor noise shown in turn."""

LEFT, RIGHT = 125, 195
"""Columns of the lane."""

NEAR_M, NEAR_END_M = 5.0, 8.0
FAR_M, FAR_END_M = 18.0, 21.0


def _zone(from_m: float, to_m: float) -> ZoneSettings:
    top, bottom = 1 - to_m * PX_A_M / HEIGHT, 1 - from_m * PX_A_M / HEIGHT
    left, right = (LEFT + 15) / WIDTH, (RIGHT - 15) / WIDTH
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return ZoneSettings(corners=corners, length_m=to_m - from_m, distance_m=from_m)


def lane(heading: str = "approaching", *, far: bool = True, **more: object) -> LaneSettings:
    return LaneSettings(
        name="one",
        heading=heading,  # type: ignore[arg-type]
        near=_zone(NEAR_M, NEAR_END_M),
        far=_zone(FAR_M, FAR_END_M) if far else None,
        **more,  # type: ignore[arg-type]
    )


def settings(*lanes: LaneSettings, **more: object) -> TrafficSettings:
    """One lane both of whose zones were measured, under a camera high enough to see no heights."""
    wanted = {"camera_height_m": 50.0, "learn_s": 5.0, **more}
    return TrafficSettings(camera="gate", lane=lanes or (lane(),), **wanted)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Car:
    """A vehicle whose front is at `front_m` at time 0; it drives towards 0 or away from it."""

    front_m: float
    speed_m_s: float = 12.0
    length_m: float = 4.2
    grey: int = 190
    shadow_m: float = 0.0
    light_m: float = 0.0
    plain: bool = False

    def ends(self, time_s: float, heading: str) -> tuple[float, float]:
        """Return the vehicle's nearer and farther end, metres from the camera."""
        way = self.speed_m_s * time_s
        if heading == "approaching":
            return self.front_m - way, self.front_m - way + self.length_m
        return self.front_m + way - self.length_m, self.front_m + way


def empty(level: int = 90, seed: int = 1) -> Picture:
    """Return the road: asphalt with its grain, and a lane marking."""
    rng = np.random.default_rng(seed)
    road = level + rng.normal(0, level / 25, (HEIGHT // 2, WIDTH // 2))
    road = np.repeat(np.repeat(road, 2, axis=0), 2, axis=1)
    road[:, LEFT - 3 : LEFT] = min(2 * level, 250)
    return np.clip(road, 0, 255).astype(np.uint8)


def drawn(
    road: Picture, cars: Sequence[Car], time_s: float, heading: str = "approaching"
) -> Picture:
    """Return the road with what is on it at one moment."""
    picture = road.astype(np.float32)
    for car in cars:
        near_m, far_m = car.ends(time_s, heading)
        if car.light_m:  # a pool of light before the vehicle
            _change(picture, near_m - car.light_m, near_m, 2.5, car.light_m / 2)
        if car.shadow_m:
            _change(picture, near_m - car.shadow_m, near_m, 0.45, SOFT_M)
        if not car.length_m:
            continue
        top, bottom = _rows(near_m, far_m)
        left, right = LEFT + 10, RIGHT - 10
        picture[top:bottom, left:right] = car.grey
        if not car.plain:
            for part, grey in ((0.3, 30), (0.45, 35), (0.8, 40)):  # glass is dark
                begin = near_m + part * (far_m - near_m)
                rows_of = _rows(begin, begin + 0.5)
                picture[rows_of[0] : rows_of[1], left + 4 : right - 4] = grey
    return np.clip(picture, 0, 255).astype(np.uint8)


def _change(
    picture: NDArray[np.float32], from_m: float, to_m: float, times: float, soft_m: float
) -> None:
    """Change the light on a stretch of the lane, with soft ends."""
    at_m = (HEIGHT - 0.5 - np.arange(HEIGHT)) / PX_A_M
    share = np.clip(np.minimum(at_m - from_m, to_m - at_m) / soft_m, 0, 1)
    picture[:, LEFT:RIGHT] *= (1 + (times - 1) * share)[:, None]


SOFT_M = 1.0
"""Over so many metres a shadow comes and goes."""


def _row(metres: float) -> int:
    return round(HEIGHT - metres * PX_A_M)


def _rows(from_m: float, to_m: float) -> tuple[int, int]:
    return max(_row(to_m), 0), max(_row(from_m), 0)


@dataclass
class Drive:
    """A watch on this road, and a clock that runs with the pictures."""

    watch: Watch
    road: Picture
    heading: str = "approaching"
    time_s: float = 100.0
    noise: float = 0.8
    gain: float = 1.0

    def __post_init__(self) -> None:
        shape = (SHEETS, HEIGHT, WIDTH)
        self._sheets = np.random.default_rng(3).normal(0, self.noise, shape).astype(np.float32)

    def pictures(self, cars: Sequence[Car], for_s: float) -> Iterator[Picture]:
        """Draw so many seconds, car time beginning at 0."""
        for number in range(round(for_s * RATE_HZ)):
            picture = drawn(self.road, cars, number / RATE_HZ, self.heading) * self.gain
            noisy = picture + self._sheets[number % SHEETS]
            yield np.clip(noisy, 0, 255).astype(np.uint8)

    def run(self, cars: Sequence[Car], for_s: float) -> list[Passed]:
        """Show so many seconds; return the vehicles counted."""
        found: list[Passed] = []
        for picture in self.pictures(cars, for_s):
            found += self.watch.look(picture, self.time_s).passed
            self.time_s += 1 / RATE_HZ
        return found


def drive(heading: str = "approaching", *, level: int = 90, far: bool = True) -> Drive:
    """Return a watch that has learned the empty road."""
    made = Drive(Watch(settings(lane(heading, far=far))), empty(level), heading)
    made.run((), 8.0)
    return made
