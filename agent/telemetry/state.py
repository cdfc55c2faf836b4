"""The state message and the will: what a node as a whole is doing, and that it is gone."""

from enum import Enum
from typing import Annotated

import msgspec

from agent.telemetry.wire import Moment, Said


class Doing(Enum):
    """What a node is doing."""

    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    SAFE = "safe"
    MAINTENANCE = "maintenance"
    UPDATING = "updating"
    DISCONNECTED = "disconnected"  # it said goodbye
    LOST = "lost"  # said only by the will


class State(Said, frozen=True, kw_only=True, omit_defaults=True):
    """What the node is doing. The uplink fills in `session`."""

    state: Doing
    session: Annotated[int, msgspec.Meta(ge=0)] = 0
    since: Moment | None = None
    words: str = ""


def last_will(session: int) -> State:
    """Return what the broker says for a node that vanished.

    The session number lets a centre ignore a will that comes after the next birth.
    """
    return State(state=Doing.LOST, session=session)
