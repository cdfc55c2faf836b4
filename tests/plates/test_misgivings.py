"""What its looks agree on is not told where it is a part, has a twin, or is no plate at all."""

import pytest

from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.misgivings import Telling, forbidden, has_twin, is_no_countrys, is_part
from agent.plates.unread import Unreported
from tests.plates.reads import Countries, doubted

CEUTA = Syntax(shipped_book(), ["E", "MA", "F", "P"])
ANY = Syntax(shipped_book())

SPANISH = (("E", 0.93), ("P", 0.03), ("I", 0.01))
PERHAPS_SPANISH = (("E", 0.6), ("EST", 0.3))


def part(text: str, countries: Countries, syntax: Syntax = CEUTA) -> bool:
    return is_part(doubted(text, countries=countries), text, syntax)


def twin(text: str, rivals: dict[int, tuple[str, float]] | None = None) -> bool:
    return has_twin(doubted(text, rivals, SPANISH), text, CEUTA)


@pytest.mark.parametrize("text", ["123BCD", "1234BC", "234BCD", "12BCD", "1234B"])
def test_a_spanish_plate_with_a_character_or_two_hidden_is_no_other_countrys(text: str) -> None:
    assert part(text, SPANISH)
    assert part(text, SPANISH, ANY)


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("1234BCD", SPANISH),  # nothing is missing
        ("123BCD", PERHAPS_SPANISH),  # Estonia's, maybe
        ("123BCD", ()),  # the reader says nothing of countries
        ("123BCD", (("EST", 0.9), ("E", 0.04))),  # it is Estonia's
        ("123BCD", (("E", 0.88), ("EST", 0.07))),  # Estonia comes into question
        ("BCD1234", SPANISH),  # no plate of Spain with more characters either
        ("123", SPANISH),  # too little is left of it to say so
    ],
)
def test_what_may_be_whole_is_told(text: str, countries: Countries) -> None:
    assert not part(text, countries)


def test_a_country_that_is_not_expected_is_not_missed() -> None:
    assert not part("123BCD", SPANISH, Syntax(shipped_book(), ["EST"]))


def test_what_of_a_list_is_left_is_known() -> None:
    assert part("A234BC", SPANISH)  # Alicante's A-1234-BC; or GB's A234 BC


@pytest.mark.parametrize("text", ["MUDANZAS98", "FRI03000", "B52SONIDO"])
def test_lettering_is_no_countrys_plate(text: str) -> None:
    read = doubted(text, countries=(("BR", 0.5), ("USA", 0.4), ("E", 0.02)))
    assert is_no_countrys(read, text, ANY)
    judgement = ANY.judge(read)
    assert forbidden(read, judgement, ANY, Telling(0.3), still=False) is Unreported.UNKNOWN


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("1234BCD", (("BR", 0.9), ("E", 0.06))),  # Spain comes into question
        ("MADAMEX1", (("A", 0.75), ("BR", 0.1))),  # a plate with a name, from Austria by its looks
        ("MADAMEX1", ()),  # the reader says nothing of countries
    ],
)
def test_what_looks_like_a_plate_of_the_book_is_told(text: str, countries: Countries) -> None:
    assert not is_no_countrys(doubted(text, countries=countries), text, ANY)


@pytest.mark.parametrize(
    "text",
    [
        "M12340",  # Madrid's M-12340 of 1966, or M-1234-O of 1973
        "AL123400",  # Almería's AL-123400, or AL-1234-OO
    ],
)
def test_an_o_that_may_be_a_0_is_nobodys_to_tell(text: str) -> None:
    assert twin(text)


def test_a_foreign_misread_has_its_native_twin() -> None:
    text = "TE12340S"  # Italy's of 1950, or Teruel's TE-1234-OS
    guests = Syntax(shipped_book(), ["E", "I"])
    assert has_twin(doubted(text, countries=(("I", 0.44), ("E", 0.42))), text, guests)


@pytest.mark.parametrize("text", ["1000BCD", "M1234O", "M1234OO", "10203A40", "AB100CD", "0012AB"])
def test_an_o_where_only_one_of_the_two_may_stand_is_told(text: str) -> None:
    assert not twin(text)


def test_a_twin_that_the_reader_saw_counts_more() -> None:
    assert not twin("M1234O")
    assert twin("M1234O", {5: ("0", 0.6)})  # as after a repair


def test_a_twin_of_a_country_that_it_does_not_look_like_does_not_count() -> None:
    text = "M12340"
    looks = doubted(text, countries=(("F", 0.97), ("E", 0.01)))
    assert not has_twin(looks, text, CEUTA)
    assert has_twin(doubted(text, countries=(("F", 0.5), ("E", 0.4))), text, CEUTA)
