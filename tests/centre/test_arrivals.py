"""Decoding: noise is a value with a reason that quotes nothing, and never an exception."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.centre.arrivals import Arrival, Kept, Refused, decode
from simulators.centre.schemas import Schemas
from tests.centre.contract import NODE, ORG, batch, gap, passage, record, topic

HERE = topic("data/street.test")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_passage_of_the_contract_is_kept(arrive: Callable[..., list[Arrival]]) -> None:
    (kept,) = arrive(record(18234, passage(), stream="plates.passage"))
    assert isinstance(kept, Kept)
    assert (kept.epoch, kept.sequence, kept.stream) == (7, 18234, "plates.passage")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"epoch": 7.0}, "epoch or sequence out of range"),
        ({"epoch": True}, "envelope epoch"),
        ({"epoch": 0}, "envelope epoch"),
        ({"sequence": "0000000000000000"}, "epoch or sequence out of range"),
        ({"sequence": "1"}, "envelope sequence"),
        ({"source": "urn:sereno:ceuta:pole-018"}, "source is not the node"),
        ({"time": "yesterday"}, "time is not a date"),
        ({"time": "2026-11-22T09:48:11"}, "time is not a date with a zone"),
        ({"dataschema": "urn:sereno:schema:unheard.of:1"}, "unknown schema"),
        ({"dclass": "rumour"}, "envelope dclass"),
        ({"specversion": "0.3"}, "envelope specversion"),
    ],
)
def test_what_is_wrong_is_named(
    arrive: Callable[..., list[Arrival]], changes: dict[str, Any], reason: str
) -> None:
    (refused,) = arrive(record(1) | changes)
    assert isinstance(refused, Refused)
    assert reason in refused.reason


def test_a_missing_field_is_named(arrive: Callable[..., list[Arrival]]) -> None:
    incomplete = record(1)
    del incomplete["time"], incomplete["purpose"]
    (refused,) = arrive(incomplete)
    assert isinstance(refused, Refused)
    assert refused.reason.endswith("lacks time, purpose")


def test_one_bad_record_does_not_spoil_its_batch(arrive: Callable[..., list[Arrival]]) -> None:
    kinds = [type(each) for each in arrive(record(1), "noise", record(3))]
    assert kinds == [Kept, Refused, Kept]


def test_a_reason_and_a_repr_never_quote_a_plate(arrive: Callable[..., list[Arrival]]) -> None:
    good = record(1, passage("SECRET1"), stream="plates.passage")
    bad = record(2, passage("SECRET1", confidence="SECRET1"), stream="plates.passage")
    for arrival in arrive(good, bad):
        assert "SECRET1" not in repr(arrival)


def test_the_same_record_in_another_order_of_keys_is_the_same(schemas: Schemas) -> None:
    one = record(1)
    other = dict(reversed(one.items()))
    first, second = (decode(ORG, NODE, HERE, batch(each), schemas) for each in (one, other))
    assert first == second


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"\xff",
        b"nonsense",
        b'{"not": "a batch"}',
        b"[" * 100_000,
        b"[1e999]",
        b"[NaN]",
        b"[" + b"9" * 5000 + b"]",
        b'["\\ud800"]',
        batch(record(1, {"value": 1, "more": 0})).replace(b'"more": 0', b'"more": 1e999'),
        batch(record(1, {"value": 1, "more": 0})).replace(b'"more": 0', b'"more": "\\udfff"'),
        b"x" * 300_000,
    ],
)
def test_noise_is_refused_whole(schemas: Schemas, noise: bytes) -> None:
    (refused,) = decode(ORG, NODE, HERE, noise, schemas)
    assert isinstance(refused, Refused)
    assert refused.sequence is None


@given(JSON)
def test_any_json_is_decoded_without_an_exception(schemas: Schemas, value: object) -> None:
    decode(ORG, NODE, HERE, json.dumps([value]).encode(), schemas)


@given(st.dictionaries(st.sampled_from(sorted(record(1))), JSON, max_size=3))
def test_any_change_to_a_record_is_decoded_without_an_exception(
    schemas: Schemas, changes: dict[str, object]
) -> None:
    decode(ORG, NODE, HERE, json.dumps([record(1) | changes]).encode(), schemas)


def test_a_gap_must_say_exactly_which_numbers(arrive: Callable[..., list[Arrival]]) -> None:
    (refused,) = arrive(gap(5, 1, 4, count=3))
    assert isinstance(refused, Refused)
    assert "count is not" in refused.reason
