"""What is wrong in a table of settings is said where it lies, however deep."""

from typing import Annotated

import msgspec
import pytest

from agent.core.expect import problems_of
from agent.core.settings import Settings, Share, Word


class Zone(Settings, frozen=True):
    corners: Annotated[tuple[tuple[Share, Share], ...], msgspec.Meta(min_length=3, max_length=12)]
    length_m: float | None = None


class Road(Settings, frozen=True):
    zone: tuple[Zone, ...] = ()
    far: Zone | None = None
    hours: dict[Word, str] = msgspec.field(default_factory=dict)


RIGHT = [[0, 0], [1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"zone": 3}, "road.zone: expected a list of tables, not 3"),
        ({"zone": [3]}, "road.zone[0]: expected a table with corners, length_m"),
        (
            {"zone": [{"corners": RIGHT}, {"cornrs": RIGHT, "corners": RIGHT}]},
            'road.zone[1].cornrs: no such key, expected corners, length_m; did you mean "corners"?',
        ),
        (
            {"zone": [{"corners": [[0, 0], [1, 0], [0, 1.4]]}]},
            "road.zone[0].corners[2][1]: expected a number, at least 0, at most 1, not 1.4",
        ),
        (
            {"zone": [{"corners": RIGHT[:2]}]},
            (
                "road.zone[0].corners: expected a list of 3 to 12 lists of 2 numbers, at least 0, "
                "at most 1, not [[0, 0], [1, 0]]"
            ),
        ),
        (
            {"zone": [{}]},
            (
                "road.zone[0].corners: missing; expected a list of 3 to 12 lists of 2 numbers, "
                "at least 0, at most 1"
            ),
        ),
        (
            {"far": {"corners": RIGHT, "length_m": "long"}},
            'road.far.length_m: expected a number or nothing, not "long"',
        ),
        ({"far": 3}, "road.far: expected a table with corners, length_m"),
        ({"hours": {"night": 3}}, "road.hours.night: expected text, not 3"),
        ({"hours": 3}, "road.hours: expected a table, not 3"),
    ],
)
def test_it_is_said_where_it_lies(table: dict[str, object], words: str) -> None:
    assert [str(problem) for problem in problems_of(table, Road, "road")] == [words]


def test_a_table_that_is_right_has_no_problems() -> None:
    table = {"zone": [{"corners": RIGHT}], "far": {"corners": RIGHT}, "hours": {"night": "22-6"}}
    assert list(problems_of(table, Road, "road")) == []
