"""The books: exactly once, in any order, through a crash, and nothing vanishes."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.centre.arrivals import Arrival
from simulators.centre.ranges import Ack, Range
from simulators.centre.store import Store, iso
from simulators.centre.transaction import Holder
from simulators.centre.words import Word
from tests.centre.contract import NODE, gap, record

Arrive = Callable[..., list[Arrival]]
NOW = "2026-11-22T09:48:12.000Z"
HERE = Holder(NODE, 7)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(batches=st.lists(st.lists(st.integers(1, 60), max_size=30), max_size=6))
def test_whatever_comes_in_any_order_the_ack_is_what_is_stored(
    arrive: Arrive, batches: list[list[int]]
) -> None:
    with Store(Path(":memory:")) as store:
        for numbers in batches:
            store.commit(arrive(*(record(n) for n in numbers)), [], NOW)
        ack = store.ack(HERE)
    expected = {n for numbers in batches for n in numbers}
    named = {n for first, last in ack.nak for n in range(first, last + 1)}
    assert ack.upto == max(expected, default=0)
    assert set(range(1, ack.upto + 1)) - named == expected


@pytest.mark.parametrize(
    "numbers", [range(1, 101), range(100, 0, -1), [*range(1, 101, 2), *range(2, 101, 2)]]
)
def test_numbers_that_touch_become_one_range(
    arrive: Arrive, path: Path, numbers: Iterable[int]
) -> None:
    with Store(path) as store:
        for number in numbers:
            store.commit(arrive(record(number)), [], NOW)
        assert store.ack(HERE) == Ack(7, 100, ())
    assert rows(path, "SELECT first, last FROM held") == [(1, 100)]


def test_a_record_sent_twice_is_stored_once_and_acknowledged_again(
    arrive: Arrive, path: Path
) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1)), [], NOW)
        again = store.commit(arrive(record(1)), [], NOW)
    assert (again.stored, again.duplicates) == (0, 1)
    assert again.holders == {HERE}
    assert rows(path, "SELECT count(*) FROM record") == [(1,)]
    assert rows(path, "SELECT duplicates FROM tally") == [(1,)]


def test_the_same_number_with_other_content_is_set_aside_and_seen(
    arrive: Arrive, path: Path
) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1)), [], NOW)
        other = store.commit(arrive(record(1, {"value": 99})), [], NOW)
    assert (other.stored, other.duplicates, other.quarantined) == (0, 0, 1)
    assert "other content" in str(rows(path, "SELECT reason FROM quarantine"))


def test_a_gap_answers_for_its_numbers(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1), record(5)), [], NOW)
        assert store.ack(HERE) == Ack(7, 5, (Range(2, 4),))
        store.commit(arrive(gap(6, 2, 4)), [], NOW)
        assert store.ack(HERE) == Ack(7, 6, ())
    assert rows(path, "SELECT first, last, cause FROM gap") == [(2, 4, "size")]


def test_a_record_that_comes_after_its_gap_is_kept(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(gap(6, 1, 5)), [], NOW)
        late = store.commit(arrive(record(3)), [], NOW)
    assert (late.stored, late.duplicates) == (1, 0)


def test_a_gap_that_does_not_say_which_is_no_gap(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1), gap(5, 2, 4, count=2)), [], NOW)
        assert store.ack(HERE).nak == (Range(2, 4),)
    assert rows(path, "SELECT count(*) FROM gap") == [(0,)]


def test_an_invalid_record_with_a_number_blocks_nobody(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        done = store.commit(arrive(record(1), record(2, {"value": "x"}), record(3)), [], NOW)
        assert (done.stored, done.quarantined) == (2, 1)
        assert store.ack(HERE) == Ack(7, 3, ())
    assert rows(path, "SELECT sequence, reason FROM quarantine") == [
        (2, 'data value: expected type "integer"')
    ]


def test_an_invalid_record_without_a_number_is_asked_for_again(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        for _ in range(2):
            store.commit(arrive(record(1), record(2) | {"sequence": "two"}, record(3)), [], NOW)
        assert store.ack(HERE) == Ack(7, 3, (Range(2, 2),))
    assert rows(path, "SELECT sequence, times FROM quarantine") == [(None, 2)]


def test_epochs_are_kept_apart(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1, epoch=8), record(1), record(2)), [], NOW)
        assert store.ack(HERE) == Ack(7, 2, ())
        assert store.ack(Holder(NODE, 8)) == Ack(8, 1, ())


def test_everything_is_there_after_the_file_is_opened_anew(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1), record(3)), [], NOW)
    with Store(path) as store:
        assert store.ack(HERE) == Ack(7, 3, (Range(2, 2),))
        assert store.commit(arrive(record(3)), [], NOW).duplicates == 1


def test_a_failed_transaction_leaves_nothing(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1)), [], NOW)
        with pytest.raises(AttributeError):
            store.commit([*arrive(record(2)), *arrive(record(3))], [None], NOW)  # type: ignore[list-item]
        assert store.ack(HERE) == Ack(7, 1, ())
        store.commit(arrive(record(2)), [], NOW)
        assert store.ack(HERE) == Ack(7, 2, ())


def test_a_file_of_another_version_is_refused(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(sqlite3.DatabaseError, match="format 99"):
        Store(path)


def test_a_record_is_erased_after_its_retention_and_its_number_stays(
    arrive: Arrive, path: Path
) -> None:
    stream = {
        "name": "street.test", "version": 1, "class": "event", "type": "sereno.street.test.v1",
        "dataschema": "urn:sereno:schema:street.test:1", "unit": "1", "purpose": "p",
        "retention_s": 3600, "leaves_node": True,
    }  # fmt: skip
    born = Word(NODE, "birth", json.dumps({"streams": [stream]}), 7, 1)
    heard = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    with Store(path) as store:
        store.commit(arrive(record(1)), [born], iso(heard))
        assert store.erase(heard + timedelta(minutes=59)) == 0
        store.commit(arrive(record(2)), [], iso(heard + timedelta(minutes=59)))
        assert store.erase(heard + timedelta(minutes=61)) == 1
        assert store.ack(HERE) == Ack(7, 2, ())
        assert store.commit(arrive(record(1)), [], NOW).duplicates == 1
    assert rows(path, "SELECT sequence, body = '' FROM record") == [(1, 1), (2, 0)]
