"""The store keeps what it has promised, and accounts for what it may drop."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from agent.core.errors import Rejected
from agent.core.records import DataClass, RecordKey
from agent.telemetry.ack import Ack
from agent.telemetry.cloudevent import CloudEvent
from agent.telemetry.gap import Cause, Gap
from agent.telemetry.store import MOST_GAP_RECORDS, Store
from tests.telemetry.things import TOPICS, at, drafted, fresh, reopened, sequences, small


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(fresh(tmp_path, small()).db) as db:
        yield Store(db, TOPICS, small(), 7)


def commit(
    store: Store, count: int, *, dclass: DataClass = DataClass.EVENT, filler: int = 0
) -> list[RecordKey | Rejected]:
    return store.append([drafted(n, dclass=dclass, filler=filler) for n in range(count)], at())


def gaps(store: Store) -> list[Gap]:
    """Tell every gap on account and return what the gap records say."""
    store.tell_gaps(at(), most=MOST_GAP_RECORDS)
    rows = store.after(0, store.highest, 10**6, 10**9)
    events = [
        msgspec.json.decode(row.event, type=CloudEvent) for row in rows if row.stream == "gap"
    ]
    return [msgspec.json.decode(event.data, type=Gap) for event in events]


def test_numbers_are_contiguous_from_one(store: Store) -> None:
    assert commit(store, 3) == [RecordKey(7, 1), RecordKey(7, 2), RecordKey(7, 3)]


def test_a_number_is_never_given_twice_even_when_its_record_is_gone(tmp_path: Path) -> None:
    store = fresh(tmp_path)
    commit(store, 5)
    store.settle(Ack(epoch=store.epoch, upto=5))
    store.db.close()
    again = fresh(tmp_path)
    assert sequences(again) == []
    assert commit(again, 1) == [RecordKey(again.epoch, 6)]
    again.db.close()


def test_the_epoch_stays_while_the_file_stays(tmp_path: Path) -> None:
    first = fresh(tmp_path)
    first.db.close()
    second = fresh(tmp_path)
    second.db.close()
    assert first.epoch == second.epoch


def test_an_event_is_stored_as_it_travels(store: Store) -> None:
    commit(store, 1)
    [row] = store.after(0, 1, 10, 10**6)
    assert msgspec.json.decode(row.event) == {
        "specversion": "1.0",
        "id": "pole-017.7.1",
        "source": "urn:sereno:ceuta:pole-017",
        "type": "sereno.test.event.v1",
        "subject": "cam0",
        "time": "2030-01-01T00:00:00.000Z",
        "dataschema": "urn:sereno:schema:test.event:1",
        "datacontenttype": "application/json",
        "epoch": 7,
        "sequence": "0000000000000001",
        "dclass": "event",
        "clock": "ntp",
        "clockerrms": 12,
        "purpose": "test",
        "data": {"number": 0, "filler": ""},
    }


def test_an_ack_settles_all_but_its_holes(store: Store) -> None:
    commit(store, 10)
    assert store.settle(Ack(epoch=7, upto=8, nak=((2, 3), (6, 6)))) == 5
    assert sequences(store) == [2, 3, 6, 9, 10]


def test_overlapping_holes_in_any_order_are_still_holes(store: Store) -> None:
    commit(store, 10)
    store.settle(Ack(epoch=7, upto=9, nak=((6, 8), (2, 3), (3, 6))))
    assert sequences(store) == [2, 3, 4, 5, 6, 7, 8, 10]


def test_the_oldest_events_go_when_their_room_is_full_and_are_accounted_for(store: Store) -> None:
    commit(store, 200, filler=500)
    left = sequences(store)
    assert left == list(range(left[0], 201)), "only the oldest go"
    assert left[0] > 1
    [gap] = gaps(store)
    assert (gap.dclass, gap.first, gap.last, gap.count) == ("event", 1, left[0] - 1, left[0] - 1)
    assert gap.cause is Cause.SIZE
    assert store.fill().dropped == left[0] - 1


def test_evidence_is_refused_never_dropped(store: Store) -> None:
    answers = commit(store, 200, dclass=DataClass.EVIDENCE, filler=500)
    kept = [answer for answer in answers if isinstance(answer, RecordKey)]
    assert sequences(store) == [key.sequence for key in kept], "all that was taken is there"
    refused = 200 - len(kept)
    assert refused > 0
    [gap] = gaps(store)
    assert (gap.dclass, gap.count, gap.cause) == ("evidence", refused, Cause.REFUSED)
    assert (gap.first, gap.last) == (len(kept) + 1, 200), "a refusal spends its number"
    assert store.fill().refused == refused


def test_a_refused_number_is_not_given_again_after_a_restart(tmp_path: Path) -> None:
    store = fresh(tmp_path, small())
    commit(store, 200, dclass=DataClass.EVIDENCE, filler=500)
    highest = store.highest
    store.db.close()
    again = fresh(tmp_path, small())
    assert again.highest == highest
    again.db.close()


def test_no_class_displaces_another(store: Store) -> None:
    commit(store, 10, dclass=DataClass.EVENT)
    commit(store, 500, dclass=DataClass.SAMPLE, filler=500)
    assert sequences(store)[:10] == list(range(1, 11))
    assert {gap.dclass for gap in gaps(store)} == {"sample"}


def test_a_gap_never_spans_a_number_still_to_come(store: Store) -> None:
    for _ in range(150):
        commit(store, 1, dclass=DataClass.EVENT)
        commit(store, 1, dclass=DataClass.SAMPLE, filler=900)
    left = set(sequences(store))
    for gap in gaps(store):
        assert gap.count == gap.last - gap.first + 1
        assert left.isdisjoint(range(gap.first, gap.last + 1))


def test_gaps_wait_merged_until_they_can_be_told(store: Store) -> None:
    for _ in range(40):
        commit(store, 20, filler=500)
    first_left = sequences(store)[0]
    [gap] = gaps(store)
    assert (gap.first, gap.last) == (1, first_left - 1), "one unbroken loss, however often it grew"


def test_gap_records_under_way_are_bounded(store: Store) -> None:
    for _ in range(600):
        commit(store, 1, dclass=DataClass.EVENT)
        commit(store, 1, dclass=DataClass.SAMPLE, filler=500)
    for _ in range(20):
        store.tell_gaps(at())
    rows = store.after(0, store.highest, 10**6, 10**9)
    assert sum(row.stream == "gap" for row in rows) == MOST_GAP_RECORDS


def test_a_settled_gap_is_off_the_account(store: Store) -> None:
    commit(store, 200, filler=500)
    assert gaps(store)
    store.settle(Ack(epoch=7, upto=store.highest))
    assert store.db.execute("SELECT count(*) FROM gap").fetchone() == (0,)
    assert not store.fill().owes_gaps


def test_the_age_bound_drops_the_old_and_keeps_evidence(store: Store) -> None:
    store.append([drafted(1), drafted(2, dclass=DataClass.EVIDENCE)], at(0))
    store.append([drafted(3)], at(29 * 86400))
    assert store.sweep(at(31 * 86400)) == 1
    assert sequences(store) == [2, 3]
    [gap] = gaps(store)
    assert (gap.first, gap.last, gap.cause) == (1, 1, Cause.AGE)


def test_an_unset_clock_ages_nothing(store: Store) -> None:
    store.append([drafted(1)], at(-40 * 365 * 86400, synced=False))
    assert store.sweep(at(0, synced=False)) == 0
    assert store.sweep(at(0)) == 0, "its age begins when the clock is set"
    assert store.sweep(at(31 * 86400)) == 1


def test_parked_records_stay_and_are_told_as_gaps(store: Store) -> None:
    commit(store, 5)
    assert store.park([2, 3], "not authorised") == 2
    assert sequences(store) == [1, 4, 5]
    [gap] = gaps(store)
    assert (gap.first, gap.last, gap.cause, gap.words) == (2, 3, Cause.PARKED, "not authorised")
    store.settle(Ack(epoch=7, upto=store.highest))
    assert store.release() == 2, "an ack that covers the gap does not delete the records"


def test_released_records_come_under_new_numbers(store: Store) -> None:
    commit(store, 3)
    store.park([2], "not authorised")
    gaps(store)
    highest = store.highest
    assert store.release() == 1
    assert sequences(store) == [1, 3, highest, highest + 1]
    [row] = store.these([highest + 1])
    event = msgspec.json.decode(row.event)
    assert (event["data"]["number"], event["id"]) == (1, f"pole-017.7.{highest + 1}")
    assert store.fill().parked == 0


def test_dropping_a_parked_record_makes_no_second_gap(store: Store) -> None:
    commit(store, 1)
    store.park([1], "not authorised")
    commit(store, 200, filler=500)
    told = [gap for gap in gaps(store) if gap.first <= 1 <= gap.last]
    assert [gap.cause for gap in told] == [Cause.PARKED]


def test_a_record_too_large_to_travel_is_refused_without_a_number(store: Store) -> None:
    [answer] = store.append([drafted(filler=70_000)], at())
    assert isinstance(answer, Rejected)
    assert "can travel" in str(answer)
    assert commit(store, 1) == [RecordKey(7, 1)]


def test_numbers_asked_for_and_not_held_are_found(store: Store) -> None:
    commit(store, 20)
    store.settle(Ack(epoch=7, upto=10))
    store.park([15], "x")
    ack = Ack(epoch=7, upto=20, nak=((3, 4), (9, 18)))
    assert store.unaccounted(ack, 1000) == [(3, 4), (9, 10)]
    store.account([(3, 4), (9, 10)], Cause.GONE)
    assert store.unaccounted(ack, 1000) == []


def test_the_search_for_lost_numbers_is_bounded(store: Store) -> None:
    commit(store, 50)
    store.settle(Ack(epoch=7, upto=50))
    assert store.unaccounted(Ack(epoch=7, upto=50, nak=((1, 50),)), 10) == [(1, 10)]


def test_a_full_database_refuses_whole_and_loses_nothing(store: Store) -> None:
    commit(store, 20)
    (pages,) = store.db.execute("PRAGMA page_count").fetchone()
    store.db.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        commit(store, 100, filler=500)
    assert sequences(store) == list(range(1, 21))
    assert store.fill().rows == 20
    store.db.execute("PRAGMA max_page_count = 1000000")
    assert commit(store, 1) == [RecordKey(7, 21)], "the failed numbers were not spent"


def test_renumbering_keeps_what_waits_in_order(store: Store) -> None:
    commit(store, 200, filler=500)  # the oldest are dropped
    gaps(store)  # and told, but the gap record is not settled
    dropped = store.fill().dropped
    before = [
        msgspec.json.decode(r.event)["data"]["number"]
        for r in store.these(sequences(store))
        if r.stream != "gap"
    ]
    store.renumber(8)
    rows = store.after(0, store.highest, 10**6, 10**9)
    assert [row.sequence for row in rows] == list(range(dropped + 1, 201))
    events = [msgspec.json.decode(row.event) for row in rows]
    assert [event["data"]["number"] for event in events] == before
    assert {event["epoch"] for event in events} == {8}
    [gap] = gaps(store)
    assert (gap.first, gap.last) == (1, dropped), "an untold loss is still told, in new numbers"
    assert commit(store, 1) == [RecordKey(8, store.highest)]


def test_renumbering_sends_parked_records_again_and_accounts_for_those_gone(store: Store) -> None:
    commit(store, 2)
    store.park([1], "refused")
    commit(store, 1, filler=65_000)
    commit(store, 1, filler=1000)  # the parked one and the next are dropped for size
    commit(store, 2)
    store.park([5], "refused")
    waiting = sequences(store)
    store.renumber(8)
    rows = sequences(store)
    assert len(rows) == len(waiting) + 1, "number 5 is sent again"
    lost = {n for gap in gaps(store) for n in range(gap.first, gap.last + 1)}
    assert lost | set(rows) == set(range(1, rows[-1] + 1))
    assert len(lost) == 6 - len(rows)


def test_renumbering_survives_a_restart(tmp_path: Path) -> None:
    store = fresh(tmp_path)
    commit(store, 3)
    epoch = store.epoch
    store.renumber(epoch + 5)
    store.db.close()
    (tmp_path / "epoch").write_text(f"{epoch + 5}\n")
    again = reopened(tmp_path).store
    assert (again.epoch, sequences(again), again.highest) == (epoch + 5, [1, 2, 3], 3)
    again.db.close()
