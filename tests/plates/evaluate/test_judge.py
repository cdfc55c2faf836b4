"""What became of each plate is said rightly, and figures are counted as by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agent.core.vision import Luma, PlateRead, Quad
from agent.plates.evaluate.figures import Figures, figures_of
from agent.plates.evaluate.judge import Judge, OneLook
from agent.plates.evaluate.labelled import Box, Labelled, LabelledPlate
from agent.plates.evaluate.run import judged
from agent.plates.evaluate.score import Outcome, PictureScore, PlateScore
from agent.plates.evaluate.view import View
from agent.plates.reading import Limits
from tests.plates.drawn import DrawnDetector, DrawnReader, street
from tests.plates.evaluate.pictures import box_of, drawn_judge, open_luma, save, street_with

WRITTEN = "1234BCD"


def box(text: str = WRITTEN, row: int = 0) -> Box:
    x, y, width, height = box_of(text, row)
    return Box(x, y, x + width, y + height)


def labelled(*plates: LabelledPlate) -> Labelled:
    return Labelled(Path("a.png"), plates)


def score(drawn: Sequence[str], *plates: LabelledPlate, judge: Judge | None = None) -> PictureScore:
    return (judge or drawn_judge()).judge(labelled(*plates), street_with(*drawn))


def outcome(drawn: str, *plates: LabelledPlate, judge: Judge | None = None) -> PlateScore:
    [only] = score([drawn], *plates, judge=judge).plates
    return only


class Unsure(DrawnDetector):
    """Finds plates and is sure of none."""

    def detect(self, luma: Luma) -> list[Quad]:
        return [Quad(quad.corners, 0.3, sure=False) for quad in super().detect(luma)]


class Shifted(DrawnDetector):
    """Finds plates two thirds of a plate beside where they are."""

    def detect(self, luma: Luma) -> list[Quad]:
        found = super().detect(luma)
        aside = [np.array((0.6 * np.ptp(quad.corners[:, 0]), 0), np.float32) for quad in found]
        return [Quad(q.corners + by, q.score) for q, by in zip(found, aside, strict=True)]


def judge_with(detector: DrawnDetector, *, vouched: float = 0.95) -> Judge:
    plain = drawn_judge()
    return Judge(detector, plain.reader, plain.syntax, Limits(vouched=vouched))


class Counting(DrawnDetector):
    """Counts how often it is asked."""

    asked = 0

    def detect(self, luma: Luma) -> Sequence[Quad]:
        self.asked += 1
        return super().detect(luma)


def test_a_picture_is_looked_at_once_and_said_the_same_of() -> None:
    eyes = Counting()
    found = score([WRITTEN, "B12"], LabelledPlate(WRITTEN, box()), judge=judge_with(eyes))
    assert eyes.asked == 1
    assert [one.text for one in found.plates] == [WRITTEN]
    once = OneLook(DrawnDetector(), drawn_judge().reader)
    picture = street_with(WRITTEN, "9999XYZ")
    first, second = once.detect(picture)
    texts = {read.text for read in once.read(picture, [first, second])}
    again = [read.text for read in once.read(picture, [second, Quad(first.corners, 0.1)])]
    assert {WRITTEN, "9999XYZ"} == texts == set(again)
    assert again[0] == once.read(picture, [second])[0].text


def test_a_plate_read_as_written_is_right() -> None:
    one = outcome(WRITTEN, LabelledPlate(WRITTEN, box()))
    assert one.outcome is Outcome.RIGHT
    assert (one.strict, one.tolerant, one.raw, one.found, one.errors) == (True,) * 4 + (0,)
    assert one.crop is None
    kinds = dict(one.slices)
    assert kinds["plate width"] == "150 and more px"
    assert kinds["light"] == "day"
    assert kinds["rows"] == "one row"
    assert kinds["country"] == "E"


def test_a_plate_read_otherwise_is_misread() -> None:
    one = outcome(WRITTEN, LabelledPlate("I234BCX", box()))
    assert one.outcome is Outcome.MISREAD
    assert (one.strict, one.tolerant, one.errors) == (False, False, 2)
    assert one.crop is not None
    look_alike = outcome(WRITTEN, LabelledPlate("I234BCD", None))
    assert (look_alike.strict, look_alike.tolerant) == (False, True)


@pytest.mark.parametrize(("drawn", "told"), [(WRITTEN, True), (WRITTEN[1:], False)])
def test_what_the_duty_would_not_tell_is_not_counted_as_told(drawn: str, told: bool) -> None:
    spanish = replace(drawn_judge(), reader=DrawnReader((("E", 0.95),)))
    seen = score([drawn], judge=spanish)
    assert (seen.reads, seen.told) == (1, told)


def test_hidden_characters_are_free() -> None:
    one = outcome(WRITTEN, LabelledPlate("12*4B*D", None))
    assert one.strict
    assert one.visible == 5


def test_a_plate_nobody_found_is_not_found() -> None:
    [one] = score([], LabelledPlate(WRITTEN, box())).plates
    assert one.outcome is Outcome.NOT_FOUND
    assert not one.found
    assert one.errors == 7
    [unboxed] = score([], LabelledPlate(WRITTEN, None)).plates
    assert unboxed.outcome is Outcome.NOT_FOUND
    assert unboxed.crop is not None  # the whole picture


def test_a_plate_refused_by_a_limit_is_rejected_with_the_reason() -> None:
    short = outcome("B12", LabelledPlate("B12", box("B12")))
    assert short.outcome is Outcome.REJECTED
    assert short.reason == "3 characters, below 4"
    assert short.rejected == "B12"
    unsure = judge_with(Unsure(), vouched=1.0)
    one = outcome(WRITTEN, LabelledPlate(WRITTEN, box()), judge=unsure)
    assert one.outcome is Outcome.REJECTED
    assert one.reason.startswith("detector unsure (0.30), read's likelihood")
    assert not one.found


def test_a_box_beside_the_plate_is_a_wrong_box() -> None:
    one = outcome(WRITTEN, LabelledPlate(WRITTEN, box()), judge=judge_with(Shifted()))
    assert one.outcome is Outcome.WRONG_BOX
    assert one.reason.startswith("IoU 0.2")


def test_the_best_read_answers_for_the_only_plate() -> None:
    both = score([WRITTEN, "9999XYZ"], LabelledPlate(WRITTEN, None))
    other = score([WRITTEN, "9999XYZ"], LabelledPlate("9999XYZ", None))
    outcomes = {both.plates[0].outcome, other.plates[0].outcome}
    assert outcomes == {Outcome.RIGHT, Outcome.OUTRANKED}


@pytest.mark.parametrize("boxed", [True, False])
def test_each_of_several_plates_gets_its_own_read(boxed: bool) -> None:
    plates = [
        LabelledPlate("9999XYZ", box(row=1) if boxed else None),
        LabelledPlate(WRITTEN, box() if boxed else None),
    ]
    found = score([WRITTEN, "9999XYZ"], *plates)
    assert [one.text for one in found.plates] == ["9999XYZ", WRITTEN]
    assert not found.extra or not boxed


def test_where_every_plate_is_boxed_what_else_is_found_is_a_mistake() -> None:
    found = score([WRITTEN, "9999XYZ"], LabelledPlate(None, box()))
    [plate], [extra] = found.plates, found.extra
    assert plate.outcome is Outcome.RIGHT
    assert extra.outcome is Outcome.FALSE_READ
    figures = figures_of([found], complete=True)
    assert (figures.precision.right, figures.precision.count) == (1, 2)
    assert figures_of([found], complete=False).precision.count == 0


def test_an_ignored_plate_counts_neither_way() -> None:
    found = score(
        [WRITTEN, "9999XYZ"],
        LabelledPlate(None, box()),
        LabelledPlate(None, box(row=1), ignored=True),
    )
    assert len(found.plates) == 1
    assert not found.extra


def test_a_picture_without_a_plate_stays_unread_or_is_a_false_read() -> None:
    quiet, loud = score([]), score([WRITTEN])
    assert (quiet.reads, quiet.told, loud.reads, loud.told) == (0, False, 1, True)
    figures = figures_of([quiet, loud], complete=False)
    assert (figures.no_read.right, figures.no_read.count) == (1, 2)
    assert figures.outcomes == {"read where no plate is": 1}
    assert figures.calibration.bins[-1].right.right == 0


def test_a_picture_that_cannot_be_read_is_counted_and_told(tmp_path: Path) -> None:
    good, bad = save(tmp_path / "a.png", WRITTEN), tmp_path / "b.png"
    bad.write_bytes(b"")
    small = tmp_path / "c.png"
    save(small)
    pictures = [
        Labelled(p, (LabelledPlate(WRITTEN, None),)) for p in (good, bad, tmp_path / "gone")
    ]
    scores = list(judged(pictures, drawn_judge(), open_luma))
    assert [one.error is None for one in scores] == [True, False, False]
    figures = figures_of(scores, complete=False)
    assert (figures.pictures, figures.unreadable, figures.plates) == (3, 2, 1)


def test_a_cut_out_plate_is_found_within_a_border_or_taken_whole() -> None:
    x, y, width, height = box_of(WRITTEN)
    tight = street_with(WRITTEN)[y : y + height, x : x + width]
    loose = street_with(WRITTEN)[y - 20 : y + height + 20, x - 20 : x + width + 20]
    for view, cut in ((View.QUAD, tight), (View.PADDED, loose)):
        plate = LabelledPlate(WRITTEN, Box(0, 0, 1, 1, relative=True))
        [one] = drawn_judge(view).judge(labelled(plate), cut).plates
        assert one.outcome is Outcome.RIGHT
        assert one.found
    [one] = drawn_judge(View.QUAD).judge(labelled(plate), street()).plates
    assert one.outcome is not Outcome.RIGHT


class Shapes:
    """Reads nothing, and keeps the shape of every picture it is shown."""

    def __init__(self) -> None:
        self.seen: set[tuple[int, ...]] = set()

    def read(self, luma: Luma, quads: Sequence[Quad]) -> list[PlateRead]:
        self.seen.add(luma.shape)
        return [PlateRead(())] * len(quads)


def test_the_smallest_cut_out_is_taken_whole_without_a_border() -> None:
    small, reader = np.full((40, 160), 90, np.uint8), Shapes()
    plain = drawn_judge()
    judge = Judge(plain.detector, reader, plain.syntax, Limits(), View.QUAD)
    judge.judge(labelled(LabelledPlate(WRITTEN, None)), small)
    assert reader.seen == {small.shape}


def by_hand(*pairs: tuple[str, str]) -> Figures:
    """Return the figures of plates drawn as the second text and labelled as the first."""
    return figures_of(
        [score([drawn] if drawn else [], LabelledPlate(truth, None)) for truth, drawn in pairs],
        complete=False,
    )


def test_figures_are_what_one_counts_by_hand() -> None:
    figures = by_hand(
        ("1234BCD", "1234BCD"), ("I234BCD", "1234BCD"), ("AB12CD", ""), ("9XYZ", "9XYW")
    )
    assert (figures.strict.right, figures.strict.count) == (1, 4)
    assert (figures.tolerant.right, figures.found.right) == (2, 3)
    # 24 characters are labelled; 1 and 1 are wrong and 6 missing
    assert (figures.characters.right, figures.characters.count) == (16, 24)
    assert figures.character_errors == pytest.approx(8 / 24, abs=1e-4)
    assert figures.outcomes == {"right": 1, "misread": 2, "not found": 1}
    assert {(c.true, c.read): c.count for c in figures.confusions} == {("I", "1"): 1, ("Z", "W"): 1}
    assert figures.slices["country"]["E"].plates == 1
    assert figures.character_calibration.bins[-1].right.count > 0


def test_a_plate_with_a_hidden_part_says_nothing_of_whole_reads_confidence() -> None:
    figures = by_hand(("12*4BCD", "1234BCD"))
    assert figures.calibration.bins == ()
    assert sum(one.right.count for one in figures.character_calibration.bins) == 6


def test_bands_are_told_in_their_order() -> None:
    figures = by_hand(("1234BCD", "1234BCD"), ("1234BCD", ""))
    assert list(figures.slices["plate width"]) == ["150 and more px", "not known"]
