"""RapidOCR, a reader of any text: PP-OCR networks under ONNX Runtime, weights inside the wheels.

Two packages: `rapidocr` 3 with PP-OCRv6, and its forerunner `rapidocr-onnxruntime` 1.4 with
PP-OCRv4. Both are run with their own defaults, but for the threads.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from agent.plates.evaluate.peers.peer import Bgr, Line, PeerKind

THREADS = 1

_NO_TELEMETRY = {"ORT_DISABLE_TELEMETRY": "1", "ORT_TELEMETRY_DISABLED": "1"}
"""ONNX Runtime's wheels report to their maker unless told not to before they are loaded: it keeps
an identifier and a queue of events in the user's cache. Two names, by version."""


class RapidOcr:
    """`rapidocr` 3."""

    def __init__(self) -> None:
        os.environ.update(_NO_TELEMETRY)
        engine = "EngineConfig.onnxruntime"
        threads = {f"{engine}.{kind}_op_num_threads": THREADS for kind in ("intra", "inter")}
        with _silence():
            make = import_module("rapidocr").RapidOCR
            self._read: Any = make(params={**threads, "Global.log_level": "error"})

    def lines(self, picture: Bgr) -> list[Line]:
        try:
            answer = self._read(picture)
        except Exception:  # noqa: BLE001  somebody else's code: what it cannot take, it has not read
            return []
        if answer.boxes is None:
            return []
        return [
            _line(box, text, score)
            for box, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True)
        ]


class RapidOcrOnnxruntime:
    """`rapidocr-onnxruntime` 1.4."""

    def __init__(self) -> None:
        os.environ.update(_NO_TELEMETRY)
        module = import_module("rapidocr_onnxruntime")
        self._read: Any = module.RapidOCR(
            intra_op_num_threads=THREADS, inter_op_num_threads=THREADS
        )

    def lines(self, picture: Bgr) -> list[Line]:
        try:
            answer, _ = self._read(picture)
        except Exception:  # noqa: BLE001  as above
            return []
        return [_line(box, text, score) for box, text, score in answer or ()]


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the package from telling each file it loads, whatever level it is given."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def _line(box: Sequence[Sequence[float]], text: str, score: float) -> Line:
    corners = np.asarray(box, np.float64)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Line(text, float(score), float(left), float(top), float(right), float(bottom))


KINDS = (
    PeerKind("rapidocr", "pip install '.[peers]' in Sereno's folder", RapidOcr),
    PeerKind(
        "rapidocr-onnxruntime",
        "pip install '.[peers]' in Sereno's folder, then pip install --no-deps "
        "rapidocr-onnxruntime (its opencv-python would be laid over opencv-python-headless; "
        "Python 3.12 at most)",
        RapidOcrOnnxruntime,
    ),
)
"""The peers there are adapters for."""
