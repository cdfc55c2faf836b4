"""Who may pass: each thing that speaks against opening is enough, and is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.core.access import Outcome
from agent.core.clock import Stamp
from agent.plates.lists.access import AccessRule, Ruling, rule_on
from agent.plates.lists.hours import Site
from agent.plates.lists.walltime import WallTime
from agent.plates.vehicle import VehicleSeen
from tests.plates.lists.things import LIST, characters, listed, vehicle

RULE = AccessRule(agreeing=2, floor=0.8, fresh_s=5.0, look_alikes=False)
SITE = Site(ZoneInfo("Europe/Madrid"))
MONDAY_8 = datetime(2026, 11, 23, 7, tzinfo=UTC)  # 08:00 in Madrid
AT = Stamp(100.0, MONDAY_8, synced=True)


def ruled(
    seen: VehicleSeen,
    *,
    rule: AccessRule = RULE,
    text: str = LIST,
    after_s: float = 1.0,
    utc: datetime | None = MONDAY_8,
) -> Ruling:
    return rule_on(seen, listed(text), SITE, (AT.mono_s + after_s, utc), rule)


def said(ruling: Ruling) -> tuple[str, str]:
    return ruling.outcome.value, ruling.reason


def test_a_resident_passes_at_any_hour_without_a_clock() -> None:
    ruling = ruled(vehicle("1234BCD", AT), utc=None)
    assert said(ruling) == ("granted", "listed")
    assert ruling.hit is not None
    assert (ruling.hit.entry, ruling.hit.exact, ruling.hours) == ("permit-1", True, "always")
    assert ruling.until is None
    assert ruling.weakest == pytest.approx(0.98)


def test_a_delivery_passes_in_its_hours_until_they_end() -> None:
    ruling = ruled(vehicle("5678FGH", AT))
    assert said(ruling) == ("granted", "listed")
    assert ruling.until == MONDAY_8 + timedelta(hours=3)
    assert ruling.hours == "mon-fri 07:00-11:00; not holidays"


@pytest.mark.parametrize(
    ("text", "utc", "expected"),
    [
        ("5678FGH", MONDAY_8 + timedelta(hours=3), ("refused", "outside-hours")),
        ("5678FGH", MONDAY_8 - timedelta(days=1), ("refused", "outside-hours")),
        ("5678FGH", None, ("unknown", "clock")),
        ("9012JKL", MONDAY_8, ("refused", "not-yet-valid")),
        ("9012JKL", datetime(2030, 1, 31, 22, 59, 59, tzinfo=UTC), ("granted", "listed")),
        ("9012JKL", datetime(2030, 1, 31, 23, tzinfo=UTC), ("refused", "expired")),
        ("7777LLL", MONDAY_8, ("refused", "not-listed")),
    ],
)
def test_who_has_no_right_here_and_now_is_told_why(
    text: str, utc: datetime | None, expected: tuple[str, str]
) -> None:
    assert said(ruled(vehicle(text, AT), utc=utc)) == expected


def test_an_unlimited_right_lasts_as_long_as_its_days() -> None:
    ruling = ruled(vehicle("9012JKL", AT), utc=datetime(2030, 1, 31, 12, tzinfo=UTC))
    assert ruling.until == datetime(2030, 1, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seen", "after_s", "reason"),
    [
        (vehicle("1234BCD", AT, still=True), 1, "still"),
        (vehicle("1234BCD", AT, agreeing=1), 1, "few-agreeing"),
        (vehicle("1234BCD", AT), 5.0, "stale"),
        (vehicle("", AT), 1, "unread"),
        (vehicle("1234BCD", AT, read=characters("1234BCD", sure=0.79)), 1, "unsure"),
        (vehicle("1234BCD", AT, read=characters("1234BCD", p2="9")), 1, "unsure"),
        (vehicle("7777LLL", AT, read=characters("7777LLL", p2="1")), 1, "unsure"),
        (vehicle("1234BCD", AT, read=()), 1, "unsure"),
    ],
)
def test_a_read_that_is_not_sure_opens_nothing(
    seen: VehicleSeen, after_s: float, reason: str
) -> None:
    assert said(ruled(seen, after_s=after_s)) == ("unknown", reason)


def test_without_a_list_nobody_passes() -> None:
    ruling = rule_on(vehicle("1234BCD", AT), None, SITE, (100.0, MONDAY_8), RULE)
    assert said(ruling) == ("unknown", "no-list")


ALIKE = replace(RULE, look_alikes=True)
DOUBTED = characters("1Z34BCD", p1="2")
"""Z read, and 2 held possible."""


def test_a_look_alike_opens_only_where_that_is_allowed() -> None:
    seen = vehicle("1Z34BCD", AT, read=DOUBTED)
    assert said(ruled(seen)) == ("unknown", "look-alike")
    ruling = ruled(seen, rule=ALIKE)
    assert said(ruling) == ("granted", "listed")
    assert ruling.hit is not None
    assert (ruling.hit.exact, ruling.hit.places) == (False, (1,))


def test_a_look_alike_the_reader_never_thought_of_is_another_plate() -> None:
    seen = vehicle("1Z34BCD", AT)
    assert said(ruled(seen, rule=ALIKE)) == ("refused", "not-listed")


def test_a_look_alike_of_two_listed_plates_opens_nothing() -> None:
    text = LIST + "12348CD,permit-4,residents,,\n"
    seen = vehicle("1Z34BCD", AT, read=characters("1Z34BCD", p1="2", p4="8"))
    assert said(ruled(seen, rule=ALIKE, text=text)) == ("unknown", "ambiguous")


def test_a_look_alike_must_be_sure_at_every_other_place() -> None:
    seen = vehicle("1Z34BCD", AT, read=characters("1Z34BCD", p1="2", p5="G"))
    assert said(ruled(seen, rule=ALIKE)) == ("unknown", "unsure")


def test_a_look_alike_has_the_hours_of_the_listed_plate() -> None:
    seen = vehicle("S678FGH", AT, read=characters("S678FGH", p0="5"))
    assert said(ruled(seen, rule=ALIKE)) == ("granted", "listed")
    late = MONDAY_8 + timedelta(hours=5)
    assert said(ruled(seen, rule=ALIKE, utc=late)) == ("refused", "outside-hours")


def test_an_exact_hit_passes_whatever_else_looks_like_it() -> None:
    text = LIST + "1Z34BCD,permit-4,residents,,\n"
    assert said(ruled(vehicle("1234BCD", AT), text=text)) == ("granted", "listed")


def test_an_outcome_is_one_of_three() -> None:
    assert {outcome.value for outcome in Outcome} == {"granted", "refused", "unknown"}


# -- the date


def test_a_date_known_once_is_known_for_days_and_no_setting_of_the_clock_moves_it() -> None:
    time = WallTime()
    assert time.utc(replace(AT, synced=False)) is None
    assert time.utc(AT) == MONDAY_8
    later = Stamp(100.0 + 86_400, MONDAY_8 + timedelta(days=300), synced=False)
    assert time.utc(later) == MONDAY_8 + timedelta(days=1)
    much_later = replace(later, mono_s=100.0 + 30 * 86_400)
    assert time.utc(much_later) is None
