"""Aiming: the figures of what is in view, advice in words, and previews without plates."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from agent.cli import main
from agent.core.vision import Quad
from agent.plates.preview import COARSE_PX, wholly_blurred, without_plates
from agent.plates.quality.advice import Reason, advise
from agent.plates.quality.aiming import Aiming
from agent.plates.quality.goals import Figure
from agent.plates.quality.passes import PlateLook
from tests.plates.quality.shots import Shot
from tests.plates.quality.test_judge import GOOD, SMALL


def look(at_s: float, x: float, figures: object = GOOD) -> PlateLook:
    assert isinstance(figures, type(GOOD))
    return PlateLook(at_s, x, 100.0, 0.99, figures)


def test_what_is_in_view_is_shown_beside_what_vehicles_give() -> None:
    aiming = Aiming("gate")
    for at in range(4):
        aiming.see(at * 0.1, [look(at * 0.1, 40.0 * at)])
    aiming.see(3.0, [look(3.0, 500.0, SMALL)])
    rows = {row.goal.figure: row for row in aiming.rows()}
    assert rows[Figure.WIDTH].now == 46
    assert rows[Figure.WIDTH].usual == rows[Figure.WIDTH].value == 150
    assert (aiming.vehicles, aiming.unread) == (1, 0)


def test_the_next_vehicle_is_another_one_though_nobody_looked_in_between() -> None:
    aiming = Aiming("gate")
    for start_s in (0.0, 5.0, 10.0):
        for at in range(4):
            time_s = start_s + at * 0.1
            aiming.see(time_s, [look(time_s, 40.0 * at)])
    assert aiming.vehicles == 2


def test_a_plate_that_left_is_no_longer_in_view() -> None:
    aiming = Aiming("gate")
    aiming.see(0.0, [look(0.0, 40.0)])
    aiming.see(10.0, [])
    assert aiming.plate is None


def test_good_figures_need_no_advice_and_none_yet_says_so() -> None:
    aiming = Aiming("gate")
    assert "no plate seen yet" in str(aiming.advice()[0])
    aiming.see(0.0, [look(0.0, 0.0)])
    assert aiming.advice() == ()


def test_the_worst_figure_is_told_first() -> None:
    told = advise({Figure.WIDTH: 100.0, Figure.MOTION: 2.0, Figure.CONTRAST: 0.8}, 110, None)
    assert [one.reason for one in told] == [Reason.MOTION, Reason.SMALL]


def test_a_plate_is_taken_out_of_a_preview_and_nothing_else() -> None:
    luma, corners = Shot().take()
    shown = without_plates(luma, [Quad(corners, 0.9)])
    inside = np.zeros(luma.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), (255,))
    assert np.ptp(shown[inside > 0]) == 0
    far = cv2.dilate(inside, np.ones((41, 41), np.uint8)) == 0
    assert (shown[far] == luma[far]).all()


@pytest.mark.parametrize("corner", [float("nan"), 1e9])
def test_a_quad_that_lies_nowhere_harms_no_preview(corner: float) -> None:
    luma, corners = Shot().take()
    wrong = corners.copy()
    wrong[2] = corner
    assert without_plates(luma, [Quad(wrong, 0.9)]).shape == luma.shape


def test_a_wholly_blurred_picture_has_a_few_cells_left() -> None:
    luma, _ = Shot().take()
    shown = wholly_blurred(luma)
    assert shown.shape == luma.shape
    cell = luma.shape[1] // COARSE_PX
    assert np.abs(np.diff(shown.astype(int), axis=1)).max() < 255 / cell * 2


def picture(path: Path, shot: Shot) -> str:
    luma, _ = shot.take()
    cv2.imwrite(str(path), np.pad(luma, 60, constant_values=60))
    return str(path)


def test_the_verb_tells_a_pictures_figures_and_hides_its_plate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = picture(tmp_path / "shot.png", replace(Shot(), width_px=60))
    preview = tmp_path / "preview.png"
    assert main(["plates", "aim", name, "--json", "--preview", str(preview)]) == 0
    told = json.loads(capsys.readouterr().out)
    figures = {one["figure"]: one["now"] for one in told["figures"]}
    assert figures["plate_width_px"] == pytest.approx(60, abs=8)
    assert any("zoom in" in words for words in told["advice"])
    shown = np.asarray(Image.open(preview).convert("L"))
    assert shown.shape[0] >= 200
    # where the plate was there is one grey, within its outline
    assert np.ptp(shown[60 + 20 + 4 : 60 + 20 + 9, 60 + 20 + 6 : 60 + 20 + 54].astype(int)) < 30


def test_a_name_that_is_neither_file_nor_camera_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "sereno.toml"
    config.write_text(
        '[node]\nid = "pole-017"\norg = "ceuta"\nplace = { lat = 35.9, lon = -5.3 }\n'
        '[broker]\nhost = "localhost"\n[camera.gate]\nkind = "pictures"\npath = "/tmp"\n'
    )
    assert main(["plates", "aim", "gat", "--config", str(config)]) == 1
    assert "cameras are: gate" in capsys.readouterr().err
