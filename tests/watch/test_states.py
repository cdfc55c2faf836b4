"""A duty that cannot speak for itself is never said to be performing."""

import pytest

from agent.core.duty import DutyState, Performance
from agent.core.supervise import Health, ServiceState
from agent.watch.states import NodeState, honest, node_state
from tests.conftest import LoopClock


def duty(performance: Performance, words: str = "") -> DutyState:
    return DutyState(performance, "", words, LoopClock().stamp(), "")


def service(health: Health, cause: str = "") -> ServiceState:
    return ServiceState(health, LoopClock().stamp(), cause)


async def test_a_stopped_duty_is_blind_whatever_it_said_last() -> None:
    performing = duty(Performance.PERFORMING)
    for health, reason in ((Health.QUARANTINED, "quarantined"), (Health.FAULTY, "fault")):
        told = honest(performing, service(health, "KeyError('x')"), [])
        assert told.performance is Performance.BLIND
        assert told.reason == reason
        assert "KeyError" in told.words
        assert told.remedy


async def test_a_suffering_duty_names_the_part_that_failed() -> None:
    blind = duty(Performance.BLIND, "no picture for 10 s")
    camera = ("gate", service(Health.FAULTY, "gate: unplugged"))
    told = honest(blind, service(Health.READY), [camera])
    assert told.words == "no picture for 10 s (gate: unplugged)"
    assert honest(duty(Performance.PERFORMING), service(Health.READY), [camera]).words == ""


@pytest.mark.parametrize(
    ("healths", "performances", "state"),
    [
        ([Health.STARTING, Health.READY], [Performance.PERFORMING], NodeState.STARTING),
        ([Health.READY], [Performance.PERFORMING], NodeState.READY),
        ([Health.READY], [Performance.DEGRADED], NodeState.DEGRADED),
        ([Health.READY], [Performance.BLIND], NodeState.DEGRADED),
        ([Health.READY, Health.FAULTY], [Performance.PERFORMING], NodeState.DEGRADED),
        ([Health.STARTING, Health.QUARANTINED], [], NodeState.DEGRADED),
    ],
)
async def test_the_node_is_as_well_as_its_worst_part(
    healths: list[Health], performances: list[Performance], state: NodeState
) -> None:
    services = {str(i): service(health) for i, health in enumerate(healths)}
    assert node_state(services, [duty(p) for p in performances]) is state
