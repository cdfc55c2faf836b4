"""The detector's network: a small plain convolution pyramid with one anchor-free head at stride 8.

Dense 3x3 convolutions where the picture is large and channels are few (they quantise well and
XNNPACK runs them near peak), depthwise separable blocks with residuals where it is small, and two
steps of a feature pyramid (Lin et al. 2017), so that one head sees from 12 px plates to plates of
half the picture. The head is CenterNet's (Zhou et al. 2019): one plate-centre map, and corner
offsets for each cell.
"""

from typing import cast

import torch
from torch import Tensor, nn

PRIOR_LOGIT = -4.6
"""Heat says 1 % at the start, or the first steps explode (Lin et al. 2017, RetinaNet, 4.1)."""


def _conv(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, momentum=0.03),
        nn.ReLU6(),
    )


class _Separable(nn.Module):
    """Depthwise then pointwise, with a residual where shapes allow one."""

    def __init__(self, inputs: int, outputs: int, size: int = 5, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _conv(inputs, inputs, size, stride, groups=inputs), _conv(inputs, outputs, 1)
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return cast("Tensor", x + y if self.adds else y)


class PlateNet(nn.Module):
    """Maps (N, 1, H, W) luma in [0, 1] to heat (N, 1, h, w), x and y codes (N, 4, h, w)."""

    def __init__(self) -> None:
        super().__init__()
        self.to_8 = nn.Sequential(
            # Not normalised: at the picture's own size that would cost a fifth of the training.
            nn.Conv2d(1, 12, 3, 2, 1),
            nn.ReLU6(),
            _conv(12, 24, 3, 2),
            _conv(24, 48, 3, 2),
            _Separable(48, 48, 3),
            _Separable(48, 48, 3),
        )
        self.to_16 = nn.Sequential(_conv(48, 96, 3, 2), _Separable(96, 96), _Separable(96, 96))
        self.to_32 = nn.Sequential(
            _Separable(96, 160, 3, 2),
            _Separable(160, 160),
            _Separable(160, 160),
            _Separable(160, 160),
        )
        self.from_32 = _conv(160, 96, 1)
        self.at_16 = _Separable(96, 96)
        self.from_16 = _conv(96, 48, 1)
        self.at_8 = nn.Sequential(_Separable(48, 64), _Separable(64, 64))
        self.heat = nn.Conv2d(64, 1, 1)
        self.across = nn.Conv2d(64, 4, 1)
        self.down = nn.Conv2d(64, 4, 1)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        nn.init.constant_(cast("Tensor", self.heat.bias), PRIOR_LOGIT)

    def forward(self, luma: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        fine = self.to_8(luma)
        middle = self.to_16(fine)
        coarse = self.to_32(middle)
        middle = self.at_16(middle + self.up(self.from_32(coarse)))
        fine = self.at_8(fine + self.up(self.from_16(middle)))
        return self.heat(fine), self.across(fine), self.down(fine)


def macs(height: int, width: int) -> int:
    """Count the multiply-accumulates of one picture."""
    total = 0

    def count(module: nn.Module, _: object, output: Tensor) -> None:
        nonlocal total
        weight = cast("nn.Conv2d", module).weight
        total += weight[0].numel() * output.numel()

    net = PlateNet().eval()
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(count)
    with torch.no_grad():
        net(torch.zeros(1, 1, height, width))
    return total
