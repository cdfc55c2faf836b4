"""From figures to what to do: pure, for the duty's state, the terminal and the local page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from agent.plates.quality.goals import GOAL, GOALS, Figure, Goal
from agent.plates.quality.lens import LensFault
from agent.plates.quality.plate import STROKE

LEAST_SHUTTER = 500
"""1/500 s is the longest shutter for plates of moving vehicles in any guide."""

SHUTTERS = (500, 750, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 10000)
"""What cameras can be set to, as 1/n s."""

STROKES_BLURRED = 0.5
"""A shutter is short enough if a plate moves less than this part of a stroke while it is open."""

LEAST_LENGTH_PX = 0.5
"""A shorter blur says nothing of the shutter."""

FLOWING = 0.9
"""From so many strokes on the blur that is measured is less than there is."""

NIGHT_LEVEL = 60.0
"""A picture whose middle grey level is less is a night's."""


class Reason(Enum):
    """The code of what hinders reading; also the duty's reason while it does."""

    SMALL = "too-small"
    BLURRED = "blurred"
    MOTION = "motion"
    DARK = "too-dark"
    GLARE = "glare"
    PALE = "low-contrast"
    ASIDE = "seen-aside"
    TILTED = "tilted"
    UNREAD = "unread"
    SOFT = "out-of-focus"
    DIRTY = "dirty"
    VEILED = "veiled"
    MOVED = "moved"
    POSE_UNKNOWN = "pose-unknown"
    NO_POSE = "no-pose"


REASONS = {
    Figure.WIDTH: Reason.SMALL,
    Figure.CHARACTER: Reason.SMALL,
    Figure.BLUR: Reason.BLURRED,
    Figure.MOTION: Reason.MOTION,
    Figure.CONTRAST: Reason.PALE,
    Figure.PAPER: Reason.DARK,
    Figure.CLIPPED: Reason.GLARE,
    Figure.ANGLE: Reason.ASIDE,
    Figure.ROLL: Reason.TILTED,
}


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to mend: what is seen, in figures, and what to do about it."""

    reason: Reason
    words: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.words}: {self.remedy}"


def advise(
    plate: dict[Figure, float], scene_level: float | None, speed_px_s: float | None
) -> tuple[Advice, ...]:
    """Return what to mend of a plate's figures, the worst first; empty where all are good.

    `scene_level` is the whole picture's middle grey level, `speed_px_s` how fast plates go.
    """
    told: dict[Reason, Advice] = {}
    for goal in sorted(GOALS, key=lambda goal: goal.share(plate.get(goal.figure, goal.good))):
        value = plate.get(goal.figure)
        if value is not None and goal.share(value) < 1:
            reason = REASONS[goal.figure]
            told.setdefault(reason, advice_for(goal.figure, plate, scene_level, speed_px_s))
    if Reason.GLARE in told or Reason.DARK in told:
        told.pop(Reason.PALE, None)  # the light explains it
    return tuple(told.values())


@dataclass(frozen=True, slots=True)
class _Case:
    """One figure that is not good, among a plate's others."""

    value: float
    goal: Goal
    plate: dict[Figure, float]
    night: bool
    speed_px_s: float | None


def advice_for(
    figure: Figure,
    plate: dict[Figure, float],
    scene_level: float | None = None,
    speed_px_s: float | None = None,
) -> Advice:
    """Return the advice for one figure of a plate that is not good."""
    night = scene_level is not None and scene_level < NIGHT_LEVEL
    case = _Case(plate[figure], GOAL[figure], plate, night, speed_px_s)
    return Advice(REASONS[figure], *_SAID[figure](case))


def _size(case: _Case) -> tuple[str, str]:
    wide = case.goal.figure is Figure.WIDTH
    words = f"{'plate' if wide else 'characters'} {case.value:.0f} px {'wide' if wide else 'high'}"
    best = _times(case.goal.good / case.value)
    if not case.goal.passed(case.value):
        return words, f"good enough; zoom in {best} for the best"
    return words, f"zoom in {_times(case.goal.limit / case.value)} at least, {best} is best"


def _blur(case: _Case) -> tuple[str, str]:
    remedy = "focus on a plate where plates are read, then clean the glass"
    if case.night:
        remedy += "; a lens without infrared correction needs its focus set by night"
    return f"edges blurred by {case.value:.1f} strokes all round", remedy


def _motion(case: _Case) -> tuple[str, str]:
    remedy = f"shutter 1/{_shutter(case)} s or shorter"
    if now := _exposure(case):
        # beyond a stroke or so blur grows no more (plate.py): then it is at least so long
        remedy += f" (now {'longer than' if case.value >= FLOWING else 'about'} 1/{now} s)"
    return f"edges drawn out by motion, {case.value:.1f} strokes", remedy


def _contrast(case: _Case) -> tuple[str, str]:
    words = f"ink and paper differ little, contrast {case.value:.2f}"
    return words, "clean the glass; no light from behind; less gain; fog or rain must pass"


def _dark(case: _Case) -> tuple[str, str]:
    words = f"plates too dark, level {case.value:.0f} of 255"
    if case.night:
        return words, "is the infrared lamp lit, and does it point at the plates? then gain"
    return words, "open the iris or raise the gain; the shutter must stay short"


def _glare(case: _Case) -> tuple[str, str]:
    words = f"plates overexposed, {case.value:.0%} of them white without detail"
    if case.night:
        return words, "less infrared light or a shorter shutter: plates throw the light back"
    return words, "shorter shutter, or exposure measured where plates are"


def _aside(case: _Case) -> tuple[str, str]:
    words = f"plates seen {case.value:.0f} degrees from the side"
    return words, f"nearer to the lane's axis, at most {case.goal.good:.0f} degrees off it"


def _tilted(case: _Case) -> tuple[str, str]:
    return (
        f"plates tilted {case.value:.0f} degrees in the picture",
        "turn the camera level with the plates",
    )


_SAID: Mapping[Figure, Callable[[_Case], tuple[str, str]]] = {
    Figure.WIDTH: _size,
    Figure.CHARACTER: _size,
    Figure.BLUR: _blur,
    Figure.MOTION: _motion,
    Figure.CONTRAST: _contrast,
    Figure.PAPER: _dark,
    Figure.CLIPPED: _glare,
    Figure.ANGLE: _aside,
    Figure.ROLL: _tilted,
}

LENS_ADVICE = {
    LensFault.SOFT: Advice(
        Reason.SOFT, "the picture is softer than when it was aimed", "focus, then clean the glass"
    ),
    LensFault.DIRTY: Advice(
        Reason.DIRTY, "parts of the picture are blurred or veiled", "clean the glass: dirt, a web"
    ),
    LensFault.VEILED: Advice(
        Reason.VEILED, "the whole picture is veiled", "fog passes; else frost or dirt: clean, heat"
    ),
}


def shutter_s(plate: dict[Figure, float], speed_px_s: float) -> float:
    """Return the longest shutter that keeps a plate of this speed sharp, seconds."""
    return STROKES_BLURRED * plate[Figure.CHARACTER] * STROKE / max(speed_px_s, 1e-3)


def _shutter(case: _Case) -> int:
    if not case.speed_px_s or Figure.CHARACTER not in case.plate:
        return LEAST_SHUTTER
    wanted = 1 / shutter_s(case.plate, case.speed_px_s)
    return next((n for n in SHUTTERS if n >= wanted), SHUTTERS[-1])


def _exposure(case: _Case) -> int | None:
    """Return what the shutter seems to be, as 1/n s: the blur's length at the plate's speed."""
    if not case.speed_px_s or Figure.CHARACTER not in case.plate:
        return None
    length_px = case.value * case.plate[Figure.CHARACTER] * STROKE
    return round(case.speed_px_s / length_px) if length_px >= LEAST_LENGTH_PX else None


def _times(factor: float) -> str:
    return f"{factor:.1f}\N{MULTIPLICATION SIGN}"
