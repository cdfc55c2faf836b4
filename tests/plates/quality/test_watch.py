"""The duty with its quality watched: masks, a moved camera, unread plates, the stream."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.core.duty import Performance
from agent.core.vision import Luma, PlateDetector, PlateRead, PlateReader, Quad
from agent.plates.masks import Mask
from agent.plates.quality.pose import view_of
from agent.plates.quality.posefile import pose_file, write_pose
from agent.plates.quality.record import PlateQuality
from agent.plates.quality.scene import measure_scene
from tests.conftest import START, LoopClock
from tests.plates.drawn import DrawnDetector, DrawnModels, DrawnReader, put
from tests.plates.drawn import street as ramp
from tests.plates.node import Node, node

LEFT = Mask(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))


def street() -> NDArray[np.uint8]:
    """Return an empty street with houses, whose edges tell where the camera looks."""
    picture = ramp()
    rng = np.random.default_rng(5)
    for _ in range(60):
        x, y = int(rng.integers(0, 620)), int(rng.integers(0, 340))
        level = int(rng.integers(20, 150))
        cv2.rectangle(picture, (x, y), (x + 30, y + 24), level, -1)
    return picture


class Watched(DrawnDetector):
    """Keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Luma] = []

    def detect(self, luma: Luma) -> Sequence[Quad]:
        self.shown.append(luma.copy())
        return super().detect(luma)


class Illiterate(DrawnReader):
    """Reads nothing while it is told so."""

    reads = False

    def read(self, luma: Luma, quads: Sequence[Quad]) -> Sequence[PlateRead]:
        if self.reads:
            return super().read(luma, quads)
        return [PlateRead(()) for _ in quads]


class Models(DrawnModels):
    """Both models, to look into."""

    def __init__(self, *, reads: bool = True) -> None:
        self.detector, self.reader = Watched(), Illiterate()
        self.reader.reads = reads

    def load(self) -> tuple[PlateDetector, PlateReader]:
        return self.detector, self.reader


@pytest.fixture
def pose(tmp_path: Path) -> str:
    """Return a pose file of the street as it stands."""
    path = tmp_path / "gate.pose"
    write_pose(path, pose_file("gate", START, view_of(street()), measure_scene(street())))
    return str(path)


async def drive(one: Node, text: str, picture: NDArray[np.uint8] | None = None) -> None:
    """Let a small vehicle drive by, and leave."""
    for i in range(4):
        shown = (street() if picture is None else picture).copy()
        put(shown, text, 320 + 35 * i, 60 + 50 * i)
        await one.show(shown)
    for _ in range(17):
        await one.show(street() if picture is None else picture.copy())


async def test_the_models_never_see_what_is_masked(clock: LoopClock, pose: str) -> None:
    models = Models()
    async with node(clock, models, masks=(LEFT,), pose=pose) as one:
        models.detector.shown.clear()  # the warm-up
        picture = street()
        put(picture, "1234BCD", 20, 40)
        for _ in range(3):
            await one.show(picture.copy())
        await asyncio.sleep(2)
        assert len(models.detector.shown) == 3
        assert not any(luma[:, :320].any() for luma in models.detector.shown)
        assert one.journal.passages == []
        assert one.reason() == ""


async def test_a_moved_camera_with_masks_is_blind_and_looks_no_more(
    clock: LoopClock, pose: str
) -> None:
    models = Models()
    async with node(clock, models, masks=(LEFT,), pose=pose) as one:
        await one.show(street())
        moved = np.roll(street(), 60, axis=1)
        for _ in range(20):
            await one.show(moved.copy(), then_s=1.0)
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.BLIND, "moved")
        assert "--write-pose" in state.remedy
        looked = len(models.detector.shown)
        await one.show(moved.copy())
        assert len(models.detector.shown) == looked
        assert one.duty.readings()["frames_hidden"] > 0
        for _ in range(20):  # somebody turns it back
            await one.show(street(), then_s=1.0)
        assert one.reason() == ""


async def test_a_moved_camera_without_masks_reads_on_and_says_so(clock: LoopClock) -> None:
    models = Models()
    async with node(clock, models) as one:
        await one.show(street())
        for _ in range(20):
            await one.show(np.roll(street(), 60, axis=1), then_s=1.0)
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.DEGRADED, "moved")
        assert len(models.detector.shown) > 5  # a still street is seldom looked at


async def test_masks_whose_pose_file_is_missing_blind_until_it_is_there(
    clock: LoopClock, tmp_path: Path
) -> None:
    path = tmp_path / "gate.pose"
    models = Models()
    async with node(clock, models, masks=(LEFT,), pose=str(path)) as one:
        warm = len(models.detector.shown)
        await one.show(street())
        assert one.reason() == "no-pose"
        assert len(models.detector.shown) == warm
        write_pose(path, pose_file("gate", START, view_of(street()), measure_scene(street())))
        await asyncio.sleep(61)
        for _ in range(2):
            await one.show(street())
        assert one.reason() == ""


async def test_plates_that_stay_unread_blind_it_and_reading_again_mends_it(
    clock: LoopClock,
) -> None:
    models = Models(reads=False)
    async with node(clock, models) as one:
        for number in range(7):
            await drive(one, f"{number}234BCD")
        assert one.reason() == ""
        for number in range(2):  # the last one has gone when the next one comes
            await drive(one, f"{number}234BCD")
        state = one.duty.state()
        # which figure is to blame is test_judge.py's: drawn plates are short, and white as can be
        assert state.performance is Performance.BLIND
        assert state.remedy
        assert "8 of the last 8 plates were not read" in state.words
        models.reader.reads = True
        for number in range(7):
            await drive(one, f"{number}234BCD")
        assert one.reason() == ""


async def test_a_sign_that_hangs_in_view_is_no_unread_vehicle(clock: LoopClock) -> None:
    models = Models(reads=False)
    async with node(clock, models) as one:
        sign = street()
        put(sign, "1234BCD", 340, 100, 0.5)
        for _ in range(30):
            await one.show(sign.copy())
            await one.show(street(), then_s=2.0)
        assert one.duty.readings()["quality_vehicles"] == 0
        assert one.reason() == ""


async def test_figures_are_told_once_a_minute_and_carry_no_text(clock: LoopClock) -> None:
    async with node(clock, Models()) as one:
        for number in range(30):
            await drive(one, f"{number % 10}234BCD")
        told = [r for r in one.journal.records if isinstance(r.data, PlateQuality)]
        assert len(told) == 1  # 63 s
        [record] = told
        assert isinstance(record.data, PlateQuality)
        assert record.data.vehicles > 10
        assert record.data.unread == 0
        assert record.data.plate_width_px == pytest.approx(208, abs=4)
        assert record.data.infrared == "unknown"
        assert "BCD" not in str(record)
        assert (record.stream.name, record.stream.purpose) == ("plates.quality", "health")
        await asyncio.sleep(300)
        assert len([r for r in one.journal.records if isinstance(r.data, PlateQuality)]) <= 2


async def test_a_changed_reason_is_told_at_once(clock: LoopClock) -> None:
    async with node(clock, Models()) as one:
        await one.show(street())
        for _ in range(20):
            await one.show(np.roll(street(), 60, axis=1), then_s=1.0)
        told = [r.data for r in one.journal.records if isinstance(r.data, PlateQuality)]
        assert [record.reason for record in told] == ["moved"]
