"""What each figure should be, in what unit, says who: one table for the duty, aiming and the docs.

A `limit` alone never makes the duty degraded: that takes plates that stay unread while it is
passed (cause.py). Where no source is named, the value is where the shipped reader's right reads
begin to fail on drawn plates with this one fault (tests/benchmarks/quality.py).
"""

from dataclasses import dataclass
from enum import Enum

from agent.plates.quality.plate import PlateFigures


class Figure(Enum):
    """A figure of plates; the value is its name in health and records, with its unit."""

    WIDTH = "plate_width_px"
    CHARACTER = "character_height_px"
    BLUR = "blur_strokes"
    MOTION = "motion_strokes"
    CONTRAST = "contrast"
    PAPER = "paper_level"
    CLIPPED = "clipped_share"
    ANGLE = "angle_deg"
    ROLL = "roll_deg"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a figure is good, and from where on plates go unread; `more` is better, or less."""

    figure: Figure
    what: str
    unit: str
    good: float
    limit: float
    more: bool
    source: str

    def share(self, value: float) -> float:
        """Return 1 at or beyond the good value, 0 at the limit, below 0 past it."""
        return min((value - self.limit) / (self.good - self.limit), 1.0)

    def passed(self, value: float) -> bool:
        """Say whether the limit is passed."""
        return value < self.limit if self.more else value > self.limit


GOALS = (
    Goal(Figure.WIDTH, "plate width", "px", 130, 70, True,
         "EN 62676-4: 250 px/m to identify, 125 px/m to recognise, of 0.52 m; Milestone XProtect "
         "LPR asks 170 of its own reader"),
    Goal(Figure.CHARACTER, "character height", "px", 16, 9, True,
         "AxxonSoft: at least 15 px, strokes 2 px"),
    Goal(Figure.BLUR, "blur, all round", "strokes", 0.8, 1.3, False,
         "reader"),
    Goal(Figure.MOTION, "blur, by motion", "strokes", 0.6, 0.9, False,
         "reader; Milestone: shutter of at most 1/(11 x km/h) s"),
    Goal(Figure.CONTRAST, "contrast (Michelson)", "1", 0.4, 0.1, True,
         "AxxonSoft: at least 10 %"),
    Goal(Figure.PAPER, "paper brightness", "levels", 80, 25, True,
         "reader; the limit is AxxonSoft's least contrast, 25 of 256 levels"),
    Goal(Figure.CLIPPED, "overexposed part", "share", 0.6, 0.75, False,
         "reader; paper alone is up to 0.6 of it"),
    Goal(Figure.ANGLE, "seen from the side", "deg", 30, 45, False,
         "mounting guides: at most 30; AxxonSoft: reads up to 45 with loss"),
    Goal(Figure.ROLL, "tilt", "deg", 10, 30, False,
         "AxxonSoft: at most 10"),
)  # fmt: skip
"""All goals, the likeliest cause of unread plates first."""

GOAL = {goal.figure: goal for goal in GOALS}


def values(figures: PlateFigures) -> dict[Figure, float]:
    """Return a plate's figures by name, blur in strokes; those nobody could tell are left out."""
    stroke = max(figures.stroke_px, 0.1)
    known = {
        Figure.WIDTH: figures.width_px,
        Figure.CHARACTER: figures.character_px,
        Figure.BLUR: None if figures.blur_px is None else figures.blur_px / stroke,
        Figure.MOTION: None if figures.motion_px is None else figures.motion_px / stroke,
        Figure.CONTRAST: figures.contrast,
        Figure.PAPER: figures.paper_level,
        Figure.CLIPPED: figures.clipped_share,
        Figure.ANGLE: figures.angle_deg,
        Figure.ROLL: abs(figures.roll_deg),
    }
    return {figure: value for figure, value in known.items() if value is not None}
