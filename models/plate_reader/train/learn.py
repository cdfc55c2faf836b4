"""Learns the reader's weights from shards, in rounds; stops and resumes at any round's end."""

import copy
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional

from models.data import data_folder
from models.plate_reader.alphabet import classes
from models.plate_reader.rectify import STEPS
from models.plate_reader.train.network import (
    COUNTRIES,
    PlateReaderNet,
    decay_groups,
    greedy,
)
from models.plate_reader.train.samples import SHARD, backgrounds, render_shard

BATCH = 64
PEAK_RATE = 1.6e-3
WEIGHT_DECAY = 1e-2
EMA_DECAY = 0.9993
"""Mean over about the last fifteen hundred steps: what ships."""
AGES = (0, 3)
"""Each shard is learned from when new, and again three rounds later."""
COUNTRY_WEIGHT = 0.15
"""Of the country's cross entropy against the characters' loss: a by-product must not lead."""
NO_COUNTRY = -100
"""What cross entropy passes over (torch's own default)."""
FALLING_SHARE = 0.3
"""The last part of all rounds, over which the rate falls to nothing."""
INVERTED_SHARE = 0.03
"""Plates with light characters on dark paper, made by inverting."""
VALIDATION_SEED = 900_000_000
AHEAD = 3
"""Shards rendered before they are needed: bounds the disk, hides the rendering."""


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """Samples read back from disk."""

    crops: NDArray[np.uint8]
    texts: list[str]
    slices: NDArray[np.float32]
    """Width in pixels, night, blurred, oblique, rows."""
    countries: list[str]
    """Vehicle codes, "" where the plate is no country's."""
    visible: list[str]
    """The texts with a star for each character that is covered."""

    def part(self, which: slice) -> "Shard":
        """Return some of the samples."""
        return Shard(
            self.crops[which],
            self.texts[which],
            self.slices[which],
            self.countries[which],
            self.visible[which],
        )


def load_shard(path: Path) -> Shard:
    """Read a shard."""
    with np.load(path) as kept:
        return Shard(
            kept["crops"],
            kept["texts"].tolist(),
            kept["slices"],
            kept["countries"].tolist(),
            kept["visible"].tolist(),
        )


class Shards:
    """The folder of rendered shards; renders what is missing in one niced process of its own."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        folder.mkdir(parents=True, exist_ok=True)
        self._pool = ProcessPoolExecutor(1, initializer=_prepare)
        self._due: dict[int, Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def order(self, number: int) -> None:
        """Have a shard rendered unless it is on disk or under way."""
        if number not in self._due and not self._path(number).exists():
            self._due[number] = self._pool.submit(_render, self._path(number), (self.seed, number))

    def take(self, number: int) -> Shard:
        """Return a shard, waiting for it."""
        self.order(number)
        due = self._due.pop(number, None)
        if due is not None:
            due.result()
        return load_shard(self._path(number))

    def drop(self, number: int) -> None:
        """Forget a shard that no later round needs."""
        self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05d}.npz"


_streets: list[NDArray[np.uint8]] = []  # of the rendering process alone, filled once at its start


def _prepare() -> None:
    _streets.extend(backgrounds(data_folder()))


def _render(path: Path, seed: tuple[int, ...]) -> None:
    render_shard(path, seed, _streets)


@dataclass(slots=True, eq=False)
class Learner:
    """Net, running mean of its weights, optimiser and the number of rounds done."""

    net: nn.Module
    mean: nn.Module
    optimiser: torch.optim.Optimizer
    done: int = 0
    steps: int = 0


def new_learner(seed: int) -> Learner:
    """Return an untrained learner."""
    torch.manual_seed(seed)
    net = PlateReaderNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(decay_groups(net, WEIGHT_DECAY), lr=PEAK_RATE, betas=(0.9, 0.98))
    return Learner(net, copy.deepcopy(net).eval(), optimiser)


def resume(path: Path, seed: int) -> Learner:
    """Return the learner kept at `path`, or a new one."""
    learner = new_learner(seed)
    if path.exists():
        kept = torch.load(path, weights_only=True)
        learner.net.load_state_dict(kept["net"])
        learner.mean.load_state_dict(kept["mean"])
        learner.optimiser.load_state_dict(kept["optimiser"])
        learner.done, learner.steps = kept["done"], kept["steps"]
    return learner


def keep(path: Path, learner: Learner) -> None:
    """Write the learner to `path`, whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(
        {
            "net": learner.net.state_dict(),
            "mean": learner.mean.state_dict(),
            "optimiser": learner.optimiser.state_dict(),
            "done": learner.done,
            "steps": learner.steps,
        },
        part,
    )
    part.replace(path)


def learn(
    work: Path, rounds: int, seed: int, console: Console, peak: float = PEAK_RATE
) -> nn.Module:
    """Learn until `rounds` rounds are done and return the mean net; resumes from `work`."""
    torch.set_num_threads(1)
    learner = resume(work / "learner.pt", seed)
    bar = Progress(*Progress.get_default_columns(), console=console)
    with Shards(work / "shards", seed) as shards, bar:
        check = shards.take(VALIDATION_SEED)
        task = bar.add_task("rounds", total=rounds, completed=learner.done)
        while learner.done < rounds:
            now = learner.done
            due = [now - age for age in AGES if now >= age]  # first what this round waits for
            for number in (*due, *range(now + 1, min(now + AHEAD + 1, rounds))):
                shards.order(number)
            loss = _round(learner, shards, rounds, seed, peak)
            learner.done += 1
            keep(work / "learner.pt", learner)
            bar.advance(task)
            shards.drop(now - max(AGES))
            right = exact(texts(learner.mean, check.crops[:2048]), check.texts[:2048])
            console.log(
                f"round {learner.done}/{rounds}  loss {loss:.4f}  "
                f"rate {learner.optimiser.param_groups[0]['lr']:.2e}  drawn plates {right:.1%}"
            )
    return learner.mean


def _round(learner: Learner, shards: Shards, rounds: int, seed: int, peak: float) -> float:
    """Learn once from this round's new shard and the older ones due; return the mean loss."""
    parts = [shards.take(learner.done - age) for age in AGES if learner.done >= age]
    crops = np.concatenate([part.crops for part in parts])
    words = [text for part in parts for text in part.texts]
    codes = {code: n for n, code in enumerate(COUNTRIES)}
    origins = np.array(
        [codes.get(code, NO_COUNTRY) for part in parts for code in part.countries], np.int64
    )
    rng = np.random.default_rng((seed, 1, learner.done))
    order = rng.permutation(len(crops))
    torch.manual_seed(seed * 100_003 + learner.done)  # dropout, the same after a resume
    learner.net.train()
    losses = []
    for n, start in enumerate(range(0, len(order) - BATCH + 1, BATCH)):
        progress = learner.done + n * BATCH / len(order)
        for group in learner.optimiser.param_groups:
            group["lr"] = peak * _rate(progress, rounds, learner.steps)
        chosen = order[start : start + BATCH]
        batch = crops[chosen]
        inverted = rng.random(BATCH) < INVERTED_SHARE
        batch[inverted] = 255 - batch[inverted]
        losses.append(_step(learner, batch, [words[i] for i in chosen], origins[chosen]))
    return float(np.mean(losses))


def _rate(progress: float, rounds: int, steps: int) -> float:
    """Return the share of the peak rate: a short climb, a plateau, a fall."""
    climb = min(1.0, (steps + 1) / 300)
    fall = min(1.0, (rounds - progress) / (FALLING_SHARE * rounds))
    return climb * max(fall, 0.002)


def _step(
    learner: Learner, batch: NDArray[np.uint8], words: list[str], origins: NDArray[np.int64]
) -> float:
    targets = torch.tensor([c for word in words for c in classes(word)])
    lengths = torch.tensor([len(word) for word in words])
    logits, named = learner.net(as_input(batch))
    steps = torch.full((len(words),), STEPS)
    said = logits.log_softmax(-1).transpose(0, 1)
    loss = functional.ctc_loss(said, targets, steps, lengths, zero_infinity=True)
    if (origins != NO_COUNTRY).any():
        loss = loss + COUNTRY_WEIGHT * functional.cross_entropy(named, torch.from_numpy(origins))
    learner.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(learner.net.parameters(), 5.0)
    learner.optimiser.step()
    learner.steps += 1
    decay = min(EMA_DECAY, (1 + learner.steps) / (10 + learner.steps))
    with torch.no_grad():
        mean, net = learner.mean.state_dict(), learner.net.state_dict()
        for name, value in mean.items():
            if value.is_floating_point():
                value.lerp_(net[name], 1 - decay)
            else:
                value.copy_(net[name])
    return float(loss.detach())


def as_input(crops: NDArray[np.uint8]) -> Tensor:
    """Return crops (N, 40, 176) uint8 as the net's input."""
    batch = torch.from_numpy(crops).unsqueeze(1).float().div_(255)
    return batch.contiguous(memory_format=torch.channels_last)


def texts(net: nn.Module, crops: NDArray[np.uint8]) -> list[str]:
    """Return what the net reads on each crop."""
    net.eval()
    read: list[str] = []
    with torch.inference_mode():
        for start in range(0, len(crops), 256):
            read += greedy(net(as_input(crops[start : start + 256]))[0])
    return read


def exact(read: list[str], truth: list[str]) -> float:
    """Return the share read without a fault."""
    return float(np.mean([a == b for a, b in zip(read, truth, strict=True)]))


__all__ = ["SHARD", "Learner", "exact", "learn", "texts"]
