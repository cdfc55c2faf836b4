"""The shipped detector finds plates, says where their corners are, and is silent elsewhere."""

from pathlib import Path

import numpy as np
import pytest

from agent.core.errors import Rejected
from agent.core.vision import PlateDetector
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import Limits, read_plates
from drivers.ports.picture import read_picture
from models.card import read_card
from models.plate_detector import TfliteDetector, load_detector
from models.plate_detector.detector import FOLDER
from models.plate_detector.train import judge
from models.plates import ShippedPlateModels
from models.runtime import load
from tests.models.street import STREET, street, with_plate


@pytest.fixture(scope="module")
def detector() -> TfliteDetector:
    return load_detector()


@pytest.mark.parametrize("width_px", [200, 380])
@pytest.mark.parametrize("kind", ["es", "fr", "gb-front", "de"])
def test_a_drawn_plate_is_found_with_its_corners(
    detector: PlateDetector, kind: str, width_px: float
) -> None:
    luma, corners = with_plate(kind, width_px)
    quads = detector.detect(luma)
    assert quads, "nothing found"
    away = np.hypot(*(quads[0].corners - corners).T)
    assert away.max() < 0.12 * width_px, f"corners off by {away.round(1)} px"


@pytest.mark.parametrize("kind", ["es", "fr", "gb-front", "de"])
def test_a_small_plate_is_found_by_an_eager_detector(detector: TfliteDetector, kind: str) -> None:
    luma, corners = with_plate(kind, 90)
    quads = TfliteDetector(detector.network, detector.closer, threshold=0.25).detect(luma)
    assert quads, "nothing found"
    assert np.hypot(*(quads[0].corners - corners).T).max() < 14


@pytest.mark.parametrize("turn_deg", [-12, 12])
def test_corners_follow_the_plates_turn(detector: PlateDetector, turn_deg: float) -> None:
    luma, corners = with_plate("es", 160, turn_deg=turn_deg)
    found = detector.detect(luma)[0].corners
    tilt = np.degrees(np.arctan2(*(found[1] - found[0])[::-1]))
    assert tilt == pytest.approx(turn_deg, abs=4.0)
    assert np.hypot(*(found - corners).T).max() < 14


def test_the_surest_plate_comes_first_and_the_threshold_decides(
    detector: TfliteDetector,
) -> None:
    luma, _ = with_plate("es", 160)
    eager = TfliteDetector(detector.network, detector.closer, threshold=0.02)
    scores = [quad.score for quad in eager.detect(luma)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > len(detector.detect(luma))
    assert all(quad.score >= detector.threshold for quad in detector.detect(luma))


def test_a_find_beyond_the_most_that_are_looked_at_again_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    luma, _ = with_plate("es", 160)
    detector = load_detector(weakest=0.15)
    assert detector.detect(luma)
    monkeypatch.setattr("models.plate_detector.detector.MOST_CLOSER", 0)
    assert detector.detect(luma)


def test_where_nothing_is_found_nothing_of_the_last_find_stays() -> None:
    detector = load_detector(weakest=0.15)
    black = np.zeros(STREET, np.uint8)
    before = [out.tobytes() for out in detector.closer.run(detector._close)]
    assert detector.detect(with_plate("es", 160)[0])
    assert detector._close.any()
    assert detector.detect(black) == []
    assert not detector._close.any()
    details = detector.closer._interpreter.get_input_details()[0]
    assert set(np.unique(detector.closer._interpreter.get_tensor(details["index"]))) == {-128}
    assert [out.tobytes() for out in detector.closer.run(detector._close)] == before


def test_an_empty_street_has_no_plate(detector: PlateDetector) -> None:
    assert detector.detect(street()) == []


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_has_no_plate(detector: PlateDetector, level: int) -> None:
    assert detector.detect(np.full(STREET, level, np.uint8)) == []


def test_noise_has_no_plate(detector: PlateDetector) -> None:
    rng = np.random.default_rng(2)
    assert detector.detect(rng.integers(0, 256, STREET, np.uint8)) == []
    assert detector.detect(rng.integers(0, 256, (480, 640), np.uint8)) == []


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 5000), (5000, 1), (3, 4000), (17, 13), (2160, 3840), (1080, 1920)]
)
def test_any_shape_is_taken(detector: PlateDetector, shape: tuple[int, int]) -> None:
    assert detector.detect(np.full(shape, 90, np.uint8)) == []


def test_strided_rows_give_the_same_plates(detector: PlateDetector) -> None:
    luma, _ = with_plate("es", 160)
    padded = np.zeros((STREET[0], STREET[1] + 64), np.uint8)
    padded[:, : STREET[1]] = luma
    view = padded[:, : STREET[1]]
    view.flags.writeable = False
    found = detector.detect(luma)
    assert found
    for one, other in zip(found, detector.detect(view), strict=True):
        np.testing.assert_array_equal(one.corners, other.corners)


def test_the_picture_is_left_as_it_was(detector: PlateDetector) -> None:
    luma, _ = with_plate("es", 160)
    before = luma.copy()
    detector.detect(luma)
    np.testing.assert_array_equal(luma, before)


def test_a_plate_does_not_linger_into_the_next_picture(detector: PlateDetector) -> None:
    luma, _ = with_plate("es", 300)
    for shape in ((200, 200), (200, 800)):  # bars at the side, bars below
        assert detector.detect(luma)
        assert detector.detect(np.full(shape, 90, np.uint8)) == []


@pytest.mark.parametrize("threshold", [0.0, 1.0, -1.0, float("nan")])
def test_a_senseless_threshold_is_refused(detector: TfliteDetector, threshold: float) -> None:
    with pytest.raises(Rejected, match="expected one between 0 and 1"):
        TfliteDetector(detector.network, detector.closer, threshold)


def test_pictures_without_pixels_or_with_colours_are_refused(detector: PlateDetector) -> None:
    for shape in ((0, 10), (10, 0), (10, 10, 3)):
        with pytest.raises(Rejected, match="expected"):
            detector.detect(np.zeros(shape, np.uint8))


def test_another_models_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected):
        load_detector(tmp_path)


def test_one_flipped_bit_is_refused(tmp_path: Path) -> None:
    content = bytearray((FOLDER / "model.tflite").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "model.tflite").write_bytes(content)
    (tmp_path / "card.toml").write_bytes((FOLDER / "card.toml").read_bytes())
    with pytest.raises(Rejected, match="SHA-256"):
        load(tmp_path / "card.toml")


def test_a_closer_look_with_another_detectors_weights_is_refused(tmp_path: Path) -> None:
    for name in ("model.tflite", "card.toml", "closer.tflite", "closer.toml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    load_detector(tmp_path)
    card = (tmp_path / "closer.toml").read_text()
    ours = load(FOLDER / "card.toml").card.sha256
    (tmp_path / "closer.toml").write_text(card.replace(ours, "0" * 64))
    with pytest.raises(Rejected, match=r"weights of 0+…?, expected those of plate_detector"):
        load_detector(tmp_path)


def test_the_card_tells_how_well_the_file_does() -> None:
    card = read_card(FOLDER / "card.toml")
    assert card.accuracy
    assert card.limits
    assert {origin.used_for for origin in card.origins} == {"training", "evaluation"}
    assert card.macs is not None
    assert card.macs < 160_000_000


@pytest.mark.data
def test_photographs_of_cars(detector: PlateDetector, data_dir: Path) -> None:
    best, covered = judge.close_up(detector, data_dir / "plates" / "eu", "int8")
    assert best.value >= 0.9
    assert covered.value >= 0.85


@pytest.mark.data
def test_pictures_without_plates(detector: PlateDetector, data_dir: Path) -> None:
    (empty,) = judge.plateless(detector, data_dir / "plates" / "no-plates", "int8")
    assert empty.value >= 0.85  # what is found there is not read: test_no_plate_is_read


@pytest.mark.data
def test_no_plate_is_read_where_there_is_none(data_dir: Path) -> None:
    models = ShippedPlateModels().load()
    syntax = Syntax(shipped_book())
    pictures = sorted((data_dir / "plates" / "no-plates").glob("*.jpg"))
    told = [
        path.name
        for path in pictures
        if read_plates(read_picture(path).luma, *models, syntax, Limits()).plates
    ]
    assert len(told) <= 0.01 * len(pictures), told


@pytest.mark.data
def test_held_out_rides(detector: PlateDetector, data_dir: Path) -> None:
    lines = judge.street(detector, data_dir, "int8")
    of = {(line.measure.split()[0], line.slice): line.value for line in lines}
    assert of["recall", "held-out rides, all"] >= 0.88
    assert of["precision", "held-out rides, all"] >= 0.92
