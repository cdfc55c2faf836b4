"""The whole pipeline against its limits and a peer, in one run, on one thread.

    python -m tests.benchmarks.pipeline [--pictures N] [--peers rapidocr|none] [--json PATH]

From a decoded luma of 1280x720 with one drawn plate to its text: found, looked at again, read from
up to three crops, judged. The peer reads the same pictures, interleaved. The rows on a Pi are
estimates from multiply-adds, said to be such.
"""

import argparse
import json
import platform
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent.core.errors import Rejected
from agent.plates.evaluate.peers.bench import Shot, one_thread, ours, raced, theirs
from agent.plates.evaluate.peers.peer import load_peers
from agent.plates.evaluate.peers.rapidocr import KINDS
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from models.plate_art import layout, random_text
from models.plate_detector import load_detector
from models.plate_reader.reader import load_reader
from models.plates import ShippedPlateModels
from tests.benchmarks.of_plates.shipped import models_line
from tests.models.street import with_plate

LIMIT_MS = 8.0
"""The issue's limit for one picture with one plate."""

FASTER = 4.0
"""The issue's least ratio to rapidocr."""

BOTH_MB = 2.0
"""The issue's limit for both models, the closer look's file included."""

CROPS = 3
"""Reader runs for one plate, at the most; the detector and its closer look run once each."""

PI_GMAC_S = {
    "Raspberry Pi 4 (Cortex-A72, 1.5 GHz)": 8.0,
    "Raspberry Pi 5 (Cortex-A76, 2.4 GHz)": 35.0,
}
"""Thousand million multiply-adds a second of int8 convolutions on one core. A guess, not measured:
an A72 multiplies eight int8 at a time, an A76 has dot products (SDOT), which XNNPACK uses; a third
of the peak is what networks of this kind reach."""


def shots(count: int) -> Iterator[Shot]:
    """Yield pictures of one plate at widths from 90 to 200 px, decoded."""
    kinds = ("es", "de", "fr", "pt", "it", "sk-2004")
    for number in range(count):
        width = 90 + (110 * number) // max(count - 1, 1)
        kind = kinds[number % len(kinds)]
        luma, _ = with_plate(kind, width, (300 + 37 * (number % 15), 420))
        text = random_text(layout(kind), np.random.default_rng(3))  # as with_plate writes it
        yield Shot(luma, np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8), text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pictures", type=int, default=24)
    parser.add_argument("--peers", default="rapidocr")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    one_thread()
    console = Console()
    names = [] if asked.peers == "none" else asked.peers.split(",")
    try:
        peers = load_peers(names, KINDS) if names else []
    except Rejected as error:
        console.print(f"without a peer: {error}")
        peers = []
    contenders = [ours(*ShippedPlateModels().load(), Syntax(shipped_book()))]
    contenders += [theirs(peer.peer.lines) for peer in peers]
    made = list(shots(asked.pictures))
    answers = raced(track(made, "pictures", console=console), contenders)
    table = Table("what", "wall ms, median (95 %)", "CPU ms, median", "limit", "ratio",
                  title="one 1280x720 picture with one plate, one thread")  # fmt: skip
    told: dict[str, dict[str, float]] = {}
    for name, said in zip(("sereno", *(peer.name for peer in peers)), answers, strict=True):
        wall = [one.wall_ms for one in said]
        cpu = float(np.median([one.cpu_ms for one in said]))
        median, late = float(np.median(wall)), float(np.percentile(wall, 95))
        told[name] = {"wall_ms": median, "wall_p95_ms": late, "cpu_ms": cpu}
        mine = name == "sereno"
        ratio = median / LIMIT_MS if mine else median / told["sereno"]["wall_ms"]
        limit = f"{LIMIT_MS:g}" if mine else f"≥ {FASTER:g} times ours"
        table.add_row(name, f"{median:.2f} ({late:.2f})", f"{cpu:.2f}", limit, f"{ratio:.2f}")
    found = load_detector()
    detector, closer = found.network.card, found.closer.card
    reader = load_reader().network.card
    files = ("plate_detector/model", "plate_detector/closer", "plate_reader/model")
    folder = Path(__file__).parents[2] / "models"
    size_mb = sum((folder / f"{name}.tflite").stat().st_size for name in files) / 1e6
    told["models"] = {"mb": size_mb}
    both = f"{size_mb / BOTH_MB:.2f}"
    table.add_row("the three model files, MB", f"{size_mb:.2f}", "", f"{BOTH_MB:g}", both)
    macs = (detector.macs or 0) + (closer.macs or 0) + CROPS * (reader.macs or 0)
    for board, rate in PI_GMAC_S.items():
        estimate = macs / rate / 1e6
        told[f"estimate: {board}"] = {"ms": estimate}
        table.add_row(f"estimate: {board}", f"about {estimate:.0f}", "", "", "")
    console.print(models_line())
    console.print(table)
    console.print(f"{macs / 1e6:.0f} million multiply-adds a picture with one plate")
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        machine = {"machine": platform.machine(), "python": platform.python_version()}
        asked.json.write_text(json.dumps({**machine, "pictures": len(made), "measured": told}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
