"""What a node says of itself: the newest session speaks, and a memory is not a voice."""

import json
from pathlib import Path

import pytest

from simulators.centre.accounts import reading
from simulators.centre.arrivals import Refused
from simulators.centre.schemas import Schemas
from simulators.centre.store import Store
from simulators.centre.views import NodeView, nodes
from simulators.centre.words import Word, decode_word
from tests.centre.contract import NODE, birth, duty, health, topic

EARLIER, NOW = "2026-11-22T09:00:00.000Z", "2026-11-22T09:48:12.000Z"


class Listener:
    """Commits words one by one, as if they had just come."""

    def __init__(self, path: Path, schemas: Schemas) -> None:
        self.path = path
        self._schemas = schemas

    def hear(
        self, channel: str, value: object, *, retained: bool = False, at: str = NOW
    ) -> Refused | None:
        payload = b"" if value is None else json.dumps(value).encode()
        word = decode_word(NODE, channel, topic(channel), payload, self._schemas)
        if isinstance(word, Refused):
            return word
        heard = Word(NODE, word.channel, word.body, word.epoch, word.session, retained)
        with Store(self.path) as store:
            store.commit([], [heard], at)
        return None

    @property
    def node(self) -> NodeView:
        with reading(self.path) as db:
            return nodes(db)[0]


@pytest.fixture
def listener(path: Path, schemas: Schemas) -> Listener:
    return Listener(path, schemas)


def test_a_late_will_of_an_earlier_session_is_ignored(listener: Listener) -> None:
    listener.hear("birth", birth(session=13))
    listener.hear("state", {"state": "ready", "session": 13})
    listener.hear("state", {"state": "lost", "session": 12})
    assert listener.node.state == {"state": "ready", "session": 13}


def test_the_will_of_this_session_is_believed(listener: Listener) -> None:
    listener.hear("birth", birth(session=13))
    listener.hear("state", {"state": "ready", "session": 13})
    listener.hear("state", {"state": "lost", "session": 13})
    assert listener.node.state == {"state": "lost", "session": 13}


def test_a_state_of_an_earlier_session_is_none_of_this_one(listener: Listener) -> None:
    listener.hear("state", {"state": "ready", "session": 12})
    listener.hear("birth", birth(session=13))
    assert listener.node.state is None


def test_a_new_card_counts_its_sessions_anew(listener: Listener) -> None:
    listener.hear("birth", birth(session=50, epoch=7))
    listener.hear("state", {"state": "lost", "session": 50})
    listener.hear("state", {"state": "ready", "session": 1})  # retained topics come in any order
    listener.hear("birth", birth(session=1, epoch=8))
    assert listener.node.birth == birth(session=1, epoch=8)
    assert listener.node.state == {"state": "ready", "session": 1}


def test_a_new_card_that_has_said_no_state_has_none(listener: Listener) -> None:
    listener.hear("birth", birth(session=50, epoch=7))
    listener.hear("state", {"state": "lost", "session": 50})
    listener.hear("birth", birth(session=1, epoch=8))
    assert listener.node.state is None


def test_an_older_birth_from_a_brokers_memory_is_ignored(listener: Listener) -> None:
    listener.hear("birth", birth(session=13))
    listener.hear("birth", birth(session=12), retained=True)
    assert listener.node.birth == birth(session=13)


def test_what_the_broker_repeats_is_not_heard_from_the_node(listener: Listener) -> None:
    listener.hear("health", health(), retained=True)
    assert listener.node.heard is None
    listener.hear("health", health(), at=EARLIER)
    listener.hear("health", health(), retained=True)
    assert listener.node.heard == EARLIER


def test_an_empty_message_takes_a_word_back(listener: Listener) -> None:
    listener.hear(
        "alarm/disk", {"id": "disk", "state": "raised", "severity": "warning", "words": "x"}
    )
    assert len(listener.node.alarms) == 1
    listener.hear("alarm/disk", None)
    assert listener.node.alarms == []


@pytest.mark.parametrize(
    ("channel", "value"),
    [
        ("state", {"state": "splendid"}),
        ("birth", {"node": NODE}),
        ("duties", {"duties": [duty("asleep")]}),
        ("health", []),
        ("config", "no object"),
    ],
)
def test_an_invalid_word_is_refused(listener: Listener, channel: str, value: object) -> None:
    assert isinstance(listener.hear(channel, value), Refused)
