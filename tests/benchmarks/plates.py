"""What reading plates costs: the duty's own time per frame beside the bare interpreter calls.

    python -m tests.benchmarks.plates [--json PATH] [--frames N]

Every interpreter call inside the measured path is timed by itself, so that "own" is what is left
of the very same frames: grey conversion, letterbox, rectifying, decoding, tracking.
"""

import argparse
import asyncio
import json
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from agent.core.clock import Stamp, SystemClock
from agent.core.frames import Frame, Pixels
from agent.core.vision import PlateDetector, PlateReader
from agent.plates.decide import Judge, Rule
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.luma import is_uniform, luma_of
from agent.plates.misgivings import Telling
from agent.plates.purpose import PURPOSES
from agent.plates.reading import Limits, look
from agent.plates.track import Sighting, Tracks
from models.plate_detector import load_detector
from models.plate_reader.reader import load_reader
from tests.models.street import with_plate
from tests.plates.node import node

OWN_LIMIT_MS = 2.0
"""The issue's goal for our own time per frame on one thread."""

WARM_FRAMES = 20
FRAME_S = 0.1


class Timed:
    """An interpreter that adds up how long it was invoked."""

    def __init__(self, interpreter: Any) -> None:
        self._interpreter = interpreter
        self.took_s = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._interpreter, name)

    def invoke(self) -> None:
        begin_s = time.perf_counter()
        self._interpreter.invoke()
        self.took_s += time.perf_counter() - begin_s


@dataclass(frozen=True, slots=True)
class Row:
    """Milliseconds of one frame, by part."""

    detector_ms: float
    reader_ms: float
    own_ms: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """The shipped models with timed interpreters; satisfies `PlateModels`."""

    detector: PlateDetector
    reader: PlateReader
    detecting: Timed
    closing: Timed
    reading: Timed

    def load(self) -> tuple[PlateDetector, PlateReader]:
        return self.detector, self.reader


def loaded() -> Loaded:
    """Load the shipped models and put a stop-watch round each interpreter."""
    detector, reader = load_detector(), load_reader()
    detecting = detector.network._interpreter = Timed(detector.network._interpreter)
    closing = detector.closer._interpreter = Timed(detector.closer._interpreter)
    reading = reader.network._interpreter = Timed(reader.network._interpreter)
    return Loaded(detector, reader, detecting, closing, reading)


def pictures(*, colour: bool, plate: bool) -> list[NDArray[np.uint8]]:
    """Return sixteen 1280x720 pictures of one plate passing, rows strided like a decoder's."""
    made = []
    for step in range(16):
        padded = np.zeros((720, 1344), np.uint8)
        where = (400 + 20 * step, 480 + 5 * step)
        padded[:, :1280] = with_plate("es", 120 + 4 * step if plate else 8, where)[0]
        grey = padded[:, :1280]
        made.append(np.repeat(grey[:, :, None], 3, axis=2) if colour else grey)
    return made


def frames(data: Sequence[NDArray[np.uint8]], count: int) -> Iterator[Frame]:
    """Yield `count` frames, forth and back through `data`."""
    there_and_back = [*data, *data[::-1]]
    pixels = Pixels.BGR8 if data[0].ndim == 3 else Pixels.GREY8
    for seq in range(count):
        stamp = Stamp(seq * FRAME_S, datetime.now(UTC), synced=True)
        yield Frame("gate", seq, stamp, pixels, there_and_back[seq % len(there_and_back)])


def each_frame(models: Loaded, data: Sequence[NDArray[np.uint8]], count: int) -> list[Row]:
    """Time everything the duty does with a frame, on this thread."""
    tracks, rows = Tracks(lost_s=1.0), []
    for frame in frames(data, WARM_FRAMES + count):
        models.detecting.took_s = models.closing.took_s = models.reading.took_s = 0.0
        begin_s = time.perf_counter()
        luma = luma_of(frame)
        if not is_uniform(luma):
            seen = look(luma, models.detector, models.reader, Limits())
            tracks.expire(frame.taken.mono_s)
            tracks.update([Sighting(frame, quad, read) for quad, read in seen.plates])
        whole_s = time.perf_counter() - begin_s
        detect_s, read_s = models.detecting.took_s + models.closing.took_s, models.reading.took_s
        rows.append(Row(detect_s * 1e3, read_s * 1e3, (whole_s - detect_s - read_s) * 1e3))
    return rows[WARM_FRAMES:]


def decision_ms(models: Loaded, data: Sequence[NDArray[np.uint8]], rounds: int) -> list[float]:
    """Time the decision at the end of a track: vote, syntax, digest of the best picture."""
    tracks = Tracks(lost_s=1.0)
    for frame in frames(data, 32):
        seen = look(luma_of(frame), models.detector, models.reader, Limits())
        tracks.update([Sighting(frame, quad, read) for quad, read in seen.plates])
    [track, *_] = tracks
    judge = Judge(
        "plates", "gate", PURPOSES["trial"], Syntax(shipped_book()), Rule(4, 1, Telling(0.0))
    )
    return [_timed_ms(lambda: judge.track(track, "left")) for _ in range(rounds)]


def _timed_ms(call: Callable[[], object]) -> float:
    begin_s = time.perf_counter()
    call()
    return (time.perf_counter() - begin_s) * 1e3


async def through_the_duty(
    models: Loaded, data: Sequence[NDArray[np.uint8]], count: int
) -> tuple[float, float]:
    """Run the real duty on `count` frames; return frames and passages per second."""
    clock = SystemClock()
    async with node(clock, models, live=False, lost_s=0.5, again_s=0.1) as one:
        await one.show(data[0])
        begin_s = time.perf_counter()
        for at in range(count):
            await one.show(data[at % len(data)], then_s=0)
        while one.duty.readings()["frames"] < count + 1:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.001)
        took_s = time.perf_counter() - begin_s
    return count / took_s, one.duty.readings()["passages"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--frames", type=int, default=300)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    models = loaded()
    table = Table(title="Reading plates: ms per 1280x720 frame, one thread, medians (95 %)")
    for name in ("frame", "detector, bare", "reader, bare", "own", "limit", "ratio"):
        table.add_column(name, justify="left" if name == "frame" else "right")
    told: dict[str, dict[str, float]] = {}
    for name, colour, plate in (
        ("grey, a plate", False, True),
        ("grey, no plate", False, False),
        ("BGR, a plate", True, True),
    ):
        rows = each_frame(models, pictures(colour=colour, plate=plate), asked.frames)
        parts = {
            part: [getattr(row, part) for row in rows]
            for part in ("detector_ms", "reader_ms", "own_ms")
        }
        told[name] = {
            f"{part}_{words}": round(float(np.percentile(values, at)), 3)
            for part, values in parts.items()
            for words, at in (("median", 50), ("p95", 95))
        }
        shown = [f"{told[name][f'{p}_median']:.2f} ({told[name][f'{p}_p95']:.2f})" for p in parts]
        own = told[name]["own_ms_median"]
        table.add_row(name, *shown, f"{OWN_LIMIT_MS:g}", f"{own / OWN_LIMIT_MS:.2f}")
    seen = pictures(colour=False, plate=True)
    decide = float(np.median(decision_ms(models, seen, 50)))
    rate, passages = asyncio.run(through_the_duty(models, seen, asked.frames))
    told["decision"] = {"median_ms": round(decide, 3)}
    told["duty"] = {"frames_per_s": round(rate, 1), "passages": passages}
    console = Console()
    console.print(table)
    console.print(
        f"one decision (32 looks voted, judged, picture hashed): {decide:.2f} ms, off path"
    )
    console.print(f"through the whole duty, its thread and bus: {rate:.1f} frames/s")
    if asked.json:
        machine = {"machine": platform.machine(), "python": platform.python_version()}
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps({**machine, "frames": asked.frames, "measured": told}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
