"""What the picture says of a plate's country is heard beside its form, and never above it."""

from agent.core.vision import CharacterRead, PlateRead
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.vote import Ballot, vote

ANY = Syntax(shipped_book())
MANY = "AB123CD"
"""France, Italy, Slovakia and others issue plates of this form."""


def _read(text: str, *countries: tuple[str, float], doubt: str = "") -> PlateRead:
    places = tuple(CharacterRead(((char, 0.98),)) for char in text)
    if doubt:
        first = CharacterRead(((text[0], 0.6), (doubt, 0.38)))
        places = (first, *places[1:])
    return PlateRead(places, countries)


def test_the_band_tells_apart_what_the_form_cannot() -> None:
    assert ANY.judge(_read(MANY)).country is None
    italian = ANY.judge(_read(MANY, ("I", 0.97), ("F", 0.02)))
    french = ANY.judge(_read(MANY, ("F", 0.97), ("I", 0.02)))
    assert (italian.country, french.country) == ("I", "F")
    assert italian.text == french.text == MANY


def test_a_form_of_one_country_outvotes_the_picture() -> None:
    assert ANY.judge(_read("1234BCD", ("D", 0.999))).country == "E"


def test_the_picture_never_changes_a_read_that_fits() -> None:
    for code in ("D", "E", "MA", "GBZ"):
        assert not ANY.judge(_read(MANY, (code, 0.999))).swaps


def test_the_picture_speaks_for_a_repair_and_against_one() -> None:
    torn = _read("O234BCD", ("E", 0.9), ("F", 0.05), doubt="0")
    plain, foreign = _read("O234BCD", doubt="0"), _read("O234BCD", ("LV", 0.99), doubt="0")
    assert ANY.judge(torn).text == "0234BCD"
    gains = [ANY.judge(one).gain_nats or 0.0 for one in (foreign, plain, torn)]
    assert gains == sorted(gains)


def test_looks_that_name_countries_are_averaged_and_others_pass() -> None:
    looks = [
        Ballot(_read(MANY, ("I", 0.9), ("F", 0.1)), 1.0),
        Ballot(_read(MANY, ("F", 0.6), ("I", 0.4)), 1.0),
        Ballot(_read(MANY), 5.0),
    ]
    (first, chance), (second, _) = vote(looks).countries
    assert (first, round(chance, 2), second) == ("I", 0.65, "F")
