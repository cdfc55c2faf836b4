"""A repair is never silent, also not of one picture."""

from pathlib import Path

import numpy as np

from agent.cli.plates_told import picture_line
from agent.core.vision import CharacterRead, PlateRead, Quad
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.reading import PlateResult, Reading, take_apart

CORNERS = np.array([[10, 10], [110, 10], [110, 34], [10, 34]], np.float32)


def told(third: tuple[tuple[str, float], ...]) -> tuple[str, str, float | None]:
    """Say what one picture's line tells of a Slovak plate whose third character is unsure."""
    places = [CharacterRead(((char, 0.95),)) for char in "BL?23AB"]
    places[2] = CharacterRead(third)
    read = PlateRead(tuple(places))
    judged = Syntax(shipped_book(), ["SK"]).judge(read)
    result = PlateResult(judged, take_apart(read, judged), Quad(CORNERS, 0.9), read.likelihood)
    [plate] = picture_line(Path("a.png"), Reading((result,), 1.0, 1.0, 2.0)).plates
    return plate.text, plate.raw, plate.gain_nats


def test_a_repaired_read_tells_what_was_read_and_the_evidence() -> None:
    text, raw, gain = told((("O", 0.6), ("0", 0.38)))
    assert (text, raw) == ("BL023AB", "BLO23AB")
    assert gain is not None
    assert gain > 2


def test_a_read_that_stays_has_no_evidence_to_tell() -> None:
    assert told((("0", 0.9), ("O", 0.05))) == ("BL023AB", "BL023AB", None)
