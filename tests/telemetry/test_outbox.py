"""`put` returns when the record is safe, and says plainly when it is not."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from agent.core.clock import Clock
from agent.core.errors import DeviceError, Rejected
from agent.core.records import DataClass, Record, RecordKey
from agent.telemetry.ack import Ack
from agent.telemetry.limits import Limits
from agent.telemetry.outbox import Outbox
from tests.telemetry.things import EVENTS, TOPICS, Sighting, at, sighting, small


def outbox(folder: Path, clock: Clock, limits: Limits | None = None) -> Outbox:
    return Outbox(folder / "outbox.db", TOPICS, limits or Limits(), clock)


async def everything(box: Outbox) -> list[int]:
    return [row.sequence for row in await box.after(0, box.highest, 10**6, 10**9)]


async def test_what_put_has_returned_survives_a_restart(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock) as box:
        keys = [await box.put(sighting(n)) for n in range(3)]
        epoch = box.epoch
    assert keys == [RecordKey(epoch, 1), RecordKey(epoch, 2), RecordKey(epoch, 3)]
    async with outbox(tmp_path, clock) as box:
        assert await everything(box) == [1, 2, 3]
        assert box.epoch == epoch


async def test_what_put_has_returned_is_in_the_file_at_once(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock) as box:
        await box.put(sighting())
        # What a power cut would leave: the file and its journal as they are now.
        (tmp_path / "copy").mkdir()
        for name in ("outbox.db", "outbox.db-wal", "epoch"):
            (tmp_path / "copy" / name).write_bytes((tmp_path / name).read_bytes())
    async with outbox(tmp_path / "copy", clock) as box:
        assert await everything(box) == [1]


async def test_callers_at_once_share_commits_and_keep_their_order(
    tmp_path: Path, clock: Clock
) -> None:
    async with outbox(tmp_path, clock) as box:
        commits = []
        box._store.db.set_trace_callback(
            lambda sql: commits.append(sql) if sql == "COMMIT" else None
        )
        keys = await asyncio.gather(*(box.put(sighting(n)) for n in range(1000)))
        box._store.db.set_trace_callback(None)
    assert [key.sequence for key in keys] == list(range(1, 1001))
    assert len(commits) <= 5, "a thousand callers, a handful of commits"


async def test_a_caller_who_gives_up_before_the_commit_stores_nothing(
    tmp_path: Path, clock: Clock
) -> None:
    async with outbox(tmp_path, clock) as box:
        first = asyncio.create_task(box.put(sighting(1)))
        second = asyncio.create_task(box.put(sighting(2)))
        await asyncio.sleep(0)  # the first one's commit is under way, the second one waits
        second.cancel()
        assert await first == RecordKey(box.epoch, 1)
        await asyncio.wait([second])
        assert await box.put(sighting(3)) == RecordKey(box.epoch, 2)


async def test_leaving_the_block_waits_for_the_commit_under_way(
    tmp_path: Path, clock: Clock
) -> None:
    async with outbox(tmp_path, clock) as box:
        task = asyncio.create_task(box.put(sighting()))
        await asyncio.sleep(0)
    assert (await task).sequence == 1
    async with outbox(tmp_path, clock) as box:
        assert await everything(box) == [1]


async def test_an_unset_clock_is_said(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock) as box:
        await box.put(sighting(taken=at(synced=False)))
        [row] = await box.after(0, 1, 1, 10**6)
    event = msgspec.json.decode(row.event)
    assert event["clock"] == "none"
    assert "clockerrms" not in event


async def test_evidence_without_room_is_refused_to_its_caller(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock, small()) as box:
        with pytest.raises(Rejected, match=r"no room for evidence of test\.evidence"):
            await put_many(box, 200, dclass=DataClass.EVIDENCE, filler=900)
        assert box.fill.refused == 1
        assert box.fill.owes_gaps


async def test_a_refusal_leaves_the_others_of_its_commit_alone(
    tmp_path: Path, clock: Clock
) -> None:
    async with outbox(tmp_path, clock) as box:
        first, second, third = await asyncio.gather(
            box.put(sighting(1)),
            box.put(sighting(2, filler=70_000)),
            box.put(sighting(3)),
            return_exceptions=True,
        )
    assert isinstance(second, Rejected)
    assert (first, third) == (RecordKey(box.epoch, 1), RecordKey(box.epoch, 2))


async def test_what_may_not_leave_the_node_is_refused(tmp_path: Path, clock: Clock) -> None:
    stays = replace(EVENTS, leaves_node=False)
    async with outbox(tmp_path, clock) as box:
        with pytest.raises(Rejected, match="does not leave the node"):
            await box.put(Record(stays, "cam0", at(), Sighting(1)))


async def test_a_full_database_is_named_and_recovers(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock) as box:
        for n in range(20):
            await box.put(sighting(n))
        await box._run(lambda: bound_pages(box, 2))
        with pytest.raises(DeviceError, match="outbox: the disk is full"):
            await put_many(box, 200, filler=500)
        kept = await everything(box)
        assert kept == list(range(1, len(kept) + 1))
        assert await box.settle(Ack(epoch=box.epoch, upto=10)) == 10, "settling goes on"
        await box._run(lambda: bound_pages(box, 10**6))
        assert (await box.put(sighting())).sequence == len(kept) + 1
        assert box.trouble == ""


async def test_every_caller_of_a_failed_commit_is_told(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock) as box:
        await box._run(lambda: bound_pages(box, 0))
        results = await asyncio.gather(
            *(box.put(sighting(n, filler=5000)) for n in range(5)), return_exceptions=True
        )
        assert all(isinstance(result, DeviceError) for result in results)
        assert box.trouble.startswith("the disk is full")
        assert len({id(result) for result in results}) == 5, "each has an error of its own"


async def put_many(
    box: Outbox, count: int, *, dclass: DataClass = DataClass.EVENT, filler: int = 0
) -> None:
    for n in range(count):
        await box.put(sighting(n, dclass=dclass, filler=filler))


def bound_pages(box: Outbox, more: int) -> None:
    (pages,) = box._store.db.execute("PRAGMA page_count").fetchone()
    box._store.db.execute(f"PRAGMA max_page_count = {pages + more}")


@contextmanager
def tiny_disk(folder: Path) -> Iterator[Path]:
    """A real file system of 2 MiB."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "sereno-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a tiny disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_loses_nothing_and_settling_frees_it(
    tmp_path: Path, clock: Clock
) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        async with outbox(disk, clock, Limits(reserve_bytes=512 * 1024)) as box:
            with pytest.raises(DeviceError, match="the disk is full"):
                await put_many(box, 10_000, filler=500)
            promised = box.highest
            assert await everything(box) == list(range(1, promised + 1))
            await box.settle(Ack(epoch=box.epoch, upto=promised // 2))
            await box.put(sighting())
        async with outbox(disk, clock) as box:
            assert await everything(box) == list(range(promised // 2 + 1, promised + 2))


async def test_a_second_outbox_on_one_file_is_refused(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock):
        with pytest.raises(DeviceError, match="one process per outbox"):
            async with outbox(tmp_path, clock):
                pass


async def test_a_folder_that_cannot_be_written_is_a_named_fault(clock: Clock) -> None:
    with pytest.raises(DeviceError, match="outbox: cannot make"):
        async with outbox(Path("/proc/sereno"), clock):
            pass


async def test_damage_found_while_running_is_moved_aside(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock) as box:
        for n in range(200):
            await box.put(sighting(n, filler=900))
        before = box.epoch
        with pytest.raises(DeviceError, match="opened afresh"):
            await box._run(lambda: spoil(box))
        assert box.epoch == before + 1
        assert "kept as outbox.db.damaged-1" in box.damage
        assert (await box.put(sighting())).epoch == before + 1


def spoil(box: Outbox) -> None:
    """Overwrite all pages but the first behind SQLite's back."""
    db = box._store.db
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("PRAGMA cache_size = 0")
    db.execute("PRAGMA shrink_memory")
    size = box.path.stat().st_size
    with box.path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))


async def test_readings_tell_how_full_it_is(tmp_path: Path, clock: Clock) -> None:
    async with outbox(tmp_path, clock) as box:
        await box.put(sighting(1))
        await asyncio.sleep(90)
        await box.put(sighting(2))
        await box.park([1], "refused")
        found = box.readings()
    assert found["rows"] == 2
    assert found["bytes"] > 500
    assert found["oldest_s"] == 90
    assert (found["parked"], found["dropped"], found["highest"]) == (1, 0, 2)
