"""Voting: many reads of one plate become one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.vision import CharacterRead, PlateRead
from agent.plates.vote import Ballot, agreeing, edits, vote, whole_texts
from tests.plates.reads import said

PLATES = st.text("ABCDEFGH0123456789", min_size=1, max_size=9)


def ballots(*texts: str, weight: float = 1.0) -> list[Ballot]:
    return [Ballot(said(text), weight) for text in texts]


def test_the_majority_wins_each_place() -> None:
    assert vote(ballots("1234BCD", "1234BCO", "7234BCD")).text == "1234BCD"


def test_one_good_look_outvotes_two_bad_ones() -> None:
    bad = ballots("1234BCO", "1234BCO", weight=0.2)
    assert vote([*bad, Ballot(said("1234BCD"), 1.0)]).text == "1234BCD"


def test_alternatives_count_too() -> None:
    torn = PlateRead((CharacterRead((("B", 0.5), ("8", 0.48))),))
    assert vote([Ballot(torn, 1), Ballot(torn, 1), *ballots("8")]).text == "8"


@pytest.mark.parametrize(
    ("looks", "text"),
    [
        (("1234BCD", "1234BCD", "234BCD"), "1234BCD"),  # the first lost at the picture's edge
        (("1234BCD", "1234BCD", "11234BCD"), "1234BCD"),  # a bolt became a 1
        (("1234BCD", "1234BCD", "12BCD"), "1234BCD"),
        (("234BCD", "234BCD", "1234BCD"), "234BCD"),
        (("1234BCD", "123BCD", "1234CD", "124BCD"), "1234BCD"),
    ],
)
def test_reads_of_other_lengths_are_aligned(looks: tuple[str, ...], text: str) -> None:
    assert vote(ballots(*looks)).text == text


def test_looks_that_differ_share_their_confidence() -> None:
    voted = vote([*ballots("AB"), *ballots("AC")])
    assert voted.text == "AB"
    sure, torn = voted.characters
    assert sure.best[1] > 0.95
    assert torn.choices[0][1] == pytest.approx(torn.choices[1][1])
    assert torn.choices[0][1] < 0.5


def test_one_look_says_what_it_said() -> None:
    look = PlateRead((CharacterRead((("B", 0.9), ("8", 0.06))), CharacterRead((("1", 0.9999),))))
    for mine, theirs in zip(vote([Ballot(look, 0.3)]).characters, look.characters, strict=True):
        assert [c for c, _ in mine.choices] == [c for c, _ in theirs.choices]
        assert [p for _, p in mine.choices] == pytest.approx(
            [p for _, p in theirs.choices], rel=0.01
        )


def test_looks_that_share_a_doubt_do_not_make_it_sure() -> None:
    doubt = PlateRead((CharacterRead((("O", 0.55), ("0", 0.44))),))
    [place] = vote([Ballot(doubt, 1.0)] * 30).characters
    assert place.best[1] < 0.62  # thirty independent ones would say 0.999


def test_a_look_that_lost_a_character_costs_little() -> None:
    voted = vote(ballots("1234BCD", "1234BCD", "1234BCD", "234BCD"))
    assert voted.text == "1234BCD"
    assert 0.5 < voted.characters[0].best[1] < voted.characters[1].best[1]


def test_no_ballots_say_nothing() -> None:
    assert vote([]).characters == ()
    assert vote([Ballot(said("AB"), 0.0)]).characters == ()


@settings(deadline=None)
@given(PLATES, st.integers(1, 6))
def test_reads_that_agree_are_what_they_say_and_surer(text: str, count: int) -> None:
    voted = vote(ballots(*[text] * count))
    assert voted.text == text
    chances = [place.best[1] for place in voted.characters]
    if count == 1:
        assert chances == pytest.approx([0.9] * len(text))
    else:
        assert all(0.9 < chance < 0.999 for chance in chances)


@settings(deadline=None)
@given(st.lists(PLATES, min_size=1, max_size=8))
def test_the_order_of_looks_does_not_matter(texts: list[str]) -> None:
    weighted = [Ballot(said(t), 0.5 + i / 16) for i, t in enumerate(texts)]
    turned = list(reversed(weighted))
    assert vote(weighted).text == vote(turned).text


@settings(deadline=None)
@given(st.lists(st.tuples(PLATES, st.floats(0.01, 1.0)), max_size=8))
def test_probabilities_stay_probabilities(looks: list[tuple[str, float]]) -> None:
    voted = vote([Ballot(said(text), weight) for text, weight in looks])
    for place in voted.characters:
        chances = [chance for _, chance in place.choices]
        assert chances == sorted(chances, reverse=True)
        assert 0 < sum(chances) <= 1 + 1e-9


@settings(deadline=None)
@given(PLATES, st.lists(PLATES, max_size=3))
def test_more_than_half_the_weight_decides(text: str, others: list[str]) -> None:
    assert vote([Ballot(said(text), len(others) * 3 + 1.0), *ballots(*others)]).text == text


def test_agreeing_reads_are_counted() -> None:
    looks = ballots("BL023AB", "BLO23AB", "BL023AB", "BL023A8", "BL023A")
    assert agreeing(looks, "BL023AB", [], "BL023AB") == 2
    assert agreeing(looks, "BL023AB", [2], "BLO23AB") == 3  # the repaired place, either way


def test_whole_texts_come_best_first() -> None:
    torn = PlateRead(
        (
            CharacterRead((("B", 0.6), ("8", 0.4))),
            CharacterRead((("O", 0.7), ("0", 0.3))),
        )
    )
    texts = whole_texts(torn, 3)
    assert [text for text, _ in texts] == ["BO", "8O", "B0"]
    assert [chance for _, chance in texts] == pytest.approx([0.42, 0.28, 0.18])
    assert whole_texts(PlateRead(()), 3) == ()


@settings(deadline=None)
@given(PLATES, PLATES)
def test_edits_are_a_distance(one: str, other: str) -> None:
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= edits(one, other) <= max(len(one), len(other))


def test_likelihood_is_the_geometric_mean() -> None:
    assert said("ABC", 0.5).likelihood == pytest.approx(0.5)
    assert PlateRead(()).likelihood == 0
