"""A plate is found as it is listed, or by what readers take for each other; the read stays."""

from hypothesis import given
from hypothesis import strategies as st

from agent.core.listing import ListIdentity, PlateList
from agent.core.vision import CharacterRead
from agent.plates.lists.alike import GROUPS, MOST_VARIANTS, held_variants, look_alike, skeleton
from agent.plates.lists.memory import MemoryList
from agent.plates.lists.rows import Row
from agent.plates.lists.tags import Tagger
from tests.plates.lists.things import characters

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
texts = st.text(ALPHABET, min_size=2, max_size=8)


def plates(*listed: str) -> PlateList:
    tagger = Tagger(b"a key")
    rows = [Row(1, text, "", tagger.plate(text), tagger.alike(text)) for text in listed]
    return MemoryList(ListIdentity("x", "1", "d"), tagger, rows)


def test_an_exact_hit_and_a_look_alike_are_told_apart() -> None:
    found = plates("1234BCD", "1Z34BCD").match("1234BCD", characters("1234BCD", p1="Z"))
    assert [(hit.entry, hit.exact, hit.held, hit.places) for hit in found] == [
        ("1234BCD", True, True, ()),
        ("1Z34BCD", False, True, (1,)),
    ]


def test_a_look_alike_the_reader_never_thought_of_is_told_apart() -> None:
    [hit] = plates("1Z34BCD").match("1234BCD", characters("1234BCD", p1="7"))
    assert (hit.exact, hit.held, hit.places) == (False, False, ())


def test_what_does_not_look_alike_is_not_found_however_possible() -> None:
    assert not plates("1934BCD").match("1234BCD", characters("1234BCD", p1="9"))


def test_no_group_shares_a_character_so_a_skeleton_is_one() -> None:
    together = "".join(GROUPS)
    assert len(set(together)) == len(together)


@given(texts, st.data())
def test_a_text_is_found_through_every_look_alike_that_was_held(
    text: str, data: st.DataObject
) -> None:
    groups = [next((g for g in GROUPS if char in g), char) for char in text]
    listed = "".join(data.draw(st.sampled_from(group)) for group in groups)
    differing = [at for at, (a, b) in enumerate(zip(text, listed, strict=True)) if a != b]
    read = tuple(
        CharacterRead(((a, 0.6), (b, 0.3)) if a != b else ((a, 0.9),))
        for a, b in zip(text, listed, strict=True)
    )
    [hit] = plates(listed).match(text, read)
    assert hit.exact == (not differing)
    if 2 ** len(differing) <= MOST_VARIANTS:
        assert (hit.held, list(hit.places)) == (True, differing)
    else:
        assert not hit.held
    assert skeleton(text) == skeleton(listed)


@given(texts, texts)
def test_other_plates_are_not_found(text: str, other: str) -> None:
    alike = len(text) == len(other) and all(map(look_alike, text, other))
    assert bool(plates(other).match(text, characters(text))) == alike


@given(texts, st.lists(st.sampled_from(ALPHABET), min_size=3, max_size=3))
def test_variants_are_bounded_and_are_other_texts(text: str, rivals: list[str]) -> None:
    read = tuple(
        CharacterRead(((char, 0.5), *((r, 0.1) for r in rivals if r != char))) for char in text
    )
    found = held_variants(text, read)
    assert len(found) < MOST_VARIANTS
    assert text not in {variant for variant, _ in found}
    assert [chance for _, chance in found] == sorted((c for _, c in found), reverse=True)
