"""The picture shows what is seen, and never what is unknown as seen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from agent.fire.reach import Reach
from agent.fire.today import Sector, Today
from agent.fire.today_drawn import COLOURS, MARGIN_PX, SIDE_PX, UNKNOWN, drawn

FARTHEST_M = 20_000.0


def told(reaches_m: Sequence[float | None], emissive_m2: float) -> Today:
    width = 360 / len(reaches_m)
    sectors = [
        Sector(
            at * width,
            width,
            None if far is None else Reach(far, 0.8 * far, 1.2 * far),
            ((0.0, far),) if far else (),
            (0.0, 0.0, 0.0),
            1e8,
        )
        for at, far in enumerate(reaches_m)
    ]
    return Today(emissive_m2, tuple(sectors))


def colour_at(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], bearing: float, m: float
) -> tuple[int, ...]:
    radius = m * (SIDE_PX / 2 - MARGIN_PX) / FARTHEST_M
    x = SIDE_PX / 2 + radius * np.sin(np.radians(bearing))
    y = SIDE_PX / 2 - radius * np.cos(np.radians(bearing))
    return tuple(int(one) for one in picture[round(y), round(x)])


def test_each_direction_is_filled_as_far_as_it_is_seen() -> None:
    sizes = [
        told([5_000.0, 5_000.0, 0.0, 5_000.0], 0.1),
        told([15_000.0, 5_500.0, 0.0, 15_000.0], 10.0),
    ]
    picture = np.asarray(drawn(sizes, FARTHEST_M))
    small, large = COLOURS[0], COLOURS[1]
    assert colour_at(picture, 10, 3_000) == small
    assert colour_at(picture, 10, 13_500) == large
    assert colour_at(picture, 10, 17_000) not in COLOURS
    assert colour_at(picture, 100, 8_000) not in COLOURS
    assert colour_at(picture, 190, 3_000) not in COLOURS


def test_what_nobody_knows_is_hatched_and_no_colour_of_sight() -> None:
    picture = np.asarray(drawn([told([15_000.0, None, 15_000.0, 15_000.0], 10.0)], FARTHEST_M))
    seen = {
        colour_at(picture, bearing, m)
        for bearing in range(50, 130)
        for m in range(2_000, 19_000, 100)
    }
    assert UNKNOWN in seen
    assert not seen & set(COLOURS)


def test_ground_behind_a_hill_stays_dark() -> None:
    whole = told([15_000.0] * 4, 10.0)
    hidden = replace(whole.sectors[0], stretches_m=((0.0, 5_000.0), (9_000.0, 15_000.0)))
    told_so = Today(10.0, (hidden, *whole.sectors[1:]))
    picture = np.asarray(drawn([told_so], FARTHEST_M))
    assert colour_at(picture, 10, 3_000) == colour_at(picture, 10, 11_000) == COLOURS[0]
    assert colour_at(picture, 10, 7_000) not in COLOURS
    assert colour_at(picture, 100, 7_000) == COLOURS[0]


def test_nothing_is_drawn_of_nothing() -> None:
    with pytest.raises(ValueError, match="expected some of both"):
        drawn([], FARTHEST_M)
    with pytest.raises(ValueError, match="expected some of both"):
        drawn([told([1.0], 1.0)], 0.0)
