"""What became of one labelled plate, and of one picture: values that figures are counted from."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from agent.core.text import tolerant
from agent.core.vision import Luma
from agent.plates.evaluate.distance import distance, visible
from agent.plates.reading import PlateResult


class Outcome(Enum):
    """What went right or wrong with one plate; the words are what people read."""

    RIGHT = "right"
    MISREAD = "misread"
    OUTRANKED = "right, but another read came first"
    UNREAD = "found, nothing read"
    WRONG_BOX = "wrong box"
    REJECTED = "rejected"
    NOT_FOUND = "not found"
    FALSE_READ = "read where no plate is"
    FALSE_FIND = "found where no plate is"


@dataclass(frozen=True, slots=True)
class PlateScore:
    """One labelled plate: what was read for it, and why not more.

    `found` says that something was found on its box (IoU 0.5), or anywhere where it is not `boxed`;
    `reason` says why a candidate was rejected, `rejected` what it would have read; `crop`, kept of
    misses only, is the plate set upright, (H, W) uint8, or the whole picture made small.
    """

    picture: Path
    truth: str | None
    read: PlateResult | None
    outcome: Outcome
    found: bool
    boxed: bool
    slices: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    rejected: str = ""
    crop: Luma | None = None

    @property
    def text(self) -> str:
        return self.read.text if self.read else ""

    @property
    def strict(self) -> bool:
        return self.truth is not None and self.read is not None and not self.errors

    @property
    def raw(self) -> bool:
        if self.truth is None or self.read is None:
            return False
        return not distance(self.truth, self.read.judgement.raw)

    @property
    def tolerant(self) -> bool:
        if self.truth is None or self.read is None:
            return False
        return not distance(tolerant(self.truth), tolerant(self.text))

    @property
    def errors(self) -> int:
        """Return the edit distance between what is seen of the truth and the read."""
        return distance(self.truth or "", self.text)

    @property
    def visible(self) -> int:
        return visible(self.truth or "")

    def __repr__(self) -> str:
        return f"PlateScore({self.outcome.value})"


@dataclass(frozen=True, slots=True)
class PictureScore:
    """One picture: its plates, what was found beside them, and what it took.

    `extra` is what was found on no labelled plate; `reads` how many plates were read, `told`
    whether the duty would have told one of them. `error` says why the picture could not be read.
    """

    picture: Path
    plates: tuple[PlateScore, ...] = ()
    extra: tuple[PlateScore, ...] = ()
    reads: int = 0
    told: bool = False
    total_ms: float = 0.0
    error: str | None = None

    def made_up(self, *, complete: bool) -> tuple[PlateScore, ...]:
        """Return what was found where no plate is; `complete`: every plate in it is boxed.

        In a picture with plates nobody boxed, nobody knows of what was found whether it is one.
        """
        return self.extra if complete or not self.plates else ()

    def __repr__(self) -> str:
        return f"PictureScore({len(self.plates)} plates, {'failed' if self.error else 'read'})"
