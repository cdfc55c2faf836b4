"""Batches keep the contract's bounds and lose no row."""

import json

from hypothesis import given
from hypothesis import strategies as st

from agent.telemetry.batch import MOST_BYTES, MOST_RECORDS, Row, packed

ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(2, 3000)).map(
        lambda each: (each[0], b'"' + b"x" * (each[1] - 2) + b'"')
    ),
    max_size=400,
).map(lambda rows: [Row(n, stream, event) for n, (stream, event) in enumerate(rows, 1)])


@given(ROWS)
def test_every_row_travels_once_within_the_bounds(rows: list[Row]) -> None:
    batches = list(packed(rows))
    assert sorted(n for batch in batches for n in batch.sequences) == [r.sequence for r in rows]
    for batch in batches:
        assert 1 <= len(batch.rows) <= MOST_RECORDS
        assert len(batch.payload) <= MOST_BYTES
        assert len(json.loads(batch.payload)) == len(batch.rows)
        assert {row.stream for row in batch.rows} == {batch.stream}


@given(ROWS)
def test_the_order_within_a_stream_is_kept(rows: list[Row]) -> None:
    for stream in "abc":
        sent = [n for batch in packed(rows) if batch.stream == stream for n in batch.sequences]
        assert sent == sorted(sent)


def test_full_batches_are_full() -> None:
    rows = [Row(n, "a", b"{}") for n in range(1, 251)]
    assert [len(batch.rows) for batch in packed(rows)] == [100, 100, 50]


def test_the_byte_bound_counts_the_brackets() -> None:
    event = b'"' + b"x" * (MOST_BYTES // 2 - 4) + b'"'  # two and a comma: one byte too many
    assert 2 * len(event) + 3 == MOST_BYTES - 1
    rows = [Row(1, "a", event), Row(2, "a", event + b"  ")]
    assert [len(batch.payload) <= MOST_BYTES for batch in packed(rows)] == [True, True]
    assert len(list(packed([Row(1, "a", event), Row(2, "a", event + b" ")]))) == 1


def test_a_row_too_long_travels_alone() -> None:
    rows = [Row(1, "a", b"1"), Row(2, "a", b"2" * 100), Row(3, "a", b"3")]
    assert [batch.sequences for batch in packed(rows, 50)] == [(1,), (2,), (3,)]
