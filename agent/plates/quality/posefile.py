"""The view that a camera had when it was aimed: kept in a file beside the configuration.

It holds no picture: edges at 160 x 90, in which neither plate nor face can be told, and how sharp
each part was that day. `sereno plates aim CAMERA --write-pose FILE` writes it.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np

from agent.core.errors import Rejected
from agent.core.files import open_regular
from agent.plates.quality.pose import VIEW_SIZE, View
from agent.plates.quality.scene import SceneFigures

FORMAT = 1

MOST_BYTES = 1 << 16
"""A pose file has some 22 kB."""


class AimedTile(msgspec.Struct, frozen=True):
    """One part of the picture on that day."""

    edge_px: float | None
    contrast_levels: float


class PoseFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a camera since it was aimed; `view` is (90, 160) uint8 in rows."""

    format: int = FORMAT
    camera: str
    aimed: datetime
    view: bytes
    level: float
    tiles: Annotated[tuple[AimedTile, ...], msgspec.Meta(max_length=256)]

    def edges(self) -> View:
        """Return the view as pose.py compares it."""
        flat = np.frombuffer(self.view, np.uint8).astype(np.float32) / np.float32(255)
        return np.asarray(flat.reshape(VIEW_SIZE[1], VIEW_SIZE[0]), np.float32)


def pose_file(camera: str, aimed: datetime, view: View, scene: SceneFigures) -> PoseFile:
    """Make the file's contents."""
    return PoseFile(
        camera=camera,
        aimed=aimed,
        view=np.rint(view * 255).astype(np.uint8).tobytes(),
        level=scene.level,
        tiles=tuple(AimedTile(tile.edge_px, tile.contrast_levels) for tile in scene.tiles),
    )


def write_pose(path: Path, pose: PoseFile) -> None:
    """Write the file.

    Raises:
        Rejected: It cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(pose))
    except OSError as error:
        raise Rejected(f"{path}: the pose cannot be written: {error.strerror}") from error


def read_pose(path: Path, camera: str) -> PoseFile:
    """Read the file.

    Raises:
        Rejected: There is none, it is no pose file, or another camera's; the message says which.
    """
    try:
        with open_regular(path) as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Rejected(f"{path}: the pose cannot be read: {error.strerror}") from error
    try:
        pose = msgspec.json.decode(raw, type=PoseFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected(f"{path}: not a pose file: {error}") from error
    if pose.format != FORMAT or len(pose.view) != VIEW_SIZE[0] * VIEW_SIZE[1]:
        raise Rejected(f"{path}: a pose file of form {pose.format}, this agent reads {FORMAT}")
    if pose.camera != camera:
        raise Rejected(f"{path}: the pose of camera {pose.camera}, expected that of {camera}")
    return pose
