"""A full disk stops neither the start nor the connection: only over that can it be emptied."""

from contextlib import closing
from pathlib import Path

import pytest

from agent.core.clock import Clock
from agent.core.errors import DeviceError
from agent.telemetry.ack import Ack
from agent.telemetry.limits import Limits
from agent.telemetry.opening import alone, sessions
from tests.telemetry.test_outbox import everything, outbox, put_many, tiny_disk
from tests.telemetry.things import at, drafted, reopened, sequences

LIMITS = Limits(reserve_bytes=512 * 1024)


def fill(disk: Path) -> None:
    """Let somebody else take all that is left."""
    with (disk / "theirs").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


async def test_a_full_disk_does_not_stop_the_next_connection(tmp_path: Path, clock: Clock) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        async with outbox(disk, clock, LIMITS) as box:
            await put_many(box, 20, filler=500)
            last = await box.next_session()
            fill(disk)
            assert await box.next_session() == last + 1
            assert sessions(box.path).last() == last + 1, "stored in the reserve's room"
            fill(disk)
            held = (disk / "outbox.db.reserve").stat().st_size
            assert held == LIMITS.reserve_bytes // 2, "the other half is for settling"
            assert [await box.next_session() for _ in range(2)] == [last + 2, last + 3]
            assert sessions(box.path).last() == last + 1, "there was room in memory only"
            assert await box.settle(Ack(epoch=box.epoch, upto=10)) == 10
            (disk / "theirs").unlink()
            assert await box.next_session() == last + 4
            assert sessions(box.path).last() == last + 4


async def test_a_full_disk_does_not_stop_renumbering(tmp_path: Path, clock: Clock) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        async with outbox(disk, clock, LIMITS) as box:
            await put_many(box, 20, filler=500)
            before = box.epoch
            fill(disk)
            assert await box.renumber(0) == before + 1
        async with outbox(disk, clock, LIMITS) as box:
            assert box.epoch == before + 1
            assert await everything(box) == list(range(1, 21))


def test_a_store_opens_on_a_full_disk_by_means_of_its_reserve(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        store = reopened(disk, LIMITS).store
        store.append([drafted(n) for n in range(5)], at())
        store.db.close()
        (disk / "outbox.db.reserve").write_bytes(bytes(LIMITS.reserve_bytes))
        fill(disk)
        again = reopened(disk, LIMITS).store
        with closing(again.db):
            assert sequences(again) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("new", [True, False])
def test_without_a_reserve_the_full_disk_is_named(tmp_path: Path, *, new: bool) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        if not new:
            reopened(disk, LIMITS).store.db.close()
        fill(disk)
        with pytest.raises(DeviceError, match=r"the disk is full.*free at least 1 MiB"):
            reopened(disk, LIMITS)


def test_a_full_disk_does_not_keep_the_outbox_from_being_locked(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        fill(disk)
        with (
            alone(disk / "outbox.db"),
            pytest.raises(DeviceError, match="in use by process unknown"),
            alone(disk / "outbox.db"),
        ):
            pass
