"""What a node owes its city, and how well it can do it right now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from agent.core.clock import Stamp
from agent.core.records import Stream


class Performance(Enum):
    """How well a duty is performed."""

    PERFORMING = "performing"
    DEGRADED = "degraded"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class DutyState:
    """A duty's own honest word about itself.

    `reason` is a code such as `no-model`, "" while performing; `words` and `remedy` are for a
    technician; `since` is when this state began; `proof` is when the duty last proved its sight.
    """

    performance: Performance
    reason: str
    words: str
    since: Stamp
    remedy: str
    proof: Stamp | None = None


class Service(Protocol):
    """A part that runs until it is cancelled."""

    @property
    def name(self) -> str: ...

    async def run(self, ready: Callable[[], None]) -> None:
        """Work until cancelled; call `ready` once useful.

        Raises:
            DeviceError: The hardware failed; a fresh `run` may succeed.
        """
        ...

    def readings(self) -> Mapping[str, float]:
        """Return figures for the health message, units in the names."""
        ...


class Camera(Service, Protocol):
    """A source of frames, which it publishes on the bus under its own name."""

    @property
    def live(self) -> bool:
        """Whether newer frames outdate older ones (subscribe `Latest`), or all count (`Every`)."""
        ...


class Duty(Service, Protocol):
    """A service that owes something to people, and says whether it can give it."""

    @property
    def streams(self) -> Sequence[Stream]: ...

    def state(self) -> DutyState: ...
