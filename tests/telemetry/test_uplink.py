"""Nothing committed is lost between outbox and centre, whatever fails in between."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from agent.core.clock import Clock
from agent.core.errors import Rejected
from agent.core.records import DataClass
from agent.telemetry.ack import Ack
from agent.telemetry.birth import Birth, Software
from agent.telemetry.duties import Duties
from agent.telemetry.health import Health
from agent.telemetry.limits import Limits
from agent.telemetry.mqtt import NOT_AUTHORISED, PAYLOAD_INVALID, QUOTA_EXCEEDED
from agent.telemetry.notice import Asked, Notice
from agent.telemetry.outbox import Outbox
from agent.telemetry.settings import BrokerSettings
from agent.telemetry.state import Doing, State
from agent.telemetry.uplink import Uplink
from agent.telemetry.wire import encode
from simulators.mqtt import MemoryBroker, MemoryDialler
from tests.telemetry.memory_centre import MemoryCentre
from tests.telemetry.things import TOPICS, sighting, small

PATIENT_S = 3600.0
"""Virtual: an hour in which whatever can happen has happened."""


@dataclass
class Floor:
    """A node and its centre, joined by a broker in memory."""

    broker: MemoryBroker
    centre: MemoryCentre
    outbox: Outbox
    uplink: Uplink
    task: "asyncio.Task[None]"

    async def put(self, count: int, **how: Any) -> None:
        await asyncio.gather(*(self.outbox.put(sighting(n, **how)) for n in range(count)))

    async def empty(self) -> None:
        """Wait until everything is settled."""
        await self._until(lambda: self.outbox.fill.rows == self.outbox.fill.parked)

    async def connected(self) -> None:
        await self._until(lambda: bool(self.uplink.readings()["connected"]))

    async def _until(self, fact: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENT_S):
            while not fact():  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(0.1)

    def retained(self, topic: str) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.broker.retained[topic])
        return found

    def alarm(self, ident: str) -> dict[str, Any]:
        return self.retained(TOPICS.alarm(ident))

    def batches(self) -> list[str]:
        return [heard.topic for heard in self.broker.heard if "/up/data/" in heard.topic]


@asynccontextmanager
async def floor(
    folder: Path,
    clock: Clock,
    *,
    broker: MemoryBroker | None = None,
    backlog: int = 0,
    limits: Limits | None = None,
    **settings: float,
) -> AsyncIterator[Floor]:
    """Run an uplink for the length of the block, over `backlog` records stored before."""
    broker = broker or MemoryBroker()
    config = BrokerSettings(host="memory", tls=False, **settings)  # type: ignore[arg-type]
    async with Outbox(folder / "outbox.db", TOPICS, limits or Limits(), clock) as outbox:
        await asyncio.gather(*(outbox.put(sighting(n)) for n in range(backlog)))
        dialler = MemoryDialler(broker, TOPICS.node, config.puback_s)
        uplink = Uplink(outbox, dialler, config, TOPICS, clock, random.Random(7))
        task = asyncio.create_task(_run(uplink))
        try:
            yield Floor(broker, MemoryCentre(broker, TOPICS), outbox, uplink, task)
        finally:
            task.cancel()
            await asyncio.wait([task])
        assert task.cancelled() or task.exception() is None, task.exception()


async def _run(uplink: Uplink) -> None:
    await uplink.run(lambda: None)


async def test_what_is_committed_arrives_and_is_settled(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock) as it:
        await it.put(500)
        await it.empty()
        assert it.centre.numbers(it.outbox.epoch) == list(range(1, 501))
        assert it.centre.duplicates == 0


async def test_a_night_without_a_broker_loses_nothing(tmp_path: Path, clock: Clock) -> None:
    broker = MemoryBroker()
    broker.up = False
    async with floor(tmp_path, clock, broker=broker) as it:
        for _ in range(8):
            await it.put(10)
            await asyncio.sleep(3600)
        assert it.outbox.fill.rows == 80
        broker.start()
        await it.empty()
        assert it.centre.numbers(it.outbox.epoch) == list(range(1, 81))


async def test_the_broker_s_acknowledgement_settles_nothing(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock) as it:
        it.centre.deaf = True
        await it.put(100)
        await asyncio.sleep(PATIENT_S)
        assert it.uplink.readings()["sent"] == 100, "the broker has had them all"
        assert it.outbox.fill.rows == 100, "and they are all kept"


async def test_a_broker_that_forgets_what_it_took_loses_nothing(
    tmp_path: Path, clock: Clock
) -> None:
    async with floor(tmp_path, clock) as it:
        it.centre.deaf = True  # taken by the broker, queued for the centre …
        await it.put(300)
        await asyncio.sleep(1)
        it.broker.kill()  # … and lost with it
        it.centre.deaf = False
        await asyncio.sleep(60)
        it.broker.start()
        await it.empty()
        assert it.centre.numbers(it.outbox.epoch) == list(range(1, 301))


async def test_new_records_overtake_the_backlog(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, backlog=4000, backlog_batches_s=2) as it:
        await it.connected()
        await it.put(1)
        await it.empty()
        place = it.centre.order.index(4001)
        assert place < 1500, f"the new one came as number {place}"
        assert it.centre.numbers(it.outbox.epoch) == list(range(1, 4002))


async def test_the_backlog_follows_at_a_bounded_rate(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, backlog=3000, backlog_batches_s=2) as it:
        loop = asyncio.get_running_loop()
        await it.connected()
        began = loop.time()
        await it.empty()
        assert len(it.batches()) == 30
        assert 13 < loop.time() - began < 20, "30 batches at 2 a second"


async def test_what_is_under_way_is_bounded(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, window_batches=4, ack_cap_s=3600, ack_s=300) as it:
        it.centre.deaf = True
        await it.put(1)
        await asyncio.sleep(1)
        await it.put(2000)
        await asyncio.sleep(60)
        assert len(it.batches()) == 4
        assert it.uplink.readings()["window_batches"] == 4


async def test_the_broker_s_receive_maximum_is_kept(tmp_path: Path, clock: Clock) -> None:
    broker = MemoryBroker(receive_maximum=3)
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.put(2000)
        await it.empty()
        # Two more may be words about the node itself, which are few.
        assert it.broker.most_inflight <= 3 + 1


async def test_silence_is_answered_with_ever_rarer_repetition(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, ack_s=2, ack_cap_s=60) as it:
        it.centre.deaf = True
        await it.put(1)
        await asyncio.sleep(600)
        # 2 + 4 + 8 + 16 + 32 s, then every 60 s
        assert 12 <= len(it.batches()) <= 16
        it.centre.deaf = False
        await it.empty()


async def test_holes_are_filled_again(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock) as it:
        lost = set(range(1, 60, 7))
        it.centre.drops = lambda number: number in lost
        await it.put(100)
        await asyncio.sleep(1)
        lost.clear()
        await it.empty()
        assert it.centre.numbers(it.outbox.epoch) == list(range(1, 101))


async def test_many_holes_are_filled_although_an_ack_names_only_some(
    tmp_path: Path, clock: Clock
) -> None:
    async with floor(tmp_path, clock) as it:
        chance = random.Random(3)
        lossy = {"share": 0.5}
        it.centre.drops = lambda _number: chance.random() < lossy["share"]
        await it.put(1500)
        await asyncio.sleep(3)
        lossy["share"] = 0.05
        await it.empty()
        assert it.centre.numbers(it.outbox.epoch) == list(range(1, it.outbox.highest + 1))
        assert it.outbox.fill.parked == 0


async def test_one_record_the_broker_refuses_is_laid_aside_alone(
    tmp_path: Path, clock: Clock
) -> None:
    broker = MemoryBroker()
    broker.refuse = lambda _topic, payload: PAYLOAD_INVALID if b'"number":13,' in payload else None
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.put(50)
        await it.empty()
        assert it.outbox.fill.parked == 1
        await asyncio.sleep(10)
        assert it.centre.gaps == {(it.outbox.epoch, 14): "parked"}
        numbers = it.centre.numbers(it.outbox.epoch)
        assert [n for n in range(1, 51) if n not in numbers] == [14]
        assert it.alarm("outbox-parked")["state"] == "raised"
        before = len(it.batches())
        await asyncio.sleep(PATIENT_S)
        assert len(it.batches()) == before, "it is not tried for ever"


async def test_after_the_access_rules_are_mended_a_rebirth_sends_all(
    tmp_path: Path, clock: Clock
) -> None:
    broker = MemoryBroker()
    broker.refuse = lambda topic, _: NOT_AUTHORISED if topic.endswith("test.event") else None
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.put(30)
        await it.empty()
        assert it.outbox.fill.parked == 30
        broker.refuse = lambda _topic, _payload: None
        broker.say(TOPICS.notice, encode(Notice(notice=Asked.REBIRTH, within_s=1)))
        await asyncio.sleep(10)
        await it.empty()
        found = [event["data"] for event in it.centre.events.values()]
        assert sorted(each["number"] for each in found if "number" in each) == list(range(30))
        assert it.alarm("outbox-parked")["state"] == "cleared"


async def test_one_record_the_centre_never_takes_is_found_and_laid_aside(
    tmp_path: Path, clock: Clock
) -> None:
    async with floor(tmp_path, clock) as it:
        it.centre.drops = lambda number: number == 37
        await it.put(100)
        for _ in range(30):  # the centre speaks only when something arrives
            await it.put(1)
            await asyncio.sleep(5)
        await it.empty()
        await asyncio.sleep(10)
        assert it.outbox.fill.parked == 1
        assert it.centre.gaps == {(it.outbox.epoch, 37): "parked"}
        numbers = set(it.centre.numbers(it.outbox.epoch))
        assert set(range(1, 101)) - numbers == {37}


async def test_a_record_larger_than_the_broker_takes_is_laid_aside(
    tmp_path: Path, clock: Clock
) -> None:
    broker = MemoryBroker(maximum_packet=5000)
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.put(1, filler=10_000)
        await it.put(30, filler=1000)
        await it.empty()
        assert it.outbox.fill.parked == 1
        sizes = [len(h.payload) for h in it.broker.heard if "/up/data/" in h.topic]
        assert max(sizes) <= 5000


async def test_a_passing_refusal_is_tried_again(tmp_path: Path, clock: Clock) -> None:
    broker = MemoryBroker()
    broker.refuse = lambda topic, _: QUOTA_EXCEEDED if "/data/" in topic else None
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.put(10)
        await asyncio.sleep(30)
        assert it.outbox.fill.rows == 10
        broker.refuse = lambda _topic, _payload: None
        await it.empty()
        assert it.outbox.fill.parked == 0


async def test_losses_by_rule_are_told_to_the_centre(tmp_path: Path, clock: Clock) -> None:
    broker = MemoryBroker()
    broker.up = False
    async with floor(tmp_path, clock, broker=broker, limits=small()) as it:
        await it.put(300, filler=500)
        await it.put(300, filler=500, dclass=DataClass.SAMPLE)
        broker.start()
        await it.empty()
        known = {n for _, n in it.centre.events} | {n for _, n in it.centre.gaps}
        assert known == set(range(1, it.outbox.highest + 1))
        assert len(it.centre.gaps) == it.outbox.fill.dropped > 100


async def test_numbers_the_centre_asks_for_in_vain_become_gaps(
    tmp_path: Path, clock: Clock
) -> None:
    async with floor(tmp_path, clock) as it:
        await it.put(20)
        await it.empty()
        del it.centre.events[it.outbox.epoch, 5]  # a centre put back from its backup
        for _ in range(8):
            await it.put(1)
            await asyncio.sleep(5)
        await it.empty()
        assert it.centre.gaps == {(it.outbox.epoch, 5): "gone"}


async def test_a_store_that_forgot_numbers_begins_a_new_epoch(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, backlog=10) as it:
        epoch = it.outbox.epoch
        await it.connected()
        it.broker.say(TOPICS.ack, encode(Ack(epoch=epoch, upto=500)))
        await asyncio.sleep(30)
        await it.empty()
        assert it.outbox.epoch > epoch
        assert it.centre.numbers(it.outbox.epoch) == list(range(1, 11))
        assert it.retained(TOPICS.state)["state"] == "starting"
        assert it.alarm("uplink-renumbered")["severity"] == "critical"


async def test_foreign_acknowledgements_settle_nothing(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock) as it:
        it.centre.deaf = True
        await it.put(10)
        await it.connected()
        for payload in (
            encode(Ack(epoch=it.outbox.epoch - 1, upto=10)),
            b"",
            b"{",
            b"[]",
            b'{"epoch":"7","upto":10}',
            b'{"epoch":%d,"upto":-1}' % it.outbox.epoch,
            b'{"epoch":%d,"upto":10,"nak":[[9,2]]}' % it.outbox.epoch,
            b"\xff\xfe" * 100,
            b"[" * 100_000,
        ):
            it.broker.say(TOPICS.ack, payload)
        await asyncio.sleep(10)
        assert it.outbox.fill.rows == 10
        assert it.uplink.readings()["noise"] == 9
        assert it.uplink.readings()["connected"]


async def test_every_connection_says_who_how_and_in_which_session(
    tmp_path: Path, clock: Clock
) -> None:
    async with floor(tmp_path, clock) as it:
        it.uplink.say(Birth(org="ceuta", node="pole-017", software=Software(version="1")))
        it.uplink.say(State(state=Doing.READY))
        it.uplink.say(Duties(duties=()))
        await it.connected()
        await asyncio.sleep(1)
        first = it.retained(TOPICS.birth)
        assert first["epoch"] == it.outbox.epoch
        assert it.retained(TOPICS.state) == {"state": "ready", "session": first["session"]}
        assert it.retained(TOPICS.duties) == {"duties": []}
        it.broker.cut()
        await asyncio.sleep(10)
        await it.connected()
        await asyncio.sleep(1)
        assert it.retained(TOPICS.birth)["session"] == first["session"] + 1
        assert it.retained(TOPICS.state)["session"] == first["session"] + 1


async def test_the_first_words_are_birth_and_state(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, backlog=10) as it:
        it.uplink.say(Duties(duties=()))
        it.uplink.say(Birth(org="ceuta", node="pole-017", software=Software(version="1")))
        await it.empty()
        words = [h.topic for h in it.broker.heard if h.retain]
        assert words[:3] == [TOPICS.birth, TOPICS.state, TOPICS.duties]


async def test_of_what_was_said_offline_only_the_newest_is_published(
    tmp_path: Path, clock: Clock
) -> None:
    broker = MemoryBroker()
    broker.up = False
    async with floor(tmp_path, clock, broker=broker) as it:
        it.uplink.say(State(state=Doing.DEGRADED))
        await asyncio.sleep(60)
        it.uplink.say(State(state=Doing.READY))
        broker.start()
        await it.connected()
        await asyncio.sleep(1)
        words = [h.payload for h in broker.heard if h.topic == TOPICS.state]
        said = [msgspec.json.decode(word)["state"] for word in words]
        assert said == ["ready"]


async def test_a_change_is_said_at_once(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock) as it:
        await it.connected()
        it.uplink.say(State(state=Doing.SAFE))
        await asyncio.sleep(1)
        assert it.retained(TOPICS.state)["state"] == "safe"


async def test_health_expires_after_three_periods(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock) as it:
        it.uplink.say(Health(time=clock.stamp().utc, period_s=30))
        await it.connected()
        await asyncio.sleep(1)
        [heard] = [h for h in it.broker.heard if h.topic == TOPICS.health]
        assert heard.expiry_s == 90


async def test_the_end_is_said_politely(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock) as it:
        await it.connected()
    assert it.retained(TOPICS.state)["state"] == "disconnected"
    await asyncio.sleep(60)
    assert it.retained(TOPICS.state)["state"] == "disconnected", "no will comes after it"


async def test_the_end_does_not_wait_for_a_mute_broker(tmp_path: Path, clock: Clock) -> None:
    loop = asyncio.get_running_loop()
    async with floor(tmp_path, clock, puback_s=60) as it:
        await it.connected()
        await asyncio.sleep(1)
        it.broker.mute = True
        began = loop.time()
    assert loop.time() - began <= 2


async def test_a_lost_node_is_called_lost_with_its_session(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, reconnect_first_s=200) as it:
        await it.connected()
        await asyncio.sleep(1)
        session = it.uplink.readings()["session"]
        it.broker.cut()
        await asyncio.sleep(15)
        assert it.retained(TOPICS.state)["state"] == "starting", "a blip is no loss"
        it.broker.mute = True
        await asyncio.sleep(31)
        assert it.retained(TOPICS.state) == {"state": "lost", "session": session}
        it.broker.mute = False


async def test_attempts_to_connect_are_jittered_and_capped(tmp_path: Path, clock: Clock) -> None:
    broker = MemoryBroker()
    broker.up = False
    async with floor(tmp_path, clock, broker=broker, reconnect_cap_s=60):
        await asyncio.sleep(3600)
        waits = [b - a for a, b in zip(broker.dialled_s, broker.dialled_s[1:], strict=False)]
        assert max(waits) <= 60.1
        assert len(set(waits)) == len(waits), "no two alike"
        assert 60 <= len(waits) <= 400


async def test_a_broker_that_drops_everybody_at_once_is_not_stormed(
    tmp_path: Path, clock: Clock
) -> None:
    async with floor(tmp_path, clock, reconnect_cap_s=60) as it:
        for _ in range(200):
            await asyncio.sleep(1)
            it.broker.cut()
        assert it.broker.connections < 30, "a connection of a second earns no short wait"


async def test_slow_down_slows_the_backlog(tmp_path: Path, clock: Clock) -> None:
    async with floor(tmp_path, clock, backlog=3000, backlog_batches_s=2) as it:
        await it.connected()
        it.broker.say(TOPICS.notice, encode(Notice(notice=Asked.SLOW_DOWN, for_s=60)))
        await asyncio.sleep(50)
        assert len(it.batches()) < 15, "30 would have gone"
        await it.empty()


async def test_what_was_settled_before_a_restart_is_not_sent_again(
    tmp_path: Path, clock: Clock
) -> None:
    async with floor(tmp_path, clock) as it:
        await it.put(10)
        await it.empty()
    broker = MemoryBroker()
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.put(1)
        await it.empty()
        assert it.centre.numbers(it.outbox.epoch) == [11]


async def test_an_alarm_of_an_earlier_run_is_taken_back(tmp_path: Path, clock: Clock) -> None:
    broker = MemoryBroker()
    broker.say(TOPICS.alarm("outbox-parked"), b'{"state":"raised"}', retain=True)
    broker.say(TOPICS.alarm("bollard-2"), b'{"state":"raised"}', retain=True)
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.connected()
        await asyncio.sleep(1)
        assert TOPICS.alarm("outbox-parked") not in broker.retained
        assert TOPICS.alarm("bollard-2") in broker.retained, "not the delivery's to take back"


async def test_evidence_without_room_raises_an_alarm(tmp_path: Path, clock: Clock) -> None:
    broker = MemoryBroker()
    broker.up = False
    async with floor(tmp_path, clock, broker=broker, limits=small()) as it:
        for number in range(200):
            with suppress(Rejected):
                await it.outbox.put(sighting(number, dclass=DataClass.EVIDENCE, filler=900))
        refused = it.outbox.fill.refused
        await asyncio.sleep(120)
        broker.start()
        await it.empty()
        alarm = it.alarm("outbox-evidence-refused")
        assert (alarm["severity"], alarm["count"]) == ("critical", refused)
        assert sum(cause == "refused" for cause in it.centre.gaps.values()) == refused


async def test_a_damaged_store_is_an_alarm_until_it_is_collected(
    tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "outbox.db").write_bytes(b"not a database, and longer than a header " * 50)
    for _ in range(2):  # it outlives a restart
        broker = MemoryBroker()
        async with floor(tmp_path, clock, broker=broker) as it:
            await it.connected()
            await asyncio.sleep(1)
            assert it.alarm("outbox-damaged")["severity"] == "critical"
    (tmp_path / "outbox.db.damaged-1").unlink()
    async with floor(tmp_path, clock, broker=broker) as it:
        await it.connected()
        await asyncio.sleep(1)
        assert TOPICS.alarm("outbox-damaged") not in broker.retained
