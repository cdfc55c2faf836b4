"""A broker is there for whoever asks, and gone afterwards."""

import asyncio
import os
import socket
from pathlib import Path

import aiomqtt
import pytest

from simulators.broker import (
    Address,
    Mosquitto,
    NoBroker,
    embedded_broker,
    find_mosquitto,
    free_port,
    mosquitto,
    running_broker,
)


def needs_mosquitto() -> None:
    if find_mosquitto() is None:
        if os.environ.get("CI"):
            pytest.fail("no mosquitto on this machine: make ci-deps")
        pytest.skip("no mosquitto on this machine: make ci-deps")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def carries_a_message(address: Address) -> None:
    async with aiomqtt.Client(address.host, address.port) as client:
        await client.subscribe("a/b", 1)
        await client.publish("a/b", b"hello", 1)
        async with asyncio.timeout(10):
            message = await anext(aiter(client.messages))
        assert message.payload == b"hello"
    await asyncio.sleep(0.01)  # aiomqtt's own task ends by way of the loop


@pytest.mark.broker
async def test_mosquitto_is_preferred_and_carries_messages() -> None:
    needs_mosquitto()
    async with running_broker() as address:
        assert (address.what, address.mqtt5) == ("mosquitto", True)
        await carries_a_message(address)
    assert not listens(address.port)


@pytest.mark.socket
async def test_the_embedded_broker_carries_messages_and_owns_to_its_limits() -> None:
    async with embedded_broker() as address:
        assert (address.what, address.mqtt5) == ("amqtt", False)
        await carries_a_message(address)
    assert not listens(address.port)


@pytest.mark.broker
def test_a_killed_mosquitto_comes_back_on_its_port() -> None:
    needs_mosquitto()
    with mosquitto() as broker:
        broker.kill()
        assert not listens(broker.port)
        broker.start()
        assert listens(broker.port)


@pytest.mark.broker
def test_a_frozen_mosquitto_can_still_be_stopped() -> None:
    needs_mosquitto()
    with mosquitto() as broker:
        broker.freeze()
    assert not listens(broker.port)


@pytest.mark.broker
def test_a_mosquitto_that_cannot_start_says_why() -> None:
    needs_mosquitto()
    with pytest.raises(NoBroker, match="nonsense"), mosquitto(more="nonsense 1"):
        pytest.fail("started with a broken configuration")


def test_without_mosquitto_one_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulators.broker.find_mosquitto", lambda: None)
    with pytest.raises(NoBroker, match="apt-get install mosquitto"):
        Mosquitto(tmp_path, port=1)


@pytest.mark.socket
def test_a_free_port_is_free() -> None:
    assert not listens(free_port())
