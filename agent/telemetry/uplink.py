"""Carries the outbox to the centre: new records first, nothing forgotten before its own ack.

How `agent.app` composes this package:

    topics = Topics(org, node)
    async with Outbox(state_dir / "outbox.db", topics, limits, clock) as outbox:
        dialler = AiomqttDialler(settings, node)
        uplink = Uplink(outbox, dialler, settings, topics, clock, random.Random())
        uplink.say(Birth(org=org, node=node, software=..., streams=...))
        uplink.say(State(state=Doing.STARTING))
        ...                      # `outbox` is the Journal of every duty; supervise `uplink`
        uplink.say(Duties(...))  # on every change; Health every period; Alarm as it happens

`say` never waits: the newest of each kind is kept, published retained on every connection and on
every change, with epoch and session filled in.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Never

from agent.core.clock import Clock
from agent.core.errors import DeviceError, LinkLost
from agent.telemetry.ack import Ack
from agent.telemetry.alarms import OURS, Alarms
from agent.telemetry.mqtt import SESSION_TAKEN_OVER, Dialler, MqttLink, Refused, Will
from agent.telemetry.notice import Asked, Notice
from agent.telemetry.outbox import Outbox
from agent.telemetry.sender import Sender
from agent.telemetry.settings import BrokerSettings
from agent.telemetry.speech import Speech, Word
from agent.telemetry.state import Doing, State, last_will
from agent.telemetry.topics import Topics
from agent.telemetry.wire import decode, encode

log = logging.getLogger(__name__)

FAREWELL_S = 1.5
"""How long a goodbye may take: a service must end within 5 s, and the broker may be gone."""

SWEEP_S = 60.0
"""How often what is too old is looked for, and the alarms are looked over."""

LOST_CHECK_S = 10.0
"""How often the centre's questions are compared with what the store still has."""


class Uplink:
    """The service that speaks to the centre. It is useful offline too: then the outbox fills."""

    name = "uplink"

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one uplink, wired in one place
        self,
        outbox: Outbox,
        dialler: Dialler,
        settings: BrokerSettings,
        topics: Topics,
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self._outbox = outbox
        self._dialler = dialler
        self._settings = settings
        self._topics = topics
        self._clock = clock
        self._chance = chance
        self._look = asyncio.Event()
        self._speech = Speech(topics)
        self._alarms = Alarms(clock)
        self._sender = Sender(outbox, settings, topics, self._look.set)
        self._session = 0
        self._last_session = 0
        self._connected = False
        self._connections = 0
        self._acks = 0
        self._noise = 0
        self._lost: set[tuple[int, int]] = set()
        self._lost_checked_s = float("-inf")

    def say(self, word: Word) -> None:
        """Keep the newest of its kind and publish it as soon as there is a connection."""
        self._speech.say(word)

    def readings(self) -> Mapping[str, float]:
        """Return figures for the health message."""
        return {
            "connected": float(self._connected),
            "session": self._last_session,
            "connections": self._connections,
            "acks": self._acks,
            "noise": self._noise,
            **self._sender.readings(),
        }

    async def run(self, ready: Callable[[], None]) -> Never:
        """Deliver until cancelled; the broker's absence is no fault of this service.

        Raises:
            DeviceError: The outbox failed.
        """
        ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._housekeep(), name="uplink housekeeping")
            group.create_task(self._stay_connected(), name="uplink connection")
        raise AssertionError("both tasks run until cancelled")

    async def _stay_connected(self) -> Never:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            began_s = loop.time()
            words = await self._connection()
            if loop.time() - began_s >= self._settings.stable_s:
                failures = 0
            wait_s = self._wait_s(failures)
            failures += 1
            log.info("%s; next attempt in %.1f s", words, wait_s)
            await asyncio.sleep(wait_s)

    def _wait_s(self, failures: int) -> float:
        """Return a wait with full jitter, never quite none: a city must not return as one."""
        settings = self._settings
        span_s = min(
            settings.reconnect_cap_s, settings.reconnect_first_s * 2.0 ** min(failures, 20)
        )
        return span_s * self._chance.uniform(0.1, 1.0)

    async def _connection(self) -> str:
        """Live through one connection; return in words how it ended."""
        self._session = self._session or await self._outbox.next_session()
        words = "the connection ended"
        will = Will(
            self._topics.state, encode(last_will(self._session)), self._settings.will_delay_s
        )
        try:
            async with self._dialler.dial(will) as link:
                await self._serve(link)
        except* (LinkLost, Refused) as group:
            fault = _first(group)
            words = fault.problem
            if isinstance(fault, Refused) and fault.reason == SESSION_TAKEN_OVER:
                self._say_all(self._alarms.taken_over())
                words += ": another node uses this name; waiting as long as may be"
                await asyncio.sleep(self._settings.reconnect_cap_s)
        return words

    async def _serve(self, link: MqttLink) -> None:
        session, self._session = self._session, 0  # used: the next connection has its own
        self._last_session = session
        self._speech.begin(self._outbox.epoch, session)
        self._sender.begin(link)
        self._connected = True
        self._connections += 1
        log.info("connected, MQTT %s, session %d", link.greeting.version, session)
        try:
            # Before the birth: the centre answers that with its first acknowledgement.
            await link.subscribe([self._topics.ack, self._topics.notice])
            async with asyncio.TaskGroup() as group:
                group.create_task(self._speech.publish_to(link), name="uplink words")
                group.create_task(self._sender.run(link), name="uplink records")
                group.create_task(self._hear(link), name="uplink acknowledgements")
        except asyncio.CancelledError:
            await self._farewell(link, session)
            raise
        finally:
            self._connected = False
            self._sender.end()

    async def _farewell(self, link: MqttLink, session: int) -> None:
        goodbye = encode(State(state=Doing.DISCONNECTED, session=session))
        with suppress(TimeoutError, LinkLost, Refused):
            async with asyncio.timeout(FAREWELL_S):
                await link.publish(self._topics.state, goodbye, retain=True)

    async def _hear(self, link: MqttLink) -> Never:
        while True:
            message = await link.message()
            if message.topic == self._topics.ack:
                await self._take_ack(message.payload)
            elif message.topic == self._topics.notice:
                await self._take_notice(message.payload)
            else:
                self._noise += 1
            link.handled(message)  # after the settlement is on the disk

    async def _take_ack(self, payload: bytes) -> None:
        ack = decode(payload, Ack)
        if isinstance(ack, str):
            self._noise += 1
            log.warning("an acknowledgement that is none: %s", ack)
            return
        if ack.epoch != self._outbox.epoch:
            self._noise += 1  # of a store before this one: nothing to settle
            return
        if ack.upto > self._outbox.highest:
            await self._forgotten(ack)
            return
        self._acks += 1
        await self._outbox.settle(ack)
        self._sender.acked(ack)
        await self._ask_after(ack)

    async def _forgotten(self, ack: Ack) -> None:
        """Begin an epoch: the centre has numbers this store never gave, and they must not mix."""
        log.error(
            "the centre holds record %d, this store gave none above %d: renumbering",
            ack.upto,
            self._outbox.highest,
        )
        await self._outbox.renumber(ack.epoch)
        self._say_all(self._alarms.renumbered())
        raise LinkLost(self.name, "a new epoch needs a new connection")

    async def _ask_after(self, ack: Ack) -> None:
        """Account for numbers the centre asks for in vain, once it has asked for them twice."""
        now = asyncio.get_running_loop().time()
        if not ack.nak or now - self._lost_checked_s < LOST_CHECK_S:
            return
        self._lost_checked_s = now
        missing = set(await self._outbox.unaccounted(ack))
        if again := sorted(missing & self._lost):
            log.error("the centre asks for %d ranges the store no longer has", len(again))
            await self._outbox.account(again)
        self._lost = missing

    async def _take_notice(self, payload: bytes) -> None:
        notice = decode(payload, Notice)
        if isinstance(notice, str):
            self._noise += 1
            return
        match notice.notice:
            case Asked.SLOW_DOWN:
                self._sender.slow(notice.for_s)
            case Asked.REBIRTH:
                self._speech.again_within(self._chance.uniform(0, notice.within_s))
                await self._outbox.release()
                self._look.set()
            case Asked.HOLD_UPDATES:
                pass  # updates are not the uplink's

    async def _housekeep(self) -> Never:
        self._say_all(self._alarms.of(self._outbox))
        self._speech.take_back(OURS)
        while True:
            with suppress(DeviceError):  # a full disk is told by its own alarm, and by `put`
                await self._outbox.sweep()
            self._say_all(self._alarms.of(self._outbox))
            self._look.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_S):
                    await self._look.wait()

    def _say_all(self, words: Iterable[Word]) -> None:
        for word in words:
            self._speech.say(word)


def _first(group: BaseExceptionGroup[DeviceError]) -> DeviceError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
