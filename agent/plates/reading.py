"""One picture's plates, read: what `sereno read` prints and what the duty does with every frame."""

from dataclasses import dataclass, replace
from math import prod
from statistics import median
from time import perf_counter

import numpy as np

from agent.core.log import mask
from agent.core.vision import Luma, PlateDetector, PlateRead, PlateReader, Quad
from agent.plates.crops import MOST_CROPS, read_crops
from agent.plates.cutout import FOUND_BY_NOBODY, WholePicture, border, bordered, is_cut_out
from agent.plates.formats.syntax import Judgement, Syntax
from agent.plates.regions import Regions, Rounds, around, far_ones, holds, moved, tiles
from agent.plates.track import height_px
from agent.plates.vote import whole_texts

MOST_PLATES = 16
"""Plates read in one picture, best detections first: a car park must not stop the street."""

MOST_ALTERNATIVES = 4
"""Other texts that are told with a plate."""

BELIEVED = 0.8
"""How sure the middle one of a read's characters must be to be told of a picture that stands alone.
What is no plate is unsure throughout; a plate with a character or two covered is not. A vehicle in
view gets more looks instead, and is voted on."""

UNFIT = 0.8
"""What a read that fits no country's format counts, when a picture's plates are ranked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too unsure, too small or too short to be a plate.

    A quad that the detector is not sure of is a plate if its characters are read with a mean
    likelihood of at least `vouched`. Each plate is read from `crops` crops.
    Plates are looked for in `regions`, or everywhere; `far` looks for small ones in tiles too.
    """

    score: float = 0.0  # the detector has a threshold of its own, found on data
    height_px: float = 8.0
    shortest: int = 4
    vouched: float = 0.95
    crops: int = MOST_CROPS
    cut_outs: bool = True  # a picture as small as a plate gets a border (cutout.py)
    regions: Regions = ()
    far: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Plates found in one picture with their reads, best detection first, and the time it took.

    `cut_out` says that the picture was taken for one plate cut out of a larger one.
    """

    plates: tuple[tuple[Quad, PlateRead], ...]
    detect_ms: float
    read_ms: float
    cut_out: bool = False


@dataclass(frozen=True, slots=True)
class Characters:
    """The final text of a plate, taken apart.

    `confidence` is the probability that all characters are right, if places err independently;
    `characters` are the final text's, each with the reader's own probability for it.
    """

    confidence: float
    characters: tuple[tuple[str, float], ...]
    alternatives: tuple[tuple[str, float], ...]

    def __repr__(self) -> str:
        return f"Characters({len(self.characters)} of a plate)"


@dataclass(frozen=True, slots=True, eq=False)
class PlateResult:
    """One plate of one picture, read and judged; `corners` are those of its `Quad`."""

    judgement: Judgement
    told: Characters
    quad: Quad
    likelihood: float

    @property
    def text(self) -> str:
        return self.judgement.text

    @property
    def rank(self) -> float:
        """How surely this is the plate of the picture."""
        return self.quad.score * self.likelihood * (1.0 if self.judgement.fits else UNFIT)

    def __repr__(self) -> str:
        return f"PlateResult({mask(self.text)}, {self.told.confidence:.2f})"


@dataclass(frozen=True, slots=True)
class Reading:
    """All plates of one picture, best first."""

    plates: tuple[PlateResult, ...]
    detect_ms: float
    read_ms: float
    total_ms: float


def look(
    luma: Luma,
    detector: PlateDetector,
    reader: PlateReader,
    limits: Limits,
    rounds: Rounds | None = None,
) -> Look:
    """Detect and read the plates of a picture, (H, W) uint8, without judging them.

    With `rounds` one tile is looked at for far plates, whose turn it is; else all are.
    """
    started_s = perf_counter()
    quads = [
        quad
        for quad in _found(luma, detector, limits, rounds)
        if quad.score >= limits.score and height_px(quad) >= limits.height_px
    ][:MOST_PLATES]
    detected_s = perf_counter()
    reads = read_crops(luma, quads, reader, limits.crops) if quads else ()
    read_s = perf_counter()
    plates = tuple(
        (quad, read) for quad, read in zip(quads, reads, strict=True) if _counts(quad, read, limits)
    )
    return Look(plates, (detected_s - started_s) * 1e3, (read_s - detected_s) * 1e3)


def _found(
    luma: Luma, detector: PlateDetector, limits: Limits, rounds: Rounds | None
) -> list[Quad]:
    """Return the plates of the regions, best first."""
    shape = luma.shape[0], luma.shape[1]
    left, top, right, bottom = around(limits.regions, shape)
    part = luma[top:bottom, left:right]
    quads = list(detector.detect(part))
    if limits.far:
        for tile in rounds.next(part) if rounds else tiles((part.shape[0], part.shape[1])):
            seen = detector.detect(part[tile[1] : tile[3], tile[0] : tile[2]])
            quads += far_ones(seen, tile, quads)
        quads.sort(key=lambda quad: -quad.score)
    found = [moved(quad, (left, top)) for quad in quads]
    return [quad for quad in found if holds(limits.regions, quad, shape)]


def _counts(quad: Quad, read: PlateRead, limits: Limits) -> bool:
    """Say whether this is a plate, unread ones included."""
    if not quad.sure and read.likelihood < limits.vouched:
        return False
    return not read.characters or len(read.characters) >= limits.shortest


def take_apart(read: PlateRead, judgement: Judgement) -> Characters:
    """Tell the final text's characters with their probabilities, and the other texts it may be."""
    characters = tuple(
        (char, dict(place.choices).get(char, 0.0))
        for char, place in zip(judgement.text, read.characters, strict=True)
    )
    others = [way for way in whole_texts(read, MOST_ALTERNATIVES + 1) if way[0] != judgement.text]
    confidence = prod(chance for _, chance in characters) if characters else 0.0
    return Characters(confidence, characters, tuple(others[:MOST_ALTERNATIVES]))


def read_plates(
    luma: Luma,
    detector: PlateDetector,
    reader: PlateReader,
    syntax: Syntax,
    limits: Limits,
) -> Reading:
    """Read every plate of one picture, (H, W) uint8, best first; unreadable ones are left out."""
    started_s = perf_counter()
    seen = look_alone(luma, detector, reader, limits)
    plates = results(seen, syntax)
    total_ms = (perf_counter() - started_s) * 1e3
    return Reading(plates, seen.detect_ms, seen.read_ms, total_ms)


def look_alone(luma: Luma, detector: PlateDetector, reader: PlateReader, limits: Limits) -> Look:
    """Look at a picture, (H, W) uint8, that stands alone.

    One that can only be a cut-out plate is looked at as such (cutout.py).
    """
    if limits.cut_outs and is_cut_out(luma):
        return _cut_out(luma, detector, reader, limits)
    return look(luma, detector, reader, limits)


def results(seen: Look, syntax: Syntax) -> tuple[PlateResult, ...]:
    """Judge what a picture that stands alone shows, best first, but for what is not believed."""
    plates = []
    for quad, read in seen.plates:
        if read.characters and (seen.cut_out or believed(read)):
            judgement = syntax.judge(read)
            told = take_apart(read, judgement)
            plates.append(PlateResult(judgement, told, quad, read.likelihood))
    return tuple(sorted(plates, key=lambda plate: -plate.rank))


def believed(read: PlateRead) -> bool:
    """Say whether a read of a picture that stands alone is one of a plate at all."""
    return median([place.best[1] for place in read.characters] or [0.0]) >= BELIEVED


def _cut_out(luma: Luma, detector: PlateDetector, reader: PlateReader, limits: Limits) -> Look:
    """Look at a plate that fills its picture, corners in the picture's own pixels."""
    seen = look(bordered(luma), detector, reader, limits)
    if not any(read.characters for _, read in seen.plates):
        whole = WholePicture(FOUND_BY_NOBODY, sure=False)
        return replace(look(luma, whole, reader, limits), cut_out=True)
    away = np.array(border(luma), np.float32)
    plates = tuple(
        (Quad(quad.corners - away, quad.score, quad.sure), read) for quad, read in seen.plates
    )
    return replace(seen, plates=plates, cut_out=True)
