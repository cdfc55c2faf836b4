"""Bins, error and the claim of 0.99, counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.plates.evaluate.calibration import EDGES, calibration


def test_bins_hold_their_lower_edge_and_the_last_one_holds_one() -> None:
    told = calibration([(0.0, False), (0.5, True), (0.99, True), (1.0, False)])
    bins = {(one.low, one.high): (one.right.right, one.right.count) for one in told.bins}
    assert bins == {(0.0, 0.5): (0, 1), (0.5, 0.7): (1, 1), (0.99, 1.0): (1, 2)}


def test_the_expected_error_weighs_each_bin_by_its_reads() -> None:
    reads = [(0.6, True), (0.6, False), (0.95, True), (0.97, True)]
    # half of the reads told 0.6 and were right by half; half told 0.96 and were all right
    assert calibration(reads).expected_error == pytest.approx(0.5 * 0.1 + 0.5 * 0.04)


def test_reads_that_say_99_are_counted() -> None:
    told = calibration([(0.984, True), (0.986, True), (0.99, False), (0.996, True), (1.0, True)])
    assert (told.sure.right, told.sure.count) == (2, 3)
    assert told.sure_told == pytest.approx((0.99 + 0.996 + 1.0) / 3, abs=1e-4)
    assert (told.say.right, told.say.count) == (1, 2)


def test_nothing_read_is_nothing_told() -> None:
    told = calibration([])
    assert (told.bins, told.expected_error, told.sure.count) == ((), 0.0, 0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_every_read_is_in_one_bin(reads: list[tuple[float, bool]]) -> None:
    told = calibration(reads)
    assert sum(one.right.count for one in told.bins) == len(reads)
    assert all(one.low <= one.told + 1e-4 and one.told <= one.high + 1e-4 for one in told.bins)
    assert EDGES[0] == 0
    assert EDGES[-1] == 1
