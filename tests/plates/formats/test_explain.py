"""Explaining a plate's text: what it fits and why, or what it misses and by what."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli import main
from agent.plates.formats.book import shipped_book
from agent.plates.formats.explain import Explanation, explain
from agent.plates.formats.syntax import Syntax
from agent.plates.formats.typed import Typed, Unreadable, typed

ANY = Syntax(shipped_book())
SPAIN = Syntax(shipped_book(), ["E"])


def told(text: str, syntax: Syntax = ANY) -> Explanation:
    explanation = explain(text, syntax)
    assert isinstance(explanation, Explanation)
    return explanation


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("1234 BCD", "1234BCD"),
        ("aö-x 1", "AOX1"),
        ("М 123 АВ", "M123AB"),  # noqa: RUF001 - Cyrillic on purpose
        ("12345 | أ | 6", "12345A6"),
        ("AB·12•CDE", "AB12CDE"),
    ],
)
def test_what_people_type_becomes_what_a_reader_says(raw: str, text: str) -> None:
    meant = typed(raw)
    assert isinstance(meant, Typed)
    assert meant.text == text
    assert meant.notes


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "no letter"),
        (" - ", "no letter"),
        ("12345678901", "11 letters and figures: a plate has at most 10"),
        ("Ж123", "cyrillic capital letter zhe"),
        ("12#4", "number sign"),
        ("A" * 65, "65 characters"),
        ("12\x004", "U+0000"),
    ],
)
def test_what_is_no_plates_text_is_refused_with_the_reason(raw: str, words: str) -> None:
    refused = typed(raw)
    assert isinstance(refused, Unreadable)
    assert words.lower() in refused.words.lower()


def test_a_plate_is_explained_by_country_and_format() -> None:
    explanation = told("1234 BCD")
    assert explanation.country == "E"
    assert explanation.fits[0].source
    assert sum(fit.share for fit in explanation.fits) == pytest.approx(1)


def test_parts_are_named_and_codes_explained() -> None:
    fit = next(f for f in told("M-1234-AB").fits if f.country == "E")
    assert [(p.text, p.is_a, p.name) for p in fit.parts] == [
        ("M", "province", "Madrid"),
        ("1234", "number", None),
        ("AB", "serial", None),
    ]
    assert (fit.until, fit.rows) == ("2000-09-17", "M / 1234-AB")


def test_a_serial_tells_when_it_was_issued() -> None:
    assert told("1234 KLM").fits[0].issued == ("2017-06", "2019-09-06")
    assert told("1234 MBB").fits[0].issued == ("2022-09-02", None)
    assert told("AB51 CDE", Syntax(shipped_book(), ["GB"])).fits[0].parts[1].name == (
        "September 2001 to February 2002"
    )


def test_gaps_that_were_typed_are_recognised_but_no_evidence() -> None:
    spaced, bare = told("M-AB 1234"), told("MAB1234")
    assert {f.printed for f in spaced.fits if f.as_typed} == {"M-AB 1234"}
    assert not any(fit.as_typed for fit in bare.fits)
    assert [fit.share for fit in spaced.fits] == [fit.share for fit in bare.fits]


def test_letters_that_are_not_in_use_are_named_with_the_rule() -> None:
    near = told("1234 BAD", SPAIN).near[0]
    assert "A is not used here" in near.changes[0].why
    assert "Vowels" in near.rule
    assert near.needs is None
    nowhere = told("XX 12 ABC", Syntax(shipped_book(), ["RO"])).near[0]
    assert "XX is no county of Romania" in nowhere.changes[0].why
    assert nowhere.printed == "?? 12 ABC"


def test_a_likelier_plate_is_told_beside_a_rare_one_and_never_repaired_silently() -> None:
    explanation = told("1234 BAD")  # a British mark of before 1963
    assert explanation.fits[0].country == "GB"
    assert any(near.country == "E" for near in explanation.near)
    assert all(near.needs is None for near in explanation.near)


def test_a_look_alike_is_named_with_its_place() -> None:
    near = told("12B4 BCD", SPAIN).near[0]
    assert (near.country, near.format) == ("E", "2000")
    [change] = near.changes
    assert (change.place, change.was, change.alike) == (3, "B", True)
    assert near.needs is not None


def test_a_missing_and_a_surplus_character_are_named() -> None:
    [missing] = [n for n in told("123 BCD", SPAIN).near if n.format == "2000"]
    assert [(c.was, c.now) for c in missing.changes] == [("", "?")]
    [surplus] = [n for n in told("12345 BCD", SPAIN).near if n.format == "2000"]
    assert surplus.changes[0].now == ""
    assert surplus.needs is None


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=14))
def test_no_text_breaks_an_explanation(text: str) -> None:
    assert isinstance(explain(text, ANY), Explanation | Unreadable)


@settings(deadline=None, max_examples=200)
@given(st.text("ABDOQZ0123458", min_size=1, max_size=10))
def test_every_explanation_agrees_with_the_judge(text: str) -> None:
    explanation = told(text)
    assert bool(explanation.fits) == bool(list(ANY.fitting(text)))
    assert all(near.changes for near in explanation.near)
    for fit in explanation.fits:
        assert "".join(part.text for part in fit.parts) == text


def test_the_command_tells_by_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plates", "explain", "1234 BCD"]) == 0
    assert "Spain" in capsys.readouterr().out
    assert main(["plates", "explain", "QUATTRO"]) == 1
    assert main(["plates", "explain", ""]) == 2
    assert "expected a plate's text" in capsys.readouterr().err


def test_the_command_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plates", "explain", "12B4BCD", "--countries", "E,MA", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["text"], answer["fits"], answer["expected"]) == ("12B4BCD", [], ["E", "MA"])
    assert answer["near"][0]["changes"][0]["why"]
