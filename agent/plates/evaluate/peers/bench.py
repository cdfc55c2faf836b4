"""The same pictures through our pipeline and its peers, one after the other, one thread each.

Every picture is decoded before the clock starts, as luma for us and in colour for the peers. The
order turns from picture to picture, so that whatever else the machine does strikes all alike.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import msgspec
import numpy as np

from agent.core.text import tolerant
from agent.core.vision import Luma, PlateDetector, PlateReader
from agent.plates.evaluate.distance import distance, visible
from agent.plates.evaluate.peers.peer import Bgr, Line, LoadedPeer
from agent.plates.evaluate.peers.rule import PeerRead, read_of
from agent.plates.evaluate.share import Share, share, share_of
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import Limits, read_plates

OURS = "sereno"

THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One decoded picture: luma (H, W), colour (H, W, 3), both uint8, and the plate written on it.

    `truth` is None where no plate is in the picture.
    """

    luma: Luma
    bgr: Bgr
    truth: str | None

    def __repr__(self) -> str:
        return f"Shot({self.luma.shape})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one contender said of one picture, and what it took, in ms by the clock and of CPU."""

    truth: str | None
    read: PeerRead
    wall_ms: float
    cpu_ms: float

    def __repr__(self) -> str:
        return f"Answer({self.wall_ms:.1f} ms)"


class ContenderFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One contender on one set.

    raw: a peer's surest line as it is, our read before the syntax. any: the truth is among all
    texts read. wall and cpu: of one picture, without decoding its file.
    """

    name: str
    version: str
    strict: Share
    tolerant: Share
    raw: Share
    any: Share
    characters: Share
    no_read: Share
    wall_median_ms: float
    wall_p95_ms: float
    cpu_median_ms: float
    cpu_p95_ms: float
    times_slower: float
    """CPU time of one picture in units of ours, medians."""


Reads = Callable[[Shot], PeerRead]


def one_thread() -> None:
    """Keep every library that is loaded from here on, and OpenCV, to one thread."""
    os.environ.update(THREADS)
    cv2.setNumThreads(1)


def ours(detector: PlateDetector, reader: PlateReader, syntax: Syntax) -> Reads:
    """Return our own pipeline as a contender."""

    def read(shot: Shot) -> PeerRead:
        plates = read_plates(shot.luma, detector, reader, syntax, Limits()).plates
        if not plates:
            return PeerRead("", "", ())
        best = plates[0]
        return PeerRead(best.text, best.judgement.raw, tuple(plate.text for plate in plates))

    return read


def theirs(lines: Callable[[Bgr], Sequence[Line]]) -> Reads:
    """Return a peer as a contender; the rule's time is the peer's too, it is hardly any."""
    return lambda shot: read_of(lines(shot.bgr))


def raced(shots: Iterable[Shot], contenders: Sequence[Reads]) -> list[list[Answer]]:
    """Return every contender's answers, in the order of the pictures."""
    answers: list[list[Answer]] = [[] for _ in contenders]
    for turn, shot in enumerate(shots):
        if turn == 0:
            for read in contenders:
                read(shot)  # first use allocates
        for step in range(len(contenders)):
            at = (turn + step) % len(contenders)
            cpu_s, wall_s = time.process_time(), time.perf_counter()
            said = contenders[at](shot)
            wall_ms, cpu_ms = time.perf_counter() - wall_s, time.process_time() - cpu_s
            answers[at].append(Answer(shot.truth, said, wall_ms * 1e3, cpu_ms * 1e3))
    return answers


def contender_figures(
    peers: Sequence[LoadedPeer], answers: Sequence[Sequence[Answer]], our_version: str
) -> list[ContenderFigures]:
    """Count all contenders' answers; the first are ours."""
    names = [(OURS, our_version), *((peer.name, peer.version) for peer in peers)]
    our_ms = median(one.cpu_ms for one in answers[0]) if answers[0] else 0.0
    return [
        _figures(name, version, said, our_ms)
        for (name, version), said in zip(names, answers, strict=True)
    ]


def _figures(name: str, version: str, answers: Sequence[Answer], our_ms: float) -> ContenderFigures:
    plates = [(one.truth, one.read) for one in answers if one.truth is not None]
    empty = [one.read for one in answers if one.truth is None]
    seen = sum(visible(truth) for truth, _ in plates)
    errors = sum(distance(truth, read.text) for truth, read in plates)
    walls, cpus = [one.wall_ms for one in answers], [one.cpu_ms for one in answers]
    return ContenderFigures(
        name=name,
        version=version,
        strict=share_of(_right(truth, read.text) for truth, read in plates),
        tolerant=share_of(_right(tolerant(truth), tolerant(read.text)) for truth, read in plates),
        raw=share_of(_right(truth, read.raw) for truth, read in plates),
        any=share_of(any(_right(truth, text) for text in read.every) for truth, read in plates),
        characters=share(max(0, seen - errors), seen),
        no_read=share_of(not read.text for read in empty),
        wall_median_ms=_rounded(median(walls)) if walls else 0.0,
        wall_p95_ms=_rounded(float(np.percentile(walls, 95))) if walls else 0.0,
        cpu_median_ms=_rounded(median(cpus)) if cpus else 0.0,
        cpu_p95_ms=_rounded(float(np.percentile(cpus, 95))) if cpus else 0.0,
        times_slower=_rounded(median(cpus) / our_ms) if cpus and our_ms else 0.0,
    )


def _right(truth: str, text: str) -> bool:
    return bool(text) and not distance(truth, text)


def _rounded(number: float) -> float:
    return round(number, 3)
