"""What the node says of itself: the newest word of each kind, retained at the broker."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Never

import msgspec

from agent.telemetry.alarm import Alarm, Alarming
from agent.telemetry.birth import Birth
from agent.telemetry.duties import Duties
from agent.telemetry.health import Health
from agent.telemetry.mqtt import MqttLink, Refused
from agent.telemetry.state import Doing, State
from agent.telemetry.topics import Topics
from agent.telemetry.wire import encode

log = logging.getLogger(__name__)

Word = Birth | State | Duties | Health | Alarm

HEALTH_PERIODS = 3
"""The broker forgets a health message after so many periods: old health is no health."""

MOST_ALARMS = 64
"""Alarms kept at once; the oldest cleared ones go first."""


class Speech:
    """Keeps the newest word of each kind and publishes what has not been heard yet."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._words: dict[str, Word | None] = {topics.state: State(state=Doing.STARTING)}
        self._unheard: dict[str, None] = {}  # in the order in which they were said
        self._changed = asyncio.Event()
        self._epoch = 0
        self._session = 0
        self._again_s = 0.0
        self._warned: set[str] = set()  # topics refused in this session
        self.refused = 0

    def say(self, word: Word) -> None:
        """Replace the last word of this kind; one that says the same again is not published."""
        topic = self._topic(word)
        if self._words.get(topic) == word:
            return  # published on this connection, or still waiting for its turn
        if topic not in self._words and isinstance(word, Alarm):
            self._make_room()
        self._words[topic] = word
        self._unheard[topic] = None
        self._changed.set()

    def take_back(self, alarms: Iterable[str]) -> None:
        """Remove what an earlier run may have left at the broker, where nothing newer was said."""
        for ident in alarms:
            topic = self._topics.alarm(ident)
            if topic not in self._words:
                self._words[topic] = None
                self._unheard[topic] = None
        self._changed.set()

    def begin(self, epoch: int, session: int) -> None:
        """Count all words as unheard: there is a new connection, or somebody asked for them."""
        if session != self._session:
            self._warned.clear()
        self._epoch = epoch
        self._session = session
        order = [self._topics.birth, self._topics.state, self._topics.duties, *self._words]
        self._unheard = dict.fromkeys(topic for topic in order if topic in self._words)
        self._changed.set()

    def again_within(self, wait_s: float) -> None:
        """Say everything again after a wait."""
        asyncio.get_running_loop().call_later(wait_s, self.begin, self._epoch, self._session)

    async def publish_to(self, link: MqttLink) -> Never:
        """Publish every word not heard yet, and each new one as it is said.

        Raises:
            LinkLost: The connection has ended; the words stay unheard.
        """
        while True:
            self._changed.clear()
            while self._unheard:
                topic = next(iter(self._unheard))
                word = self._words[topic]
                await self._publish(link, topic, word)
                if self._words[topic] is word:  # nothing newer was said meanwhile
                    self._unheard.pop(topic, None)
                    if word is None:
                        del self._words[topic]
            await self._changed.wait()

    async def _publish(self, link: MqttLink, topic: str, word: Word | None) -> None:
        expiry_s = None
        # An empty retained message removes the topic's last one (MQTT 5, 3.3.1.3).
        payload = b"" if word is None else encode(self._dated(word))
        if isinstance(word, Health):
            expiry_s = max(1, round(HEALTH_PERIODS * word.period_s))
        try:
            await link.publish(topic, payload, retain=True, expiry_s=expiry_s)
        except Refused as refusal:
            self.refused += 1
            if topic not in self._warned:  # at most as many as there are words
                self._warned.add(topic)
                log.warning("%s: %s", topic, refusal.problem)

    def _dated(self, word: Word) -> Word:
        match word:
            case Birth():
                return msgspec.structs.replace(word, epoch=self._epoch, session=self._session)
            case State():
                return msgspec.structs.replace(word, session=self._session)
            case _:
                return word

    def _topic(self, word: Word) -> str:
        match word:
            case Birth():
                return self._topics.birth
            case State():
                return self._topics.state
            case Duties():
                return self._topics.duties
            case Health():
                return self._topics.health
            case Alarm():
                return self._topics.alarm(word.id)

    def _make_room(self) -> None:
        alarms = {t: w for t, w in self._words.items() if isinstance(w, Alarm)}
        if len(alarms) < MOST_ALARMS:
            return
        over = [t for t, w in alarms.items() if w.state is Alarming.CLEARED]
        oldest = (over or list(alarms))[0]
        self._words.pop(oldest)
        self._unheard.pop(oldest, None)
