"""A broker in memory, as good or as bad as a test needs, reached through the agent's own port.

It is held to the same contract suite as the real client on a real Mosquitto
(tests/telemetry/link_contract.py), and runs in virtual time.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agent.core.errors import LinkLost
from agent.telemetry.mqtt import NOT_AUTHORISED, Greeting, Message, MqttLink, Refused, Will

LATENCY_S = 0.01


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as the broker took it."""

    client: str
    topic: str
    payload: bytes
    retain: bool
    expiry_s: int | None = None
    content_type: str = ""


class Listener(Protocol):
    """Anybody behind the broker: a centre, a test."""

    def __call__(self, heard: Heard) -> None: ...


@dataclass(slots=True)
class _Session:
    """What the broker keeps for one client id while it is away."""

    topics: set[str] = field(default_factory=set)
    queue: deque[Message] = field(default_factory=deque)
    link: "MemoryLink | None" = None
    will: asyncio.TimerHandle | None = None


class MemoryBroker:
    """Topics, retained words, sessions and wills; `refuse` gives a reason code or None."""

    def __init__(
        self, *, version: int = 5, receive_maximum: int = 20, maximum_packet: int | None = None
    ) -> None:
        self.up = True
        self.mute = False
        self.refuse: Callable[[str, bytes], int | None] = lambda _topic, _payload: None
        self.heard: list[Heard] = []
        self.retained: dict[str, bytes] = {}
        self.connections = 0
        self.dialled_s: list[float] = []
        self.most_inflight = 0
        self._greeting = (version, receive_maximum, maximum_packet)
        self._listeners: list[Listener] = []
        self._sessions: dict[str, _Session] = {}

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every message the broker takes, its own words too."""
        self._listeners.append(listener)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish as somebody else: to every client that asked for the topic."""
        self._take(Heard("", topic, payload, retain))

    def kill(self) -> None:
        """End without a word: connections are cut, what was queued is forgotten."""
        self.up = False
        for session in self._sessions.values():
            if session.link is not None:
                session.link.sever("the broker is gone")
            if session.will is not None:
                session.will.cancel()
        self._sessions.clear()

    def start(self) -> None:
        """Come back, knowing nobody."""
        self.up = True

    def cut(self) -> None:
        """Sever every connection and stay up: wills are due."""
        for client in [*self._sessions]:
            self.leave(client, polite=False)

    @contextlib.asynccontextmanager
    async def connected(self, client: str, will: Will, wait_s: float) -> AsyncIterator[MqttLink]:
        """Serve one connection of a client for the length of the block."""
        self.dialled_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(LATENCY_S)
        if not self.up:
            raise LinkLost("broker", "cannot connect: refused")
        if self.mute:
            await asyncio.sleep(wait_s)
            raise LinkLost("broker", f"gave no CONNACK in {wait_s} s")
        present = client in self._sessions
        if present and (old := self._sessions[client].link) is not None:
            old.sever("taken over")
        session = self._sessions.setdefault(client, _Session())
        if session.will is not None:
            session.will.cancel()
            session.will = None
        version, receive_maximum, packet = self._greeting
        link = MemoryLink(
            self, client, will, Greeting(version, present, receive_maximum, packet), wait_s
        )
        session.link = link
        link.inbox.extend(session.queue)
        self.connections += 1
        polite = False
        try:
            yield link
            polite = True
        except asyncio.CancelledError:
            polite = True
            raise
        finally:
            if session.link is link:
                self.leave(client, polite=polite)

    def leave(self, client: str, *, polite: bool) -> None:
        """End a client's connection; impolitely, its will is said after its delay."""
        session = self._sessions.get(client)
        if session is None or session.link is None:
            return  # the broker has forgotten it, or it is gone already
        link, session.link = session.link, None
        link.sever("closed")
        if not polite:
            loop = asyncio.get_running_loop()
            said = Heard(client, link.will.topic, link.will.payload, retain=True)
            session.will = loop.call_later(link.will.delay_s, self._take, said)

    def take(self, heard: Heard) -> None:
        """Take a client's publish.

        Raises:
            Refused: `refuse` says so.
        """
        reason = self.refuse(heard.topic, heard.payload)
        if reason is not None:
            raise Refused("broker", f"publish to {heard.topic}", reason, "by the test's wish")
        self._take(heard)

    def subscribe(self, client: str, topics: Sequence[str]) -> None:
        session = self._sessions[client]
        for topic in topics:
            if self.refuse(topic, b"") is not None:
                raise Refused("broker", f"subscription to {topic}", NOT_AUTHORISED, "not granted")
            session.topics.add(topic)
            if topic in self.retained:
                self._queue(session, Message(topic, self.retained[topic], retained=True))

    def handled(self, client: str, message: Message) -> None:
        session = self._sessions.get(client)
        if session is not None:
            with contextlib.suppress(ValueError):
                session.queue.remove(message)

    def _take(self, heard: Heard) -> None:
        self.heard.append(heard)
        if heard.retain and heard.payload:
            self.retained[heard.topic] = heard.payload
        elif heard.retain:
            self.retained.pop(heard.topic, None)  # MQTT 5, 3.3.1.3
        for session in self._sessions.values():
            if heard.topic in session.topics:
                self._queue(session, Message(heard.topic, heard.payload, retained=False))
        for listener in self._listeners:
            listener(heard)

    def _queue(self, session: _Session, message: Message) -> None:
        session.queue.append(message)
        if session.link is not None:
            session.link.arrive(message)


class MemoryLink:
    """One client's connection to the broker in memory."""

    def __init__(
        self, broker: MemoryBroker, client: str, will: Will, greeting: Greeting, wait_s: float
    ) -> None:
        self.will = will
        self.inbox: deque[Message] = deque()
        self._broker = broker
        self._client = client
        self._greeting = greeting
        self._wait_s = wait_s
        self._severed = asyncio.Event()
        self._news = asyncio.Event()
        self._words = ""
        self._inflight = 0

    @property
    def greeting(self) -> Greeting:
        return self._greeting

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        content_type: str = "application/json",
        expiry_s: int | None = None,
    ) -> None:
        self._inflight += 1
        self._broker.most_inflight = max(self._broker.most_inflight, self._inflight)
        try:
            await self._pause()
            self._broker.take(Heard(self._client, topic, payload, retain, expiry_s, content_type))
        finally:
            self._inflight -= 1

    async def subscribe(self, topics: Sequence[str]) -> None:
        await self._pause()
        self._broker.subscribe(self._client, topics)

    async def message(self) -> Message:
        while not self.inbox:
            if self._severed.is_set():
                raise LinkLost("broker", self._words)
            self._news.clear()
            await self._news.wait()
        return self.inbox.popleft()

    def handled(self, message: Message) -> None:
        self._broker.handled(self._client, message)

    def arrive(self, message: Message) -> None:
        self.inbox.append(message)
        self._news.set()

    def sever(self, words: str) -> None:
        """End it from the broker's side."""
        self._words = self._words or words
        self._severed.set()
        self._news.set()

    async def _pause(self) -> None:
        """Let the time pass that an answer takes."""
        wait_s = self._wait_s if self._broker.mute else LATENCY_S
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._severed.wait()
        if self._severed.is_set():
            raise LinkLost("broker", self._words)
        if self._broker.mute:
            raise LinkLost("broker", f"no PUBACK within {wait_s} s")


class MemoryDialler:
    """Connects one client to the broker in memory; silence is waited for `wait_s`."""

    def __init__(self, broker: MemoryBroker, client: str, wait_s: float = 10.0) -> None:
        self._broker = broker
        self._client = client
        self._wait_s = wait_s

    def dial(self, will: Will) -> contextlib.AbstractAsyncContextManager[MqttLink]:
        return self._broker.connected(self._client, will, self._wait_s)
