"""The node's word: said once on each connection, and again only when it has changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from agent.telemetry.mqtt import NOT_AUTHORISED, MqttLink, Refused
from agent.telemetry.speech import Speech
from agent.telemetry.state import Doing, State
from tests.telemetry.things import TOPICS

READY = State(state=Doing.READY, words="all well")


class Ear:
    """A link that counts what is published; `closed`, it refuses all."""

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed
        self.heard: list[str] = []

    async def publish(self, topic: str, _payload: bytes, **_how: Any) -> None:
        self.heard.append(topic)
        if self.closed:
            raise Refused("broker", f"publish to {topic}", NOT_AUTHORISED, "not authorised")


@asynccontextmanager
async def speaking(speech: Speech, ear: Ear, session: int) -> AsyncIterator[None]:
    speech.begin(1, session)
    task = asyncio.create_task(speech.publish_to(cast("MqttLink", ear)))
    await asyncio.sleep(1)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_the_same_word_is_published_once_on_each_connection() -> None:
    speech, ear = Speech(TOPICS), Ear()
    speech.say(READY)
    for session in (1, 2):
        async with speaking(speech, ear, session):
            for _ in range(10):
                speech.say(State(state=Doing.READY, words="all well"))
                await asyncio.sleep(1)
        assert ear.heard == [TOPICS.state] * session


async def test_another_word_is_published_and_the_first_again_after_it() -> None:
    speech, ear = Speech(TOPICS), Ear()
    speech.say(READY)
    async with speaking(speech, ear, 1):
        for word in (State(state=Doing.DEGRADED), READY):
            speech.say(word)
            await asyncio.sleep(1)
    assert ear.heard == [TOPICS.state] * 3


async def test_a_refused_topic_is_warned_of_once_in_a_session(
    caplog: pytest.LogCaptureFixture,
) -> None:
    speech, ear = Speech(TOPICS), Ear(closed=True)
    for session in (1, 2):
        async with speaking(speech, ear, session):
            for number in range(5):
                speech.say(State(state=Doing.READY, words=f"{session} {number}"))
                await asyncio.sleep(1)
        assert len(caplog.records) == session
    assert speech.refused == 12
