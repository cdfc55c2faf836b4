"""Runs a .tflite model on one thread, after proving that it is the file its card describes.

Two interpreters, one adapter: LiteRT (`ai_edge_litert`) and its frozen forerunner
`tflite_runtime`, for nodes whose Python has only that one. Both take the same files. A network
is a plain blocking object: whoever loads it gives it a thread of its own.
"""

import hashlib
import logging
import math
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.core.errors import Rejected
from models.card import Card, Tensor, read_card
from models.delegates import Wanted, loaded

BACKENDS = ("ai_edge_litert", "tflite_runtime")
"""Packages that have an interpreter, the preferred one first."""

LARGEST_MODEL_BYTES = 64 * 1024 * 1024
"""Far above any model of a node; a card that names a disk image is refused unread."""


_log = logging.getLogger(__name__)


class Network:
    """A loaded and warmed-up model. Not thread-safe; holds its memory until it is dropped."""

    def __init__(self, card: Card, interpreter: Any, backend: str) -> None:
        self.card = card
        self.backend = backend
        self._interpreter = interpreter
        self._inputs = interpreter.get_input_details()
        self._outputs = interpreter.get_output_details()
        self._tables = [_table(details) for details in self._inputs]

    def run(self, *pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        """Return the outputs, dequantised, for one picture per input.

        Each picture is uint8 of as many elements as its input, 0..255 standing for 0..1; it is
        quantised straight into the interpreter's own memory, without a copy in between.

        Raises:
            ValueError: the number or size of the pictures does not fit.
        """
        if len(pictures) != len(self._inputs):
            raise ValueError(
                f"{self.card.name}: {len(pictures)} pictures for {len(self._inputs)} inputs"
            )
        for picture, details, table in zip(pictures, self._inputs, self._tables, strict=True):
            shape = tuple(int(n) for n in details["shape"])
            if picture.dtype != np.uint8 or picture.size != math.prod(shape):
                raise ValueError(
                    f"{self.card.name}: picture {picture.shape} {picture.dtype}, "
                    f"expected {shape} uint8"
                )
            # The view must not outlive this line: the interpreter refuses to run while one does.
            _quantise(picture.reshape(shape), table, self._view(details))
        self._interpreter.invoke()
        return tuple(self._dequantised(details) for details in self._outputs)

    def _view(self, details: dict[str, Any]) -> NDArray[Any]:
        view: NDArray[Any] = self._interpreter.tensor(details["index"])()
        return view

    def _dequantised(self, details: dict[str, Any]) -> NDArray[np.float32]:
        values = self._view(details)
        if values.dtype == np.float32:
            return np.array(values, np.float32)
        scale, zero = details["quantization"]
        out: NDArray[np.float32] = np.subtract(values, zero, dtype=np.float32)
        out *= np.float32(scale)
        return out


def load(described: Path, backend: str | None = None, delegates: Wanted = ()) -> Network:
    """Load the model that the card `described` is of, on `backend` or the first installed one.

    `delegates` is a name that must be there, or names of which the first that is there is used.

    Raises:
        Rejected: no interpreter or delegate asked for is installed; the card is bad; the file is
            missing or not the one the card describes; the interpreter refuses it or shows other
            inputs and outputs.
    """
    card = read_card(described)
    content = _checked_content(described.parent / card.file, card)
    name, make = _interpreter_class(backend)
    where = f"{card.name}: {card.file}"
    helper = loaded(delegates, name, where)
    try:
        interpreter = _interpreter((name, make), content, where, helper)
    except Rejected as error:
        if helper is None or not isinstance(delegates, tuple):
            raise
        _log.warning("%s; it runs on the processor", error)
        interpreter = _interpreter((name, make), content, where, None)
    _compare(where, "input", card.inputs, interpreter.get_input_details())
    _compare(where, "output", card.outputs, interpreter.get_output_details())
    network = Network(card, interpreter, name)
    try:
        network.run(*(np.zeros(tensor.shape, np.uint8) for tensor in card.inputs))  # warm-up
    except RuntimeError as error:
        raise Rejected(f"{where}: {name} cannot run it: {error}") from error
    return network


def _interpreter(backend: tuple[str, Any], content: bytes, where: str, helper: Any | None) -> Any:
    name, make = backend
    try:
        # Given the very bytes that were checked, not the path: a file can change in between.
        # XNNPACK is the interpreter's own default, with as many threads as it is told: one.
        helpers = None if helper is None else [helper]
        made = make(model_content=content, num_threads=1, experimental_delegates=helpers)
        made.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise Rejected(f"{where}: {name} makes no interpreter of it: {error}") from error
    return made


def installed_backends() -> tuple[str, ...]:
    """Return the interpreters this environment has, preferred first."""
    return tuple(name for name in BACKENDS if _found(name) is not None)


def _checked_content(path: Path, card: Card) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_MODEL_BYTES:
            raise Rejected(f"{card.name}: {path} has {size} bytes, at most {LARGEST_MODEL_BYTES}")
        content = path.read_bytes()
    except OSError as error:
        raise Rejected(f"{card.name}: {path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != card.sha256:
        raise Rejected(
            f"{card.name}: {path} has SHA-256 {found}, expected {card.sha256} ({size} bytes); "
            "the file is damaged or not the one its card describes"
        )
    return content


def _interpreter_class(backend: str | None) -> tuple[str, Any]:
    wanted = BACKENDS if backend is None else (backend,)
    for name in wanted:
        found = _found(name)
        if found is not None:
            return name, found
    raise Rejected(
        f"no interpreter for .tflite models: neither of {', '.join(wanted)} is installed "
        "(pip install '.[node]' in Sereno's folder)"
    )


def _found(name: str) -> Any | None:
    try:
        return import_module(f"{name}.interpreter").Interpreter
    except ImportError:
        return None


def _compare(
    where: str, kind: str, expected: tuple[Tensor, ...], details: list[dict[str, Any]]
) -> None:
    said = [f"{tensor.shape} {tensor.dtype}" for tensor in expected]
    found = [
        f"{tuple(int(n) for n in one['shape'])} {np.dtype(one['dtype']).name}" for one in details
    ]
    if said != found:
        raise Rejected(
            f"{where}: its {kind}s are {', '.join(found)}, expected by the card: {', '.join(said)}"
        )


def _quantise(picture: NDArray[np.uint8], table: NDArray[Any], into: NDArray[Any]) -> None:
    if into.dtype == np.int8 and np.array_equal(table, _MINUS_128):
        # Grey minus 128 is the same byte with its top bit turned: fifty times faster than a table.
        np.bitwise_xor(picture, np.uint8(128), out=into.view(np.uint8))
    else:
        np.take(table, picture, out=into, mode="clip")


_MINUS_128 = np.arange(-128, 128, dtype=np.int8)


def _table(details: dict[str, Any]) -> NDArray[Any]:
    """Return what each of 256 grey levels becomes at this input.

    At the usual scale 1/255 and zero point -128 this is exactly the grey level minus 128.
    """
    dtype = np.dtype(details["dtype"])
    levels = np.arange(256, dtype=np.float64) / 255
    if dtype == np.float32:
        return levels.astype(np.float32)
    scale, zero = details["quantization"]
    bounds = np.iinfo(dtype)
    table: NDArray[np.float64] = np.rint(levels / scale) + zero
    return table.clip(bounds.min, bounds.max).astype(dtype)
