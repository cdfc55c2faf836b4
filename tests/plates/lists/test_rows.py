"""A list's file is read row by row: what is wrong is told with its line, and costs nothing else."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Rejected
from agent.plates.lists.catalogue import objection
from agent.plates.lists.hours import parse_hours
from agent.plates.lists.rows import Form, normalised, read_sheet
from agent.plates.lists.tags import FORM, Tagger, make_key, passing_tagger, tagger_of
from tests.plates.lists.things import LIST, listed, sheet

BAD = """plate,id,group,hours,from,until
1234BCD,one,residents,,,
12 34-BCD,two,residents,,,
5678FGH,one,residents,,,
Ñ,three,residents,,,
9012JKL,four,resident,,,
3456MNP,five,,mon 25:00-26:00,,
7890RST,six,,,2026-13-01,
2345VWX,seven,,,2026-12-31,2026-12-01
6789XYZ,eight,,,,,,,too many
2222CCC,ten,deliveries,,2026-12-01,2026-12-31
"""


def told(text: str | bytes) -> list[str]:
    return [str(problem) for problem in sheet(text).problems]


def test_a_row_is_what_it_says() -> None:
    read = sheet(LIST)
    assert (read.problems, read.head) == ([], {"list": "marina", "revision": "12"})
    one, two, three = read.rows
    assert (one.line, one.entry, one.group) == (4, "permit-1", "residents")
    assert one.hours is not None
    assert one.hours.always
    assert two.hours == parse_hours("mon-fri 07:00-11:00; not holidays")
    assert (three.begins, three.ends) == (datetime(2030, 1, 1), datetime(2030, 2, 1))  # noqa: DTZ001 - the wall's clock
    assert one.tag == read.tagger.plate("1234BCD")
    assert "1234" not in repr(read)


def test_every_bad_row_is_told_with_its_line_and_the_others_are_there() -> None:
    read = sheet(BAD)
    assert [row.entry for row in read.rows] == ["one", "ten"]
    words = [str(problem) for problem in read.problems]
    for line, part in (
        (3, "this plate stands on line 2 already"),
        (4, "id 'one' stands on line 2 already"),
        (5, "is no plate; expected 2 to 10 of A-Z and 0-9"),
        (6, "no group 'resident'; expected one of deliveries, residents"),
        (7, "hours: '25:00-26:00' is no time of day"),
        (8, "from: '2026-13-01' is no date; expected such as"),
        (9, "ends before it begins"),
        (10, "has 9 cells; expected 6: plate, id"),
    ):
        assert any(w.startswith(f"marina.csv, line {line}: ") and part in w for w in words), part
    assert len(words) == read.count == 8
    assert not read.unusable


def test_problems_show_no_plate() -> None:
    [words] = told("plate\n1234BCD-1234BCD\n")
    assert "1234" not in words
    assert "1*" in words


def test_a_spreadsheets_semicolons_and_mark_of_order_are_read() -> None:
    read = sheet(b"\xef\xbb\xbfPlate;ID\r\n1234 BCD;one\r\n;;\r\n5678FGH;\r\n")
    assert [row.entry for row in read.rows] == ["one", "line-4"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "marina.csv: has no header line; expected column names"),
        (b"# list: x\n", "marina.csv: has no header line"),
        (b"\xff\xfe", "marina.csv: is not UTF-8 text (byte 0)"),
        (b"plat,id\n", "line 1: no column is called 'plat'; expected of plate, tag"),
        (b"id,group\n", "line 1: expected a column plate, or the columns tag and alike"),
        (b"plate,plate\n", "line 1: a column stands twice"),
        (b"plate,name\n", "line 1: no column is called 'name'"),
        (b"tag,alike\n", "holds hashes; expected a line '# hashed: hmac-sha256-128'"),
        (b"# hashed: hmac-sha256-128\ntag,alike\n", "expected the key they were made with"),
        (b"plate\n" + b"\n".join(b"%04dBCD" % n for n in range(1002)), "more than 1000 plates"),
    ],
)
def test_a_file_that_is_no_list_is_unusable(raw: bytes, words: str) -> None:
    read = sheet(raw)
    assert read.unusable
    assert words in str(read.problems[0])


def test_a_column_misspelt_is_pointed_at() -> None:
    assert 'did you mean "plate"?' in told("plates\n")[0]


@pytest.mark.parametrize("between", ["\u2028", "\x85", "\x0b", "\x0c", "\x1e", "\r"])
def test_a_remark_begins_no_row(between: str) -> None:
    read = sheet(f"plate,id,reason\n1234BCD,x,hello{between} 9999XXX\n5678FGH,y,\n")
    assert [row.entry for row in read.rows] == ["y"]
    assert (
        "line 2: holds a character that is no text"
        in told(f"plate,id,reason\n1234BCD,x,hello{between} 9999XXX\n")[0]
    )


def test_a_quote_that_is_not_closed_puts_nothing_in_force() -> None:
    read = sheet('plate,id,reason\n1234BCD,x,"see\n9999XXX,foo",\n')
    assert read.unusable
    assert objection(read, None) is not None
    assert "line 2: a quote is not closed" in str(read.problems[0])


@pytest.mark.parametrize("day", ["20261231", "2026W53", "2026-W53-4", "2026-12-31 08"])
def test_a_date_of_another_form_is_refused(day: str) -> None:
    assert "is no date" in told(f"plate,until\n1234BCD,{day}\n")[0]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_noise_is_told_and_never_raises(noise: bytes) -> None:
    for start in (b"", b"plate,id,hours,from\n", b"# hashed: hmac-sha256-128\ntag,alike\n"):
        read = sheet(start + noise)
        assert read.unusable or len(read.rows) + read.count >= 0


def test_plates_are_compared_as_readers_tell_them() -> None:
    assert normalised(" 12-34 bcd\t") == "1234BCD"
    assert normalised("m\N{LATIN SMALL LETTER U WITH DIAERESIS}\u00b7AB\u00a0123") == "MUAB123"
    assert normalised("\N{FULLWIDTH DIGIT ONE}234BCD") == "1234BCD"


# -- what may take the place of what is in force


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LIST.replace("1234 BCD", "?"), "line 4"),
        (LIST.replace("revision: 12", "revision: 11"), "revision 11 is older than 12"),
        ("# list: marina\nplate\n", "it is empty"),
        ("nonsense", "no column is called"),
    ],
)
def test_a_worse_file_does_not_take_the_place_of_a_good_one(text: str, words: str) -> None:
    against = objection(sheet(text), listed(LIST))
    assert against is not None
    assert words in against


@pytest.mark.parametrize("text", ["# list: marina\nplate\n", "plate\n?\n"])
def test_a_list_without_a_plate_is_not_put_in_force_at_the_start(text: str) -> None:
    assert objection(sheet(text), None) is not None
    assert objection(sheet("# empty: yes\nplate\n"), None) is None


def test_an_empty_list_that_is_meant_takes_its_place() -> None:
    assert objection(sheet("# empty: yes\nplate\n"), listed(LIST)) is None
    assert objection(sheet(LIST), listed(LIST)) is None


# -- hashed lists


def test_a_hashed_list_is_as_good_as_a_plain_one_with_its_key_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key(path)
    tagger = tagger_of(path)
    rows = [f"{tagger.plate(p).hex()},{tagger.alike(p).hex()},{p}" for p in ("1234BCD", "O0")]
    text = "\n".join([f"# hashed: {FORM}", f"# key: {tagger.check}", "tag,alike,id", *rows])

    def read(key: Tagger | None) -> list[str]:
        found = read_sheet(text.encode(), "x", Form(9, {}, key), passing_tagger)
        return [row.entry for row in found.rows] or [str(p) for p in found.problems]

    assert read(tagger) == ["1234BCD", "O0"]
    [words] = read(Tagger(b"another"))
    assert "was hashed with another key" in words


def test_a_key_is_for_its_owner_only_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Rejected, match="is there already"):
        make_key(path)
    path.chmod(0o644)
    with pytest.raises(Rejected, match=r"others may read it; expected mode 0600"):
        tagger_of(path)
    path.chmod(0o600)
    path.write_text("beef")
    with pytest.raises(Rejected, match="expected 64 hexadecimal digits"):
        tagger_of(path)
    with pytest.raises(Rejected, match="cannot be read"):
        tagger_of(tmp_path / "none")
