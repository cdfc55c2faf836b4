"""An alarm: a condition a person must know of, said until it is over."""

from enum import Enum

from agent.telemetry.wire import Moment, Said


class Alarming(Enum):
    """Where an alarm stands."""

    RAISED = "raised"
    UPDATED = "updated"
    CLEARED = "cleared"


class Severity(Enum):
    """How soon somebody must act."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Alarm(Said, frozen=True, kw_only=True):
    """One alarm. `id` is also the last level of its topic; `count` is how often it has struck."""

    id: str
    state: Alarming
    severity: Severity
    words: str
    remedy: str = ""
    since: Moment | None = None
    count: int = 1
