"""Acknowledgement arithmetic: whatever was received, the ack says exactly what is held."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from simulators.centre.ranges import MOST_NAKS, Range, acknowledgement, holes, united

SPANS = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 30)).map(lambda t: Range(t[0], t[0] + t[1]))
)


def numbers(ranges: list[Range]) -> set[int]:
    return {n for each in ranges for n in range(each.first, each.last + 1)}


@given(SPANS)
def test_united_ranges_hold_the_same_numbers_apart_and_in_order(spans: list[Range]) -> None:
    result = united(spans)
    assert numbers(result) == numbers(spans)
    assert all(b.first > a.last + 1 for a, b in pairwise(result))


@given(SPANS, st.integers(0, 5))
def test_an_ack_claims_exactly_what_is_held_up_to_its_number(
    spans: list[Range], most_naks: int
) -> None:
    held = united(spans)
    ack = acknowledgement(7, held, most_naks)
    claimed = set(range(1, ack.upto + 1)) - numbers(list(ack.nak))
    assert claimed == {n for n in numbers(spans) if n <= ack.upto}
    assert len(ack.nak) <= most_naks
    if len(holes(held)) <= most_naks:
        assert ack.upto == max(numbers(spans), default=0)
    else:
        assert ack.upto + 1 not in numbers(spans)  # as high as can be said


@given(SPANS, st.integers(0, 5))
def test_the_lowest_ranges_suffice(spans: list[Range], most_naks: int) -> None:
    held = united(spans)
    assert acknowledgement(7, held[: most_naks + 2], most_naks).nak == (
        acknowledgement(7, held, most_naks).nak
    )
    assert acknowledgement(7, held[: most_naks + 2], most_naks).upto >= (
        acknowledgement(7, held, most_naks).upto if len(holes(held)) > most_naks else 0
    )


def test_nothing_held_is_nothing_claimed() -> None:
    ack = acknowledgement(7, [])
    assert (ack.upto, ack.nak) == (0, ())


def test_a_leading_hole_is_named() -> None:
    assert acknowledgement(7, [Range(5, 9)]).nak == (Range(1, 4),)


def test_upto_is_lowered_below_the_first_hole_that_cannot_be_named() -> None:
    every_other = [Range(n, n) for n in range(1, 1000, 2)]
    ack = acknowledgement(7, every_other)
    assert len(ack.nak) == MOST_NAKS
    assert ack.upto == 2 * MOST_NAKS + 1
