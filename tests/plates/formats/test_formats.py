"""The book of plates: every format of every country holds together, and knows its own plates."""

import random

import pytest

from agent.plates.formats.book import Country, Format, shipped_book
from agent.plates.formats.explain import Explanation, explain
from agent.plates.formats.known import format_shares
from agent.plates.formats.life import alive, year
from agent.plates.formats.pattern import LONGEST, Shape
from agent.plates.formats.syntax import Syntax
from agent.plates.formats.typed import Typed, typed

BOOK = shipped_book()
ANY = Syntax(BOOK)
FORMATS = list(BOOK.named())

every_format = pytest.mark.parametrize(
    ("code", "country", "form"), FORMATS, ids=[f"{code} {form.name}" for code, _, form in FORMATS]
)
every_country = pytest.mark.parametrize("code", BOOK.country)


def plain(printed: str) -> str:
    meant = typed(printed)
    assert isinstance(meant, Typed)
    return meant.text


def formats_of(text: str) -> set[tuple[str, str]]:
    return {(known.code, known.format.name) for known in ANY.fitting(plain(text))}


def drawn(shape: Shape, dice: random.Random) -> str:
    return "".join(dice.choice(sorted(part)) for part in shape.parts)


@every_format
def test_a_formats_example_has_its_form(code: str, country: Country, form: Format) -> None:
    assert country.name
    assert (code, form.name) in formats_of(form.example)


@every_format
def test_whatever_follows_a_pattern_fits_it(code: str, country: Country, form: Format) -> None:
    dice = random.Random(form.pattern)
    shapes = country.shapes(form)
    assert shapes
    for shape in shapes:
        text = drawn(shape, dice)
        assert len(text) <= min(form.longest, LONGEST)
        assert (code, form.name) in formats_of(text)
        assert "".join(shape.grouped(text, len(form.groups))) == text


@every_format
def test_a_format_is_told_whole(code: str, country: Country, form: Format) -> None:
    if form.parts:
        assert len(form.parts) == len(form.groups)
    if form.begun:
        assert "serial" in form.parts
    for group in form.groups:
        assert group.listed is None or group.listed in country.lists
    explanation = explain(form.example, ANY)
    assert isinstance(explanation, Explanation)
    told = [f for f in explanation.fits if (f.country, f.format) == (code, form.name)]
    assert told
    assert all(fit.source and all(part.is_a for part in fit.parts) for fit in told)
    assert form.example in {fit.printed for fit in told}


@every_format
def test_a_window_ends_after_it_begins(code: str, country: Country, form: Format) -> None:
    assert form in BOOK.country[code].formats
    assert country.formats
    if form.since and form.until:
        assert year(form.since) < year(form.until, end=True)
    for day in (form.since, form.until):
        assert day is None or year(day) <= year(BOOK.edition)
    begun = [year(day) for _, day in sorted(form.begun.items())]
    assert begun == sorted(begun)
    assert all(year(form.since or "1900") <= day <= year(BOOK.edition) for day in begun)


@every_country
def test_a_countrys_shares_are_a_whole(code: str) -> None:
    shares = format_shares(code, BOOK)
    country = BOOK.country[code]
    assert len(shares) == len(country.formats), "two formats of one name"
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) > 0
    ordinary = sum(shares[f.name] for f in country.formats if f.use == "ordinary")
    assert ordinary > 0.8


@every_country
def test_a_countrys_lists_hold_what_a_reader_can_read(code: str) -> None:
    country = BOOK.country[code]
    for name in country.lists:
        codes = country.codes(name)
        assert codes, name
        assert len(set(codes)) == len(codes), name
        assert all(c.isascii() and c.isalnum() and c == c.upper() for c in codes), name
        assert any(f"<{name}>" in form.pattern for form in country.formats), name


# Invented texts, written from the laws' and registers' descriptions and not from the patterns.
PLATES = {
    "A": {"district": ["W 12345 A", "BL 123 AB"], "vanity": ["S OPER 1"], "state": ["W 123.456"]},
    "AL": {"2011": ["AA 001 AB"], "1993": ["TR 1234 A"]},
    "AND": {"1989": ["K 0123"], "figures": ["57438"]},
    "ARM": {"2014": ["35 AB 123"]},
    "AZ": {"1993": ["90-XY-123"]},
    "B": {
        "2010": ["1-AAA-001", "2-CFG-345"],
        "motorcycle": ["M-AAA-001"],
        "trailer": ["Q-ABC-123"],
    },
    "BG": {"1992": ["CB 0123 AB", "A 1234 BB"], "one serial letter": ["PB 1234 A"]},
    "BIH": {"2009": ["K12-J-345"], "1998": ["123-A-456"], "taxi": ["TA-012345"]},
    "BY": {"2004 car": ["0123 AB-7"], "2004 trailer": ["A 1234 B-3"]},
    "CH": {"canton": ["ZH 1", "GE 123456"], "diplomatic": ["CD BE 12-34"]},
    "CY": {"1990": ["KAA 001"]},
    "CZ": {"2001": ["1A0 0001"], "2009": ["5AB 1234"], "district": ["ABA 12-34"]},
    "D": {"district": ["B-A 1", "FFB-AM 483", "AÖ-XY 12"], "electric": ["M-AB 123E"]},
    "DK": {"1976": ["AB 12 345"], "trailer or moped": ["XY 1234"]},
    "DZ": {"figures": ["01234 115 16"]},
    "E": {
        "2000": ["0000 BBB", "9999 ZZZ"],
        "provincial 1971": ["M-1234-AB", "CE-0001-A"],
        "provincial 1900": ["CE-12"],
        "trailer": ["R-1234-BCD"],
        "moped": ["C 1234 BCD"],
        "temporary, private": ["P 1234 BCD"],
        "diplomatic": ["CD 12 345", "CC-123-456"],
        "police": ["PGC-1234-B", "CNP 1234 AB"],
    },
    "EST": {"1991": ["001 ABC"], "motorcycle": ["12 AB"]},
    "F": {
        "2009": ["AA-001-AA", "ZZ-999-ZZ"],
        "department, two letters": ["1234 AB 75"],
        "department, three letters": ["123 ABC 2A", "12 ABC 974"],
        "temporary": ["WW-123-AB"],
    },
    "FIN": {"1972": ["ABC-1", "ZZZ-999"], "moped or tractor": ["123-ABC"]},
    "FL": {"standard": ["FL 1", "FL 12345"]},
    "GB": {
        "2001": ["AB51 CDE", "XY26 ABC"],
        "prefix 1983": ["A1 ABC", "Y999 XYZ"],
        "suffix 1963": ["ABC 1A", "XYZ 999Y"],
        "Northern Ireland": ["AIG 1234", "OI 99"],
        "diplomatic": ["123 D 456"],
    },
    "GBZ": {"2001": ["G 1000 A"], "1912": ["G 99999"]},
    "GE": {"2014": ["AB-123-CD"], "1993": ["ABC-123"]},
    "GR": {"1983": ["IKA-1234"], "motorcycle": ["IKA-1"]},
    "H": {"2022": ["AA AB-123"], "1990": ["ABC-123"], "state service 1990": ["RB 12-34"]},
    "HR": {"1992": ["ZG 123-A"], "1992, four figures": ["ST 1234-AB"]},
    "I": {
        "1994": ["AA 000 AA", "ZZ 999 ZZ"],
        "motorcycle 1999": ["AA 12345"],
        "provincial, figures": ["ROMA 123456", "AO 1234"],
        "provincial, letter second": ["MI 1A2345"],
    },
    "IRL": {"2013": ["131-D-1", "252-LH-12345"], "1987": ["05-D-12345", "87-CW-1"]},
    "IS": {"2004": ["AB C12"], "1989": ["AB 123"]},
    "L": {"letters": ["AB 1234"], "figures": ["12345"]},
    "LT": {"1992": ["ABC 123"], "taxi": ["T12345"], "diplomatic": ["01 3 123"]},
    "LV": {"1991": ["AB-1", "AB-1234"], "trailer": ["B-234"]},
    "M": {"1995": ["ABC 123"]},
    "MA": {
        "2000, letter in Latin form": ["1-A-1", "12345 | أ | 6"],
        "2000, Arabic letter not read": ["12345 40"],
        "2000, two rows": ["A-6 12345"],
        "temporary": ["123456 WW"],
    },
    "MC": {"one letter": ["A123"]},
    "MD": {"2015": ["ABC 123"], "1992": ["C AB 123"]},
    "MNE": {"2008": ["PG AB 123", "PŽ AB 123"]},
    "N": {"1971": ["AB 12345", "EL 12345"], "motorcycle, trailer or tractor": ["AB 1234"]},
    "NL": {"sidecode 7": ["12-GBB-3"], "sidecode 10": ["G-123-BB"], "sidecode 1": ["DN-12-34"]},
    "NMK": {"2012": ["SK 1234-AB"], "1993": ["OH 123-AB"]},
    "P": {"2020": ["AA 01 AA"], "2005": ["00-AA-01"], "1992": ["00-01-AA"], "1937": ["AA-10-00"]},
    "PL": {
        "town #####": ["WA 12345"],
        "county @###": ["GDA A123"],
        "overflow of a region": ["AE 12345"],
        "vanity": ["L0 BIBI"],
        "diplomatic": ["W 123 456"],
    },
    "RKS": {"2010": ["01 123-AB"]},
    "RO": {
        "county": ["CJ 01 ABC"],
        "Bucharest": ["B 101 ABC", "B 12 ABC"],
        "temporary": ["CJ 012345"],
    },
    "RSM": {"1986": ["A1234"]},
    "RUS": {"1993": ["А 123 ВС 77"], "three-figure region": ["A123BC 777"]},  # noqa: RUF001
    "S": {"1973": ["ABC 123"], "2019": ["ABC 12D"]},
    "SK": {"district 1997": ["BA-123AB"], "2023": ["AA-001AA"], "vanity": ["ZA-PAVOL"]},
    "SLO": {"two letters first": ["LJ AB-123"], "two letters last": ["CE 123-AB"]},
    "SRB": {"2011": ["BG 123-AB"], "2011, four figures": ["NS 1234-AB"]},
    "TR": {"one letter": ["34 A 1234"], "three letters": ["06 ABC 12", "81 ABC 123"]},
    "UA": {"2004": ["AA 1234 BB", "КА 1234 ВВ"], "1995": ["123-45 KA"]},  # noqa: RUF001
}


@pytest.mark.parametrize("code", PLATES)
def test_a_countrys_plates_are_known(code: str) -> None:
    for name, texts in PLATES[code].items():
        for text in texts:
            assert (code, name) in formats_of(text), text


def test_every_country_has_plates_of_its_own_here() -> None:
    assert set(PLATES) == set(BOOK.country)
    assert len(PLATES) >= 50


@pytest.mark.parametrize(
    ("code", "text", "why"),
    [
        ("E", "1234 BAD", "vowels"),
        ("E", "1234 BCQ", "Q"),
        ("E", "XX-1234-AB", "no such province"),
        ("F", "AI-123-BC", "I"),
        ("F", "1234 AB 20X", "too long a department"),
        ("I", "QA 123 BC", "Q"),
        ("GB", "QB12 CDE", "Q"),
        ("GB", "AB00 CDE", "no such half-year"),
        ("P", "12-WK-34", "W and K only since 2020"),
        ("D", "M-AB 0123", "a zero first"),
        ("D", "MJJ-AB 12", "no such district"),
        ("PL", "WA 1234B", "B looks like 8"),
        ("RO", "XX 12 ABC", "no such county"),
        ("CH", "XX 1234", "no such canton"),
        ("CH", "ZH 0123", "a zero first"),
        ("TR", "82 ABC 12", "no such province"),
        ("UA", "AA 1234 DD", "D is in no both alphabets"),
        ("GR", "IKA-0123", "from 1000"),
        ("CZ", "1W0 0001", "no such region"),
        ("MA", "12345-A-90", "no such prefecture"),
        ("IRL", "133-D-1", "a year has two halves"),
    ],
)
def test_what_a_country_does_not_issue_is_not_its_plate(code: str, text: str, why: str) -> None:
    assert code not in {country for country, _ in formats_of(text)}, why


@pytest.mark.parametrize(
    ("code", "count"),
    [
        *[("A", 90), ("CH", 26), ("E", 55), ("F", 96), ("HR", 30), ("MA", 87), ("PL", 380)],
        *[("RO", 41), ("SK", 72), ("SLO", 11), ("TR", 81), ("BG", 28), ("CZ", 14), ("D", 740)],
        *[("IRL", 26), ("UA", 55), ("MNE", 23), ("NMK", 30)],
    ],
)
def test_the_lists_of_districts_are_whole(code: str, count: int) -> None:
    country = BOOK.country[code]
    lists = "district canton province department town prefecture county region"
    found = {c for name in lists.split() if name in country.lists for c in country.codes(name)}
    assert len(found) >= count


def test_old_series_die_out() -> None:
    young = alive("2020", None, "2026-11", 18.1)
    middle = alive("2000", "2006", "2026-11", 18.1)
    old = alive("1965", "1971", "2026-11", 18.1)
    assert young > middle > old > 0
    assert old < 0.01
    whole = alive(None, "2000", "2026-11", 18.1) + alive("2000-12-31", None, "2026-11", 18.1)
    assert whole == pytest.approx(1, abs=0.01)


def test_days_are_as_exact_as_they_are_known() -> None:
    assert year("2000") == 2000
    assert year("2000", end=True) == 2001
    assert year("2000-07") == 2000.5
    assert 2000.71 < year("2000-09-18") < year("2000-09-18", end=True) < 2000.75
