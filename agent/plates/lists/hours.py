"""Hours of the week, as people write them: `mon-fri 07:00-11:00; sat 08:00-10:00; not holidays`.

They hold by the clock on the wall of the site: whenever that shows a time within them, summer time
or not. An hour that the clock skips is not there; one that it shows twice is there twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DAY_MIN = 24 * 60

FAR = timedelta(days=8)
"""Hours that go on for longer than a week go on for ever, as far as one passage is concerned."""

EXPECTED = (
    'expected "always", or hours such as "mon-fri 07:00-11:00, 15:00-17:00; sat 22:00-06:00; '
    'not holidays; holidays 10:00-12:00"'
)

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\Z")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a day that begins on one of `days` (0 is Monday), or on holidays.

    In minutes since midnight of the day it begins on; `end_min` is beyond 24 hours where the window
    crosses midnight.
    """

    days: frozenset[int]
    holidays: bool
    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Site:
    """Where hours hold: the time zone, and the days that are holidays there."""

    zone: tzinfo
    holidays: frozenset[date] = frozenset()

    def wall(self, utc: datetime) -> datetime:
        """Return what the clock on the wall shows, without a zone."""
        return utc.astimezone(self.zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is allowed. `words` is how it was written."""

    words: str
    windows: tuple[Window, ...] = ()
    closed_on_holidays: bool = False

    @property
    def always(self) -> bool:
        return not self.windows

    def hold(self, site: Site, utc: datetime) -> bool:
        """Say whether these hours are now."""
        return self.always or any(True for _ in self._ends(site, site.wall(utc)))

    def until(self, site: Site, utc: datetime) -> datetime | None:
        """Return when these hours, which hold now, end; None where they go on for days."""
        if self.always:
            return None
        at = utc
        while at - utc < FAR:
            wall = site.wall(at)
            end = max(self._ends(site, wall), default=None)
            if end is None:
                return at
            at = _shown(site, at, end - wall)
        return None

    def _ends(self, site: Site, wall: datetime) -> Iterator[datetime]:
        """Yield when the windows that hold at this time of the wall's clock end, by that clock."""
        for days_ago in (0, 1):
            day = wall.date() - timedelta(days=days_ago)
            midnight = datetime.combine(day, time())
            for window in self.windows:
                start = midnight + timedelta(minutes=window.start_min)
                end = midnight + timedelta(minutes=window.end_min)
                if start <= wall < end and self._begins(window, day, site):
                    yield end

    def _begins(self, window: Window, day: date, site: Site) -> bool:
        holiday = day in site.holidays
        if window.holidays:
            return holiday
        return day.weekday() in window.days and not (holiday and self.closed_on_holidays)


def _shown(site: Site, at: datetime, wait: timedelta) -> datetime:
    """Return when the wall's clock has gone `wait` further, or is put forward or back before."""
    there = at + wait
    offset = at.astimezone(site.zone).utcoffset()
    if there.astimezone(site.zone).utcoffset() == offset:
        return there
    before_s, after_s = 0, -(-int(wait.total_seconds() * 1e6) // 1_000_000)
    start = at.astimezone(UTC).replace(microsecond=0)
    while after_s - before_s > 1:
        middle_s = (before_s + after_s) // 2
        middle = start + timedelta(seconds=middle_s)
        if middle.astimezone(site.zone).utcoffset() == offset:
            before_s = middle_s
        else:
            after_s = middle_s
    return start + timedelta(seconds=after_s)


ALWAYS = Hours("always")


def parse_hours(words: str) -> Hours:
    """Read hours as people write them.

    Raises:
        ValueError: They cannot be read; the message says what was expected.
    """
    plain = " ".join(words.lower().split())
    if plain == "always":
        return ALWAYS
    windows: list[Window] = []
    closed = False
    for clause in plain.split(";"):
        match clause.strip():
            case "":
                continue
            case "not holidays":
                closed = True
            case said:
                windows.extend(_windows(said))
    if not windows:
        raise ValueError(EXPECTED)
    return Hours(plain, tuple(windows), closed)


def _windows(clause: str) -> Iterator[Window]:
    days: frozenset[int] | None = None
    holidays = False
    spans: list[tuple[int, int]] = []
    for word in re.sub(r"\s*-\s*", "-", clause).replace(",", " ").split():
        if span := _SPAN.match(word):
            spans.append(_span(word, *map(int, span.groups())))
        elif spans:
            raise ValueError(f"{word!r} stands after a time; {EXPECTED}")
        elif word == "holidays":
            holidays = True
        else:
            days = (days or frozenset()) | _days(word)
    if holidays and days is not None:
        raise ValueError(f"{clause!r} mixes holidays with other days: two clauses; {EXPECTED}")
    if days is None and not holidays:
        days = frozenset(range(7))
    for start_min, end_min in spans or [(0, DAY_MIN)]:
        yield Window(days or frozenset(), holidays, start_min, end_min)


def _days(word: str) -> frozenset[int]:
    if word == "daily":
        return frozenset(range(7))
    first, dash, last = word.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(f"{word!r} is no day; {EXPECTED}")
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 if dash else 0
    return frozenset((start + day) % 7 for day in range(length + 1))


def _span(word: str, from_h: int, from_min: int, to_h: int, to_min: int) -> tuple[int, int]:
    start, end = 60 * from_h + from_min, 60 * to_h + to_min
    if max(from_min, to_min) > 59 or start >= DAY_MIN or end > DAY_MIN:  # noqa: PLR2004 - minutes
        raise ValueError(f"{word!r} is no time of day; expected 00:00 to 24:00")
    if start == end:
        raise ValueError(f"{word!r} begins as it ends; expected 00:00-24:00 for a whole day")
    return start, end if end > start else end + DAY_MIN
