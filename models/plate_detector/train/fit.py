"""Fits the network: fixed seeds, a checkpoint every few minutes, an average of the weights to ship.

Most steps see pictures smaller than the shipped input, which cost half as much; the last ones see
full-sized ones, while the learning rate falls to nothing.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from models.plate_detector.train.loss import loss
from models.plate_detector.train.net import PlateNet
from models.plate_detector.train.scenes import Stock, compose
from models.plate_detector.train.targets import encode


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is learned, apart from the pictures."""

    steps: int
    batch: int = 32
    seed: int = 20
    rate: float = 2.5e-3
    warm_steps: int = 100
    falling: float = 0.45
    """The last part of the steps, in which the rate falls to nothing."""
    whole: float = 0.08
    """The last part of the steps, in which pictures are as large as the shipped input."""
    average: float = 0.998
    small: tuple[int, int] = (384, 224)
    full: tuple[int, int] = (512, 288)

    def size(self, step: int) -> tuple[int, int]:
        return self.small if step < self.steps * (1 - self.whole) else self.full

    def rate_at(self, step: int) -> float:
        left = (self.steps - step) / (self.steps * self.falling)
        return self.rate * min(1.0, (step + 1) / self.warm_steps, max(left, 0.01))


class _Pictures(Dataset[tuple[Tensor, ...]]):
    """Picture `index` of the recipe, with its targets, as tensors."""

    def __init__(self, goods: Stock, recipe: Recipe) -> None:
        self.goods, self.recipe = goods, recipe

    def __len__(self) -> int:
        return self.recipe.steps * self.recipe.batch

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        cv2.setNumThreads(0)
        size = self.recipe.size(index // self.recipe.batch)
        picture = compose(self.goods, self.recipe.seed, index, size)
        maps = encode(list(picture.labels), size[1], size[0])
        luma = torch.from_numpy(np.ascontiguousarray(picture.luma))[None]
        return (
            luma,
            *(torch.from_numpy(m) for m in (maps.heat, maps.code, maps.weight, maps.care)),
        )


def train(goods: Stock, recipe: Recipe, folder: Path) -> PlateNet:
    """Train, or go on from `folder`/checkpoint.pt, and return the averaged network.

    The checkpoint is replaced atomically every 100 steps, and a kill costs no more than those.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(1)
    net, average = PlateNet(), PlateNet()
    net.to(memory_format=torch.channels_last)
    average.load_state_dict(net.state_dict())
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}],
        lr=recipe.rate,
    )
    checkpoint = folder / "checkpoint.pt"
    first = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(saved["net"])
        average.load_state_dict(saved["average"])
        optimiser.load_state_dict(saved["optimiser"])
        first = saved["step"]
    bar = Progress(TextColumn("{task.description}"), BarColumn(), "{task.completed}/{task.total}",
                   TimeRemainingColumn())  # fmt: skip
    with bar:
        task = bar.add_task("plate detector", total=recipe.steps, completed=first)
        for step, batch in _batches(goods, recipe, first):
            losses = _step(net, optimiser, batch, recipe.rate_at(step))
            _follow(average, net, min(recipe.average, (step + 1) / (step + 50)))
            bar.update(
                task,
                completed=step + 1,
                description=f"heat {losses[0]:.3f} corners {losses[1]:.4f}",
            )
            _note(folder, step, losses, recipe)
            if (step + 1) % 100 == 0 or step + 1 == recipe.steps:
                state = {"net": net.state_dict(), "average": average.state_dict(),
                         "optimiser": optimiser.state_dict(), "step": step + 1}  # fmt: skip
                torch.save(state, checkpoint.with_suffix(".new"))
                checkpoint.with_suffix(".new").replace(checkpoint)
    average.eval()
    return average


def _batches(goods: Stock, recipe: Recipe, first: int) -> Iterator[tuple[int, list[Tensor]]]:
    pictures = _Pictures(goods, recipe)
    wanted = range(first * recipe.batch, len(pictures))
    loader = DataLoader(pictures, recipe.batch, sampler=wanted, num_workers=1, prefetch_factor=4)
    for offset, batch in enumerate(loader):
        yield first + offset, batch


def _step(
    net: PlateNet, optimiser: torch.optim.Optimizer, batch: list[Tensor], rate: float
) -> tuple[float, float]:
    for group in optimiser.param_groups:
        group["lr"] = rate
    luma = batch[0].float().div_(255).to(memory_format=torch.channels_last)
    net.train()
    outputs = net(luma)
    heat, corners = loss(outputs, batch[1], batch[2], batch[3], batch[4])
    optimiser.zero_grad(set_to_none=True)
    (heat + corners).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimiser.step()
    return float(heat.detach()), float(corners.detach())


@torch.no_grad()
def _follow(average: PlateNet, net: PlateNet, keep: float) -> None:
    """Move the averaged weights towards the network's (Polyak and Juditsky 1992)."""
    theirs = net.state_dict()
    for name, mine in average.state_dict().items():
        if mine.dtype.is_floating_point:
            mine.lerp_(theirs[name], 1 - keep)
        else:
            mine.copy_(theirs[name])


def _note(folder: Path, step: int, losses: tuple[float, float], recipe: Recipe) -> None:
    """Add a line to the run's diary every 20 steps."""
    if step % 20 == 0:
        with (folder / "diary.csv").open("a") as diary:
            rate = recipe.rate_at(step)
            diary.write(f"{time.time():.0f},{step},{losses[0]:.4f},{losses[1]:.5f},{rate:.6f}\n")
