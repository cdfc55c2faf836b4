"""The loss policy is the one in the type's name."""

import asyncio

import pytest

from agent.core.bus import Bus
from agent.core.mailbox import Every, Latest


async def test_latest_keeps_the_newest_and_counts_the_rest() -> None:
    box = Latest[int]()
    for item in range(5):
        await box.put(item)
    assert await box.get() == 4
    assert box.dropped == 4


async def test_a_cancelled_get_loses_nothing() -> None:
    for box in (Latest[str](), Every[str](1)):
        waiting = asyncio.create_task(box.get())
        await asyncio.sleep(0)
        await box.put("item")
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        async with asyncio.timeout(1):
            assert await box.get() == "item"


async def test_every_waits_when_full_and_keeps_order() -> None:
    box = Every[int](2)
    putting = asyncio.create_task(_put_all(box, 5))
    await asyncio.sleep(1)
    assert not putting.done()
    assert [await box.get() for _ in range(5)] == [0, 1, 2, 3, 4]
    await putting


async def _put_all(box: Every[int], count: int) -> None:
    for item in range(count):
        await box.put(item)


def test_an_unbounded_every_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Every[int](0)


async def test_a_full_reader_never_keeps_an_event_from_another() -> None:
    bus, full, live = Bus(), Every[int](1), Latest[int]()
    full.offer(0)
    with bus.subscribed(int, full), bus.subscribed(int, live):
        publishing = asyncio.create_task(bus.publish(1))
        async with asyncio.timeout(1):
            assert await live.get() == 1
        assert not publishing.done()
        assert await full.get() == 0
        await publishing
        assert await full.get() == 1


async def test_two_full_readers_are_both_waited_for() -> None:
    bus, boxes = Bus(), [Every[int](1), Every[int](1)]
    for box in boxes:
        box.offer(0)
    with bus.subscribed(int, boxes[0]), bus.subscribed(int, boxes[1]):
        publishing = asyncio.create_task(bus.publish(1))
        await asyncio.sleep(1)
        for box in boxes:
            assert await box.get() == 0
        await publishing
        assert [await box.get() for box in boxes] == [1, 1]


async def test_a_subscriber_gets_only_what_it_asked_for() -> None:
    bus, even, words = Bus(), Every[int](9), Every[str](9)
    with bus.subscribed(int, even, where=lambda n: n % 2 == 0), bus.subscribed(str, words):
        for event in (1, 2, "three", 4):
            await bus.publish(event)
    await bus.publish(6)  # nobody is subscribed any more
    assert [await even.get(), await even.get(), await words.get()] == [2, 4, "three"]
    assert not even.offer(0) or await even.get() == 0
