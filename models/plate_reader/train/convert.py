"""The learned net becomes an int8 .tflite file: litert-torch, then static quantisation."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer, recipe
from litert_torch import convert
from numpy.typing import NDArray
from torch import nn

from models.plate_reader.rectify import HEIGHT, WIDTH

SIGNATURE = "serving_default"
"""What litert-torch calls a model's only entry."""


class Channelless(nn.Module):
    """Takes (1, 40, 176, 1) as TFLite lays pictures out; one channel makes it a mere reshape."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits (1, 44, 37) of characters and (1, K) of countries."""
        said, named = self.net(crops.reshape(1, 1, HEIGHT, WIDTH))
        return said, named


def to_float(net: nn.Module, path: Path) -> None:
    """Write the net as a float32 .tflite file."""
    plain = Channelless(net.to(memory_format=torch.contiguous_format)).eval()
    convert(plain, (torch.zeros(1, HEIGHT, WIDTH, 1),)).export(str(path))


def to_int8(float_path: Path, path: Path, crops: NDArray[np.uint8]) -> None:
    """Quantise weights and activations to int8, ranges learned from `crops` (N, 40, 176).

    The input's range is set to exactly 0 to 1: its int8 value is the luma byte minus 128, and a
    picture needs no arithmetic on its way in.
    """
    interpreter: Any = Interpreter(model_path=str(float_path))
    argument = interpreter.get_signature_list()[SIGNATURE]["inputs"][0]
    tensor = interpreter.get_input_details()[0]["name"]
    pictures = [{argument: (c[None, :, :, None] / 255).astype(np.float32)} for c in crops]
    maker = quantizer.Quantizer(str(float_path), recipe.static_wi8_ai8())
    seen = maker.calibrate({SIGNATURE: pictures}, num_threads=1)
    seen[tensor]["min"] = np.zeros_like(seen[tensor]["min"])
    seen[tensor]["max"] = np.ones_like(seen[tensor]["max"])
    maker.quantize(seen).export_model(str(path), overwrite=True)
