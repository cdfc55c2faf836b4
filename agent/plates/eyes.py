"""How well a plate duty sees, told to whoever relies on it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Never

from agent.core.bus import Bus
from agent.core.clock import Clock, Stamp
from agent.core.duty import DutyState, Performance
from agent.core.mailbox import Latest
from agent.core.word import Word, blind

TELL_S = 1.0
"""How often neighbours hear how well plates are seen."""

SILENT_S = 5 * TELL_S
"""A reader that has not said for this long how it sees does not see."""


@dataclass(frozen=True, slots=True)
class EyesTold:
    """How well a plate duty sees: whoever relies on it is blind with it, and when it falls silent.

    Published on the bus every `TELL_S`.
    """

    duty: str
    camera: str
    purpose: str
    state: DutyState


@dataclass(frozen=True, slots=True)
class ReaderRuns:
    """A plate duty begins, or has told its last vehicle and ends; published after that vehicle."""

    camera: str
    purpose: str
    runs: bool


async def tell_eyes(bus: Bus, told: Callable[[], EyesTold]) -> Never:
    """Tell the neighbours how well plates are seen, for ever."""
    while True:
        await bus.publish(told())
        await asyncio.sleep(TELL_S)


class Eyes:
    """The plate duty that another one relies on, as far as it has been heard of."""

    def __init__(self, ours: Callable[[EyesTold], bool], missing: tuple[str, str]) -> None:
        """Listen to what is `ours`; `missing` are words and remedy for where nobody says it."""
        self._ours = ours
        self._missing = missing
        self._told: EyesTold | None = None
        self._told_s = 0.0

    async def watch(self, bus: Bus, clock: Clock) -> Never:
        """Listen for ever."""
        told: Latest[EyesTold] = Latest()
        with bus.subscribed(EyesTold, told, self._ours):
            while True:
                self._told = await told.get()
                self._told_s = clock.stamp().mono_s

    @property
    def proof(self) -> Stamp | None:
        """When those eyes last proved their sight."""
        return None if self._told is None else self._told.state.proof

    def are_gone(self, now_s: float) -> bool:
        """Say whether those eyes have not been heard of, or not for too long."""
        return self._told is None or now_s - self._told_s >= SILENT_S

    def blind(self, now_s: float) -> Word | None:
        """Say why nothing is seen, None while something is."""
        if self.are_gone(now_s):
            return blind("no-reader", *self._missing)
        return blind(*self._words()) if self._is(Performance.BLIND) else None

    def dim(self) -> tuple[str, str, str] | None:
        """Say why plates are seen less well than they should be: reason, words, remedy."""
        return self._words() if self._is(Performance.DEGRADED) else None

    def trouble(self, now_s: float) -> tuple[str, str, str] | None:
        """Say why those eyes are not what they should be, to who can do without them."""
        unseen = self.blind(now_s)
        return self.dim() if unseen is None else (unseen.reason, unseen.words, unseen.remedy)

    def _is(self, performance: Performance) -> bool:
        return self._told is not None and self._told.state.performance is performance

    def _words(self) -> tuple[str, str, str]:
        assert self._told is not None  # noqa: S101 - for mypy
        state = self._told.state
        return state.reason, f"{self._told.duty}: {state.words}", state.remedy
