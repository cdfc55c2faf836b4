"""Topics have the contract's forms, and nothing can break out of its level."""

import pytest

from agent.telemetry.topics import Topics
from tests.telemetry.things import TOPICS


def test_the_forms_are_those_of_the_contract() -> None:
    assert TOPICS.birth == "sereno/v1/ceuta/pole-017/up/birth"
    assert TOPICS.data("plates.passage") == "sereno/v1/ceuta/pole-017/up/data/plates.passage"
    assert TOPICS.alarm("outbox-parked") == "sereno/v1/ceuta/pole-017/up/alarm/outbox-parked"
    assert TOPICS.ack == "sereno/v1/ceuta/pole-017/dn/ack"
    assert TOPICS.notice == "sereno/v1/ceuta/_all/dn/notice"
    assert TOPICS.source == "urn:sereno:ceuta:pole-017"


@pytest.mark.parametrize("level", ["", "a/b", "+", "#", "a b", "x" * 65, "ñ", "a\n", "$share"])
def test_a_level_holds_nothing_that_means_more(level: str) -> None:
    with pytest.raises(ValueError, match="topic level"):
        Topics("ceuta", level)
    with pytest.raises(ValueError, match="topic level"):
        TOPICS.data(level)
