"""What seeing costs: the bare interpreter calls, and our own time around them, on one thread.

    python -m tests.benchmarks.models [--json PATH] [--rounds N]

Each round times the bare calls and the whole path on the same 1280x720 luma frame with one plate,
one after the other, so that whatever disturbs the machine disturbs both alike.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from models.plate_detector import load_detector
from models.plate_detector.decode import decode
from models.plate_detector.detector import CANDIDATE
from models.plate_detector.letterbox import fit
from models.plate_reader.reader import load_reader
from models.runtime import Network
from tests.models.street import with_plate

OVERHEAD_LIMIT_MS = 2.0
"""The issue's goal for our own time per frame beside the two bare calls."""

WARM_ROUNDS = 20

WHOLE = {"detector": ("detector", "closer look"), "reader": ("reader",)}
"""The bare calls that each whole one makes of a frame in which one find is looked at again."""


def bare(network: Network) -> Callable[[], None]:
    """Return the bare interpreter call of a loaded network."""
    invoke: Callable[[], None] = network._interpreter.invoke  # measured beside ours
    return invoke


def timed_ms(call: Callable[[], object]) -> float:
    """Return this thread's processor time: what other programs take of the machine is not ours."""
    begin_s = time.thread_time()
    call()
    return (time.thread_time() - begin_s) * 1e3


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each part in each round."""
    detector, reader = load_detector(), load_reader()
    padded = np.zeros((720, 1344), np.uint8)  # rows strided as a decoder leaves them
    padded[:, :1280] = with_plate("es", 160)[0]
    frame = padded[:, :1280]
    into = np.zeros(detector.network.card.inputs[0].shape[1:3], np.uint8)
    quads = load_detector(weakest=CANDIDATE).detect(frame)
    if len(quads) != 1:
        raise SystemExit(f"models benchmark: {len(quads)} finds instead of the one drawn plate")
    fit(frame, into)
    heat, across, down = detector.network.run(into)
    parts: dict[str, Callable[[], object]] = {
        "detector, bare": bare(detector.network),
        "closer look, bare": bare(detector.closer),
        "reader, bare": bare(reader.network),
        "detector, whole": lambda: detector.detect(frame),
        "reader, whole": lambda: reader.read(frame, quads[:1]),
        "letterbox": lambda: fit(frame, into),
        "decode": lambda: decode(heat[0, :, :, 0], across[0], down[0], detector.threshold),
    }
    times: dict[str, list[float]] = {name: [] for name in parts}
    for number in track(range(WARM_ROUNDS + rounds), "models"):
        for name, call in parts.items():
            took_ms = timed_ms(call)
            if number >= WARM_ROUNDS:
                times[name].append(took_ms)
    return times


def figures(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return least, median and 95th percentile of each part, and of our own time the differences.

    Differences of medians, not medians of differences: on a busy machine single rounds jump.
    """
    found: dict[str, dict[str, float]] = {}
    for name, values in times.items():
        least, median, high = (float(v) for v in np.percentile(values, (0, 50, 95)))
        found[name] = {"least_ms": least, "median_ms": median, "p95_ms": high}
    found["own time, both"] = {
        key: sum(
            found[f"{name}, whole"][key] - sum(found[f"{run}, bare"][key] for run in runs)
            for name, runs in WHOLE.items()
        )
        for key in ("least_ms", "median_ms")
    }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=300)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    found = figures(measure(asked.rounds))
    table = Table("ms per 1280x720 frame, one thread", "least", "median", "95 %", "limit")
    for name, figure in found.items():
        high = f"{figure['p95_ms']:.3f}" if "p95_ms" in figure else ""
        limit = f"{OVERHEAD_LIMIT_MS:g}" if name == "own time, both" else ""
        table.add_row(name, f"{figure['least_ms']:.3f}", f"{figure['median_ms']:.3f}", high, limit)
    Console().print(table)
    if asked.json:
        machine = {"machine": platform.machine(), "python": platform.python_version()}
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps({**machine, "rounds": asked.rounds, "ms": found}))


if __name__ == "__main__":
    main()
