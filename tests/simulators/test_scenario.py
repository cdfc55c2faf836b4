"""A wrong scenario is refused with its file, its key and what was expected."""

from pathlib import Path

import pytest

from agent.core.errors import ConfigError
from simulators.scenario import Scenario, load, names
from simulators.world import World

LANE = """
[[lane]]
name = "in"
direction = "approaching"
centre_m = 0.0
"""


def _problem(tmp_path: Path, text: str) -> str:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(str(file))
    assert str(file) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", names())
def test_every_shipped_scenario_is_sound(name: str) -> None:
    assert isinstance(load(name), Scenario)
    World(load(name)).passages(0, 30)


def test_a_file_needs_a_title_and_a_lane_only(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('title = "mine"\n' + LANE)
    assert load(str(file)).lane[0].name == "in"


def test_a_missing_scenario_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="street-day"):
        load("street-dya")


def test_a_name_with_a_nul_is_a_scenario_there_is_not() -> None:
    with pytest.raises(ConfigError, match="street-day"):
        load("street\0day")


def test_a_mistyped_key_is_named_with_the_nearest_valid_one(tmp_path: Path) -> None:
    words = _problem(tmp_path, 'title = "x"\ndirtt = 0.3\n' + LANE)
    assert "dirtt" in words
    assert 'did you mean "dirt"' in words


def test_a_value_out_of_bounds_is_named_with_its_bound(tmp_path: Path) -> None:
    words = _problem(tmp_path, 'title = "x"\nrain = 1.5\n' + LANE)
    assert "rain" in words
    assert "at most 1" in words


def test_a_mistyped_key_of_a_lane_is_named_with_its_lane(tmp_path: Path) -> None:
    words = _problem(tmp_path, 'title = "x"\n' + LANE + LANE + "speed_kph = 30\n")
    assert "lane[1].speed_kph" in words
    assert "speed_kmh" in words


def test_an_unknown_light_is_named(tmp_path: Path) -> None:
    words = _problem(tmp_path, 'title = "x"\nlight = "dusk"\n' + LANE)
    assert "light" in words
    assert "dusk" in words


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    words = _problem(tmp_path, "rain = 2\ndirt = -1\n" + LANE)
    assert all(key in words for key in ("title", "rain", "dirt"))


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    assert "not TOML" in _problem(tmp_path, "title = ")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xff\xfe\x00title")
    with pytest.raises(ConfigError, match="not TOML"):
        load(str(file))


def test_traffic_that_would_collide_is_refused_with_the_lane(tmp_path: Path) -> None:
    words = _problem(tmp_path, 'title = "x"\n' + LANE + "every_s = 2.0\nspread_kmh = 20\n")
    assert "lane[0].every_s" in words
    assert "run into each other" in words


def test_two_lanes_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "lane[1].name" in _problem(tmp_path, 'title = "x"\n' + LANE + LANE)


def test_a_country_without_plate_art_is_refused(tmp_path: Path) -> None:
    words = _problem(tmp_path, 'title = "x"\n[countries]\nXX = 1\n' + LANE)
    assert "XX" in words
    assert "MA" in words
