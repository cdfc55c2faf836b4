"""Reads one labelled picture through the agent's own pipeline, and says what became of its plates.

A picture with one plate is answered by its best read, the one `sereno read` prints first. In a
picture with several, a boxed plate is answered by the best read that lies on it, and plates without
boxes by the reads nearest to their texts, each read once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np

from agent.core.vision import TWO_ROWS_ASPECT, Luma, PlateDetector, PlateRead, PlateReader, Quad
from agent.plates.crops import read_crops
from agent.plates.cutout import border, bordered
from agent.plates.evaluate.cause import Rejection, Scene, cause_of
from agent.plates.evaluate.distance import distance
from agent.plates.evaluate.labelled import Corners, Labelled, LabelledPlate
from agent.plates.evaluate.score import Outcome, PictureScore, PlateScore
from agent.plates.evaluate.shapes import FOUND_IOU, matched, overlap
from agent.plates.evaluate.slices import measures, slices_of, upright
from agent.plates.evaluate.view import Shown, View, detector_for, shown
from agent.plates.formats.syntax import Syntax
from agent.plates.misgivings import Telling, forbidden, has_twin
from agent.plates.reading import Limits, Look, PlateResult, look_alone, results
from agent.plates.settings import PlatesSettings

TELLING = Telling(PlatesSettings(camera="none", purpose="trial").unsure)
"""What the duty tells where nothing else is configured."""

ANSWERS_IOU = 0.3
"""In a picture of several plates a read answers for the plate it lies on, even loosely."""

IGNORED_IOU = 0.2
"""What is found touching an ignored plate so much is no mistake."""

CROP_WIDTH_PX, CROP_HEIGHTS_PX = 352, (96, 264)
"""Size of a miss's plate on the contact sheet, with one row and with two."""

CROP_MARGIN = 0.1
"""Kept around a plate on the sheet, in its width: a loose box is seen as such."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The pipeline that is judged, as it is configured."""

    detector: PlateDetector
    reader: PlateReader
    syntax: Syntax
    limits: Limits = field(default_factory=Limits)
    view: View = View.WHOLE

    def judge(self, labelled: Labelled, luma: Luma) -> PictureScore:
        """Read a picture, (H, W) uint8, and compare."""
        picture = shown(luma, self.view)
        eyes = OneLook(detector_for(self.view, self.detector), self.reader)
        # what has a border gets no second one; where the picture is the plate, none at all
        limits = replace(self.limits, cut_outs=self.view is View.WHOLE)
        started_s = perf_counter()
        seen = look_alone(picture.luma, eyes, eyes, limits)
        read = results(seen, self.syntax)
        total_ms = (perf_counter() - started_s) * 1e3
        found = tuple(quad for quad, _ in seen.plates)
        scene = Scene(read, found, self._rejected(picture.luma, eyes, seen))
        plates = [plate for plate in labelled.plates if not plate.ignored]
        corners = [_corners(plate, picture, luma) for plate in plates]
        boxed = [place for place in corners if place is not None]
        quads = [quad.corners for quad in scene.found]
        hits = matched(boxed, quads)
        hit = {id(boxed[number]) for number in hits}
        scores = [
            _score(
                labelled,
                plate,
                place,
                answer,
                scene=scene,
                luma=picture.luma,
                found=bool(scene.found) if place is None else id(place) in hit,
            )
            for plate, place, answer in zip(
                plates, corners, answers(plates, corners, scene.answers), strict=True
            )
        ]
        ignored = [_corners(plate, picture, luma) for plate in labelled.plates if plate.ignored]
        taken = set(hits.values())
        extra = [
            quad
            for number, quad in enumerate(scene.found)
            if number not in taken
            and all(
                place is None or overlap(quad.corners, place) < IGNORED_IOU for place in ignored
            )
        ]
        return PictureScore(
            labelled.picture,
            tuple(scores),
            tuple(_extra(labelled, quad, scene, picture.luma) for quad in extra),
            reads=len(scene.answers),
            told=any(self._tells(read) for _, read in seen.plates),
            total_ms=total_ms,
        )

    def _tells(self, read: PlateRead) -> bool:
        """Say whether the duty would make a passage of a read."""
        if len(read.characters) < self.limits.shortest:
            return False
        judgement = self.syntax.judge(read)
        return forbidden(read, judgement, self.syntax, TELLING, still=True) is None and (
            not has_twin(read, judgement.text, self.syntax)
        )

    def _rejected(self, luma: Luma, eyes: "OneLook", seen: Look) -> tuple[Rejection, ...]:
        """Look again at what the detector offered and the limits refused."""
        away = np.array(border(luma) if seen.cut_out else (0, 0), np.float32)
        looked_at = bordered(luma) if seen.cut_out else luma
        refused = [
            quad
            for quad in eyes.detect(looked_at)
            if all(
                overlap(quad.corners - away, kept.corners) < FOUND_IOU for kept, _ in seen.plates
            )
        ]
        reads = read_crops(looked_at, refused, eyes, self.limits.crops) if refused else ()
        return tuple(
            Rejection(Quad(quad.corners - away, quad.score, quad.sure), read, self.limits)
            for quad, read in zip(refused, reads, strict=True)
        )


class OneLook:
    """Detector and reader for one picture: asked again, they say what they said, at no cost.

    The picture may be shown with a border too: what has another size is another picture.
    """

    def __init__(self, detector: PlateDetector, reader: PlateReader) -> None:
        self._detector, self._reader = detector, reader
        self._quads: dict[tuple[int, ...], Sequence[Quad]] = {}
        self._reads: dict[tuple[tuple[int, ...], bytes], PlateRead] = {}
        """By the quad's corners: the pipeline makes new quads of the same corners for its crops."""

    def detect(self, luma: Luma) -> Sequence[Quad]:
        if luma.shape not in self._quads:
            self._quads[luma.shape] = self._detector.detect(luma)
        return self._quads[luma.shape]

    def read(self, luma: Luma, quads: Sequence[Quad]) -> list[PlateRead]:
        keys = [(luma.shape, quad.corners.tobytes()) for quad in quads]
        pairs = zip(keys, quads, strict=True)
        new = {key: quad for key, quad in pairs if key not in self._reads}
        if new:
            reads = self._reader.read(luma, list(new.values()))
            self._reads.update(zip(new, reads, strict=True))
        return [self._reads[key] for key in keys]


def answers(
    plates: Sequence[LabelledPlate],
    corners: Sequence[Corners | None],
    reads: Sequence[PlateResult],
) -> list[PlateResult | None]:
    """Return the read that answers for each plate; `reads` are best first."""
    if len(plates) == 1:
        return [reads[0] if reads else None]
    boxed = [number for number, place in enumerate(corners) if place is not None]
    boxes = [place for place in corners if place is not None]
    pairs = matched(boxes, [read.quad.corners for read in reads], ANSWERS_IOU)
    given = {boxed[box]: read for box, read in pairs.items()}
    free = [number for number in range(len(reads)) if number not in given.values()]
    open_ = [n for n, p in enumerate(plates) if corners[n] is None and p.text is not None]
    while open_ and free:
        plate, read = min(
            ((p, r) for p in open_ for r in free),
            key=lambda pair: (distance(plates[pair[0]].text or "", reads[pair[1]].text), pair),
        )
        given[plate] = read
        open_.remove(plate)
        free.remove(read)
    return [reads[given[n]] if n in given else None for n in range(len(plates))]


def _corners(plate: LabelledPlate, picture: Shown, luma: Luma) -> Corners | None:
    return None if plate.box is None else picture.moved(plate.box.corners(luma.shape))


def _score(  # noqa: PLR0913 - one plate and all that is known of it
    labelled: Labelled,
    plate: LabelledPlate,
    place: Corners | None,
    answer: PlateResult | None,
    *,
    scene: Scene,
    luma: Luma,
    found: bool,
) -> PlateScore:
    cause = cause_of(plate.text, place, answer, scene)
    seen = place if place is not None else scene.best_place(answer)
    return PlateScore(
        labelled.picture,
        plate.text,
        answer,
        cause.outcome,
        found=found,
        boxed=place is not None,
        slices=(*slices_of(measures(luma, seen), plate.text), *labelled.slices),
        reason=cause.reason,
        rejected=cause.rejected,
        crop=None if cause.outcome is Outcome.RIGHT else crop_of(luma, seen),
    )


def _extra(labelled: Labelled, quad: Quad, scene: Scene, luma: Luma) -> PlateScore:
    read = next((answer for answer in scene.answers if answer.quad is quad), None)
    return PlateScore(
        labelled.picture,
        None,
        read,
        Outcome.FALSE_READ if read else Outcome.FALSE_FIND,
        found=True,
        boxed=False,
        slices=labelled.slices,
        reason=f"detector {quad.score:.2f}",
        crop=crop_of(luma, quad.corners),
    )


def crop_of(luma: Luma, corners: Corners | None) -> Luma:
    """Return a plate set upright for the contact sheet, or the whole picture made small."""
    if corners is None:
        height, width = luma.shape
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        size = (CROP_WIDTH_PX, min(round(CROP_WIDTH_PX * height / width), CROP_HEIGHTS_PX[1]))
        return upright(luma, corners, size)
    side = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    square = float(side[0] + side[2]) < TWO_ROWS_ASPECT * float(side[1] + side[3])
    margin = CROP_MARGIN * np.array([side[0] + side[2], side[0] + side[2]]) / 2
    along = (corners[1] - corners[0]) / max(float(side[0]), 1e-6)
    down = (corners[3] - corners[0]) / max(float(side[3]), 1e-6)
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)
    grown = corners + signs[:, :1] * along * margin[0] + signs[:, 1:] * down * margin[1]
    return upright(luma, grown.astype(np.float32), (CROP_WIDTH_PX, CROP_HEIGHTS_PX[square]))
