"""Unread plates and their figures make the duty degraded or blind, with the remedy; never one."""

from dataclasses import replace

import pytest

from agent.core.duty import Performance
from agent.plates.quality.advice import Reason
from agent.plates.quality.judge import DARK_LOOKS, FEWEST, READ_IN_A_ROW, VEHICLES, Hindrance, Judge
from agent.plates.quality.lens import LensFault, LensFigures
from agent.plates.quality.passes import Vehicle
from agent.plates.quality.plate import PlateFigures
from agent.plates.quality.pose import Held
from agent.plates.quality.scene import SceneFigures

TIMES = "\N{MULTIPLICATION SIGN}"

GOOD = PlateFigures(
    width_px=150,
    character_px=22,
    blur_px=0.4,
    motion_px=0.3,
    contrast=0.8,
    ink_level=20,
    paper_level=190,
    clipped_share=0.1,
    angle_deg=8,
    roll_deg=1,
)
DAY = SceneFigures(110, 220, 0.0, 0.0, 1.5, ())
NIGHT = SceneFigures(25, 120, 0.6, 0.0, 2.5, ())

SMALL = replace(GOOD, width_px=46, character_px=6.8)
BLURRED = replace(GOOD, blur_px=4.6)
MOVED = replace(GOOD, motion_px=4.0)
DARK = replace(GOOD, paper_level=14, ink_level=3)
BRIGHT = replace(GOOD, clipped_share=0.9, contrast=0.05, paper_level=255)


def judge(*vehicles: tuple[PlateFigures, bool], speed: float | None = 600.0) -> Judge:
    one = Judge("gate")
    for at, (figures, read) in enumerate(vehicles):
        one.passed(Vehicle(float(at), figures, read, speed))
    return one


def said(one: Judge, scene: SceneFigures = DAY, **more: object) -> Hindrance | None:
    lens, pose = more.get("lens", LensFigures()), more.get("pose", Held.HELD)
    assert isinstance(lens, LensFigures)
    assert isinstance(pose, Held)
    return one.hindrance(20.0, scene, lens, pose)


def reason(found: Hindrance | None) -> tuple[str, Reason] | None:
    return None if found is None else (found.performance.value, found.advice.reason)


def test_plates_that_are_read_hinder_nobody_whatever_their_figures() -> None:
    assert said(judge(*[(SMALL, True)] * VEHICLES)) is None


def test_a_few_unread_plates_say_nothing() -> None:
    assert said(judge(*[(SMALL, False)] * (FEWEST - 1))) is None


@pytest.mark.parametrize(
    ("figures", "scene", "why", "remedy"),
    [
        (
            SMALL,
            DAY,
            Reason.SMALL,
            f"zoom in 1.5{TIMES} at least, 2.8{TIMES} is best",
        ),
        (BLURRED, DAY, Reason.BLURRED, "focus"),
        (MOVED, DAY, Reason.MOTION, "shutter 1/500 s or shorter (now longer than 1/150 s)"),
        (DARK, NIGHT, Reason.DARK, "infrared lamp"),
        (DARK, DAY, Reason.DARK, "iris"),
        (BRIGHT, DAY, Reason.GLARE, "shorter shutter"),
        (BRIGHT, NIGHT, Reason.GLARE, "less infrared light"),
        (replace(GOOD, contrast=0.05), DAY, Reason.PALE, "clean the glass"),
        (replace(GOOD, angle_deg=60.0), DAY, Reason.ASIDE, "axis"),
        (GOOD, DAY, Reason.UNREAD, "sereno plates aim gate"),
    ],
)
def test_unread_plates_make_it_blind_with_the_remedy(
    figures: PlateFigures, scene: SceneFigures, why: Reason, remedy: str
) -> None:
    found = said(judge(*[(figures, False)] * FEWEST), scene)
    assert reason(found) == ("blind", why)
    assert found is not None
    assert remedy in found.advice.remedy
    assert f"{FEWEST} of the last {FEWEST} plates were not read" in found.advice.words


def test_half_of_them_unread_is_degraded() -> None:
    mixed = [(SMALL, False), (GOOD, True)] * (FEWEST // 2) + [(SMALL, False)]
    assert reason(said(judge(*mixed))) == ("degraded", Reason.SMALL)


def test_the_commonest_cause_is_told() -> None:
    vehicles = [(DARK, False)] * 3 + [(BLURRED, False)] * 7
    assert reason(said(judge(*vehicles))) == ("blind", Reason.BLURRED)


def test_mended_it_recovers_after_some_reads_in_a_row() -> None:
    one = judge(*[(BLURRED, False)] * VEHICLES)
    for at in range(READ_IN_A_ROW):
        assert said(one) is not None
        one.passed(Vehicle(30.0 + at, GOOD, read=True, speed_px_s=None))
    assert said(one) is None


def test_it_does_not_flicker_about_its_threshold() -> None:
    one = judge(*[(SMALL, False), (GOOD, True)] * 5, (SMALL, False))
    states = []
    for at in range(20):
        one.passed(Vehicle(30.0 + at, SMALL, read=at % 2 == 0, speed_px_s=None))
        states.append(reason(said(one)))
    assert set(states) == {("degraded", Reason.SMALL)}


def test_the_shutter_is_computed_from_how_fast_plates_go() -> None:
    found = said(judge(*[(MOVED, False)] * FEWEST, speed=3000.0))
    assert found is not None
    # half of a stroke, 22 px * 10 / 77 / 2, at 3000 px/s
    assert "1/3000 s" in found.advice.remedy


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (LensFault.SOFT, Reason.SOFT),
        (LensFault.DIRTY, Reason.DIRTY),
        (LensFault.VEILED, Reason.VEILED),
    ],
)
def test_a_bad_lens_degrades_unless_plates_are_read(fault: LensFault, why: Reason) -> None:
    lens = LensFigures(2.0, (1, 2, 3), fault)
    assert reason(said(judge(), lens=lens)) == ("degraded", why)
    assert said(judge(*[(GOOD, True)] * FEWEST), lens=lens) is None


def test_a_moved_camera_degrades_and_with_masks_blinds() -> None:
    assert reason(said(judge(), pose=Held.MOVED)) == ("degraded", Reason.MOVED)
    masked = Judge("gate", masked=True)
    found = said(masked, pose=Held.MOVED)
    assert reason(found) == ("blind", Reason.MOVED)
    assert found is not None
    assert "--write-pose" in found.advice.remedy


def test_masks_on_an_unknown_view_degrade() -> None:
    assert said(judge(), pose=Held.UNKNOWN) is None
    found = said(Judge("gate", masked=True), pose=Held.UNKNOWN)
    assert reason(found) == ("degraded", Reason.POSE_UNKNOWN)


def test_masks_without_their_pose_blind() -> None:
    masked = Judge("gate", masked=True, pose_words="gate.pose: no such file")
    assert reason(said(masked)) == ("blind", Reason.NO_POSE)


def test_a_picture_that_stays_dark_degrades_and_light_mends_it() -> None:
    one, dark = judge(), replace(NIGHT, brightest_level=25.0)
    for _ in range(DARK_LOOKS - 1):
        one.looked(dark)
    assert said(one, dark) is None
    one.looked(dark)
    assert reason(said(one, dark)) == ("degraded", Reason.DARK)
    for _ in range(DARK_LOOKS):
        one.looked(DAY)
    assert said(one) is None


def test_no_vehicle_at_all_says_nothing_against_it() -> None:
    assert said(judge()) is None
    assert Judge("gate").hindrance(0.0, None, LensFigures(), None) is None
    assert Performance.PERFORMING.value == "performing"
