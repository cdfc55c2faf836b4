"""What may leave is listed: everything else stays, and is counted."""

from datetime import UTC, datetime

import msgspec
import pytest

from agent.core.allow import AllowList, leaves


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    open: int
    hidden: str | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    when: datetime
    text: str | None
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    letters: tuple[tuple[str, float], ...] = ()


class Wider(Told, frozen=True, kw_only=True):
    """The same struct after somebody has added a field."""

    face: str | None = None


WHEN = datetime(2026, 11, 22, 9, 48, 11, 42_000, tzinfo=UTC)
LISTED = ("name", "when", "inner.open", "many.open")
ALLOWED = AllowList.of(Told, *LISTED)


def test_what_is_not_listed_is_dropped_however_deep_and_each_time_told() -> None:
    inner = Inner(open=1, hidden="1234BCD")
    told = Told(
        name="a", when=WHEN, text="1234BCD", inner=inner, many=(inner, inner), letters=(("1", 0.9),)
    )
    passed = ALLOWED.passed(told)
    assert passed.data == {
        "name": "a",
        "when": "2026-11-22T09:48:11.042000Z",
        "text": None,  # no record is without it
        "inner": {"open": 1},
        "many": [{"open": 1}, {"open": 1}],
    }
    assert sorted(passed.dropped) == [
        "inner.hidden",
        "letters",
        "many.hidden",
        "many.hidden",
        "text",
    ]


def test_what_is_left_is_still_a_record() -> None:
    told = Told(name="a", when=WHEN, text="1234BCD", inner=Inner(open=1, hidden="x"))
    left = msgspec.convert(ALLOWED.passed(told).data, Told)
    assert left == Told(name="a", when=WHEN, text=None, inner=Inner(open=1))


def test_a_field_that_says_nothing_is_not_worth_dropping() -> None:
    told = Told(name="a", when=WHEN, text=None, inner=Inner(open=1))
    passed = ALLOWED.passed(told)
    assert passed.dropped == ()
    assert msgspec.convert(passed.data, Told) == told


def test_a_field_added_to_the_struct_and_not_to_the_list_stays_in_the_node() -> None:
    allowed = AllowList.of(Wider, *LISTED)
    passed = allowed.passed(Wider(name="a", when=WHEN, text=None, face="somebody"))
    assert "face" not in passed.data
    assert passed.dropped == ("face",)
    listed = AllowList.of(Wider, *LISTED, "face")
    assert listed.passed(Wider(name="a", when=WHEN, text=None, face="x")).data["face"] == "x"


def test_a_whole_list_lets_everything_out() -> None:
    whole = AllowList.of(Told, *leaves(Told))
    told = Told(name="a", when=WHEN, text="t", inner=Inner(open=1, hidden="s"))
    assert whole.passed(told).dropped == ()
    assert msgspec.convert(whole.passed(told).data, Told) == told


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (("name", "when", "face"), r"no field 'face'; there are name, when"),
        (("name", "when", "inner"), r"'inner' must name one field, of no struct"),
        (("name", "when", "name.x"), r"'name.x' must name one field, of no struct"),
        (("when",), r"name is not listed, and cannot be left out"),
        (("name", "when", "inner.hidden"), r"inner.open is not listed, and cannot be left out"),
    ],
)
def test_a_list_that_cannot_be_is_refused_when_it_is_made(
    paths: tuple[str, ...], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        AllowList.of(Told, *paths)
