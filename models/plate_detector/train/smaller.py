"""The trained network again, for a smaller picture: the same weights and scales, another input.

    python -m models.plate_detector.train.smaller [FOLDER]

Every layer is a convolution, so only two things in the file know the picture's size: the shapes of
what is computed, and how large the two upsamplings make their maps. Nothing is learned or
calibrated again. The closer look (`closer.py`) runs on such a file.
"""

import argparse
import hashlib
from pathlib import Path
from typing import Any

import flatbuffers
import msgspec
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from models.card import Card, read_card
from models.plate_detector.closer import INPUT
from models.plate_detector.detector import CLOSER, FOLDER

DEEPEST_PX = 32
"""One cell of the coarsest map; a side that is no multiple of it shifts the upsampled maps."""

UPSAMPLING = schema.BuiltinOperator.RESIZE_NEAREST_NEIGHBOR

IDENTIFIER = b"TFL3"
"""Marks a .tflite file, at its fifth byte."""


def smaller(content: bytes, size: tuple[int, int]) -> bytes:
    """Return the .tflite file `content` for pictures of `size`, (rows, columns) px.

    Raises:
        ValueError: a side is no multiple of 32 px.
    """
    if any(side % DEEPEST_PX for side in size):
        raise ValueError(f"{size} px, expected multiples of {DEEPEST_PX}")
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    [graph] = model.subgraphs
    whole = graph.tensors[graph.inputs[0]].shape[1:3]
    for operator in graph.operators:
        if model.operatorCodes[operator.opcodeIndex].builtinCode == UPSAMPLING:
            constant = model.buffers[graph.tensors[operator.inputs[1]].buffer]
            cells = np.frombuffer(bytes(constant.data), "<i4")
            constant.data = list((cells * size // whole).astype("<i4").tobytes())
    shapes = _computed(_packed(model), size)
    for index, tensor in enumerate(graph.tensors):
        if model.buffers[tensor.buffer].data is None:
            tensor.shape = shapes[index]
    return _packed(model)


def _packed(model: Any) -> bytes:
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def _computed(content: bytes, size: tuple[int, int]) -> dict[int, list[int]]:
    """Return the shape that each tensor has for pictures of `size`, by its number."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES  # XNNPACK cannot change its mind
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=plain)
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], (1, *size, 1))
    interpreter.allocate_tensors()
    details = interpreter.get_tensor_details()
    return {one["index"]: [int(side) for side in one["shape"]] for one in details}


def write_closer(folder: Path) -> None:
    """Write the closer look's file and card beside `folder`'s own."""
    card = read_card(folder / "card.toml")
    content = smaller((folder / card.file).read_bytes(), INPUT)
    rows, columns = INPUT
    _, height, width, _ = card.inputs[0].shape
    closer = Card(
        name="plate_closer",
        version=card.version,
        file="closer.tflite",
        sha256=hashlib.sha256(content).hexdigest(),
        inputs=(
            msgspec.structs.replace(
                card.inputs[0],
                shape=(1, rows, columns, 1),
                meaning="luma round one find, laid in by closer.py, 0..255 for 0..1",
            ),
        ),
        outputs=tuple(
            msgspec.structs.replace(
                out,
                shape=(1, out.shape[1] * rows // height, out.shape[2] * columns // width,
                       out.shape[3]),
            )
            for out in card.outputs
        ),
        labels=card.labels,
        limits=(f"The weights of {card.name} {card.version}.",),
        training=card.training,
        origins=card.origins,
        accuracy=(),
        threshold=card.threshold,
        weights_of=card.sha256,
        macs=(card.macs or 0) * rows * columns // (height * width),
    )  # fmt: skip
    for name, new in ((closer.file, content), (CLOSER, msgspec.toml.encode(closer))):
        beside = folder / f"{name}.new"
        beside.write_bytes(new)
        beside.replace(folder / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m models.plate_detector.train.smaller")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    write_closer(parser.parse_args().folder)
