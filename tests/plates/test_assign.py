"""Assignment: which look is of which plate, so that the whole is likeliest."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.plates.assign import assign


@st.composite
def tables(draw: st.DrawFn) -> list[list[float]]:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    worth = st.one_of(st.floats(-50, 50), st.just(float("-inf")))
    return [[draw(worth) for _ in range(columns)] for _ in range(rows)]


def best_of_all(worth: list[list[float]]) -> float:
    """Try every way there is."""
    rows, columns = len(worth), len(worth[0])
    places = [*range(columns), *([None] * rows)]
    sums = [
        sum(max(worth[row][c], 0.0) for row, c in enumerate(way) if c is not None)
        for way in permutations(places, rows)
    ]
    return max(sums, default=0.0)


@given(tables())
def test_no_other_way_is_worth_more(worth: list[list[float]]) -> None:
    pairs = assign(worth)
    assert sum(worth[row][column] for row, column in pairs) == pytest.approx(best_of_all(worth))


@given(tables())
def test_each_is_given_once_and_only_for_a_gain(worth: list[list[float]]) -> None:
    pairs = assign(worth)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(worth[row][column] > 0 for row, column in pairs)


def test_the_nearest_is_not_taken_where_that_costs_the_other_its_plate() -> None:
    # a greedy hand takes 10 and leaves the second row nothing
    assert assign([[10, 9], [9, -1]]) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("worth", [[], [[]], [[], []]])
def test_nothing_is_assigned_to_nothing(worth: list[list[float]]) -> None:
    assert assign(worth) == []
