"""Edit distance, held against an independent implementation and against its own definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from agent.core.errors import Rejected
from agent.plates.evaluate.distance import (
    HIDDEN,
    aligned,
    distance,
    plate_text,
    visible,
)

TEXTS = st.text("AB01", max_size=9)
HIDDEN_TEXTS = st.text("AB0*", max_size=6)


@given(TEXTS, TEXTS)
def test_without_hidden_characters_it_is_levenshteins(truth: str, read: str) -> None:
    assert distance(truth, read) == Levenshtein.distance(truth, read)


def every_truth(truth: str) -> set[str]:
    """Return all that a truth with hidden characters may stand for, over the tests' alphabet."""
    ways = {""}
    for char in truth:
        may = ("", "A", "B", "0", "1") if char == HIDDEN else (char,)
        ways = {way + one for way in ways for one in may}
    return ways


@given(HIDDEN_TEXTS.filter(lambda text: text.count(HIDDEN) <= 3), st.text("AB01", max_size=6))
def test_a_hidden_character_is_any_one_or_none(truth: str, read: str) -> None:
    best = min(Levenshtein.distance(way, read) for way in every_truth(truth))
    assert distance(truth, read) == best


@pytest.mark.parametrize(
    ("truth", "read", "errors"),
    [
        ("1234BCD", "1234BCD", 0),
        ("1234BCD", "1234BC0", 1),
        ("1234BCD", "", 7),
        ("12*4B*D", "1294BXD", 0),
        ("12*4B*D", "124BD", 0),
        ("12*4B*D", "12994BXD", 1),  # one hidden character is one, not two
        ("12*4B*D", "134BX", 2),
        ("**", "", 0),
    ],
)
def test_known_distances(truth: str, read: str, errors: int) -> None:
    assert distance(truth, read) == errors


@given(HIDDEN_TEXTS, TEXTS)
def test_an_alignment_costs_the_distance_and_loses_nothing(truth: str, read: str) -> None:
    pairs = aligned(truth, read)
    assert "".join(true for true, _ in pairs) == truth
    assert "".join(seen for _, seen in pairs) == read
    assert sum(true not in (seen, HIDDEN) for true, seen in pairs) == distance(truth, read)


def test_a_seen_character_is_blamed_for_a_swap_before_a_hidden_one_is() -> None:
    assert aligned("0*35", "O35") == [("0", "O"), ("*", ""), ("3", "3"), ("5", "5")]


@pytest.mark.parametrize(
    ("written", "text"),
    [("1234 bcd", "1234BCD"), ("B-MW 12", "BMW12"), ("TÜ·AB 1", "TUAB1"), ("12*4b*d", "12*4B*D")],
)
def test_plates_are_compared_without_what_is_not_read(written: str, text: str) -> None:
    assert plate_text(written) == text


@pytest.mark.parametrize("written", ["12/34", "ب123", " - ", "A" * 21])
def test_what_is_no_plate_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(Rejected, match="expected") as refused:
        plate_text(written)
    assert "123" not in str(refused.value)


def test_hidden_characters_are_not_visible() -> None:
    assert visible("12*4B*D") == 5
