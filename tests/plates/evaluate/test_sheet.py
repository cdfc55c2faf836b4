"""The contact sheet shows every miss, and nothing else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.core.errors import Rejected
from agent.plates.evaluate.labelled import Labelled, LabelledPlate
from agent.plates.evaluate.score import Outcome, PictureScore
from agent.plates.evaluate.sheet import (
    CARD,
    COLUMNS,
    PAD,
    ROWS,
    as_many_crops_as_cards,
    card,
    misses,
    write_sheets,
)
from tests.plates.evaluate.pictures import drawn_judge, street_with


def score(truth: str | None, *drawn: str) -> PictureScore:
    plates = (LabelledPlate(truth, None),) if truth else ()
    return drawn_judge().judge(Labelled(Path("folder/a.png"), plates), street_with(*drawn))


def test_what_is_right_is_not_on_the_sheet() -> None:
    scores = [
        score("1234BCD", "1234BCD"),
        score("1234BCX", "1234BCD"),
        score("AB12"),
        score(None, "1234BCD"),
        score(None),
        PictureScore(Path("b.png"), error="damaged"),
    ]
    outcomes = [miss.outcome for miss in misses(scores, complete=False)]
    assert outcomes == [Outcome.MISREAD, Outcome.NOT_FOUND, Outcome.FALSE_READ]


def test_pages_are_filled_in_order_and_old_ones_go(tmp_path: Path) -> None:
    (tmp_path / "misses-009.png").write_bytes(b"of an earlier time")
    (tmp_path / "mine.png").write_bytes(b"somebody's")
    missed = misses([score("1234BCX", "1234BCD")], complete=False) * (COLUMNS * ROWS + 1)
    written = write_sheets(missed, tmp_path)
    assert [path.name for path in written] == ["misses-001.png", "misses-002.png"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.png", *(p.name for p in written)]
    with Image.open(written[0]) as page:
        assert page.size == (PAD + COLUMNS * (CARD[0] + PAD), PAD + ROWS * (CARD[1] + PAD))


def test_a_card_shows_the_plate_and_marks_what_differs() -> None:
    [miss] = misses([score("1234BCX", "1234BCD")], complete=False)
    drawn = np.asarray(card(miss)).astype(int)
    assert (drawn[50:140, 30:370] > 200).sum() > 10_000  # the white plate
    marked = (np.abs(drawn - (240, 95, 80)).sum(axis=2) < 30)[210:270]  # the read and its bars
    columns = np.flatnonzero(marked.any(axis=0))
    columns = columns[columns > 10]  # the card's own edge
    assert len(columns) > 10
    assert np.ptp(columns) < 30  # one character of seven


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Rejected, match="cannot write the contact sheet"):
        write_sheets([], tmp_path / "file")


def test_pages_are_for_their_owner_only(tmp_path: Path) -> None:
    [page] = write_sheets(misses([score("1234BCX", "1234BCD")], complete=False), tmp_path)
    assert page.stat().st_mode & 0o777 == 0o600


def test_no_more_crops_are_kept_than_pages_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.plates.evaluate.sheet.MOST_PAGES", 1)
    scores = [score("1234BCX", "1234BCD")] * (COLUMNS * ROWS + 2)
    kept = list(as_many_crops_as_cards(scores, complete=False))
    crops = [miss.crop is not None for miss in misses(kept, complete=False)]
    assert crops == [True] * (COLUMNS * ROWS) + [False, False]
