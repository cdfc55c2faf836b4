"""The reader's network: a small grey convolutional net that reads left to right in 44 steps.

It also says from which country the plate looks to be: band, emblems, face and spacing, in one vote.
"""

import torch
from torch import Tensor, nn

from models.plate_art import layouts
from models.plate_reader.alphabet import CHARACTERS
from models.plate_reader.rectify import HEIGHT, STEPS, WIDTH

QUARTERS = 4
"""Parts of the plate that the country's vote hears one by one."""

COUNTRIES = tuple(sorted({layout.country for layout in layouts()} - {""}))
"""Vehicle codes of the countries that are drawn; a layout without one is anybody's."""


def _layer(
    inward: int, outward: int, kernel: tuple[int, int], stride: int = 1, *, valid: bool = False
) -> nn.Sequential:
    padding = (0, 0) if valid else (kernel[0] // 2, kernel[1] // 2)
    return nn.Sequential(
        nn.Conv2d(inward, outward, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outward),
        nn.ReLU6(),
    )


class PlateReaderNet(nn.Module):
    """(N, 1, 40, 176) float 0..1 to (N, 44, 37) characters' and (N, K) countries' logits.

    CTC, batch normalisation and ReLU6, which bounds every activation, as int8 likes it. The first
    layer has no normalisation: its input is even already (rectify.py), and on a CPU the backward
    pass of a normalised picture-sized layer costs as much as a third of the net.
    """

    def __init__(self, countries: int = len(COUNTRIES)) -> None:
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1),  # 20 x 88
            nn.ReLU6(),
            _layer(16, 32, (3, 3)),
            nn.MaxPool2d(2),  # 10 x 44
            _layer(32, 64, (3, 3)),
            _layer(64, 64, (3, 3)),
            nn.MaxPool2d((2, 1)),  # 5 x 44
            _layer(64, 96, (3, 3)),
            _layer(96, 128, (5, 1), valid=True),  # 1 x 44
            nn.Dropout(0.1),
        )
        # Three characters to either side: only the syntax tells Slovakia's O from its zero.
        self.context = nn.Sequential(
            nn.Conv2d(128, 96, (1, 5), 1, (0, 2), bias=False),
            nn.BatchNorm2d(96),
            nn.ReLU6(),
            nn.Conv2d(96, 96, (1, 5), 1, (0, 6), (1, 3), bias=False),
            nn.BatchNorm2d(96),
            nn.ReLU6(),
        )
        self.say = nn.Conv2d(96, len(CHARACTERS) + 1, 1)
        # Band and emblems stand at the ends, so each quarter of the plate keeps its own mean.
        self.origin = nn.Sequential(
            nn.Conv2d(128, 48, 1, bias=False),
            nn.BatchNorm2d(48),
            nn.ReLU6(),
            nn.AvgPool2d((1, STEPS // QUARTERS)),
        )
        self.name = nn.Conv2d(48, countries, (1, QUARTERS))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, 44, 37) of characters and (N, K) of countries."""
        seen = self.look(crops)
        said: Tensor = self.say(self.context(seen))
        named: Tensor = self.name(self.origin(seen))
        return said.squeeze(2).permute(0, 2, 1), named.flatten(1)


def greedy(logits: Tensor) -> list[str]:
    """Return the likeliest text of each (44, 37), repeats merged and blanks dropped."""
    texts = []
    for path in logits.argmax(-1).tolist():
        kept = [c for n, c in enumerate(path) if c and (n == 0 or path[n - 1] != c)]
        texts.append("".join(CHARACTERS[c - 1] for c in kept))
    return texts


def decay_groups(net: nn.Module, decay: float) -> list[dict[str, object]]:
    """Return parameter groups: weight decay on kernels only."""
    kernels = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    return [{"params": kernels, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def multiply_adds(net: nn.Module) -> int:
    """Return the multiply-accumulates of one crop, counted layer by layer."""
    counted: list[int] = []

    def count(layer: nn.Conv2d, _inputs: object, output: Tensor) -> None:
        per_value = layer.weight[0].numel()
        counted.append(per_value * output[0].numel())

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, nn.Conv2d)]
    with torch.inference_mode():
        net(torch.zeros(1, 1, HEIGHT, WIDTH))
    for hook in hooks:
        hook.remove()
    return sum(counted)
