"""Which of a live camera's pictures are looked at: as many as the board may, and where it moves."""

from agent.core.board import Pace
from agent.core.frames import Frame
from agent.plates.gate import Gate
from agent.plates.luma import luma_of

LOOKS_TO_LOSE = 3.0
"""A plate in view is looked for so often before it counts as gone."""

EARLY = 0.5
"""Of the time between two pictures: a camera's own rhythm is kept where it is about right."""


class Turns:
    """Gives each picture its turn, or spares it."""

    def __init__(self, pace: Pace, most_fps: float, heartbeat_s: float, lost_s: float) -> None:
        self._pace = pace
        self._most_fps = most_fps
        self._in_view_s = lost_s / LOOKS_TO_LOSE
        self._gate = Gate(heartbeat_s)
        self._next_s: float | None = None

    @property
    def budget_fps(self) -> float:
        """Pictures a second that the board may look at now."""
        return self._most_fps * self._pace.share()

    def comes(self, mono_s: float) -> bool:
        """Say whether a picture taken now is within the budget; if it is, it is spent."""
        step_s = 1 / self.budget_fps
        after_s = None if self._next_s is None else mono_s - self._next_s
        if after_s is not None and -2 * step_s <= after_s < -EARLY * step_s:
            return False
        late = after_s is None or abs(after_s) > step_s
        self._next_s = mono_s + step_s if late or self._next_s is None else self._next_s + step_s
        return True

    def moves(self, frame: Frame, *, in_view: bool) -> bool:
        """Say whether to look at a usable picture. Blocking: half a millisecond of a thread."""
        within_s = self._in_view_s if in_view else None
        return self._gate.opens(luma_of(frame), frame.taken.mono_s, within_s)
