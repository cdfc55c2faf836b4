"""A delegate runs a network only where its library is, and is refused by name where it is not."""

from pathlib import Path

import pytest

from agent.core.errors import Rejected
from models.delegates import LIBRARIES, loaded
from models.plate_reader.reader import FOLDER
from models.runtime import load

BACKEND = "ai_edge_litert"


def test_one_that_is_asked_for_and_missing_is_refused_with_the_remedy(tmp_path: Path) -> None:
    nowhere = {"coral": str(tmp_path / "libedgetpu.so.1")}
    with pytest.raises(Rejected, match=r'plate_reader: delegate "coral".*does not load.*driver'):
        loaded("coral", BACKEND, "plate_reader", nowhere)


def test_a_file_that_is_no_delegate_is_refused() -> None:
    with pytest.raises(Rejected, match="no tflite_plugin_create_delegate"):
        loaded("gpu", BACKEND, "plate_reader", {"gpu": "libm.so.6"})


def test_automatic_falls_back_to_the_processor(tmp_path: Path) -> None:
    nowhere = {name: str(tmp_path / name) for name in LIBRARIES}
    assert loaded(("coral", "hailo", "gpu"), BACKEND, "plate_reader", nowhere) is None


@pytest.mark.parametrize("wanted", ["none", ()])
def test_nothing_wanted_is_nothing_loaded(wanted: tuple[()]) -> None:
    assert loaded(wanted, BACKEND, "plate_reader", {}) is None


def test_a_network_says_which_delegate_it_lacks() -> None:
    with pytest.raises(Rejected, match=r"libhailo_tflite_delegate\.so does not load"):
        load(FOLDER / "card.toml", delegates="hailo")


def test_a_network_runs_where_no_delegate_is() -> None:
    assert (
        load(FOLDER / "card.toml", delegates=("coral", "hailo", "gpu")).card.name == "plate_reader"
    )
