"""The aiming aid's figures: what is in view now, what vehicles usually give, what to do about it.

Pure: looks come in, rows and advice go out; a terminal and the local page show the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.plates.quality.advice import LENS_ADVICE, Advice, Reason, advise
from agent.plates.quality.goals import GOALS, Goal, values
from agent.plates.quality.judge import Judge
from agent.plates.quality.lens import Lens
from agent.plates.quality.passes import Passes, PlateLook
from agent.plates.quality.pose import Held, PoseFigures
from agent.plates.quality.scene import SceneFigures

STALE_S = 3.0
"""A plate out of view for so long is no longer shown as what is there now."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: of the plate in view, of the last vehicles, and where both should be."""

    goal: Goal
    now: float | None
    usual: float | None

    @property
    def value(self) -> float | None:
        """What counts: the vehicles' median where there is one, else the plate in view."""
        return self.now if self.usual is None else self.usual


@dataclass(slots=True)
class Aiming:
    """Gathers one camera's figures while somebody aims it."""

    camera: str
    plate: PlateLook | None = None
    scene: SceneFigures | None = None
    pose: PoseFigures | None = None
    lens: Lens = field(default_factory=Lens)
    _passes: Passes = field(default_factory=Passes)
    _judge: Judge = field(init=False)
    _now_s: float = 0.0

    def __post_init__(self) -> None:
        self._judge = Judge(self.camera)

    def whole(self, scene: SceneFigures | None, pose: PoseFigures | None) -> None:
        """Take a look at the whole picture."""
        self.pose = pose or self.pose
        if scene is not None:
            self.scene = scene
            self.lens.see(scene)

    def see(self, mono_s: float, looks: Sequence[PlateLook], *, still: bool = False) -> None:
        """Take one picture's plates; the widest is the one that is shown."""
        self._now_s = mono_s
        gone = Passes.alone(looks) if still else self._passes.see(mono_s, looks)
        for vehicle in gone:
            self._judge.passed(vehicle)
        if looks:
            self.plate = max(looks, key=lambda look: look.figures.width_px)
        elif self.plate is not None and abs(mono_s - self.plate.mono_s) > STALE_S:
            self.plate = None

    @property
    def vehicles(self) -> int:
        return len(self._judge.vehicles)

    @property
    def unread(self) -> int:
        return len(self._judge.unread)

    def rows(self) -> tuple[Row, ...]:
        """Return all figures of plates."""
        now = {} if self.plate is None else values(self.plate.figures)
        usual = self._judge.figures()
        return tuple(Row(goal, now.get(goal.figure), usual.get(goal.figure)) for goal in GOALS)

    def advice(self) -> tuple[Advice, ...]:
        """Return what to mend, the worst first; a word too where nothing was seen."""
        told = []
        if self.pose is not None and self.pose.held is Held.MOVED:
            words = f"the view is {max(map(abs, self.pose.shift)):.1%} of its width off"
            told.append(Advice(Reason.MOVED, words, "turn it back, or see to its masks and lanes"))
        if self.lens.figures.fault is not None:
            told.append(LENS_ADVICE[self.lens.figures.fault])
        figures = {row.goal.figure: row.value for row in self.rows() if row.value is not None}
        level = None if self.scene is None else self.scene.level
        if figures:
            told += advise(figures, level, self._judge.speed_px_s())
        else:
            told.append(Advice(Reason.UNREAD, "no plate seen yet", "let a vehicle pass, or wait"))
        return tuple(told)
