"""What training minimises: CenterNet's focal loss for heat, a robust distance for corners."""

import torch
from torch import Tensor
from torch.nn import functional

CORNER_WEIGHT = 3.0
"""Against the heat's loss: at 1 the plates were found long before their corners were."""

CORNER_KNEE = 0.1
"""In code units, about 0.5 px for small plates: below it errors are squared, for a calm end."""


def loss(
    outputs: tuple[Tensor, Tensor, Tensor], heat: Tensor, code: Tensor, weight: Tensor, care: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the heat's and the corners' loss of a batch, each per plate.

    heat, weight, care are (N, h, w), code is (N, 8, h, w); outputs as PlateNet gives them.
    """
    logits = outputs[0][:, 0].float()
    predicted = torch.cat([outputs[1], outputs[2]], 1).float()
    plates = (heat >= 1.0).float().sum().clamp(min=1.0)
    score = torch.sigmoid(logits)
    hit = (1 - score) ** 2 * functional.logsigmoid(logits)
    miss = (1 - heat) ** 4 * score**2 * functional.logsigmoid(-logits)
    found = torch.where(heat >= 1.0, hit, miss) * care
    apart = functional.smooth_l1_loss(predicted, code, beta=CORNER_KNEE, reduction="none").mean(1)
    corners = (apart * weight).sum() / weight.sum().clamp(min=1.0)
    return -found.sum() / plates, CORNER_WEIGHT * corners
