"""All figures of one set, counted from what became of its pictures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

import msgspec
import numpy as np

from agent.plates.evaluate.calibration import Calibration, calibration
from agent.plates.evaluate.distance import HIDDEN, aligned
from agent.plates.evaluate.score import Outcome, PictureScore, PlateScore
from agent.plates.evaluate.share import Share, share, share_of

MOST_CONFUSIONS = 20
"""Confused characters that are kept, the most frequent first."""


class SliceFigures(msgspec.Struct, frozen=True):
    """The figures of one kind of picture; a share without a count was not measured."""

    plates: int
    strict: Share
    tolerant: Share
    found: Share
    characters: Share


class Confusion(msgspec.Struct, frozen=True):
    """How often one true character was read as another; empty for one missed or made up."""

    true: str
    read: str
    count: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of labelled pictures says about the reading.

    strict: the text is exactly the truth's. tolerant: with O and Q as 0 and I as 1 on both sides.
    raw: strict before the syntax repaired anything. found: something was found on the plate's box,
    or at all where it is not boxed. precision: of what was found, where every plate is boxed.
    characters: of those that can be seen, less every edit between truth and read. no_read, no_tell:
    pictures without a plate in which none was read, and in which the duty would have told none.
    """

    pictures: int
    unreadable: int
    plates: int
    strict: Share
    tolerant: Share
    raw: Share
    found: Share
    boxed: int
    precision: Share
    characters: Share
    no_read: Share
    no_tell: Share
    outcomes: dict[str, int]
    confusions: tuple[Confusion, ...]
    calibration: Calibration
    character_calibration: Calibration
    slices: dict[str, dict[str, SliceFigures]]
    median_ms: float
    p95_ms: float

    @property
    def character_errors(self) -> float:
        """Return the character error rate: edits by characters that can be seen."""
        return 1 - self.characters.share if self.characters.count else 0.0


def figures_of(scores: Iterable[PictureScore], *, complete: bool) -> Figures:
    """Count everything; `complete` says that every plate in the pictures is boxed."""
    every = list(scores)
    read = [one for one in every if one.error is None]
    plates = [plate for one in read for plate in one.plates]
    empty = [one for one in read if not one.plates]
    times = sorted(one.total_ms for one in read)
    extra = [plate for one in read for plate in one.made_up(complete=complete)]
    hits = sum(plate.found for plate in plates if plate.boxed)
    counted = Counter(plate.outcome for plate in [*plates, *extra])
    return Figures(
        pictures=len(every),
        unreadable=len(every) - len(read),
        plates=len(plates),
        **_shares(plates),
        boxed=sum(plate.boxed for plate in plates),
        precision=share(hits, hits + len(extra)) if complete else share(0, 0),
        no_read=share_of(not one.reads for one in empty),
        no_tell=share_of(not one.told for one in empty),
        outcomes={kind.value: counted[kind] for kind in Outcome if counted[kind]},
        confusions=confusions(plates),
        calibration=calibration(told_and_right(read)),
        character_calibration=calibration(characters_told(plates)),
        slices=by_slice(plates),
        median_ms=round(median(times), 3) if times else 0.0,
        p95_ms=round(float(np.percentile(times, 95)), 3) if times else 0.0,
    )


def told_and_right(pictures: Iterable[PictureScore]) -> list[tuple[float, bool]]:
    """Return each read's confidence and whether it was right; one where no plate is, is wrong.

    Plates of which a part is hidden are left out: nobody knows whether the whole read is right.
    """
    found: list[tuple[float, bool]] = []
    for one in pictures:
        found += [
            (plate.read.told.confidence, plate.strict)
            for plate in one.plates
            if plate.read is not None and plate.truth is not None and HIDDEN not in plate.truth
        ]
        if not one.plates:
            found += [(e.read.told.confidence, False) for e in one.extra if e.read is not None]
    return found


def characters_told(plates: Iterable[PlateScore]) -> list[tuple[float, bool]]:
    """Return each read character's confidence and whether it was right; hidden ones are left out.

    A character that was made up is a wrong one; one that was missed said nothing.
    """
    told: list[tuple[float, bool]] = []
    for plate in plates:
        if plate.read is None or plate.truth is None:
            continue
        chances = iter(plate.read.told.characters)
        for true, seen in aligned(plate.truth, plate.text):
            chance = next(chances)[1] if seen else 0.0
            if seen and true != HIDDEN:
                told.append((chance, true == seen))
    return told


def by_slice(plates: Sequence[PlateScore]) -> dict[str, dict[str, SliceFigures]]:
    """Return figures by what is told of the pictures, and by kind within it."""
    heaps: dict[str, dict[str, list[PlateScore]]] = defaultdict(lambda: defaultdict(list))
    for plate in plates:
        for what, kind in plate.slices:
            heaps[what][kind].append(plate)
    return {
        what: {
            kind: SliceFigures(
                plates=len(heap),
                **{name: part for name, part in _shares(heap).items() if name != "raw"},
            )
            for kind, heap in sorted(kinds.items(), key=_by_band)
        }
        for what, kinds in heaps.items()
    }


def _by_band(item: tuple[str, list[PlateScore]]) -> tuple[float, int, str]:
    """Sort bands by their lower edge, other kinds by how many plates they have."""
    kind, heap = item
    first = kind.partition(" ")[0]
    if first == "under":
        return -1.0, 0, kind
    edge = float(first) if first.replace(".", "", 1).isdigit() else 1e9
    return edge, -len(heap), kind


def confusions(plates: Iterable[PlateScore]) -> tuple[Confusion, ...]:
    """Return the characters that were confused, in plates that were read at all."""
    counted = Counter(
        pair
        for plate in plates
        if plate.truth is not None and plate.read is not None and plate.errors
        for pair in aligned(plate.truth, plate.text)
        if pair[0] != pair[1] and pair[0] != HIDDEN
    )
    common = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_CONFUSIONS]
    return tuple(Confusion(true, read, count) for (true, read), count in common)


def _shares(plates: Sequence[PlateScore]) -> dict[str, Share]:
    texts = [plate for plate in plates if plate.truth is not None]
    visible = sum(plate.visible for plate in texts)
    errors = sum(plate.errors for plate in texts)
    return {
        "strict": share_of(plate.strict for plate in texts),
        "tolerant": share_of(plate.tolerant for plate in texts),
        "raw": share_of(plate.raw for plate in texts),
        "found": share_of(plate.found for plate in plates),
        "characters": share(max(0, visible - errors), visible),
    }
