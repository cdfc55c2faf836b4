"""What a broker may answer that Debian's Mosquitto never does, byte by byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from simulators.centre.broker import Broker
from simulators.centre.mqtt import BrokerLost
from simulators.centre.schemas import Schemas
from tests.centre.contract import ORG
from tests.centre.node import PATIENCE_S
from tests.centre.running import Running

pytestmark = pytest.mark.socket

CONNECT, SUBSCRIBE = 0x10, 0x80  # MQTT 5.0, 2.1.2
WELCOME_5 = bytes([0x20, 3, 0, 0, 0])
WELCOME_3 = bytes([0x20, 2, 0, 0])
NO_MQTT_5 = bytes([0x20, 3, 0, 0x84, 0])
NO_MQTT_5_SAID_IN_3 = bytes([0x20, 2, 0, 1])
NOT_AUTHORISED = bytes([0x20, 3, 0, 0x87, 0])
TAKEN_OVER = bytes([0xE0, 2, 0x8E, 0])


def suback(packet: bytes, *codes: int, v5: bool = True) -> bytes:
    body = packet[2:4] + (b"\0" if v5 else b"") + bytes(codes)
    return bytes([0x90, len(body)]) + body


Answer = Callable[[bytes], bytes | None]
"""What a broker says to one packet; None hangs up."""


class Scripted:
    """A broker that says exactly what it is told, connection by connection; then it is mute."""

    def __init__(self, *scripts: Answer) -> None:
        self._scripts = scripts
        self.versions: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="scripted broker")
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        for script in self._scripts:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line, suppress(ConnectionError):  # a client may go in the middle of a word
                self._talk(line, script)

    def _talk(self, line: socket.socket, script: Answer) -> None:
        while packet := line.recv(4096):
            if packet[0] & 0xF0 == CONNECT:
                self.versions.append(packet[8])  # MQTT 5.0, 3.1.2.2: after the name "MQTT"
            answer = script(packet)
            if answer is None:
                return
            line.sendall(answer)


def polite(packet: bytes) -> bytes:
    match packet[0] & 0xF0:
        case 0x10:
            return WELCOME_5
        case 0x80:
            return suback(packet, 1)
        case _:
            return b""


def polite_3(packet: bytes) -> bytes:
    match packet[0] & 0xF0:
        case 0x10:
            return WELCOME_3
        case 0x80:
            return suback(packet, 1, v5=False)
        case _:
            return b""


Meet = Callable[..., tuple[Running, Scripted]]


@pytest.fixture
def meet(path: Path, schemas: Schemas) -> Iterator[Meet]:
    """Start an ingest against a broker with this script for each connection."""
    started: list[tuple[Running, Scripted]] = []

    def start(*scripts: Answer) -> tuple[Running, Scripted]:
        broker = Scripted(*scripts)
        line = Broker("127.0.0.1", broker.port, ORG, "centre", patience_s=1.0)
        running = Running(line, path, schemas)
        started.append((running, broker))
        return running, broker

    yield start
    for running, broker in started:
        running.end()
        broker.close()


@pytest.mark.parametrize("refusal", [NO_MQTT_5, NO_MQTT_5_SAID_IN_3])
def test_a_broker_without_mqtt_5_is_spoken_to_in_3_1_1(meet: Meet, refusal: bytes) -> None:
    running, broker = meet(lambda _: refusal, polite_3)
    state = running.until(lambda state: state.connected)
    assert (state.protocol, broker.versions) == ("MQTT 3.1.1", [5, 4])


def test_after_a_loss_mqtt_5_is_tried_first_again(meet: Meet) -> None:
    def welcome_and_hang_up(packet: bytes) -> bytes | None:
        return polite_3(packet) if packet[0] & 0xF0 == CONNECT else None

    running, broker = meet(lambda _: NO_MQTT_5, welcome_and_hang_up, polite)
    state = running.until(lambda state: state.connected)
    assert (state.protocol, broker.versions) == ("MQTT 5", [5, 4, 5])


def test_a_broker_that_is_mute_to_mqtt_5_is_spoken_to_in_3_1_1(meet: Meet) -> None:
    running, broker = meet(lambda _: b"", polite_3)
    state = running.until(lambda state: state.connected)
    assert (state.protocol, broker.versions) == ("MQTT 3.1.1", [5, 4])


def test_a_refusal_is_named_and_tried_again(meet: Meet) -> None:
    running, _ = meet(lambda _: NOT_AUTHORISED, polite)
    running.until(lambda state: "Not authorized" in state.fault)
    running.until(lambda state: state.connected)


def test_a_refused_subscription_is_named(meet: Meet) -> None:
    def refuse(packet: bytes) -> bytes:
        return suback(packet, 0x87) if packet[0] & 0xF0 == SUBSCRIBE else polite(packet)

    running, _ = meet(refuse)
    running.until(lambda state: "refuses the subscription sereno/v1/ceuta/+/up/#" in state.fault)


def test_a_mute_broker_is_named(meet: Meet) -> None:
    running, _ = meet(lambda _: b"")
    running.until(lambda state: "no CONNACK within" in state.fault)


def test_noise_instead_of_mqtt_is_named_and_tried_again(meet: Meet) -> None:
    running, _ = meet(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", polite_3)
    running.until(lambda state: state.connected)


def test_whoever_is_taken_over_goes_and_does_not_fight(meet: Meet) -> None:
    def taken_over(packet: bytes) -> bytes:
        return polite(packet) + (TAKEN_OVER if packet[0] & 0xF0 == SUBSCRIBE else b"")

    running, _ = meet(taken_over)
    running.until(lambda state: "another client took the id" in state.fault)
    running.end()
    assert running.taken_over


def test_a_lost_connection_keeps_no_socket_even_while_its_error_is_kept() -> None:
    def descriptors() -> set[str]:
        return {each.name for each in Path("/proc/self/fd").iterdir()}

    before = len(descriptors())
    with pytest.raises(BrokerLost) as kept, Broker("127.0.0.1", 1, ORG, "centre").connected():
        pass
    assert len(descriptors()) == before
    assert kept.value
