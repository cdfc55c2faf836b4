"""A configuration is right, or everything wrong with it is said at once."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli import main
from agent.config import Problems, load, parse
from agent.core.device import Kind, Surroundings
from agent.core.settings import CameraName, Hertz, Seconds, Settings
from agent.registry import CAMERAS, DEVICES, DUTIES, Missing, Registry

GOOD = """
[node]
id = "pole-017"
org = "ceuta"
place = { lat = 35.8883, lon = -5.3062, note = "Marina, north kerb" }

[broker]
host = "centre.example"

[camera.gate]
kind = "eye"
rate_hz = 5

[duty.look]
camera = "gate"
"""


class EyeSettings(Settings, frozen=True, kw_only=True):
    rate_hz: Hertz
    url: str = ""


class LookSettings(Settings, frozen=True, kw_only=True):
    camera: CameraName
    countries: tuple[str, ...] = ()
    wait_s: Seconds = 1.0

    def problems(self) -> Iterator[tuple[str, str]]:
        for country in self.countries:
            if country != country.upper():
                yield "countries", f"{country} is no code"


class Nothing:
    """A service that is never run here."""

    def __init__(self, name: str, _settings: Settings, _around: Surroundings) -> None:
        self.name = name
        self.live = True

    async def run(self, ready: Callable[[], None]) -> None: ...

    def readings(self) -> Mapping[str, float]:
        return {}


class Shelf(Registry):
    """A registry with two kinds on it and one that lacks a package."""

    def __init__(self) -> None:
        self._kinds: dict[
            str, dict[str, Kind[EyeSettings, Nothing] | Kind[LookSettings, Nothing] | Missing]
        ] = {
            CAMERAS: {
                "eye": Kind(name="eye", what="an eye", settings=EyeSettings, build=Nothing),
                "far": Missing("far", 'needs the package "av"'),
            },
            DEVICES: {},
            DUTIES: {"look": Kind(name="look", what="looks", settings=LookSettings, build=Nothing)},
        }

    def names(self, group: str) -> list[str]:
        return sorted(self._kinds[group])

    def find(self, group: str, name: str) -> Kind[Any, Any] | Missing | None:
        return self._kinds[group].get(name)


def problems(text: str) -> list[str]:
    with pytest.raises(Problems) as caught:
        parse(text.encode(), "sereno.toml", Shelf())
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_typed_and_has_defaults() -> None:
    config = parse(GOOD.encode(), "sereno.toml", Shelf())
    assert config.node.place.lat == pytest.approx(35.8883)
    assert config.broker.host == "centre.example"
    (camera,) = config.cameras
    assert camera.settings == EyeSettings(rate_hz=5)
    assert config.duties[0].settings == LookSettings(camera="gate")
    assert len(config.digest) == 64


def test_every_problem_is_told_at_once_with_its_place() -> None:
    text = (
        GOOD.replace('id = "pole-017"', 'id = "Pole 17"')
        .replace("lat = 35.8883", "lat = 135.8883")
        .replace("rate_hz = 5", "rate_hz = 0\nspeed = 3")
        .replace('camera = "gate"', 'camera = "gat"\ncountires = ["E"]')
        .replace("[broker]", "[brocker]")
    )
    told = problems(text)
    assert any(t.startswith("node.id: ") and "a-z0-9" in t for t in told), told
    assert any(t.startswith("node.place.lat: ") and "90" in t for t in told), told
    assert any(t.startswith("camera.gate.rate_hz: ") and "more than 0" in t for t in told), told
    assert "camera.gate.speed: no such key, expected rate_hz, url" in told
    keys = "expected camera, countries, wait_s"
    assert f'duty.look.countires: no such key, {keys}; did you mean "countries"?' in told
    assert any(t.startswith("brocker: ") and 'did you mean "broker"?' in t for t in told), told
    assert any(t.startswith("broker: missing") for t in told), told
    assert any(t.startswith("duty.look.camera: no camera is called 'gat'") for t in told), told
    assert len(told) == 8


def test_a_missing_key_says_what_it_takes() -> None:
    told = problems(GOOD.replace('org = "ceuta"\n', "").replace("rate_hz = 5", ""))
    assert any(t.startswith("node.org: missing; expected text") for t in told), told
    assert "camera.gate.rate_hz: missing; expected a number, more than 0, at most 250" in told


def test_an_unknown_kind_names_the_nearest_one() -> None:
    told = problems(GOOD.replace('"eye"', '"eyes"'))
    words = "camera.gate.kind: no camera of kind 'eyes'; expected one of eye, far"
    assert told == [words + '; did you mean "eye"?']
    assert problems(GOOD.replace('"eye"', "7"))[0].startswith("camera.gate.kind: no camera of kind")


def test_a_kind_that_lacks_its_package_names_the_extra() -> None:
    told = problems(GOOD.replace('"eye"', '"far"'))
    assert told == ['camera.gate.kind: far needs the package "av"']


def test_a_duty_whose_camera_is_not_there_names_the_cameras_that_are() -> None:
    told = problems(GOOD.replace('camera = "gate"', 'camera = "gat"'))
    assert told == [
        "duty.look.camera: no camera is called 'gat'; this file has gate; did you mean \"gate\"?"
    ]


def test_two_parts_of_one_name_are_refused() -> None:
    told = problems(GOOD.replace("camera.gate", "camera.look").replace('"gate"', '"look"'))
    assert told == ["look: this name is taken; expected a name of its own for each part"]


@pytest.mark.parametrize("name", ["agent", "outbox", "report", "uplink"])
def test_the_agents_own_names_are_taken(name: str) -> None:
    told = problems(GOOD.replace("camera.gate", f"camera.{name}").replace('"gate"', f'"{name}"'))
    assert told == [f"{name}: this name is taken; expected a name of its own for each part"]


def test_what_the_keys_have_wrong_together_is_told_beside_what_each_has_wrong_alone() -> None:
    told = problems(
        GOOD.replace('camera = "gate"', 'camera = "gate"\ncountries = ["e", "ma"]\nwait_s = inf')
    )
    assert told == [
        "duty.look.wait_s: expected a number, more than 0, at most 100000000.0, not inf",
        "duty.look.countries: e is no code",
        "duty.look.countries: ma is no code",
    ]


def test_a_sections_own_rules_are_all_told_with_their_keys() -> None:
    told = problems(
        GOOD.replace(
            'host = "centre.example"',
            'host = "mqtt://x"\nwill_delay_s = 90\nreconnect_first_s = 900\nport = 0',
        )
    )
    for key in ("port", "host", "session_expiry_s", "reconnect_first_s"):
        assert any(t.startswith(f"broker.{key}: ") for t in told), told


def test_a_name_with_a_line_feed_is_no_name() -> None:
    assert problems(GOOD.replace('"pole-017"', '"pole-017\\n"'))[0].startswith("node.id: expected")


def test_a_place_with_a_nul_is_no_place() -> None:
    told = problems(GOOD + '\n[store]\ndir = "\\u0000"\n')
    assert told[0].startswith("store.dir: expected text")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'format = "1"', "format: this file is of form '1', this agent reads form 1"),
        (b"format = true", "format: this file is of form True"),
        (b"[[camera]]\nkind = 3", "camera: expected tables [camera.NAME]"),
        (b"a = " + b"9" * 5000, "is not valid TOML"),
        (b"a = " + b"[" * 3000, "is not valid TOML"),
        (b"format = 2\n[node]\n", "format: this file is of form 2, this agent reads form 1"),
        (b"[node\n", "is not valid TOML"),
        (b"\xff\xfe[node]", "is not UTF-8 text (byte 0)"),
        (b"#" * (2 << 20), "is larger than"),
        (b"node = 3", "node: expected a table with id, org, place"),
        (b"camera = 3", "camera: expected tables [camera.NAME]"),
        (b"", "node: missing; expected a table [node] with id, org, place"),
    ],
)
def test_what_is_no_configuration_is_named(raw: bytes, words: str) -> None:
    with pytest.raises(Problems) as caught:
        parse(raw, "sereno.toml", Shelf())
    assert words in str(caught.value)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "pipe.toml"):
        with pytest.raises(Problems, match="cannot be read"):
            load(path, Shelf())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_noise_is_told_and_never_crashes(raw: bytes) -> None:
    with pytest.raises(Problems):
        parse(raw, "sereno.toml", Shelf())


def test_check_prints_every_problem_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sereno.toml"
    file.write_text('[node]\nid = "POLE"\nplace = { lat = 1 }\n[brokr]\n')
    assert main(["check", str(file)]) == 1
    told = capsys.readouterr().out
    for words in (
        "node.id",
        "node.org: missing",
        "node.place.lon: missing",
        "brokr",
        "broker: mis",
    ):
        assert words in told
    assert main(["chekc", str(file)]) == 2
    assert 'did you mean "check"?' in capsys.readouterr().err


def test_kinds_lists_settings_with_what_they_take(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kinds", "node"]) == 0
    told = capsys.readouterr().out
    assert "place" in told
    assert "required" in told
    assert main(["kinds", "nonsense"]) == 1


def test_patterns_are_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    main(["kinds", "node"])
    assert "^[a-z0-9-]{3,48}" in "".join(capsys.readouterr().out.split())


def test_a_verb_that_lacks_its_package_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "aiomqtt", None)  # as if it were not installed
    monkeypatch.delitem(sys.modules, "agent.cli.run", raising=False)
    for name in [n for n in sys.modules if n.startswith(("agent.app", "agent.telemetry.aio"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "agent.telemetry.mended", raising=False)
    assert main(["run", "--config", "none.toml"]) == 1
    told = capsys.readouterr().err
    assert 'needs the package "aiomqtt"' in told
    assert ".[node]" in told
