"""Opening the outbox: one process, damage kept aside, epochs that grow."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from agent.core.errors import DeviceError
from agent.core.records import RecordKey
from agent.telemetry.counter import Counter
from agent.telemetry.gap import Gap
from agent.telemetry.opening import alone
from tests.telemetry.things import at, drafted, fresh, reopened, sequences

HOLDS = """
import sys
from pathlib import Path
from agent.telemetry.opening import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_has_the_outbox(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with (
            pytest.raises(DeviceError, match=f"in use by process {other.pid}: one process"),
            alone(path),
        ):
            pass
        other.communicate()


def test_the_outbox_is_free_again_after_its_process(tmp_path: Path) -> None:
    with alone(tmp_path / "outbox.db"):
        pass
    with alone(tmp_path / "outbox.db"):
        pass


@pytest.mark.parametrize("damage", ["garbage", "half", "zeroed page", "another program's"])
def test_a_damaged_store_is_kept_aside_and_told(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "outbox.db"
    store = fresh(tmp_path)
    store.append([drafted(n, filler=900) for n in range(100)], at())
    store.db.close()  # the last connection checkpoints the WAL into the file
    whole = path.read_bytes()
    match damage:
        case "garbage":
            path.write_bytes(os.urandom(len(whole)))
        case "half":
            path.write_bytes(whole[: len(whole) // 2])
        case "zeroed page":
            path.write_bytes(whole[:4096] + bytes(4096) + whole[8192:])
        case _:
            path.unlink()
            with closing(sqlite3.connect(path)) as other:
                other.execute("CREATE TABLE theirs (x)")
    spoilt = path.read_bytes()
    found = reopened(tmp_path)
    with closing(found.store.db):
        assert "kept as outbox.db.damaged-1" in found.damage
        assert (tmp_path / "outbox.db.damaged-1").read_bytes() == spoilt
        assert found.store.epoch == store.epoch + 1
        assert found.store.tell_gaps(at()) == 1
        [row] = found.store.after(0, 100, 10, 10**6)
        gap = msgspec.convert(msgspec.json.decode(row.event)["data"], Gap)
        assert (gap.first, gap.last, gap.cause.value) == (1, 1, "damaged")


def test_the_second_damage_does_not_overwrite_the_first(tmp_path: Path) -> None:
    for _ in range(2):
        (tmp_path / "outbox.db").write_bytes(b"not a database, and longer than a header " * 50)
        reopened(tmp_path).store.db.close()
    assert (tmp_path / "outbox.db.damaged-1").exists()
    assert (tmp_path / "outbox.db.damaged-2").exists()


def test_of_the_damaged_files_the_newest_three_are_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(1, 13):
        (tmp_path / "outbox.db").write_bytes(b"%d is not a database, nor short" % number * 50)
        reopened(tmp_path).store.db.close()
    kept = {each.name: each.read_bytes() for each in tmp_path.glob("*.damaged-*")}
    assert sorted(kept) == [f"outbox.db.damaged-{number}" for number in (10, 11, 12)]
    assert kept["outbox.db.damaged-12"].startswith(b"12 ")
    assert caplog.text.count("which nobody collected") == 9


def test_a_removed_store_is_succeeded_by_a_greater_epoch(tmp_path: Path) -> None:
    first = fresh(tmp_path)
    first.db.close()
    (tmp_path / "outbox.db").unlink()
    second = fresh(tmp_path)
    second.db.close()
    assert second.epoch == first.epoch + 1
    assert second.highest == 1, "one number stands for what the lost store held"


def test_the_first_store_of_a_node_tells_of_no_loss(tmp_path: Path) -> None:
    store = fresh(tmp_path)
    with closing(store.db):
        assert store.highest == 0
        assert not store.fill().owes_gaps


def test_a_store_that_lost_the_epoch_file_keeps_its_epoch_and_writes_it_again(
    tmp_path: Path,
) -> None:
    first = fresh(tmp_path)
    first.db.close()
    (tmp_path / "epoch").unlink()
    second = fresh(tmp_path)
    second.db.close()
    assert second.epoch == first.epoch
    assert Counter(tmp_path / "epoch", "epoch").last() == first.epoch


def test_an_older_store_put_back_begins_a_new_epoch_with_all_it_held(tmp_path: Path) -> None:
    old = fresh(tmp_path)
    old.append([drafted(n) for n in range(3)], at())
    old.db.close()
    backup = (tmp_path / "outbox.db").read_bytes()
    (tmp_path / "outbox.db").unlink()
    fresh(tmp_path).db.close()
    (tmp_path / "outbox.db").write_bytes(backup)
    restored = fresh(tmp_path)
    with closing(restored.db):
        assert restored.epoch == old.epoch + 2
        assert sequences(restored) == [1, 2, 3]
        assert restored.append([drafted()], at()) == [RecordKey(old.epoch + 2, 4)]


def test_a_card_and_its_replacement_get_growing_epochs(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = Counter(tmp_path / "a" / "epoch", "epoch").next(at(0))
    second = Counter(tmp_path / "b" / "epoch", "epoch").next(at(60))
    assert second > first


def test_two_new_cards_with_one_unset_clock_differ(tmp_path: Path) -> None:
    unset = at(0, synced=False)
    found = set()
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        found.add(Counter(tmp_path / str(number) / "epoch", "epoch").next(unset))
    assert len(found) == 20  # the chance of a false alarm is 2 in 10,000
    assert max(found) < 2**31, "some centre keeps it in 32 bits"


@pytest.mark.parametrize("text", ["", "-3", "seven", "7.5", "9" * 40, "\xff"])
def test_an_unreadable_counter_begins_at_the_clock(tmp_path: Path, text: str) -> None:
    path = tmp_path / "epoch"
    path.write_text(text, "latin-1")
    assert Counter(path, "epoch").next(at(5)) == int(at(5).utc.timestamp()) + 1


def test_a_counter_grows_by_one(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "session", "session number")
    first = counter.next(at())
    assert [counter.next(at()) for _ in range(3)] == [first + 1, first + 2, first + 3]


def test_a_counter_that_cannot_be_stored_is_a_named_fault(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="cannot store the epoch"):
        Counter(tmp_path / "missing" / "epoch", "epoch").next(at())


def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    with closing(fresh(tmp_path).db) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,), "FULL: fsync at every commit"
