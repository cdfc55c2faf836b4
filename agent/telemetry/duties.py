"""The duties message: what the node can and cannot do for its city right now."""

from typing import Self

from agent.core.duty import DutyState, Performance
from agent.telemetry.wire import Moment, Said


class DutyLine(Said, frozen=True, kw_only=True):
    """One duty. `reason` is a code, "" while performing; `proof` is when sight was last proved."""

    name: str
    state: Performance
    reason: str
    words: str
    since: Moment
    remedy: str
    proof: Moment | None = None
    clock: str = "none"
    """How `since` was dated: `ntp`, or `none` where the node's clock was not set."""

    @classmethod
    def of(cls, name: str, state: DutyState) -> Self:
        return cls(
            name=name,
            state=state.performance,
            reason=state.reason,
            words=state.words,
            since=state.since.utc,
            remedy=state.remedy,
            proof=None if state.proof is None else state.proof.utc,
            clock="ntp" if state.since.synced else "none",
        )


class Duties(Said, frozen=True, kw_only=True):
    """Every duty of the node."""

    duties: tuple[DutyLine, ...]
