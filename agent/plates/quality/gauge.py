"""Measures in the thread that sees: every plate of a look, and now and then the whole picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.core.errors import Rejected
from agent.core.frames import Frame
from agent.core.vision import PlateRead, Quad
from agent.plates.luma import luma_of
from agent.plates.quality.passes import PlateLook
from agent.plates.quality.plate import measure_plate
from agent.plates.quality.pose import Pose, PoseFigures
from agent.plates.quality.posefile import PoseFile, read_pose
from agent.plates.quality.scene import SceneFigures, measure_scene

POSE_S, SUSPICION_S, SCENE_S = 5.0, 2.0, 15.0
"""How often the pose is compared, how soon again when it seems another, and how often the whole
picture is measured."""

FILE_RETRY_S = 60.0
"""How soon a pose file that was missing is looked for again."""

MOST_MEASURED = 4
"""Plates measured in one look, best detections first: what is said rests on many looks anyway."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a look at the whole picture gave; None for what it was not yet time for.

    `aimed` is the pose file when it has just been read; `pose_words` says why it cannot be.
    """

    scene: SceneFigures | None = None
    pose: PoseFigures | None = None
    aimed: PoseFile | None = None
    pose_words: str | None = None


class Gauge:
    """Measures one camera's frames. Not thread-safe; give it one thread."""

    def __init__(self, camera: str, pose_path: str | None) -> None:
        self._camera = camera
        self._path = Path(pose_path) if pose_path else None
        self._pose = Pose()
        self._pose_words: str | None = None
        self._next_s = {"pose": float("-inf"), "scene": float("-inf"), "file": float("-inf")}

    def due(self, mono_s: float) -> bool:
        """Say whether the whole picture should be looked at."""
        return any(mono_s >= due_s for due_s in self._next_s.values())

    def whole(self, frame: Frame) -> Whole:
        """Look at a whole frame, before anything of it is masked; no pixel of it is kept."""
        mono_s, luma = frame.taken.mono_s, luma_of(frame)
        aimed = self._file(mono_s)
        scene = pose = None
        if mono_s >= self._next_s["pose"] and self._pose_words is None:
            pose = self._pose.look(luma)
            self._next_s["pose"] = mono_s + (SUSPICION_S if self._pose.suspects else POSE_S)
        elif self._pose_words is not None:
            self._next_s["pose"] = mono_s + POSE_S
        if mono_s >= self._next_s["scene"]:
            scene = measure_scene(luma)
            self._next_s["scene"] = mono_s + SCENE_S
        return Whole(scene, pose, aimed, self._pose_words)

    def _file(self, mono_s: float) -> PoseFile | None:
        """Read the pose file once it is there; without one the first view is the reference."""
        if mono_s < self._next_s["file"]:
            return None
        if self._path is None:
            self._next_s["file"] = float("inf")
            return None
        try:
            aimed = read_pose(self._path, self._camera)
        except Rejected as error:
            self._pose_words = str(error)
            self._next_s["file"] = mono_s + FILE_RETRY_S
            return None
        self._pose_words = None
        self._pose = Pose([aimed.edges()])
        self._next_s = {"pose": mono_s, "scene": mono_s, "file": float("inf")}
        return aimed

    @staticmethod
    def plates(frame: Frame, plates: Sequence[tuple[Quad, PlateRead]]) -> list[PlateLook]:
        """Measure a look's plates."""
        luma, looks = luma_of(frame), []
        for quad, read in plates[:MOST_MEASURED]:
            figures = measure_plate(luma, quad.corners)
            if figures is not None:
                x, y = quad.corners.mean(axis=0).tolist()
                looks.append(PlateLook(frame.taken.mono_s, x, y, read.likelihood, figures))
        return looks
