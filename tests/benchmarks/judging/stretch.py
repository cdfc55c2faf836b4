"""One stretch of street, read by the real duty and held against the truth; kept once it is done."""

import hashlib
import time
from pathlib import Path

import cv2
import msgspec

from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import Passage, World
from tests.benchmarks.judging.probe import Miss, Probe
from tests.simulators.reading import RATE_HZ, verdict

STRETCH_S = 240.0
"""World time of one stretch: one seed, one empty street traced."""

ROOT = Path(__file__).parent.parent.parent.parent
SOURCES = ("simulators", "agent/core", "agent/plates", "models", "tests/simulators/reading.py")
"""Whatever changes here changes the figures."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """How one stretch was read."""

    scenario: str
    seed: int
    right: int
    wrong: int
    unread: int
    invented: int
    blank: int
    extra: int
    by_layout: dict[str, tuple[int, int]]
    """Plates of a layout: right, and passed."""
    misses: tuple[Miss, ...]
    extras: tuple[tuple[float, str], ...]
    """When and what was told of nobody."""
    took_s: float

    @property
    def passed(self) -> int:
        return self.right + self.wrong + self.unread


def version() -> str:
    """Return a digest of everything that the figures depend on."""
    digest = hashlib.sha256()
    for source in SOURCES:
        path = ROOT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".toml", ".tflite"} and "train" not in file.parts:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def stretch(folder: Path, scenario: str, seed: int) -> Stretch:
    """Read one stretch, or take what was kept of it."""
    file = folder / f"{scenario}-{seed}.json"
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=Stretch)
    found = read(scenario, seed)
    folder.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".part")
    half.write_bytes(msgspec.json.encode(found))
    half.rename(file)
    return found


def read(scenario: str, seed: int) -> Stretch:
    """Let the duty read one stretch, and ask why what was not read right was not."""
    cv2.setNumThreads(1)
    begin_s = time.perf_counter()
    found = verdict(scenario, seed, STRETCH_S)
    probe = Probe(Eye(World(load(scenario), seed)), scenario, RATE_HZ)
    misses = [probe.miss(passage, told.text) for passage, told in found.wrong]
    misses += [probe.miss(passage, "") for passage in found.unread]
    misses += [probe.miss(passage, told.text) for passage, told in found.invented]
    return Stretch(
        scenario=scenario,
        seed=seed,
        right=len(found.right),
        wrong=len(found.wrong),
        unread=len(found.unread),
        invented=len(found.invented),
        blank=len(found.blank),
        extra=len(found.extra),
        by_layout=_by_layout(found.right, [*(p for p, _ in found.wrong), *found.unread]),
        misses=tuple(misses),
        extras=tuple((round(told.seen_s, 2), told.text) for told in found.extra),
        took_s=time.perf_counter() - begin_s,
    )


def _by_layout(right: list[Passage], others: list[Passage]) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for passages, one in ((right, 1), (others, 0)):
        for passage in passages:
            good, passed = sums.get(passage.layout, (0, 0))
            sums[passage.layout] = (good + one, passed + 1)
    return sums
