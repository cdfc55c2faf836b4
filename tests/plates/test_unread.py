"""Why a plate made no passage: the reason is told, rarely, and without what the purpose forbids."""

import asyncio
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from rich.pretty import pretty_repr

from agent.core.clock import Stamp
from agent.core.errors import DeviceError
from agent.core.frames import Frame, Pixels
from agent.core.vision import (
    CharacterRead,
    PlateRead,
    Quad,
)
from agent.plates.purpose import PURPOSES
from agent.plates.sparingly import AT_ONCE, EVERY_S, Sparingly
from agent.plates.track import Sighting, Track
from agent.plates.unread import Doubt, Unread, Unreported, partial, unread_stream, why
from tests.conftest import START, LoopClock
from tests.plates.drawn import DrawnModels, DrawnReader, put, street
from tests.plates.node import Node, neighbour, node
from tests.plates.reads import Says, said

STAMP = Stamp(0.0, START, synced=True)


def unread(one: Node) -> list[Unread]:
    return [record.data for record in one.journal.records if isinstance(record.data, Unread)]


def track(
    said: PlateRead, *, reads: int = 4, x: float = 100, scale: float = 1.0, dim: float = 0.8
) -> Track:
    """A drawn plate seen so often, always alike."""
    picture: NDArray[np.uint8] = street()
    put(picture, "1234BCD890", int(x), 100, scale)  # as wide for its height as a real one
    picture = (picture * dim).astype(np.uint8)
    width, height = 286 * scale, 66 * scale
    corners = [[x, 100], [x + width, 100], [x + width, 100 + height], [x, 100 + height]]
    frame = Frame("gate", 1, STAMP, Pixels.GREY8, picture)
    look = Sighting(frame, Quad(np.array(corners, np.float32), 0.9), said)
    found = Track(1, STAMP, STAMP, look)
    for _ in range(reads):
        found.add(look)
    return found


def doubt(rule: Unreported, agreeing: int = 0) -> Doubt:
    return Doubt(rule, said("1234BCD"), agreeing, needed=2)


POOR = said("1Z34B0D", 0.5)


@pytest.mark.parametrize(
    ("seen", "rule", "reason"),
    [
        (track(said("1234BCD"), reads=1), Unreported.UNSETTLED, "seen-once"),
        (track(said("1234BCD")), Unreported.UNSETTLED, "disagreeing"),
        (track(POOR), Unreported.UNCLEAR, "doubtful"),
        (track(said("")), Unreported.UNREAD, "no-characters"),
        (track(said("1234BCD")), Unreported.UNKNOWN, "fits-nothing"),
        (track(said("123BCD")), Unreported.INCOMPLETE, "covered"),
        (track(POOR, scale=0.2), Unreported.UNCLEAR, "too-small"),
        (track(POOR, dim=0.06), Unreported.UNCLEAR, "too-dark"),
        (track(POOR, x=0), Unreported.UNCLEAR, "cut"),
        (track(said("1234BCD"), x=0, reads=1), Unreported.UNSETTLED, "seen-once"),
    ],
)
def test_the_reason_is_the_pictures_where_even_the_best_look_is_bad(
    seen: Track, rule: Unreported, reason: str
) -> None:
    assert why(seen, doubt(rule)) == reason


def test_characters_nobody_is_sure_of_are_shown_as_unread() -> None:
    places = [CharacterRead(((c, p),)) for c, p in zip("12B4", (0.99, 0.7, 0.69, 0.9), strict=True)]
    assert partial(PlateRead(tuple(places))) == "12?4"
    assert partial(PlateRead(())) == ""


async def test_a_vehicle_seen_once_is_told_as_unread_with_its_place(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.drive("1234BCD", frames=1)
        await asyncio.sleep(2)
        [told] = unread(one)
        assert told.rule is Unreported.UNSETTLED
        assert told.partial is not None
        assert all(mine in {"?", char} for mine, char in zip(told.partial, "1234BCD", strict=True))
        assert (told.frames, told.reads, told.agreeing) == (1, 1, 1)
        assert (told.picture_width, told.picture_height) == (640, 360)
        assert told.corners[0] == pytest.approx((40, 100), abs=2)
        assert told.width_px == pytest.approx(208, abs=3)
        assert one.journal.passages == []
        readings = one.duty.readings()
        reason = f"unread_{told.reason.replace('-', '_')}"
        assert (readings["unsettled"], readings[reason]) == (1, 1)
        assert readings["passages"] == 0


@pytest.mark.parametrize(
    ("purpose", "records"), [("traffic", 1), ("parking", 1), ("watch-list", 0)]
)
async def test_what_the_purpose_forbids_is_not_in_it(
    clock: LoopClock, purpose: str, records: int
) -> None:
    async with node(clock, DrawnModels(), purpose=purpose) as one:
        await one.drive("1234BCD", frames=1)
        await asyncio.sleep(2)
        told = unread(one)
        assert len(told) == records
        for one_told in told:
            shown = (b"234" in msgspec.json.encode(one_told), one_told.partial is not None)
            assert shown == ((True, True) if PURPOSES[purpose].text else (False, False))


async def test_an_uncertain_vehicle_that_stands_is_told_once_it_has_gone(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), stays_s=1.0, unsure=1.0) as one:
        await one.drive("1234BCD", frames=60, speed=0)
        assert unread(one) == []
        await asyncio.sleep(2)
        [told] = unread(one)
        assert told.rule is Unreported.UNCLEAR


async def test_plates_of_no_known_format_are_left_out_where_a_site_wants_that(
    clock: LoopClock,
) -> None:
    async with node(clock, DrawnModels(), known_only=True, countries=("E",)) as one:
        await one.drive("1234BCD")
        await one.drive("WWWWWWWW", y=60)
        await asyncio.sleep(2)
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD"]
        [told] = unread(one)
        assert (told.rule, told.reason) == (Unreported.UNKNOWN, "fits-nothing")


SPANISH = DrawnModels(DrawnReader((("E", 0.95), ("F", 0.04))))
"""Models that take every plate for Spain's."""


@pytest.mark.parametrize(
    ("text", "rule", "reason"),
    [
        ("123BCD", Unreported.INCOMPLETE, "covered"),
        ("M12340", Unreported.UNCLEAR, "doubtful"),
    ],
)
async def test_what_may_be_another_plate_is_not_told(
    clock: LoopClock, text: str, rule: Unreported, reason: str
) -> None:
    async with node(clock, SPANISH, countries=("E", "F")) as one:
        await one.drive("1234BCD")
        await asyncio.sleep(2)
        await one.drive(text)
        await asyncio.sleep(2)
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD"]
        [told] = unread(one)
        assert (told.rule, told.reason) == (rule, reason)
        assert one.duty.readings()[rule.value] == 1


async def test_lists_are_told_of_a_plate_with_a_twin_all_the_same(clock: LoopClock) -> None:
    async with node(clock, SPANISH, countries=("E", "F")) as one:
        with neighbour(one) as heard:
            await one.drive("M12340")
            await asyncio.sleep(2)
        assert [(seen.final, seen.text) for seen in heard] == [(False, "M12340"), (True, "M12340")]
        assert one.journal.passages == []


async def test_a_still_plate_with_a_twin_is_counted(clock: LoopClock) -> None:
    async with node(clock, SPANISH, live=False, countries=("E", "F")) as one:
        picture = street()
        put(picture, "M12340", 40, 100)
        with neighbour(one) as heard:
            await one.show(picture, still=True)
        assert [(seen.final, seen.text) for seen in heard] == [(True, "M12340")]
        assert one.journal.passages == []
        assert one.duty.readings()["unclear"] == 1


async def test_a_still_that_is_no_plate_is_not_told(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(Says("1234BCD", 0.6)), live=False) as one:
        picture = street()
        put(picture, "1234BCD", 40, 100)
        await one.show(picture, still=True)
        assert one.journal.passages == []
        assert one.duty.readings()["unclear"] == 1


async def test_many_unread_plates_are_told_rarely_and_all_counted(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), lost_s=0.3) as one:
        for number in range(AT_ONCE + 5):
            await one.drive(f"{number:04}BCD", frames=1)
            await one.show(street(), then_s=0.5)
        assert len(unread(one)) == AT_ONCE
        await one.show(street(), then_s=EVERY_S)
        await one.drive("9999BCD", frames=1)
        await one.show(street(), then_s=0.5)
        await one.show(street(), then_s=0.5)
        assert [told.left_out for told in unread(one)] == [0] * AT_ONCE + [5]
        assert one.duty.readings()["unsettled"] == AT_ONCE + 6


async def test_a_store_that_fails_costs_an_unread_plate_not_a_passage(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        one.journal.error = DeviceError("outbox", "no space left on the disk")
        await one.drive("1234BCD", frames=1)
        await asyncio.sleep(2)
        assert one.duty.readings()["unread_untold"] == 1
        assert one.reason() in {"", "no-frames"}


def test_sparingly_is_a_few_at_once_then_one_in_a_while() -> None:
    sparingly = Sparingly()
    told = [sparingly.may(i / 100) for i in range(100)]
    assert sum(told) == AT_ONCE
    assert sparingly.left_out == 100 - AT_ONCE
    assert sparingly.may(1 + EVERY_S)
    assert not sparingly.may(1 + EVERY_S)
    assert not sparingly.may(0.0)  # a video that begins anew earns nothing


def test_no_repr_shows_a_plate() -> None:
    fields: dict[str, Any] = {
        "rule": "unclear", "reason": "cut", "partial": "1234B?D", "width_px": 1, "height_px": 1,
        "corners": [(0, 0)] * 4, "picture_width": 1, "picture_height": 1, "frames": 1, "reads": 1,
        "agreeing": 1, "direction": {"along": "steady", "across": "steady"}, "lane": None,
        "first_seen": START, "last_seen": START, "camera": "gate",
    }  # fmt: skip
    told = msgspec.convert(fields, Unread)
    for shown in (repr(told), pretty_repr(told)):
        assert "234" not in shown


def test_a_record_is_kept_a_day_at_most() -> None:
    for purpose in PURPOSES.values():
        stream = unread_stream(purpose)
        assert stream.retention_s <= min(purpose.retention_s, 24 * 3600)
        assert stream.purpose == purpose.name
