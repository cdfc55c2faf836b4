"""Turns the trained network into the shipped file: int8 weights and activations, calibrated.

The input's range is exactly 0 to 1, so that its int8 value is the luma byte minus 128 and a picture
needs no arithmetic on its way in. The three outputs are separate tensors, each with a scale of its
own: plate-centre heat in logits, x offsets and y offsets in `decode`'s code.
"""

from collections.abc import Iterable
from pathlib import Path

import litert_torch
import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer, recipe
from numpy.typing import NDArray
from torch import Tensor, nn

from models.plate_detector.train.net import PlateNet

HEAT_RANGE = (-10.0, 7.0)
"""Logits beyond these mean never and always; steps of 0.07 are under 2 % of score."""

ACROSS_RANGE = (-12.0, 12.0)
"""Corners up to 192 px left or right of the plate's centre, 384 px across."""

DOWN_RANGE = (-8.5, 8.5)
"""Corners up to 106 px above or below it."""

SIGNATURE = "serving_default"


class _Exported(nn.Module):
    """Channels-last input and outputs, as TFLite lays pictures out."""

    def __init__(self, net: PlateNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, luma: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        heat, across, down = self.net(luma.permute(0, 3, 1, 2))
        return heat.permute(0, 2, 3, 1), across.permute(0, 2, 3, 1), down.permute(0, 2, 3, 1)


def export(
    net: PlateNet, size: tuple[int, int], pictures: Iterable[NDArray[np.uint8]], folder: Path
) -> tuple[Path, Path]:
    """Write float.tflite and model.tflite into `folder`; return both paths.

    `pictures` calibrate the activations inside: lumas (H, W) of the input's size (width, height).
    The ranges of input and outputs are known and not left to the pictures.
    """
    shape = (1, size[1], size[0], 1)
    plain, done = folder / "float.tflite", folder / "model.tflite"
    sample = (torch.rand(shape),)
    litert_torch.convert(_Exported(net.eval()).eval(), sample).export(str(plain))
    asked, told = _tensors(plain)

    inputs = [{asked[0]: p.reshape(shape).astype(np.float32) / 255} for p in pictures]
    work = quantizer.Quantizer(str(plain), recipe.static_wi8_ai8())
    seen = work.calibrate({SIGNATURE: inputs}, num_threads=1)
    ranges = zip((asked[1], *told), ((0.0, 1.0), HEAT_RANGE, ACROSS_RANGE, DOWN_RANGE), strict=True)
    for tensor, (low, high) in ranges:
        seen[tensor]["min"] = np.full_like(seen[tensor]["min"], low)
        seen[tensor]["max"] = np.full_like(seen[tensor]["max"], high)
    work.quantize(seen).export_model(str(done), overwrite=True)
    return plain, done


def _tensors(path: Path) -> tuple[tuple[str, str], list[str]]:
    """Return the input's names in signature and graph, and the outputs' in the graph."""
    interpreter = Interpreter(str(path))
    argument = interpreter.get_signature_list()[SIGNATURE]["inputs"][0]
    tensor = interpreter.get_input_details()[0]["name"]
    return (argument, tensor), [one["name"] for one in interpreter.get_output_details()]
