"""Both interpreters give the same answers to the same pictures, each in its own environment.

tflite-runtime 2.14 needs numpy before 2 and Python before 3.12, so it lives in a second
environment; SERENO_TFLITE_PYTHON names that environment's Python.
"""

import os
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.core.errors import Rejected
from agent.core.vision import Quad
from models.plate_art import draw_plate, layout, random_plate
from models.plate_reader.reader import FOLDER, load_reader
from models.runtime import installed_backends, load

ROOT = Path(__file__).parents[2]

READ_ALL = """
import sys, numpy as np
from agent.core.vision import Quad
from models.plate_reader.reader import load_reader
from models.plate_reader.rectify import one_line
from models.runtime import installed_backends

assert installed_backends() == ("tflite_runtime",), installed_backends()
kept = np.load(sys.argv[1])
reader = load_reader(backend="tflite_runtime")
crops = [one_line(kept["luma"], corners) for corners in kept["corners"]]
logits = [reader.network.run(crop)[0] for crop in crops]
texts = [one.text for one in reader.read(kept["luma"], [Quad(c, 1.0) for c in kept["corners"]])]
np.savez(sys.argv[2], logits=np.concatenate(logits), crops=np.stack(crops), texts=np.array(texts))
"""


@pytest.fixture(scope="module")
def other_python() -> str:
    path = os.environ.get("SERENO_TFLITE_PYTHON")
    if path:
        return path
    words = "set SERENO_TFLITE_PYTHON to a Python that has tflite-runtime"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


@pytest.mark.tflite_runtime
def test_tflite_runtime_reads_what_litert_reads(other_python: str, tmp_path: Path) -> None:
    arts = [
        draw_plate(layout(name), random_plate(layout(name), np.random.default_rng(seed)), 0.5)
        for seed, name in enumerate(("es", "de", "fr", "sk-2004", "cz", "gb-rear", "no", "pl"))
    ]
    greys = [np.pad(cv2.cvtColor(a.bgr, cv2.COLOR_BGR2GRAY), 30) for a in arts]
    luma = np.vstack(greys).astype(np.uint8)
    h, w = arts[0].bgr.shape[:2]
    box = np.array([(30, 30), (w + 30, 30), (w + 30, h + 30), (30, h + 30)], np.float32)
    below = [np.array([0, n * (h + 60)], np.float32) for n in range(len(arts))]
    corners = np.stack([box + far for far in below])
    np.savez(tmp_path / "in.npz", luma=luma, corners=corners)
    done = subprocess.run(
        [other_python, "-c", READ_ALL, tmp_path / "in.npz", tmp_path / "out.npz"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    theirs = np.load(tmp_path / "out.npz")
    reader = load_reader(backend="ai_edge_litert")
    texts = [one.text for one in reader.read(luma, [Quad(c, 1.0) for c in corners])]
    assert texts == theirs["texts"].tolist()
    assert len(set(texts)) == len(arts)
    # Given the very same crops the two may differ by the rounding of one int8 step.
    ours = np.concatenate([reader.network.run(crop)[0] for crop in theirs["crops"]])
    step = np.diff(np.unique(ours)).min()
    assert np.abs(ours - theirs["logits"]).max() <= step * 1.01


def test_the_preferred_interpreter_is_the_installed_one() -> None:
    first = installed_backends()[0]
    assert load(FOLDER / "card.toml").backend == load(FOLDER / "card.toml", first).backend == first


@pytest.mark.skipif("tflite_runtime" in installed_backends(), reason="here it is installed")
def test_an_interpreter_that_is_not_here_is_named() -> None:
    with pytest.raises(Rejected, match=r"neither of tflite_runtime is installed \(pip install"):
        load(FOLDER / "card.toml", "tflite_runtime")
