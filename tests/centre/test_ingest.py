"""The ingest against a real Mosquitto: acknowledged after the commit, whatever dies."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulators.broker import Mosquitto, embedded_broker
from simulators.centre.broker import Broker
from simulators.centre.schemas import Schemas
from tests.centre.contract import NODE, ORG, gap, record
from tests.centre.node import PATIENCE_S, Node
from tests.centre.running import Running

pytestmark = pytest.mark.broker


Start = Callable[[], Running]


@pytest.fixture
def centre(mosquitto: Mosquitto, path: Path, schemas: Schemas) -> Iterator[Start]:
    """Start an ingest, and another after it; whatever was started is ended."""
    running: list[Running] = []

    def start() -> Running:
        broker = Broker("127.0.0.1", mosquitto.port, ORG, "centre")
        running.append(Running(broker, path, schemas))
        running[-1].until(lambda state: state.connected)
        return running[-1]

    yield start
    for each in running:
        each.end()


def stored(path: Path) -> list[int]:
    with _reading(path) as db:
        return [row[0] for row in db.execute("SELECT sequence FROM record ORDER BY sequence")]


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        yield db
    finally:
        db.close()


def test_a_batch_is_committed_before_it_is_acknowledged(
    mosquitto: Mosquitto, centre: Start, path: Path
) -> None:
    centre()
    with Node(mosquitto.port) as node:
        node.send(record(1), record(2), record(4))
        assert node.ack() == {"epoch": 7, "upto": 4, "nak": [[3, 3]]}
        assert stored(path) == [1, 2, 4]


def test_an_acknowledgement_expires_and_is_not_retained(
    mosquitto: Mosquitto, centre: Start
) -> None:
    centre()
    with Node(mosquitto.port) as node:
        node.send(record(1))
        message = node.acks.get(timeout=PATIENCE_S)
    assert (message.qos, message.retain) == (1, False)
    assert 0 < getattr(message.properties, "MessageExpiryInterval", 0) <= 60


def test_a_duplicate_is_acknowledged_again(mosquitto: Mosquitto, centre: Start) -> None:
    running = centre()
    with Node(mosquitto.port) as node:
        for _ in range(2):
            node.send(record(1))
            assert node.ack()["upto"] == 1
    running.until(lambda state: state.duplicates == 1)


def test_a_gap_closes_a_hole(mosquitto: Mosquitto, centre: Start) -> None:
    centre()
    with Node(mosquitto.port) as node:
        node.send(record(5))
        assert node.ack()["nak"] == [[1, 4]]
        node.send(gap(6, 1, 4), stream="gap")
        assert node.ack() == {"epoch": 7, "upto": 6, "nak": []}


def test_noise_is_set_aside_and_stops_nobody(mosquitto: Mosquitto, centre: Start) -> None:
    running = centre()
    with Node(mosquitto.port) as node:
        for noise in (b"\xff\xfe", b"[" * 200_000, b'{"no": "batch"}', b"[1e999]", b"[NaN]"):
            node.say("data/street.test", noise, retain=False)
        node.send(record(1))
        assert node.ack()["upto"] == 1
    running.until(lambda state: state.quarantined == 5)


def test_a_record_in_another_nodes_name_is_not_stored(
    mosquitto: Mosquitto, centre: Start, path: Path
) -> None:
    running = centre()
    with Node(mosquitto.port, "pole-018") as node:
        node.send(record(1, node=NODE))
        running.until(lambda state: state.quarantined == 1)
    assert stored(path) == []


def test_a_broker_killed_and_back_is_found_again(
    mosquitto: Mosquitto, centre: Start, path: Path
) -> None:
    running = centre()
    mosquitto.kill()
    running.until(lambda state: not state.connected and bool(state.fault))
    mosquitto.start()
    running.until(lambda state: state.connected and state.connections == 2)
    with Node(mosquitto.port) as node:
        node.send(record(1))
        assert node.ack()["upto"] == 1
    assert stored(path) == [1]


def test_what_came_while_the_centre_was_away_is_stored_and_acknowledged(
    mosquitto: Mosquitto, centre: Start, path: Path
) -> None:
    centre().end()
    with Node(mosquitto.port) as node:
        node.send(record(1))
        node.send(record(2))
        centre()
        assert node.ack(lambda ack: ack["upto"] == 2)["nak"] == []
    assert stored(path) == [1, 2]


def test_a_store_that_fails_acknowledges_nothing_and_says_so(
    mosquitto: Mosquitto, centre: Start, path: Path
) -> None:
    running = centre()
    with Node(mosquitto.port) as node:
        node.send(record(1))
        node.ack()
        blocker = sqlite3.connect(path, isolation_level=None)
        try:
            blocker.execute("BEGIN IMMEDIATE")  # the writer waits 5 s, then fails
            node.send(record(2))
            running.until(lambda state: "locked" in state.fault)
            assert node.acks.empty()
            blocker.execute("ROLLBACK")
        finally:
            blocker.close()
        assert node.ack()["upto"] == 2  # the broker kept what had not been released
    assert stored(path) == [1, 2]


def test_two_centres_with_one_id_suspect_each_other(centre: Start) -> None:
    first = centre()
    centre()  # this Mosquitto gives no reason when it closes the elder connection
    first.until(lambda state: "another client with the id" in state.fault)


def test_a_node_that_speaks_3_1_1_is_served(mosquitto: Mosquitto, centre: Start) -> None:
    centre()
    with Node(mosquitto.port, v5=False) as node:
        node.send(record(1))
        assert node.ack()["upto"] == 1


async def test_amqtt_is_spoken_to_in_3_1_1(path: Path, schemas: Schemas) -> None:
    """An independent broker, without MQTT 5; the demonstration falls back to it."""
    async with embedded_broker() as address:
        line = Broker(address.host, address.port, ORG, "centre")

        def exchange() -> None:
            running = Running(line, path, schemas)
            try:
                assert running.until(lambda state: state.connected).protocol == "MQTT 3.1.1"
                with Node(address.port, v5=False) as node:
                    node.send(record(1))
                    assert node.ack()["upto"] == 1
            finally:
                running.end()

        await asyncio.to_thread(exchange)
