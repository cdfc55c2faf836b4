"""The board is known by the kernel's name for it, unless the settings say which it is."""

from pathlib import Path

import pytest

from agent.core.board import profile_of


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (b"Raspberry Pi 4 Model B Rev 1.4\0", "pi"),
        (b"Raspberry Pi 5 Model B Rev 1.0\0", "pi"),
        (b"NVIDIA Jetson Orin Nano Developer Kit\0", "jetson"),
        (b"\xff\xfe\0", "generic"),
        (b"", "generic"),
    ],
)
def test_the_kernel_names_the_board(tmp_path: Path, model: bytes, name: str) -> None:
    file = tmp_path / "model"
    file.write_bytes(model)
    assert profile_of("auto", file).name == name


def test_a_machine_without_a_name_is_generic(tmp_path: Path) -> None:
    assert profile_of("auto", tmp_path / "none").name == "generic"


def test_the_settings_override_it(tmp_path: Path) -> None:
    file = tmp_path / "model"
    file.write_bytes(b"Raspberry Pi 4\0")
    assert profile_of("jetson", file).name == "jetson"
