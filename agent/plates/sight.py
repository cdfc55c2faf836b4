"""What the duty can honestly say of its own sight: facts come in, a state with its reason goes out.

Pure: time is an argument. The worst true thing is what is said.
"""

from dataclasses import dataclass, field

from agent.core.clock import Stamp
from agent.core.duty import DutyState, Performance
from agent.core.word import PERFORMING, LastWord, Word, blind, degraded
from agent.plates.quality.judge import Hindrance

DARK_FRAMES = 3
"""So many frames of one grey in a row are a blind camera; one is a flicker."""

STUCK_S = 10.0
"""Reading one picture takes well under a second: after this long the thread hangs."""


@dataclass(slots=True)
class Sight:
    """Facts about the eyes of one plate duty; every `*_s` is monotonic time."""

    camera: str
    silent_s: float
    model_words: str | None = "the models are being loaded"
    store_words: str | None = None
    heat_words: str | None = None
    fruitless_words: str | None = None
    """That plates are read well and none is told (fruitless.py)."""
    hindrance: Hindrance | None = None
    """What the pictures' quality says against reading them (quality/judge.py)."""
    began_s: float | None = None
    """When the duty began to run; None while it does not."""
    arrived_s: float | None = None
    """When the last frame came, whatever it showed."""
    looking_s: float | None = None
    """Since when one frame is being looked at; None between frames."""
    unusable_words: str | None = None
    dark_frames: int = 0
    proof: Stamp | None = None
    """When a picture was last really read through."""
    _last: LastWord = field(default_factory=LastWord)

    def began(self, now: Stamp) -> None:
        """Start to run; what an earlier run knew of frames no longer counts."""
        self.began_s = now.mono_s
        self.model_words = "the models are being loaded"
        self.arrived_s = self.looking_s = self.unusable_words = self.proof = None
        self.dark_frames = 0

    def ended(self) -> None:
        """Stop running."""
        self.began_s = self.looking_s = None

    def came(self, now: Stamp, unusable: str | None) -> None:
        """Take note of a frame and whether it can be looked at."""
        self.arrived_s = now.mono_s
        self.unusable_words = unusable
        self.looking_s = None if unusable else now.mono_s

    def passed_over(self) -> None:
        """Take note that a frame may not be looked at: what is masked could be seen."""
        self.looking_s = None

    def saw(self, now: Stamp, *, dark: bool) -> None:
        """Take note that a frame was looked at, and whether there was anything in it."""
        self.looking_s = None
        self.dark_frames = self.dark_frames + 1 if dark else 0
        if not dark:
            self.proof = now

    def state(self, now: Stamp) -> DutyState:
        """Say how well plates are being read; `since` is when this was first said."""
        return self._last.state(self._word(now.mono_s), now, self.proof)

    def _word(self, now_s: float) -> Word:
        if self.began_s is None:
            return blind("not-running", "the duty does not run", "see the log for why it ended")
        if self.model_words is not None:
            return blind("no-model", self.model_words, "install the plate models again")
        if self.looking_s is not None and now_s - self.looking_s >= STUCK_S:
            words = f"one picture has been looked at for {now_s - self.looking_s:.0f} s"
            return blind("stuck", words, "restart the service; report the model and the picture")
        if eyes := self._eyes(now_s):
            return eyes
        return self._worse_than_usual() or PERFORMING

    def _worse_than_usual(self) -> Word | None:
        if self.store_words is not None:
            return degraded("store", self.store_words, "see the node's disk")
        if self.heat_words is not None:
            remedy = "shade and air for the board; see its fan, and what else it does"
            return degraded("heat", self.heat_words, remedy)
        if hindered := self._hindered(Performance.DEGRADED):
            return hindered
        if self.fruitless_words is not None:
            remedy = (
                "see `reason` in the records plates.unread (docs/plates.md), then the duty's "
                "unsure, agreeing, known_only, countries and shortest"
            )
            return degraded("none-told", self.fruitless_words, remedy)
        return None

    def _eyes(self, now_s: float) -> Word | None:
        remedy = f"see camera {self.camera}: power, cable, lens, settings"
        if self.arrived_s is None or now_s - self.arrived_s >= self.silent_s:
            words = (
                f"camera {self.camera}: no picture yet"
                if self.arrived_s is None
                else f"camera {self.camera}: no picture within {self.silent_s:g} s"
            )
            return blind("no-frames", words, remedy)
        if self.unusable_words is not None:
            words = f"camera {self.camera}: {self.unusable_words}"
            return blind("unusable-frames", words, remedy)
        if self.dark_frames >= DARK_FRAMES:
            words = f"camera {self.camera}: its pictures are all of one grey"
            return blind("dark", words, f"{remedy}; is the lens capped, or the night unlit?")
        if hindered := self._hindered(Performance.BLIND):
            return hindered
        if self.proof is None:
            words = f"camera {self.camera}: no picture read through yet"
            return blind("no-frames", words, remedy)
        return None

    def _hindered(self, performance: Performance) -> Word | None:
        if self.hindrance is None or self.hindrance.performance is not performance:
            return None
        advice = self.hindrance.advice
        words = f"camera {self.camera}: {advice.words}"
        return Word(performance, advice.reason.value, words, advice.remedy)
