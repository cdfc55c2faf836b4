"""Runs the agent on a copy of the models in which one bit is flipped."""

import shutil
import sys
from pathlib import Path
from typing import ClassVar

from agent.cli import main, run
from agent.core.vision import PlateDetector, PlateReader
from models import plate_detector
from models.plate_detector import load_detector
from models.plates import ShippedPlateModels


def spoil(folder: Path) -> Path:
    """Copy the detector into `folder` and flip one bit of its file; return the copy's place."""
    copy = folder / "plate_detector"
    if not copy.exists():
        copy.mkdir()
        for name in ("model.tflite", "card.toml", "closer.tflite", "closer.toml"):
            shutil.copy(Path(plate_detector.__file__).parent / name, copy)
        content = bytearray((copy / "model.tflite").read_bytes())
        content[len(content) // 2] ^= 1
        (copy / "model.tflite").write_bytes(content)
    return copy


class Spoilt(ShippedPlateModels):
    """The shipped models, but for one bit."""

    folder: ClassVar[Path]

    def load(self) -> tuple[PlateDetector, PlateReader]:
        return load_detector(self.folder), super().load()[1]


if __name__ == "__main__":
    Spoilt.folder = spoil(Path(sys.argv[1]))
    vars(run)["ShippedPlateModels"] = Spoilt
    sys.exit(main(sys.argv[2:]))
