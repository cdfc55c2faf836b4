"""The plate duty: one passage for each vehicle, and an honest word about its own sight."""

import asyncio
import logging
from dataclasses import replace

import numpy as np
import pytest

from agent.core.bus import Bus
from agent.core.clock import Stamp
from agent.core.device import Surroundings
from agent.core.duty import Duty, Performance
from agent.core.errors import ConfigError, DeviceError, Rejected
from agent.core.frames import Pixels
from agent.core.mailbox import Every
from agent.core.records import DataClass
from agent.core.store import MOST_WAITING
from agent.plates import DUTY
from agent.plates.eyes import ReaderRuns
from agent.plates.settings import PlatesSettings
from agent.plates.vehicle import VehicleSeen
from tests.conftest import LoopClock
from tests.plates.drawn import DrawnModels, HangingModels, RefusedModels, put, street
from tests.plates.node import MemoryJournal, OpenCamera, node


class AheadClock(LoopClock):
    """A clock that can be set ahead of the loop's."""

    ahead_s = 0.0

    def stamp(self) -> Stamp:
        stamp = super().stamp()
        return replace(stamp, mono_s=stamp.mono_s + self.ahead_s)


async def test_a_vehicle_makes_one_passage(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.drive("1234BCD", frames=6)
        assert one.journal.passages == []  # it may still be seen better
        await asyncio.sleep(2)
        [passage] = one.journal.passages
        assert passage.plate.text == passage.plate.raw == "1234BCD"
        assert (passage.plate.country, passage.plate.syntax.format) == ("E", "E 2000")
        assert (passage.agreeing, passage.frames) == (6, 6)
        assert passage.decision == "left"
        assert not passage.still
        assert (passage.last_seen - passage.first_seen).total_seconds() == pytest.approx(0.5)
        assert passage.speed_m_s is None
        assert (passage.picture.width, passage.picture.height) == (640, 360)
        assert one.duty.readings()["passages"] == 1


async def test_two_vehicles_at_once_make_two_passages(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        for i in range(5):
            picture = street()
            put(picture, "1234BCD", 20 + 5 * i, 40)
            put(picture, "5678FGH", 300 - 5 * i, 240)
            await one.show(picture)
        await asyncio.sleep(2)
        assert sorted(p.plate.text or "" for p in one.journal.passages) == ["1234BCD", "5678FGH"]


async def test_the_next_car_in_the_queue_is_another_vehicle(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.drive("1234BCD", frames=4, speed=0)
        await one.drive("8765LMN", frames=4, speed=0)
        await asyncio.sleep(2)
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD", "8765LMN"]


async def test_a_vehicle_lost_and_found_again_is_the_same_passage(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), again_s=20.0) as one:
        await one.drive("1234BCD")
        for _ in range(30):
            await one.show(street())
        await one.drive("1234BCD")
        await asyncio.sleep(2)
        assert len(one.journal.passages) == 1
        assert one.duty.readings()["rejoined"] == 1
        await asyncio.sleep(25)
        await one.drive("1234BCD")
        await asyncio.sleep(2)
        assert len(one.journal.passages) == 2


async def test_a_waiting_vehicle_is_told_once_while_it_waits(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), stays_s=5.0) as one:
        await one.drive("1234BCD", frames=60, speed=0, y=60)
        [passage] = one.journal.passages
        assert passage.decision == "stays"
        await one.drive("1234BCD", frames=300, speed=0, y=60)  # far longer than `again_s`
        await asyncio.sleep(2)
        await one.drive("1234BCD", frames=4, y=60)  # and it comes back at once
        await asyncio.sleep(2)
        assert len(one.journal.passages) == 1


async def test_a_plate_seen_once_on_a_live_camera_is_counted_not_told(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.drive("1234BCD", frames=1)
        await asyncio.sleep(2)
        assert one.journal.passages == []
        assert one.duty.readings()["unsettled"] == 1


async def test_every_plate_of_a_still_is_its_own_passage(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        picture = street()
        put(picture, "1234BCD", 20, 40)
        put(picture, "5678FGH", 300, 240)
        for name in ("a", "b"):
            await one.show(picture.copy(), still=True, digest=name * 64)
        passages = one.journal.passages
        assert len(passages) == 4
        assert {p.plate.text for p in passages} == {"1234BCD", "5678FGH"}
        assert all(p.still and p.agreeing == p.frames == 1 for p in passages)
        assert all(p.decision == "still" for p in passages)
        assert {p.picture.sha256[0] for p in passages} == {"a", "b"}
        assert {p.picture.digest_of for p in passages} == {"file"}


async def test_a_folder_waits_for_the_duty_and_loses_no_picture(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        picture = street()
        put(picture, "1234BCD", 20, 40)
        for _ in range(40):
            await one.show(picture.copy(), still=True, then_s=0)
        await asyncio.sleep(1)
        assert len(one.journal.passages) == 40
        assert one.duty.readings()["frames_dropped"] == 0


async def test_a_live_camera_never_waits(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        for _ in range(10):
            await one.show(street(), then_s=0)
        await asyncio.sleep(1)
        readings = one.duty.readings()
        assert readings["frames"] + readings["frames_dropped"] == 10
        assert readings["frames_dropped"] > 0


async def test_colour_frames_are_read_too(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        picture = street()
        put(picture, "1234BCD", 20, 40)
        await one.show(np.repeat(picture[:, :, None], 3, axis=2), Pixels.BGR8, still=True)
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD"]


async def test_models_are_loaded_and_run_in_the_dutys_own_thread(clock: LoopClock) -> None:
    models = DrawnModels()
    async with node(clock, models) as one:
        assert models.loaded_in.startswith("plates-infer")
        assert one.ready


async def test_the_stream_says_why_and_how_long(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), purpose="low-emission-zone") as one:
        stream, _unread, _quality = one.duty.streams
        assert (stream.name, stream.version, stream.dclass) == (
            "plates.passage",
            1,
            DataClass.EVENT,
        )
        assert (stream.purpose, stream.retention_s) == ("low-emission-zone", 3 * 24 * 3600)


async def test_where_the_text_may_not_leave_a_hash_takes_its_place(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False, purpose="traffic") as one:
        picture = street()
        put(picture, "1234BCD", 20, 40)
        await one.show(picture.copy(), still=True)
        await one.show(picture.copy(), still=True)
        plates = [p.plate for p in one.journal.passages]
        assert [(p.text, p.raw, p.characters, p.alternatives) for p in plates] == [
            (None, None, (), ())
        ] * 2
        assert plates[0].hash
        assert plates[0].hash == plates[1].hash  # a journey can be timed within the day


# -- its own sight


async def test_performing_has_proof(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        assert one.reason() == "no-frames"  # loaded, but nothing seen yet
        await one.show(street())
        state = one.duty.state()
        assert state.performance is Performance.PERFORMING
        assert state.proof is not None
        assert state.proof.mono_s == pytest.approx(0.01, abs=0.01)


async def test_blind_without_models_and_seeing_once_they_are_there(clock: LoopClock) -> None:
    models = RefusedModels("plate_reader: digest differs from its card")
    async with node(clock, models) as one:
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.BLIND, "no-model")
        assert "digest differs" in state.words
        assert state.remedy
        assert one.ready  # the node runs, and says so
        await one.drive("1234BCD")
        assert one.reason() == "no-model"
        assert one.duty.state().since == state.since
        models.words = None
        await asyncio.sleep(61)
        await one.show(street())
        assert one.reason() == ""


async def test_blind_when_the_camera_is_silent(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), silent_s=5.0) as one:
        await one.show(street())
        await asyncio.sleep(4)
        assert one.reason() == ""
        await asyncio.sleep(2)
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.BLIND, "no-frames")
        assert "gate" in state.words
        assert "5 s" in state.words
        await one.show(street())
        assert one.reason() == ""


@pytest.mark.parametrize("level", [0, 128, 255])
async def test_blind_when_pictures_show_nothing(clock: LoopClock, level: int) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.show(street())
        noise = np.random.default_rng(1).integers(0, 3, (360, 640))
        nothing = np.clip(level + noise - 1, 0, 255).astype(np.uint8)
        await one.show(nothing.copy())
        assert one.reason() == ""  # one may be a flicker
        for _ in range(3):
            await one.show(nothing.copy())
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.BLIND, "dark")
        assert one.duty.readings()["frames_dark"] == 4
        await one.show(street())
        assert one.reason() == ""


@pytest.mark.parametrize(
    ("shape", "kind", "pixels"),
    [
        ((1, 1), np.uint8, Pixels.GREY8),
        ((0, 640), np.uint8, Pixels.GREY8),
        ((4, 5000), np.uint8, Pixels.GREY8),
        ((120, 160), np.uint16, Pixels.COUNTS16),
        ((120, 160), np.float32, Pixels.KELVIN32),
        ((3, 3, 3), np.uint8, Pixels.BGR8),
    ],
)
async def test_blind_on_frames_that_can_show_no_street(
    clock: LoopClock, shape: tuple[int, ...], kind: type, pixels: Pixels
) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.show(street())
        await one.show(np.zeros(shape, kind), pixels)
        assert one.reason() == "unusable-frames"
        assert one.duty.readings()["frames_unusable"] == 1
        await one.show(street())
        assert one.reason() == ""


async def test_blind_while_one_picture_hangs() -> None:
    clock, models = AheadClock(), HangingModels()
    async with node(clock, models) as one:
        await one.show(street())
        models.detector.hangs = True
        await one.show(street(), then_s=0)
        # set by a thread, which asyncio.Event is not made for
        while not models.detector.entered.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert one.reason() == ""
        clock.ahead_s = 11  # the loop's own time stands still while a thread works
        assert one.reason() == "stuck"
        clock.ahead_s = 0
        models.detector.let_go.set()
        await asyncio.sleep(0.1)
        assert one.reason() == ""


async def test_blind_when_it_does_not_run(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.show(street())
        await one.stop()
        assert one.reason() == "not-running"


async def test_degraded_while_the_store_fails_and_nothing_is_lost(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        one.journal.error = DeviceError("outbox", "no space left on the disk")
        picture = street()
        put(picture, "1234BCD", 20, 40)
        for _ in range(5):
            await one.show(picture.copy(), still=True)
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.DEGRADED, "store")
        assert "no space left" in state.words
        assert one.duty.readings()["passages_waiting"] == 5
        one.journal.error = None
        await asyncio.sleep(31)
        assert len(one.journal.passages) == 5
        await one.show(picture.copy(), still=True)
        assert one.reason() == ""


async def test_a_refused_passage_is_counted_and_told(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        one.journal.error = Rejected("outbox: full")
        picture = street()
        put(picture, "1234BCD", 20, 40)
        await one.show(picture, still=True)
        assert one.reason() == "store"
        assert one.duty.readings()["passages_refused"] == 1


async def test_at_the_bound_a_folder_waits(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        one.journal.error = DeviceError("outbox", "no space left on the disk")
        picture = street(120, 320)
        put(picture, "1234BCD", 20, 20)

        async def feed() -> None:
            for _ in range(MOST_WAITING + 20):
                await one.show(picture.copy(), still=True, then_s=0)

        feeding = asyncio.create_task(feed())
        await asyncio.sleep(1)
        assert not feeding.done()
        assert one.duty.readings()["passages_waiting"] == MOST_WAITING
        one.journal.error = None
        await feeding
        await asyncio.sleep(31)
        assert len(one.journal.passages) == MOST_WAITING + 20
        assert one.duty.readings()["passages_lost"] == 0


async def test_stopping_decides_and_commits_what_is_in_view(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.drive("1234BCD", frames=4)
        await one.stop()
        [passage] = one.journal.passages
        assert passage.decision == "stopping"
        assert passage.agreeing == 4


async def test_stopping_tries_a_mended_store_at_once(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        one.journal.error = DeviceError("outbox", "no space left on the disk")
        picture = street()
        put(picture, "1234BCD", 20, 40)
        await one.show(picture, still=True)
        await asyncio.sleep(40)  # by now it waits half a minute between two tries
        one.journal.error = None
        await one.stop()
        assert len(one.journal.passages) == 1


async def test_a_plate_with_a_doubtful_character_is_counted_not_told(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False, unsure=1.0) as one:
        picture = street()
        put(picture, "1234BCD", 20, 40)
        await one.show(picture, still=True)
        assert one.journal.passages == []
        assert one.duty.readings()["unclear"] == 1


async def test_a_picture_in_hand_is_finished_when_the_node_stops(clock: LoopClock) -> None:
    models = HangingModels()
    async with node(clock, models, live=False) as one:
        models.detector.hangs = True
        picture = street()
        put(picture, "1234BCD", 20, 40)
        await one.show(picture, still=True, then_s=0)
        while not models.detector.entered.is_set():  # noqa: ASYNC110 - set by a thread
            await asyncio.sleep(0)
        assert one.task is not None
        one.task.cancel()
        await asyncio.sleep(0)
        models.detector.let_go.set()
        await asyncio.wait({one.task})
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD"]


async def test_a_folders_pictures_wait_for_a_duty_that_is_restarted(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), live=False) as one:
        await one.stop()
        picture = street()
        put(picture, "1234BCD", 20, 40)
        await one.show(picture, still=True)
        one.start()
        await asyncio.sleep(0.1)
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD"]


async def test_stopping_is_bounded_when_the_store_fails(
    clock: LoopClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with node(clock, DrawnModels()) as one:
        one.journal.error = DeviceError("outbox", "no space left on the disk")
        await one.drive("1234BCD", frames=4)
        began_s = clock.stamp().mono_s
        await one.stop()
        assert clock.stamp().mono_s - began_s <= 2.1
        assert "1 passages uncommitted" in caplog.text


async def test_no_log_and_no_repr_shows_a_plate(
    clock: LoopClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with node(clock, DrawnModels()) as one:
        await one.drive("1234BCD")
        await asyncio.sleep(2)
        [record] = one.journal.records
    assert "1******" in caplog.text
    for shown in (caplog.text, repr(record), str(record), repr(record.data)):
        assert "1234" not in shown
        assert "BCD" not in shown


def test_the_kind_builds_a_duty() -> None:
    clock = LoopClock()
    around = Surroundings(
        Bus(), clock, MemoryJournal(), {"gate": OpenCamera(live=True)}, DrawnModels()
    )
    duty: Duty = DUTY.build("plates", PlatesSettings(camera="gate", purpose="traffic"), around)
    assert duty.name == "plates"
    with pytest.raises(ConfigError, match=r"duty\.plates\.camera: no camera 'gat'.*gate"):
        DUTY.build("plates", PlatesSettings(camera="gat", purpose="traffic"), around)


async def test_what_was_in_view_ends_though_only_unusable_pictures_come(clock: LoopClock) -> None:
    async with node(clock, DrawnModels()) as one:
        await one.drive("1234BCD")
        assert one.duty.readings()["tracks_open"] == 1
        for _ in range(20):
            await one.show(np.zeros((8, 8), np.uint8))
        assert one.duty.readings()["frames_unusable"] == 20
        assert one.duty.readings()["tracks_open"] == 0
        assert [p.plate.text for p in one.journal.passages] == ["1234BCD"]


async def test_the_last_word_of_a_reader_comes_after_its_last_vehicle(clock: LoopClock) -> None:
    async with node(clock, DrawnModels(), agreeing=2) as one:
        news: Every[object] = Every(10)
        with one.bus.subscribed(VehicleSeen, news), one.bus.subscribed(ReaderRuns, news):
            await one.drive("1234BCD", frames=6)
            await one.stop()
        told = [await news.get() for _ in range(len(news))]
        assert told[-1] == ReaderRuns("gate", "access-control", runs=False)
        assert isinstance(told[-2], VehicleSeen)
        assert told[-2].final
