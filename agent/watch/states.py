"""What the node says of its duties and of itself, put together from what its parts say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum

from agent.core.duty import DutyState, Performance
from agent.core.supervise import Health, ServiceState


class NodeState(Enum):
    """The node as a whole, as far as its parts show it; words of contract.md, `up/state`."""

    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"


def honest(
    own: DutyState, service: ServiceState, parts: Sequence[tuple[str, ServiceState]]
) -> DutyState:
    """Return a duty's state, corrected by what the supervisor knows better.

    A duty that a bug or a fault has stopped cannot speak for itself: it is blind, whatever it
    said last. A duty that suffers is told with the cause that the part it relies on has given.
    """
    match service.health:
        case Health.QUARANTINED:
            return DutyState(
                Performance.BLIND,
                "quarantined",
                f"stopped by a bug: {service.cause}",
                service.since,
                "restart the agent, and report the bug with its log",
                own.proof,
            )
        case Health.FAULTY:
            return DutyState(
                Performance.BLIND,
                "fault",
                service.cause,
                service.since,
                own.remedy or "see the cause; the agent keeps trying",
                own.proof,
            )
        case Health.STARTING | Health.READY:
            pass  # it speaks for itself
    causes = [
        state.cause
        for _, state in parts
        if state.health in (Health.FAULTY, Health.QUARANTINED) and state.cause
    ]
    if own.performance is Performance.PERFORMING or not causes:
        return own
    return replace(own, words=f"{own.words} ({'; '.join(causes)})")


def node_state(services: Mapping[str, ServiceState], duties: Iterable[DutyState]) -> NodeState:
    """Sum the node up: degraded as soon as one part or duty is not what it should be."""
    healths = {state.health for state in services.values()}
    if healths & {Health.FAULTY, Health.QUARANTINED}:
        return NodeState.DEGRADED
    if Health.STARTING in healths:
        return NodeState.STARTING
    if any(duty.performance is not Performance.PERFORMING for duty in duties):
        return NodeState.DEGRADED
    return NodeState.READY
