"""What the traffic duty can honestly say of its own sight. Pure: the worst true thing is said."""

from dataclasses import dataclass, field

from agent.core.clock import Stamp
from agent.core.duty import DutyState, Performance
from agent.core.word import PERFORMING, LastWord, Word, blind, degraded

DARK_FRAMES = 3
"""So many pictures of one grey in a row are a blind camera."""

STUCK_S = 10.0
"""Looking at one picture takes a millisecond: after this long the thread hangs."""


@dataclass(slots=True)
class Sight:
    """Facts about one traffic duty; every `*_s` is monotonic time."""

    camera: str
    silent_s: float
    began_s: float | None = None
    arrived_s: float | None = None
    looking_s: float | None = None
    unusable_words: str | None = None
    dark_frames: int = 0
    learned: bool = False
    moved_px: float = 0.0
    doubt: tuple[str, str, str] | None = None
    """Reason, words and remedy of what makes counts doubtful."""
    eyes: tuple[str, str, str] | None = None
    """The same of the plate duty whose vehicles are joined: counting goes on without it."""
    key_words: str | None = None
    store_words: str | None = None
    synced: bool = True
    proof: Stamp | None = None
    _last: LastWord = field(default_factory=LastWord)

    def began(self, now: Stamp) -> None:
        """Start to run; what an earlier run knew no longer counts."""
        self.began_s = now.mono_s
        self.arrived_s = self.looking_s = self.unusable_words = self.proof = self.doubt = None
        self.dark_frames, self.learned, self.moved_px = 0, False, 0.0

    def ended(self) -> None:
        """Stop running."""
        self.began_s = self.looking_s = None

    def state(self, now: Stamp) -> DutyState:
        """Say how well traffic is being counted; `since` is when this was first said."""
        return self._last.state(self._word(now.mono_s), now, self.proof)

    def blind(self, now_s: float) -> bool:
        """Say whether nothing can be said of the road now."""
        return self._word(now_s).performance is Performance.BLIND

    def _word(self, now_s: float) -> Word:
        return self._pictures(now_s) or self._road() or self._doubts() or PERFORMING

    def _pictures(self, now_s: float) -> Word | None:
        camera, remedy = f"camera {self.camera}", f"see camera {self.camera}: power, cable, lens"
        if self.began_s is None:
            return blind("not-running", "the duty does not run", "see the log for why it ended")
        if self.looking_s is not None and now_s - self.looking_s >= STUCK_S:
            words = f"one picture has been looked at for {now_s - self.looking_s:.0f} s"
            return blind("stuck", words, "restart the service")
        if self.arrived_s is None:
            return blind("no-frames", f"{camera}: no picture yet", remedy)
        if now_s - self.arrived_s >= self.silent_s:
            words = f"{camera}: no picture within {self.silent_s:g} s"
            return blind("no-frames", words, remedy)
        return None

    def _road(self) -> Word | None:
        camera, remedy = f"camera {self.camera}", f"see camera {self.camera}: lens, settings"
        if self.unusable_words is not None:
            return blind("unusable-frames", f"{camera}: {self.unusable_words}", remedy)
        if self.dark_frames >= DARK_FRAMES:
            words = f"{camera}: its pictures are all of one grey"
            return blind("dark", words, f"{remedy}; is the lens capped, or the night unlit?")
        if not self.learned:
            words = "the empty road is being learned"
            return blind("learning", words, "wait; if it stays, see that pictures come steadily")
        if self.moved_px > 0:
            words = f"{camera} has moved: its zones no longer lie on the lanes"
            return blind("moved", words, "aim it as before, or draw the zones anew and restart")
        return None

    def _doubts(self) -> Word | None:
        if self.doubt is not None:
            return degraded(*self.doubt)
        if not self.synced:
            words = "the clock is not set: bins are not aligned with anybody else's"
            return degraded("clock", words, "see the network: time comes by NTP")
        if self.key_words is not None:
            words = f"journeys are not timed: {self.key_words}"
            return degraded("zone-key", words, "give this gate the zone's key of the day")
        if self.eyes is not None:
            return degraded(*self.eyes)
        if self.store_words is not None:
            return degraded("store", self.store_words, "see the node's disk")
        return None
