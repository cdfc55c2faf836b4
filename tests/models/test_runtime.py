"""A model runs only if it is the file its card describes, and then exactly."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from agent.core.errors import Rejected
from models.card import Card, Tensor, read_card
from models.plate_reader.reader import FOLDER
from models.runtime import installed_backends, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped reader's model and card, to be damaged."""
    for name in ("model.tflite", "card.toml"):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    return tmp_path


def rewrite(folder: Path, **changes: Any) -> Card:
    """Put other values on the card; written by hand, since only training needs a TOML writer."""
    card = msgspec.structs.replace(read_card(folder / "card.toml"), **changes)
    lines = [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in plain(card).items()]
    (folder / "card.toml").write_text("\n".join(lines))
    return card


def plain(card: Card) -> dict[str, object]:
    """The card's simple keys; tables are left out where empty ones will do."""
    found: dict[str, object] = {
        key: getattr(card, key) for key in ("name", "version", "file", "sha256", "labels", "limits")
    }
    return found | {"origins": [], "accuracy": []}


def with_tables(folder: Path, card: Card) -> None:
    """Add the tables that a card must have."""
    parts = [(folder / "card.toml").read_text()]
    parts.append("[training]\ncommand = 'x'\nseed = 1\nsamples = 1")
    for kind in ("inputs", "outputs"):
        parts += [
            f"[[{kind}]]\nshape = {list(tensor.shape)}\ndtype = '{tensor.dtype}'\nmeaning = 'x'"
            for tensor in getattr(card, kind)
        ]
    (folder / "card.toml").write_text("\n".join(parts))


def damage(folder: Path, content: bytes, *, told: bool = False) -> tuple[str, str]:
    """Put other bytes in the model's place; return the card's digest and theirs."""
    (folder / "model.tflite").write_bytes(content)
    found = hashlib.sha256(content).hexdigest()
    expected = read_card(folder / "card.toml").sha256
    if told:
        with_tables(folder, rewrite(folder, sha256=found))
    return expected, found


def test_the_shipped_model_loads_on_the_first_backend() -> None:
    network = load(FOLDER / "card.toml")
    assert network.backend == installed_backends()[0] == "ai_edge_litert"
    outputs = network.run(np.zeros((40, 176), np.uint8))
    assert [out.shape for out in outputs] == [told.shape for told in network.card.outputs]
    assert {out.dtype for out in outputs} == {np.dtype(np.float32)}


def test_one_flipped_bit_is_refused_with_both_digests(folder: Path) -> None:
    content = bytearray((folder / "model.tflite").read_bytes())
    content[len(content) // 2] ^= 0x10
    expected, found = damage(folder, bytes(content))
    with pytest.raises(Rejected) as refusal:
        load(folder / "card.toml")
    said = str(refusal.value)
    assert str(folder / "model.tflite") in said
    assert f"SHA-256 {found}, expected {expected}" in said


def test_a_truncated_file_is_refused_with_its_size(folder: Path) -> None:
    content = (folder / "model.tflite").read_bytes()[:-1000]
    damage(folder, content)
    with pytest.raises(Rejected, match=rf"expected [0-9a-f]{{64}} \({len(content)} bytes\)"):
        load(folder / "card.toml")


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "model.tflite").unlink()
    with pytest.raises(Rejected, match=r"model\.tflite cannot be read: No such file"):
        load(folder / "card.toml")


def test_a_file_of_absurd_size_is_refused_unread(folder: Path) -> None:
    with (folder / "model.tflite").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(Rejected, match="68157440 bytes, at most 67108864"):
        load(folder / "card.toml")


def test_bytes_that_are_no_model_are_refused_although_the_digest_fits(folder: Path) -> None:
    damage(folder, b"TFL3 but nothing of the kind" * 40, told=True)
    with pytest.raises(Rejected, match=r"plate_reader: model\.tflite: ai_edge_litert makes no"):
        load(folder / "card.toml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": (Tensor((1, 40, 160, 1), "int8", "x"),)},
         r"inputs are \(1, 40, 176, 1\) int8, expected by the card: \(1, 40, 160, 1\) int8"),
        ({"outputs": (Tensor((1, 44, 37), "float32", "x"),)},
         r"outputs are \(1, 44, 37\) int8, .* int8, expected by the card: .*float32"),
        ({"outputs": (Tensor((1, 44, 37), "int8", "x"),) * 2},
         r"outputs are \(1, 44, 37\) int8, .* int8, expected by the card: .*int8, \(1, 44"),
    ],
)  # fmt: skip
def test_other_tensors_than_the_card_names_are_refused(
    folder: Path, change: dict[str, Any], words: str
) -> None:
    with_tables(folder, rewrite(folder, **change))
    with pytest.raises(Rejected, match=words):
        load(folder / "card.toml")


def test_a_missing_interpreter_is_named() -> None:
    with pytest.raises(Rejected, match="neither of no_such_runtime is installed"):
        load(FOLDER / "card.toml", "no_such_runtime")


def test_grey_levels_enter_the_network_exactly() -> None:
    picture = np.arange(40 * 176, dtype=np.uint32).astype(np.uint8).reshape(40, 176)
    network = load(FOLDER / "card.toml")
    bare = Interpreter(model_path=str(FOLDER / network.card.file), num_threads=1)
    bare.allocate_tensors()
    entry, end = bare.get_input_details()[0], bare.get_output_details()[0]
    shifted = (picture.astype(np.int16) - 128).astype(np.int8)
    bare.set_tensor(entry["index"], shifted.reshape(entry["shape"]))
    bare.invoke()
    scale, zero = end["quantization"]
    expected = (bare.get_tensor(end["index"]).astype(np.float32) - zero) * np.float32(scale)
    np.testing.assert_array_equal(network.run(picture)[0], expected)


def test_a_result_stays_when_the_network_runs_again() -> None:
    network = load(FOLDER / "card.toml")
    first = network.run(np.zeros((40, 176), np.uint8))[0]
    kept = first.copy()
    network.run(np.tile(np.array([0, 255], np.uint8), (40, 88)))
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        ((), "0 pictures for 1 inputs"),
        ((np.zeros((40, 175), np.uint8),), r"\(40, 175\) uint8, expected \(1, 40, 176, 1\) uint8"),
        ((np.zeros((40, 176), np.int8),), r"\(40, 176\) int8, expected"),
    ],
)
def test_a_picture_that_does_not_fit_is_an_error(pictures: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load(FOLDER / "card.toml").run(*pictures)
