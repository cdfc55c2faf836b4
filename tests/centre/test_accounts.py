"""The sums: every number a node gave is in exactly one of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.centre.accounts import reading, summary, sums
from simulators.centre.arrivals import Arrival
from simulators.centre.ranges import Range
from simulators.centre.store import Store
from simulators.centre.views import gaps
from tests.centre.contract import NODE, gap, record

Arrive = Callable[..., list[Arrival]]
NOW = "2026-11-22T09:48:12.000Z"

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("good"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("bad"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("other"), st.integers(1, 40), st.integers(0, 9)),
        st.tuples(st.just("gap"), st.integers(41, 60), st.integers(1, 40)),
    ),
    max_size=40,
)


def made(kind: str, number: int, more: int) -> dict[str, object]:
    match kind:
        case "good":
            return record(number)
        case "bad":
            return record(number, {"value": "no number"})
        case "other":
            return record(number, {"value": -more})
        case _:
            return gap(number, more, min(more + 7, 40))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(EVENTS)
def test_the_sums_add_up_whatever_came(arrive: Arrive, events: list[tuple[str, int, int]]) -> None:
    with Store(Path(":memory:")) as store:
        for event in events:
            store.commit(arrive(made(*event)), [], NOW)
        found = sums(store._db)
        counted = dict(store._db.execute("SELECT epoch, count(*) FROM record GROUP BY epoch"))
    for account in found.accounts:
        parts = account.stored + account.aside + account.missing + account.awaited
        assert parts == account.highest
        assert account.stored == counted.get(account.epoch, 0)
        assert account.awaited == sum(each.width for each in account.holes)


def test_a_summary_of_a_file_tells_losses_apart(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(record(1), record(1), gap(9, 2, 4), record(7, {}), "noise"), [], NOW)
    found = summary(path)
    (account,) = found.accounts
    assert (account.node, account.epoch, account.highest) == (NODE, 7, 9)
    assert (account.stored, account.missing, account.aside, account.awaited) == (2, 3, 1, 3)
    assert account.holes == (Range(5, 6), Range(8, 8))
    assert (account.duplicates, account.quarantined, found.keyless) == (1, 1, 1)
    assert found.lost == 6
    assert not account.complete


def test_overlapping_gaps_count_each_number_once(arrive: Arrive, path: Path) -> None:
    with Store(path) as store:
        store.commit(arrive(record(2), gap(7, 1, 4), gap(8, 3, 6)), [], NOW)
    (account,) = summary(path).accounts
    assert account.missing == 5
    with reading(path) as db:
        assert [each.missing for each in gaps(db)] == [4, 3]


def test_no_books_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="unable to open"):
        summary(tmp_path / "absent")
