"""A day's key is made when it is needed, and is gone when its day is over."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from agent.core.clock import Stamp
from agent.core.duty import Performance
from agent.core.mailbox import Every
from agent.plates.clockwork import destroy_keys
from agent.plates.eyes import EyesTold
from agent.plates.key import KEY_BYTES, DailyKey, until_midnight_s
from tests.conftest import START, LoopClock
from tests.plates.drawn import DrawnModels
from tests.plates.node import node

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_one_day_has_one_key() -> None:
    key = DailyKey()
    first = key.digest("1234BCD", NOON)
    assert key.digest("1234BCD", NOON + timedelta(hours=11)) == first
    assert key.digest("1234BCD", NOON + timedelta(hours=13)) != first
    assert key.destroyed == 1


def test_a_day_is_utcs_whatever_zone_a_date_is_told_in() -> None:
    key = DailyKey()
    first = key.digest("1234BCD", NOON)
    elsewhere = NOON.astimezone(timezone(timedelta(hours=13)))  # there it is tomorrow already
    assert key.digest("1234BCD", elsewhere) == first


def test_a_destroyed_key_is_overwritten_where_it_lay() -> None:
    key = DailyKey()
    key.digest("1234BCD", NOON)
    lay = key._key
    assert any(lay)
    assert not key.destroy_old(NOON + timedelta(hours=11))
    assert key.destroy_old(NOON + timedelta(hours=12))
    assert lay == bytes(KEY_BYTES)
    assert not key.destroy_old(NOON + timedelta(hours=12))


@given(st.datetimes(timezones=st.just(UTC), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001 - hypothesis wants it naive
def test_the_end_of_the_day_is_near_and_the_next_day_begins_there(now: datetime) -> None:
    wait_s = until_midnight_s(now)
    assert 0 < wait_s <= 24 * 3600
    then = now + timedelta(seconds=wait_s)
    assert then.date() == now.date() + timedelta(days=1)


async def test_a_key_goes_at_midnight_though_nobody_drives(clock: LoopClock) -> None:
    key = DailyKey()
    key.digest("1234BCD", START)
    keeping = asyncio.create_task(destroy_keys(clock, key.destroy_old))
    await asyncio.sleep(24 * 3600 - 1)
    assert key.destroyed == 0
    await asyncio.sleep(1.1)
    assert key.destroyed == 1
    keeping.cancel()
    await asyncio.wait({keeping})


class SteppedClock(LoopClock):
    """A clock whose date somebody sets ahead."""

    ahead = timedelta()

    def stamp(self) -> Stamp:
        stamp = super().stamp()
        return Stamp(stamp.mono_s, stamp.utc + self.ahead, stamp.synced)


async def test_a_key_goes_within_a_minute_of_a_clock_set_ahead() -> None:
    clock, key = SteppedClock(), DailyKey()
    key.digest("1234BCD", START)
    keeping = asyncio.create_task(destroy_keys(clock, key.destroy_old))
    await asyncio.sleep(10)
    clock.ahead = timedelta(days=3)
    await asyncio.sleep(61)
    assert key.destroyed == 1
    keeping.cancel()
    await asyncio.wait({keeping})


async def test_a_plate_duty_destroys_its_key_and_tells_how_it_sees() -> None:
    clock = SteppedClock()
    clock.ahead = timedelta(hours=23, minutes=59, seconds=50)
    inbox: Every[EyesTold] = Every(100)
    async with node(clock, DrawnModels(), purpose="traffic") as one:
        with one.bus.subscribed(EyesTold, inbox):
            await one.drive("1234BCD")
            await asyncio.sleep(2)
            assert one.duty._judge._hashed._key.destroyed == 0
            await asyncio.sleep(10)
            assert one.duty._judge._hashed._key.destroyed == 1
        told = [await inbox.get() for _ in range(3)]
        assert {(t.duty, t.camera, t.purpose) for t in told} == {("plates", "gate", "traffic")}
        assert told[2].state.performance is Performance.PERFORMING
