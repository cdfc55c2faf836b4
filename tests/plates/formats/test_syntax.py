"""Plate syntax: which country's plate a text may be, and when a read is repaired."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import ConfigError
from agent.core.vision import CharacterRead, PlateRead
from agent.plates.formats.book import country_problems, shipped_book
from agent.plates.formats.pattern import LONGEST, shapes
from agent.plates.formats.syntax import LEAST_CHOICE, MOST_SWAPS, RARE_NATS, Syntax
from tests.plates.reads import doubted

ANY = Syntax(shipped_book())
CEUTA = Syntax(shipped_book(), ["E", "MA", "F", "P"])
SLOVAKIA = Syntax(shipped_book(), ["SK", "CZ"])

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


# Registration marks as the laws and registers print them in examples, and such as follow from them.
@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("1234BCD", "E"),
        ("M1234CD", "E"),
        ("XY12CDE", "GB"),
        ("A123BCD", "GB"),
        ("WGM1234A", "PL"),
        ("KR5AC12", "PL"),
        ("MQW4711", "D"),
        ("FFBAM483", "D"),
        ("MAB1234E", "D"),
        ("1AB1234", "CZ"),
        ("3A71234", "CZ"),
        ("34ABC123", "TR"),
        ("AA1234BB", "UA"),
        ("131D12345", "IRL"),
        ("1ABC234", "B"),
        ("CB1234AB", "BG"),
        ("12345A6", "MA"),
        ("ZH123456", "CH"),
        ("G1234A", "GBZ"),
        ("A123BC777", "RUS"),
        ("12GBB3", "NL"),
        ("BV99LLL", "RO"),
        ("LJAB123", "SLO"),
        ("AAAA123", "H"),
        ("FL12345", "FL"),
    ],
)
def test_a_countrys_plate_is_known_by_its_form(text: str, country: str) -> None:
    judgement = ANY.judge(doubted(text))
    assert (judgement.country, judgement.fits) == (country, True)
    assert judgement.text == judgement.raw == text


def test_a_form_of_many_countries_names_none() -> None:
    judgement = ANY.judge(doubted("BL123AB"))  # Slovakia, Italy, France, Albania, Georgia
    assert judgement.fits
    assert judgement.country is None
    assert SLOVAKIA.judge(doubted("BL123AB")).country == "SK"


def test_free_text_fits_nothing() -> None:
    judgement = ANY.judge(doubted("QUATTRO"))
    assert not judgement.fits
    assert (judgement.country, judgement.format, judgement.country_confidence) == (None, None, 0.0)


def test_a_clear_slip_is_repaired_and_the_raw_read_kept() -> None:
    judgement = SLOVAKIA.judge(doubted("BLO23AB", {2: ("0", 0.1)}))
    assert (judgement.text, judgement.raw) == ("BL023AB", "BLO23AB")
    [swap] = judgement.swaps
    assert (swap.place, swap.was, swap.now, swap.confidence) == (2, "O", "0", 0.1)
    assert judgement.gain_nats is not None
    assert judgement.gain_nats > 2


@pytest.mark.parametrize(
    ("text", "rivals"),
    [
        ("BLO23AB", {}),  # the reader never thought of 0
        ("BLO23AB", {2: ("0", LEAST_CHOICE / 2)}),  # hardly thought of it
        ("BLK23AB", {2: ("0", 0.4)}),  # K and 0 do not look alike
        ("BLOZ5A8", {2: ("0", 0.4), 3: ("2", 0.4), 6: ("B", 0.4)}),  # three slips: another plate
        ("BLO23A", {2: ("0", 0.3)}),  # nothing is ever inserted
    ],
)
def test_what_is_not_clear_is_left_alone(text: str, rivals: dict[int, tuple[str, float]]) -> None:
    judgement = SLOVAKIA.judge(doubted(text, rivals))
    assert (judgement.text, judgement.swaps) == (text, ())


def test_of_two_repairs_that_are_as_likely_neither_is_made() -> None:
    torn = CharacterRead((("7", 0.5), ("T", 0.2), ("Z", 0.2)))  # Trebišov or Zvolen
    torn_read = PlateRead((torn, *doubted("V023AB").characters))
    assert SLOVAKIA.judge(torn_read).text == "7V023AB"
    likelier = CharacterRead((("7", 0.5), ("T", 0.35), ("Z", 0.01)))
    assert SLOVAKIA.judge(PlateRead((likelier, *torn_read.characters[1:]))).text == "TV023AB"


def test_a_read_that_fits_a_common_format_is_never_touched() -> None:
    # a plate of Chemnitz, though one of Gibraltar's few would be a million times as likely
    both = Syntax(shipped_book(), ["GBZ", "D"])
    assert both.judge(doubted("CA123E", {0: ("G", 0.45), 1: ("4", 0.45)})).text == "CA123E"


def test_a_read_that_fits_a_rare_format_only_needs_clearer_evidence() -> None:
    poland = Syntax(shipped_book(), ["PL"])
    old = "KRI2345"  # black plates of before 2000; or KR 12345
    assert poland.judge(doubted(old, {2: ("1", 0.02)})).text == old
    doubtful = poland.judge(doubted(old, {2: ("1", 0.48)}))
    assert (doubtful.text, doubtful.raw) == ("KR12345", old)
    assert (doubtful.gain_nats or 0) >= RARE_NATS


def test_a_guests_plate_does_not_become_a_natives() -> None:
    britain = Syntax(shipped_book(), ["GB"])
    slovak = britain.judge(doubted("KE230XK", {4: ("O", 0.3)}))
    assert (slovak.text, slovak.fits) == ("KE230XK", True)


def test_a_hint_makes_bold_and_no_hint_makes_careful() -> None:
    slip = doubted("O123BCD", {0: ("0", 0.012)})
    hinted, open_ = CEUTA.judge(slip), ANY.judge(slip)
    assert hinted.text == open_.text == "0123BCD"
    assert (hinted.gain_nats or 0) > (open_.gain_nats or 0) + 1


def test_wrong_codes_are_told_with_the_right_ones() -> None:
    assert country_problems(["E", "MA", "F", "P"]) == []
    [spain] = country_problems(["ES"])
    assert "'E' (Spain)" in spain
    [germany] = country_problems(["germany"])
    assert "'D' (Germany)" in germany
    [nothing] = country_problems(["X9"])
    assert "there are A, AL," in nothing
    with pytest.raises(ConfigError, match="'E'"):
        Syntax(shipped_book(), ["ES"])


def test_forty_and_more_countries_with_their_sources() -> None:
    book = shipped_book()
    assert len(book.country) >= 45
    for code, country in book.country.items():
        assert country.source, code
        assert sum(form.share for form in country.formats) > 0, code


@settings(deadline=None)
@given(st.text(ALPHABET, max_size=LONGEST + 2), st.data())
def test_judging_any_read_keeps_its_promises(text: str, data: st.DataObject) -> None:
    rivals = data.draw(
        st.dictionaries(
            st.integers(0, max(len(text) - 1, 0)),
            st.tuples(st.sampled_from(ALPHABET), st.floats(0.001, 0.48)),
            max_size=4,
        )
    )
    for syntax in (ANY, SLOVAKIA):
        judgement = syntax.judge(doubted(text, rivals))
        assert judgement.raw == text
        assert len(judgement.text) == len(text)
        changed = [i for i, (a, b) in enumerate(zip(text, judgement.text, strict=True)) if a != b]
        assert changed == [swap.place for swap in judgement.swaps]
        assert len(changed) <= MOST_SWAPS
        assert all(rivals[at][0] == judgement.text[at] for at in changed)
        assert (judgement.country is None) or judgement.fits
        if changed:
            assert judgement.fits


def test_a_pattern_says_what_may_stand_where() -> None:
    [one] = shapes("@#[AB]9", "XY", "01", {})
    assert one.size == 2 * 2 * 2
    assert one.fits("X0A9")
    assert not one.fits("X0A8")
    assert not one.fits("X0C9")
    assert not one.fits("A0A9")
    assert not one.fits("X0A")


def test_a_pattern_expands_its_repeats_and_lists() -> None:
    ways = shapes("<town>#{1,2}A?", "", "01", {"town": ["K", "WL", "ZE"]})
    assert sorted(way.length for way in ways) == [2, 3, 3, 3, 4, 4, 4, 5]
    assert {way.size for way in ways if way.length == 2} == {2}
    assert any(way.fits("WL01A") for way in ways)
    assert not any(way.fits("XX01A") for way in ways)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("@@+##", r"'\+##'"),
        ("-@@", "two groups"),
        ("<nowhere>#", "nowhere"),
        ("#{1,9}" * 4, "shapes"),
    ],
)
def test_a_wrong_pattern_is_named(pattern: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        shapes(pattern, "A", "1", {})
