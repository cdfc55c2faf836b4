"""Traffic at the centre: lanes by the minute, and journeys of five vehicles or more only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulators.centre.journeys import FEWEST, journeys

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def tags(gate: str, *minutes: tuple[int, list[str]], day: str = "2026-11-22") -> dict[str, Any]:
    """One gate's tags, made by hand from the contract."""
    return {
        "zone": "marina",
        "gate": gate,
        "day": day,
        "start": NOON.isoformat(),
        "for_s": 300,
        "sampled_pct": 20.0,
        "minutes": [
            {"minute": (NOON + timedelta(minutes=minute)).isoformat(), "tags": found}
            for minute, found in minutes
        ],
    }


def some(count: int, first: int = 0) -> list[str]:
    return [f"{first + n:06x}" for n in range(count)]


def test_a_journey_is_timed_between_two_gates() -> None:
    north = tags("north", (0, some(3)), (1, some(3, 3)))
    south = tags("south", (5, some(6)))
    [told] = journeys([north, south])
    assert (told.gate_from, told.gate_to, told.vehicles) == ("north", "south", 6)
    assert (told.quarter_min, told.median_min, told.three_quarters_min) == (4.0, 4.5, 5.0)
    assert told.start == "2026-11-22T12:05:00+00:00"


@pytest.mark.parametrize(("count", "told"), [(FEWEST - 1, 0), (FEWEST, 1)])
def test_fewer_than_five_journeys_are_told_to_nobody(count: int, told: int) -> None:
    found = journeys([tags("north", (0, some(count))), tags("south", (5, some(count)))])
    assert len(found) == told


def test_days_are_never_joined() -> None:
    late = tags("north", (0, some(9)))
    early = tags("south", (5, some(9)), day="2026-11-23")
    assert journeys([late, early]) == []


def test_both_ways_are_told_apart_and_one_gate_twice_is_no_journey() -> None:
    north = tags("north", (0, some(6)), (20, some(6)))
    south = tags("south", (5, some(6)))
    assert {
        (each.gate_from, each.gate_to, each.median_min) for each in journeys([north, south])
    } == {
        ("north", "south", 5.0),
        ("south", "north", 15.0),
    }
    assert journeys([north]) == []


def test_a_tag_of_more_than_an_hour_ago_is_no_journey() -> None:
    found = journeys([tags("north", (0, some(6))), tags("south", (61, some(6)))])
    assert found == []


def test_a_record_that_came_twice_counts_once() -> None:
    north, south = tags("north", (0, some(6))), tags("south", (5, some(6)))
    assert journeys([north, south, south]) == journeys([north, south])
