"""Training samples: rectified crops with their text, rendered by seed, kept in shards on disk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.core.vision import TWO_ROWS_ASPECT
from models.plate_reader.rectify import HEIGHT, WIDTH, one_line, two_lines
from models.plate_reader.train.photograph import Conditions, photograph, random_conditions
from models.plate_reader.train.scene import Scene, random_scene

LONGEST = 10
"""Characters of the longest text that is drawn."""
SHARD = 8192
"""Samples rendered and stored together."""
NOTHING_SHARE = 0.025
"""Crops of a street without a plate, in which nothing is to be read."""
LEANING_SHARE = 0.25
"""Crops that a quad leaves slanting: its left and right end, or its top and bottom, are shifted
against each other, as they are where the detector takes a seen slant for none."""
VIEWS = 2
"""Photographs of each mounted plate: mounting one costs more than photographing it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One crop (40, 176) uint8, what stands on it, and how it was seen."""

    crop: NDArray[np.uint8]
    text: str
    rows: int
    conditions: Conditions
    country: str
    visible: str
    """The text with a star for each character that is covered."""


def backgrounds(data: Path, most: int = 150) -> list[NDArray[np.uint8]]:
    """Return street pictures at half size, grey, from the MIT set; raise if it is not there.

    Raises:
        FileNotFoundError: the folder has no pictures.
    """
    folder = data / "plates" / "street-romania" / "images"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if not files:
        raise FileNotFoundError(f"no street pictures in {folder}; set SERENO_DATA")
    step = max(1, len(files) // most)
    pictures = [cv2.imread(str(file), cv2.IMREAD_REDUCED_GRAYSCALE_2) for file in files[::step]]
    return [np.asarray(picture, np.uint8) for picture in pictures if picture is not None]


def random_samples(rng: np.random.Generator, streets: list[NDArray[np.uint8]]) -> list[Sample]:
    """Return one random plate, mounted once and photographed `VIEWS` times."""
    conditions = [random_conditions(rng) for _ in range(VIEWS)]
    if rng.random() < NOTHING_SHARE:
        return [Sample(_nothing(rng, streets), "", 1, one, "", "") for one in conditions]
    widest = max(one.width_px for one in conditions)
    scene = random_scene(rng, streets, float(np.clip(1.6 * widest / 520, 0.3, 1.1)))
    return [_view(scene, one, rng) for one in conditions]


def _view(scene: Scene, conditions: Conditions, rng: np.random.Generator) -> Sample:
    """Photograph a scene and cut the plate out as a detector's corners would have it."""
    seen = photograph(scene.grey, scene.corners, conditions, rng)
    corners = guessed(seen.corners, rng)
    as_rows, text, visible = scene.rows, scene.text, scene.visible
    shape = np.ptp(scene.corners, axis=0)
    if shape[0] / shape[1] < TWO_ROWS_ASPECT and rng.random() < 0.12:
        # Read the wrong way on purpose: such a crop says nothing, so that the right way wins.
        as_rows, text, visible = 3 - as_rows, "", ""
    crop = one_line(seen.luma, corners) if as_rows == 1 else two_lines(seen.luma, corners)
    return Sample(crop, text, scene.rows, conditions, scene.country, visible)


def guessed(corners: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return corners as a detector gives them: near, or an upright box, or rather wrong."""
    width = float(np.linalg.norm(corners[1] - corners[0]))
    height = float(np.linalg.norm(corners[3] - corners[0]))
    kind = rng.random()
    if kind < 0.3:  # an upright box around a tilted plate
        low, high = corners.min(axis=0), corners.max(axis=0)
        tall = high[1] - low[1]
        if tall < 2.2 * height:
            corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)
    if rng.random() < LEANING_SHARE:
        slant = rng.normal(0, 0.14) * (corners[3] - corners[0])
        lean = rng.normal(0, 0.16) * height / width * (corners[1] - corners[0])
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
        corners = corners + signs[:, :1] * slant / 2 + signs[:, 1:] * lean / 2
    share = (0.014, 0.04) if kind < 0.7 else (0.03, 0.085)
    # The whole quad is shifted and scaled, then each corner errs on its own.
    middle = corners.mean(axis=0)
    grow = 1 + rng.normal((0.02, 0.05), (share[0] * 1.7, share[1] * 1.9))
    drift = rng.normal(0, 1, 2) * share * np.array([width, height]) * 0.8
    wrong = rng.normal(0, 1, (4, 2)) * share * np.array([width, height]) * 0.8
    return np.asarray((corners - middle) * grow + middle + drift + wrong, np.float32)


def _nothing(rng: np.random.Generator, streets: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    street = streets[int(rng.integers(len(streets)))]
    h = int(rng.integers(10, 60))
    w = min(street.shape[1] - 1, round(h * rng.uniform(2, 5)))
    y = int(rng.integers(street.shape[0] - h))
    x = int(rng.integers(street.shape[1] - w))
    return np.asarray(cv2.resize(street[y : y + h, x : x + w], (WIDTH, HEIGHT)), np.uint8)


def render_shard(
    path: Path, seed: tuple[int, ...], streets: list[NDArray[np.uint8]], count: int = SHARD
) -> None:
    """Render `count` samples of this seed to `path`, whole or not at all."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    crops = np.empty((count, HEIGHT, WIDTH), np.uint8)
    texts, visible, countries = [], [], []
    slices = np.empty((count, 5), np.float32)
    for n, sample in zip(range(count), _endless(rng, streets), strict=False):
        crops[n] = sample.crop
        texts.append(sample.text)
        visible.append(sample.visible)
        countries.append(sample.country)
        c = sample.conditions
        slices[n] = (c.width_px, c.night, c.blurred, c.oblique, sample.rows)
    words = f"U{LONGEST + 6}"
    shard = {
        "crops": crops,
        "texts": np.array(texts, dtype=words),
        "visible": np.array(visible, dtype=words),
        "countries": np.array(countries, dtype="U3"),
        "slices": slices,
    }
    _write(path, shard)


Real = tuple[NDArray[np.uint8], NDArray[np.float32], str]
"""A photograph's luma (H, W), a one-row plate's corners in it (4, 2), and what is seen of it."""


def mix_in(path: Path, real: Sequence[Real], share: float, rng: np.random.Generator) -> None:
    """Put real Spanish plates in place of a `share` of a shard's, each cut out a new way."""
    with np.load(path) as kept:
        shard = {key: kept[key] for key in kept.files}
    count = len(shard["crops"])
    for place in rng.choice(count, int(count * share), replace=False):
        luma, corners, text = real[int(rng.integers(len(real)))]
        shard["crops"][place] = one_line(luma, guessed(corners, rng))
        shard["texts"][place] = shard["visible"][place] = text
        shard["countries"][place] = "E"
    _write(path, shard)


def _write(path: Path, shard: Mapping[str, NDArray[np.generic]]) -> None:
    """Write a shard, whole or not at all."""
    part = path.with_suffix(".part.npz")
    np.savez(part, allow_pickle=False, **shard)
    part.replace(path)


def _endless(rng: np.random.Generator, streets: list[NDArray[np.uint8]]) -> Iterator[Sample]:
    while True:
        yield from random_samples(rng, streets)
