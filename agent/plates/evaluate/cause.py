"""Why a plate was not read right: not found, found wrongly, refused by a limit, or misread."""

from dataclasses import dataclass

from agent.core.vision import PlateRead, Quad
from agent.plates.evaluate.distance import distance
from agent.plates.evaluate.labelled import Corners
from agent.plates.evaluate.score import Outcome
from agent.plates.evaluate.shapes import FOUND_IOU, TOUCHED_IOU, overlap
from agent.plates.reading import Limits, PlateResult
from agent.plates.track import height_px


@dataclass(frozen=True, slots=True)
class Rejection:
    """What the detector offered and the limits refused, and what would have been read there."""

    quad: Quad
    read: PlateRead
    limits: Limits

    @property
    def reason(self) -> str:
        """Say which limit refused it."""
        if self.quad.score < self.limits.score:
            return f"detector {self.quad.score:.2f}, below {self.limits.score:.2f}"
        if height_px(self.quad) < self.limits.height_px:
            return f"{height_px(self.quad):.0f} px high, below {self.limits.height_px:g}"
        if not self.quad.sure and self.read.likelihood < self.limits.vouched:
            return (
                f"detector unsure ({self.quad.score:.2f}), read's likelihood "
                f"{self.read.likelihood:.2f} below {self.limits.vouched:.2f}"
            )
        if len(self.read.characters) < self.limits.shortest:
            return f"{len(self.read.characters)} characters, below {self.limits.shortest}"
        return "more plates in the picture than are read"

    @property
    def cause(self) -> "Cause":
        return Cause(Outcome.REJECTED, self.reason, self.read.text)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the pipeline made of one picture: reads best first, places kept, places refused."""

    answers: tuple[PlateResult, ...]
    found: tuple[Quad, ...]
    rejected: tuple[Rejection, ...]

    def best_place(self, answer: PlateResult | None) -> Corners | None:
        """Return where a plate probably is that nobody boxed."""
        if answer is not None:
            return answer.quad.corners
        quads = [*self.found, *(one.quad for one in self.rejected)]
        return quads[0].corners if quads else None


@dataclass(frozen=True, slots=True)
class Cause:
    """What became of one plate, in words why, and what a refused candidate would have read."""

    outcome: Outcome
    reason: str = ""
    rejected: str = ""

    def __repr__(self) -> str:
        return f"Cause({self.outcome.value}, {self.reason})"


def cause_of(
    truth: str | None, place: Corners | None, answer: PlateResult | None, scene: Scene
) -> Cause:
    """Return what became of one plate and why; its `truth` or its `place` may not be known.

    A plate without a text is right where it is found.
    """
    if truth is not None and answer is not None and not distance(truth, answer.text):
        return Cause(Outcome.RIGHT)
    if truth is not None and any(not distance(truth, other.text) for other in scene.answers):
        return Cause(Outcome.OUTRANKED, "another read of the picture was surer")
    if place is None:
        return _unplaced(answer, scene)
    return _placed(truth, place, scene)


def _unplaced(answer: PlateResult | None, scene: Scene) -> Cause:
    if answer is not None:
        return Cause(Outcome.MISREAD)
    if scene.found:
        return Cause(Outcome.UNREAD)
    return scene.rejected[0].cause if scene.rejected else Cause(Outcome.NOT_FOUND)


def _placed(truth: str | None, place: Corners, scene: Scene) -> Cause:
    def on(quad: Quad, least: float = FOUND_IOU) -> bool:
        return overlap(quad.corners, place) >= least

    if any(on(quad) for quad in scene.found):
        if truth is None:
            return Cause(Outcome.RIGHT)
        read = any(on(answer.quad) for answer in scene.answers)
        return Cause(Outcome.MISREAD if read else Outcome.UNREAD)
    for one in scene.rejected:
        if on(one.quad):
            return one.cause
    near = [quad for quad in scene.found if on(quad, TOUCHED_IOU)]
    near += [one.quad for one in scene.rejected if on(one.quad, TOUCHED_IOU)]
    if near:
        best = max(overlap(quad.corners, place) for quad in near)
        return Cause(Outcome.WRONG_BOX, f"IoU {best:.2f}, below {FOUND_IOU}")
    return Cause(Outcome.NOT_FOUND, "something else was read" if scene.answers else "")
