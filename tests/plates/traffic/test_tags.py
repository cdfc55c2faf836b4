"""Journey tags: a key for one zone and one day, gone after it; nobody can be followed beyond."""

import gc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from agent.core.clock import Stamp
from agent.core.errors import DeviceError
from agent.plates.traffic.folder_keys import FolderZoneKeys
from agent.plates.traffic.records import FEWEST, TAGS_STREAM
from agent.plates.traffic.tags import SAMPLED, DayKey, Gate, day_of, false_link

DAY = date(2030, 6, 1)
NOON = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
SECRET, OTHER = "5a" * 16 + "c3" * 16, "17" * 32


def stamp(at: datetime, mono_s: float = 0.0, *, synced: bool = True) -> Stamp:
    return Stamp(mono_s, at, synced, 1)


def keys(folder: Path, *days: tuple[date, str]) -> FolderZoneKeys:
    (folder / "marina").mkdir(exist_ok=True)
    for day, key in days:
        (folder / "marina" / day.isoformat()).write_text(f"{key}\n", encoding="ascii")
    return FolderZoneKeys(folder)


def gate(folder: Path, *days: tuple[date, str], name: str = "north") -> Gate:
    made = Gate("marina", name, keys(folder, *days or ((DAY, SECRET),)))
    made.turn(stamp(NOON))
    return made


def plates(count: int) -> list[str]:
    return [f"{n:04}BCD" for n in range(count)]


def all_tags(one: Gate, start: datetime = NOON) -> set[str]:
    told = one.take(start, 300)
    return set() if told is None else {tag for minute in told.minutes for tag in minute.tags}


def holders(secret: str) -> list[object]:
    """Return every living object that refers to bytes or text with the key in it."""
    raw = bytes.fromhex(secret)
    gc.collect()
    parts = (part for one in gc.get_objects() for part in gc.get_referents(one))
    return [
        part
        for part in parts
        if isinstance(part, bytes | bytearray)
        and part is not raw  # what we look for is held by who looks
        and (raw in part or secret.encode() in part)
    ]


def test_two_gates_of_a_zone_give_a_vehicle_the_same_tag(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    north, south = gate(tmp_path / "a"), gate(tmp_path / "b", name="south")
    for each in plates(200):
        north.passed(each, NOON)
        south.passed(each, NOON + timedelta(minutes=3))
    assert all_tags(north) == all_tags(south) != set()


def test_one_vehicle_in_five_is_sampled_the_same_ones_everywhere() -> None:
    key = DayKey(DAY, bytearray.fromhex(SECRET))
    tags = [key.tag(each) for each in plates(10_000)]
    share = sum(tag is not None for tag in tags) / len(tags)
    assert share == pytest.approx(SAMPLED, abs=0.015)
    assert tags == [DayKey(DAY, bytearray.fromhex(SECRET)).tag(each) for each in plates(10_000)]


def test_tags_of_two_days_cannot_be_joined() -> None:
    one, other = DayKey(DAY, bytearray.fromhex(SECRET)), DayKey(DAY, bytearray.fromhex(OTHER))
    first = {each: tag for each in plates(10_000) if (tag := one.tag(each))}
    second = {each: tag for each in plates(10_000) if (tag := other.tag(each))}
    same = sum(first[each] == second[each] for each in first.keys() & second.keys())
    assert same <= 1  # 400 vehicles sampled on both days, one chance in 16 million each
    by_chance = len(set(first.values()) & set(second.values()))
    assert by_chance <= 4  # 2,000 x 2,000 / 2**24 = 0.24 expected
    sampled_both = len(first.keys() & second.keys()) / len(first)
    assert sampled_both == pytest.approx(SAMPLED, abs=0.04)  # being sampled tells nothing either


def test_the_key_is_gone_after_its_day(tmp_path: Path) -> None:
    one = gate(tmp_path)
    one.passed("0000BBB", NOON)
    assert holders(SECRET)
    over = datetime(2030, 6, 2, 3, 0, 0, tzinfo=UTC)
    assert not one.due(stamp(over - timedelta(seconds=1), 1.0))
    assert one.due(stamp(over, 2.0))
    one.turn(stamp(over, 2.0))
    assert holders(SECRET) == []
    assert list((tmp_path / "marina").iterdir()) == []
    assert not one.ready
    assert one.trouble == "zone marina: no key for 2030-06-02"


def test_the_file_of_a_key_is_overwritten_before_it_is_removed(tmp_path: Path) -> None:
    made = keys(tmp_path, (DAY, SECRET))
    path = tmp_path / "marina" / DAY.isoformat()
    kept = tmp_path / "kept"
    kept.hardlink_to(path)
    made.destroy_before("marina", DAY + timedelta(days=1))
    assert not path.exists()
    assert set(kept.read_bytes()) == {0}


def test_a_key_of_a_day_to_come_is_kept_and_other_files_are_left_alone(tmp_path: Path) -> None:
    made = keys(tmp_path, (DAY, SECRET), (DAY + timedelta(days=1), OTHER))
    (tmp_path / "marina" / "README").write_text("hands off")
    made.destroy_before("marina", DAY)
    assert sorted(path.name for path in (tmp_path / "marina").iterdir()) == [
        "2030-06-01", "2030-06-02", "README",
    ]  # fmt: skip


def test_the_day_begins_at_three_utc() -> None:
    assert day_of(datetime(2030, 6, 2, 2, 59, 59, tzinfo=UTC)) == DAY
    assert day_of(datetime(2030, 6, 2, 3, 0, 0, tzinfo=UTC)) == DAY + timedelta(days=1)


def test_fewer_than_five_tags_are_never_told(tmp_path: Path) -> None:
    one = gate(tmp_path)
    key = DayKey(DAY, bytearray.fromhex(SECRET))
    sampled = [each for each in plates(200) if key.tag(each)]
    for each in sampled[: FEWEST - 1]:
        one.passed(each, NOON)
    assert one.take(NOON, 300) is None
    for each in sampled[:FEWEST]:
        one.passed(each, NOON + timedelta(minutes=6))
    told = one.take(NOON + timedelta(minutes=5), 300)
    assert told is not None
    assert sum(len(minute.tags) for minute in told.minutes) == FEWEST


def test_tags_say_the_minute_and_no_order(tmp_path: Path) -> None:
    one = gate(tmp_path)
    for number, each in enumerate(plates(100)):
        one.passed(each, NOON + timedelta(seconds=number / 2))
    told = one.take(NOON, 300)
    assert told is not None
    [minute] = told.minutes
    assert minute.minute == NOON
    assert list(minute.tags) == sorted(minute.tags)
    assert told.day == DAY
    assert TAGS_STREAM.retention_s == 3600


def test_without_a_key_nothing_is_tagged_and_the_duty_can_say_why(tmp_path: Path) -> None:
    one = Gate("marina", "north", FolderZoneKeys(tmp_path))
    assert one.due(stamp(NOON))
    one.turn(stamp(NOON))
    one.passed("0000BBB", NOON)
    assert one.trouble == "zone marina: no key for 2030-06-01"
    assert one.take(NOON, 300) is None
    assert not one.due(stamp(NOON, 10.0))
    keys(tmp_path, (DAY, SECRET))
    assert one.due(stamp(NOON, 70.0))
    one.turn(stamp(NOON, 70.0))
    assert one.trouble is None


def test_a_file_that_holds_no_key_is_told(tmp_path: Path) -> None:
    made = keys(tmp_path, (DAY, "not a key"))
    with pytest.raises(DeviceError, match="expected 64 hexadecimal digits"):
        made.key("marina", DAY)
    keys(tmp_path, (DAY, "aa" * 16))
    with pytest.raises(DeviceError, match="16 bytes, expected 32"):
        made.key("marina", DAY)


def test_a_clock_that_is_not_set_holds_no_key(tmp_path: Path) -> None:
    one = gate(tmp_path)
    one.turn(stamp(NOON, synced=False))
    assert not one.ready
    assert one.trouble is not None
    assert holders(SECRET) == []


def test_a_wiped_key_tags_nothing() -> None:
    key = DayKey(DAY, bytearray.fromhex(SECRET))
    key.wipe()
    assert all(key.tag(each) is None for each in plates(50))
    assert SECRET[:8] not in repr(key)


def test_strangers_are_joined_as_rarely_as_said() -> None:
    assert false_link(20_000) == pytest.approx(0.0012, abs=0.0001)  # reference/security.md 4.4
    others, tries = 20_000, 200_000
    rng = np.random.default_rng(1)
    taken = set(rng.integers(0, 1 << 24, others).tolist())
    hits = sum(tag in taken for tag in rng.integers(0, 1 << 24, tries).tolist())
    assert hits / tries == pytest.approx(false_link(others), rel=0.3)


def test_a_key_that_comes_after_the_gate_was_wiped_is_not_held() -> None:
    class Slow:
        """A folder of keys that is still being read when the node stops."""

        def key(self, _zone: str, _day: date) -> bytearray:
            gate.wipe()
            return fetched

        def destroy_before(self, _zone: str, _day: date) -> None: ...

    fetched = bytearray(b"k" * 32)
    gate = Gate("marina", "north", Slow())
    gate.turn(Stamp(1.0, datetime(2030, 1, 1, 12, tzinfo=UTC), synced=True))
    assert not gate.ready
    assert not any(fetched)
