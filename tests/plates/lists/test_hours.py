"""Hours hold by the clock on the wall: across midnight, summer time and holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.plates.lists.hours import ALWAYS, DAYS, Site, parse_hours

MADRID = Site(ZoneInfo("Europe/Madrid"), frozenset({date(2026, 12, 25)}))
SPRING = date(2026, 3, 29)  # 02:00 becomes 03:00
AUTUMN = date(2026, 10, 25)  # 03:00 becomes 02:00


def local(words: str, fold: int = 0) -> datetime:
    moment = datetime.fromisoformat(words).replace(tzinfo=MADRID.zone, fold=fold)
    return moment.astimezone(UTC)


def holds(hours: str, when: str, fold: int = 0) -> bool:
    return parse_hours(hours).hold(MADRID, local(when, fold))


@pytest.mark.parametrize(
    ("hours", "when", "expected"),
    [
        ("always", "2026-11-22T03:00", True),
        ("mon-fri 07:00-11:00", "2026-11-23T07:00", True),  # a Monday
        ("mon-fri 07:00-11:00", "2026-11-23T06:59:59", False),
        ("mon-fri 07:00-11:00", "2026-11-23T11:00", False),
        ("mon-fri 07:00-11:00", "2026-11-22T08:00", False),  # a Sunday
        ("mon, wed 7:00 - 9:00, 15:00-16:00", "2026-11-25T15:30", True),
        ("mon, wed 7:00 - 9:00, 15:00-16:00", "2026-11-24T15:30", False),
        ("sat-mon", "2026-11-22T23:59", True),
        ("sat-mon", "2026-11-24T00:00", False),
        ("fri 22:00-06:00", "2026-11-28T05:59", True),  # begun on Friday, the 27th
        ("fri 22:00-06:00", "2026-11-27T05:59", False),
        ("daily 23:00-24:00", "2026-11-28T00:00", False),
        ("07:00-08:00", "2026-11-22T07:30", True),
        ("mon-fri 07:00-11:00", "2026-12-25T08:00", True),  # a Friday, and a holiday
        ("mon-fri 07:00-11:00; not holidays", "2026-12-25T08:00", False),
        ("mon-fri 07:00-11:00; not holidays; holidays 09:00-10:00", "2026-12-25T09:30", True),
        ("holidays 09:00-10:00", "2026-12-24T09:30", False),
        ("thu-fri 22:00-02:00; not holidays", "2026-12-25T01:00", True),  # begun on Thursday
        ("thu-fri 22:00-02:00; not holidays", "2026-12-26T01:00", False),
    ],
)
def test_hours_are_those_people_wrote(hours: str, when: str, expected: bool) -> None:
    assert holds(hours, when) == expected


def test_an_hour_that_is_skipped_begins_when_the_clock_is_past_it() -> None:
    assert not holds("sun 02:30-04:00", f"{SPRING}T01:59:59")
    assert holds("sun 02:30-04:00", f"{SPRING}T03:00")
    window = parse_hours("sun 01:00-02:30")
    assert window.until(MADRID, local(f"{SPRING}T01:30")) == local(f"{SPRING}T03:00")


def test_an_hour_that_comes_twice_holds_twice() -> None:
    assert holds("sun 02:30-04:00", f"{AUTUMN}T02:45")
    assert not holds("sun 02:30-04:00", f"{AUTUMN}T02:15", fold=1)
    assert holds("sun 02:30-04:00", f"{AUTUMN}T02:45", fold=1)
    window = parse_hours("sun 02:30-04:00")
    # the clock is put back to 02:00 at the end of the first 02:45
    assert window.until(MADRID, local(f"{AUTUMN}T02:45")) == local(f"{AUTUMN}T02:00", fold=1)
    assert window.until(MADRID, local(f"{AUTUMN}T02:45", fold=1)) == local(f"{AUTUMN}T04:00")


def test_hours_that_meet_end_with_the_last() -> None:
    window = parse_hours("mon 20:00-24:00; tue 00:00-03:00")
    assert window.until(MADRID, local("2026-11-23T21:00")) == local("2026-11-24T03:00")
    assert ALWAYS.until(MADRID, local("2026-11-23T21:00")) is None
    assert parse_hours("daily").until(MADRID, local("2026-11-23T21:00")) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", 'expected "always"'),
        ("not holidays", 'expected "always"'),
        ("mo 07:00-08:00", "'mo' is no day"),
        ("mon-fry", "'mon-fry' is no day"),
        ("mon 07:00", "'07:00' is no day"),
        ("mon 07:00-25:00", "expected 00:00 to 24:00"),
        ("mon 07:60-08:00", "expected 00:00 to 24:00"),
        ("mon 24:00-08:00", "expected 00:00 to 24:00"),
        ("mon 08:00-08:00", "begins as it ends"),
        ("mon 07:00-08:00 tue", "stands after a time"),
        ("mon holidays 07:00-08:00", "mixes holidays with other days"),
    ],
)
def test_what_are_no_hours_is_said(words: str, told: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        parse_hours(words)
    assert told in str(caught.value)


minutes = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def clauses(draw: st.DrawFn) -> str:
    start, length = draw(minutes), draw(st.integers(1, 24 * 60 - 1))
    days = draw(st.sampled_from(["daily", "holidays", *DAYS, "mon-fri", "sat-tue"]))
    return f"{days} {clock(start)}-{clock((start + length) % (24 * 60))}"


hours = st.lists(clauses() | st.just("not holidays"), min_size=1, max_size=4).map("; ".join)

nights = st.sampled_from([(3, 28), (10, 24), (12, 24)]).map(
    lambda day: datetime(2026, *day, tzinfo=UTC)
)
"""Before summer time, before winter time, before the holiday."""

moments = st.builds(lambda day, s: day + timedelta(seconds=s), nights, st.integers(0, 3 * 86_400))
zones = st.sampled_from(["Europe/Madrid", "Atlantic/Canary", "America/St_Johns", "UTC"])


def by_hand(words: str, site: Site, utc: datetime) -> bool:
    """Say the same from the words and the wall's clock, minute by minute, knowing no windows."""
    wall = utc.astimezone(site.zone).replace(tzinfo=None)
    closed = "not holidays" in words
    for clause in words.split("; "):
        if clause == "not holidays":
            continue
        days, times = clause.split(" ")
        start, end = (int(t[:2]) * 60 + int(t[3:]) for t in times.split("-"))
        now = wall.hour * 60 + wall.minute
        today, yesterday = wall.date(), wall.date() - timedelta(days=1)
        if start < end:
            begun = today if start <= now < end else None
        else:
            begun = today if now >= start else yesterday if now < end else None
        if begun is None:
            continue
        holiday = begun in site.holidays
        day = DAYS[begun.weekday()]
        if days == "holidays":
            fits = holiday
        elif days == "daily":
            fits = not (closed and holiday)
        else:
            named = {"mon-fri": DAYS[:5], "sat-tue": ("sat", "sun", "mon", "tue")}.get(
                days, (days,)
            )
            fits = day in named and not (closed and holiday)
        if fits:
            return True
    return False


@given(hours, moments, zones)
def test_hours_hold_as_the_walls_clock_says(words: str, utc: datetime, zone: str) -> None:
    try:
        parsed = parse_hours(words)
    except ValueError:
        return  # "not holidays" alone
    site = Site(ZoneInfo(zone), MADRID.holidays)
    assert parsed.hold(site, utc) == by_hand(words, site, utc)


@given(hours, moments, zones)
def test_hours_that_hold_go_on_until_they_end(words: str, utc: datetime, zone: str) -> None:
    try:
        parsed = parse_hours(words)
    except ValueError:
        return
    site = Site(ZoneInfo(zone), MADRID.holidays)
    if not parsed.hold(site, utc):
        return
    until = parsed.until(site, utc)
    last = until or utc + timedelta(days=7)
    steps = int((last - utc).total_seconds() // 600)
    assert all(parsed.hold(site, utc + timedelta(minutes=10 * step)) for step in range(steps))
    if until is not None:
        assert parsed.hold(site, until - timedelta(seconds=1))
        assert not parsed.hold(site, until)
