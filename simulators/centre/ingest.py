"""Takes what the nodes send off the broker, commits it, and only then acknowledges it."""

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from simulators.centre.arrivals import Arrival, Refused, decode
from simulators.centre.backoff import Backoff
from simulators.centre.broker import Broker, Connection
from simulators.centre.mqtt import BrokerLost, Message, OldProtocol, TakenOver
from simulators.centre.schemas import Schemas
from simulators.centre.store import Store, iso
from simulators.centre.topics import UpTopic
from simulators.centre.transaction import Commit, Holder
from simulators.centre.words import Word, decode_word

log = logging.getLogger(__name__)

STABLE_S = 10.0
"""A connection that lasted this long was a good one: the next wait begins small again."""

MOST_MESSAGES = 256
"""Messages committed together; brokers send fewer before the first acknowledgement."""


ERASE_EVERY_S = 600.0
"""How late, at most, what a record says is erased after its retention."""


@dataclass(frozen=True, slots=True)
class IngestState:
    """How the centre itself is doing; counts are since it started."""

    connected: bool = False
    since: str = ""
    protocol: str = ""
    fault: str = "not connected yet"
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    acks: int = 0
    ack_fault: str = ""
    connections: int = 0


class Ingest:
    """One thread, one connection to the broker, one writer. `run` it; `stop` it from anywhere.

    What is not yet committed is held in one list, bounded by the broker's window: it is not
    acknowledged, so the broker stops. A store that fails drops the connection, and with it every
    uncommitted message; the broker and the nodes send them again.
    """

    def __init__(
        self,
        broker: Broker,
        path: Path,
        schemas: Schemas,
        changed: Callable[[], None],
        chance: random.Random,
    ) -> None:
        """Nothing is opened before `run`. `changed` is called, from the thread, after news."""
        self._broker = broker
        self._path = path
        self._schemas = schemas
        self._changed = changed
        self._stop = threading.Event()
        self._state = IngestState(since=_now())
        self._pending: list[Message] = []
        self._owed: set[Holder] = set()
        """Whom an acknowledgement is due: bounded by the nodes there are."""
        self._backoff = Backoff(least_s=0.5, most_s=15.0, random=chance)

    @property
    def state(self) -> IngestState:
        """Return the state now; safe from any thread, since it is replaced and never changed."""
        return self._state

    def stop(self) -> None:
        """Let `run` return within a fraction of a second, after a last commit."""
        self._stop.set()

    def run(self) -> None:
        """Ingest until stopped.

        Raises:
            TakenOver: Another client has taken our id; fighting for it would help nobody.
        """
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                with Store(self._path) as store:
                    self._serve(store)
                continue
            except OldProtocol:
                continue  # the broker now knows to speak 3.1.1; no need to wait
            except BrokerLost as error:
                self._down(str(error) + self._suspicion(began))
            except sqlite3.Error as error:
                self._down(f"centre's store {self._path.name}: {error}")
            except TakenOver as error:
                self._down(str(error))
                raise
            if time.monotonic() - began > STABLE_S:
                self._backoff.reset()
            self._stop.wait(self._backoff.next_s())

    def _serve(self, store: Store) -> None:
        self._pending.clear()
        self._owed.clear()
        with self._broker.connected() as connection:
            self._set(
                connected=True,
                since=_now(),
                protocol=connection.protocol,
                fault="",
                connections=self._state.connections + 1,
            )
            log.info("centre: connected to %s, %s", self._broker.address, connection.protocol)
            erase_s = time.monotonic()
            while not self._stop.is_set():
                if time.monotonic() >= erase_s:
                    store.erase(datetime.now(UTC))
                    erase_s += ERASE_EVERY_S
                # What is there already joins the commit; a debt is retried soon.
                wait_s = 0.0 if self._pending else 0.02 if self._owed else 0.2
                news = connection.receive(wait_s)
                self._pending.extend(news)
                if not news or len(self._pending) >= MOST_MESSAGES:
                    self._settle(store, connection)
            self._settle(store, connection)

    def _settle(self, store: Store, connection: Connection) -> None:
        """Commit what is pending, then release the broker, then tell the nodes: in this order."""
        if self._pending:
            arrivals, words = self._read(self._pending)
            done = store.commit(arrivals, words, _now())
            for message in self._pending:
                connection.release(message)
            self._pending.clear()
            self._owed |= done.holders
            self._owed |= {
                Holder(word.node, word.epoch)
                for word in words
                if word.channel == "birth" and word.epoch is not None
            }
            self._count(done)
        if connection.ack_fault != self._state.ack_fault:
            self._set(ack_fault=connection.ack_fault)
        for holder in sorted(self._owed):
            ack = store.ack(holder)
            if ack.upto > 0 and not connection.acknowledge(holder.node, ack):
                return  # the window is full; the debt stands
            self._owed.discard(holder)
            self._state = replace(self._state, acks=self._state.acks + (ack.upto > 0))

    def _read(self, messages: list[Message]) -> tuple[list[Arrival], list[Word]]:
        arrivals: list[Arrival] = []
        words: list[Word] = []
        for message in messages:
            match UpTopic.parse(message.topic):
                case None:
                    arrivals.append(
                        Refused("", message.topic[:200], "no such topic", message.payload)
                    )
                case UpTopic(org, node, channel) if channel.startswith("data/"):
                    arrivals += decode(org, node, message.topic, message.payload, self._schemas)
                case UpTopic(_, node, channel):
                    word = decode_word(node, channel, message.topic, message.payload, self._schemas)
                    if isinstance(word, Word):
                        words.append(replace(word, retained=message.retained))
                    else:
                        arrivals.append(word)
        return arrivals, words

    def _count(self, done: Commit) -> None:
        if done.quarantined:
            log.warning("centre: %d refused, set aside in quarantine", done.quarantined)
        self._set(
            stored=self._state.stored + done.stored,
            duplicates=self._state.duplicates + done.duplicates,
            quarantined=self._state.quarantined + done.quarantined,
        )

    def _suspicion(self, began: float) -> str:
        if not self._state.connected or time.monotonic() - began > STABLE_S:
            return ""
        # Not every broker says why it closes a connection whose id another one has claimed.
        return f" (soon after it began: another client with the id {self._broker.client_id!r}?)"

    def _down(self, fault: str) -> None:
        log.warning("centre: %s", fault)
        since = _now() if self._state.connected else self._state.since
        self._set(connected=False, since=since, fault=fault)

    def _set(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]
        self._changed()


def _now() -> str:
    return iso(datetime.now(UTC))
