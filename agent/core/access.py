"""Whether a vehicle may pass: what the access duty tells whatever stands in the way."""

from dataclasses import dataclass
from enum import Enum

from agent.core.clock import Stamp


class Outcome(Enum):
    """What is known of a vehicle's right to pass."""

    GRANTED = "granted"
    REFUSED = "refused"  # it was read, and has no right here and now
    UNKNOWN = "unknown"  # it was not read surely enough to say


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDecision:
    """One vehicle's right to pass, published on the bus; it names an entry, never a plate.

    It may lower a bollard or open a barrier, and nothing else: a refusal, or silence, asks for
    nothing, so that nothing is ever raised or closed because of who somebody is. `number` is the
    vehicle's own, of the duty `reader`. Nothing opens on it from `until_s` (monotonic) on.
    """

    duty: str
    camera: str
    reader: str
    number: int
    outcome: Outcome
    reason: str
    list_name: str
    entry: str | None
    decided: Stamp
    until_s: float

    def may_lower(self, now_s: float) -> bool:
        """Say whether something may be lowered for this vehicle now."""
        return self.outcome is Outcome.GRANTED and now_s < self.until_s
