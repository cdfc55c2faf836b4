"""One vehicle and one list: may it pass, and why. Pure; nothing here remembers a vehicle.

The first thing that speaks against opening is what is said. Only an exact hit opens by itself; a
look-alike only where the setting allows it, the list has that one candidate and no other, and the
reader itself held the listed character possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.core.access import Outcome
from agent.core.listing import Hit
from agent.plates.lists.alike import look_alike
from agent.plates.lists.catalogue import Catalogue
from agent.plates.lists.hours import Site
from agent.plates.vehicle import VehicleSeen

Reason = Literal[
    "listed",
    "not-listed",
    "outside-hours",
    "not-yet-valid",
    "expired",
    "unread",
    "still",
    "few-agreeing",
    "unsure",
    "stale",
    "look-alike",
    "ambiguous",
    "clock",
    "no-list",
]
"""Why; docs/lists.md has them in words."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """When a read may open (settings.py says what each value means)."""

    agreeing: int
    floor: float
    fresh_s: float
    look_alikes: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided of one vehicle, and what it rests on.

    `weakest` is the probability of the least sure character; `until` is when the right ends.
    """

    outcome: Outcome
    reason: Reason
    hit: Hit | None = None
    hours: str | None = None
    weakest: float = 0.0
    until: datetime | None = None


def rule_on(
    seen: VehicleSeen,
    listed: Catalogue | None,
    site: Site,
    when: tuple[float, datetime | None],
    rule: AccessRule,
) -> Ruling:
    """Decide about a vehicle now; `when` is monotonic time and the date, None where unknown."""
    weakest = min(sureness(seen), default=0.0)
    if (doubt := _doubt(seen, when[0], rule)) is not None:
        return Ruling(Outcome.UNKNOWN, doubt, weakest=weakest)
    if listed is None:
        return Ruling(Outcome.UNKNOWN, "no-list", weakest=weakest)
    hits = listed.plates.match(seen.text, seen.characters)
    found = _found(seen, hits, weakest, rule)
    if found.outcome is not Outcome.GRANTED or found.hit is None:
        return found
    return _righted(found.hit, listed, site, when[1], found.weakest)


def _found(seen: VehicleSeen, hits: Sequence[Hit], weakest: float, rule: AccessRule) -> Ruling:
    """Say which entry the vehicle is, or what speaks against any; rights come after."""
    exact = next((hit for hit in hits if hit.exact), None)
    held = [hit for hit in hits if hit.held]
    if exact is None and held and len(hits) > 1:
        return Ruling(Outcome.UNKNOWN, "ambiguous", weakest=weakest)
    if exact is None and held and not rule.look_alikes:
        return Ruling(Outcome.UNKNOWN, "look-alike", held[0], weakest=weakest)
    hit = exact or (held[0] if held else None)
    sure = weakest if hit is None else min(sureness(seen, hit.places), default=0.0)
    if sure < rule.floor:
        return Ruling(Outcome.UNKNOWN, "unsure", hit, weakest=sure)
    if hit is None:  # what merely looks alike to us was never in the reader's mind
        return Ruling(Outcome.REFUSED, "not-listed", weakest=weakest)
    return Ruling(Outcome.GRANTED, "listed", hit, weakest=sure)


def _doubt(seen: VehicleSeen, now_s: float, rule: AccessRule) -> Reason | None:
    """Say what keeps this read from being acted upon, whatever is on the list."""
    if not seen.text:
        return "unread"
    if seen.still:
        return "still"
    if seen.agreeing < rule.agreeing:
        return "few-agreeing"
    if now_s - seen.last.mono_s >= rule.fresh_s:
        return "stale"
    return None


def _righted(
    hit: Hit, listed: Catalogue, site: Site, utc: datetime | None, weakest: float
) -> Ruling:
    """Say whether the entry that was found counts now."""
    right = listed.right(hit.entry)
    hours = right.hours.words
    if not right.timed:
        return Ruling(Outcome.GRANTED, "listed", hit, hours, weakest)
    if utc is None:
        return Ruling(Outcome.UNKNOWN, "clock", hit, hours, weakest)
    wall = site.wall(utc)
    refused: Reason | None = None
    if right.begins is not None and wall < right.begins:
        refused = "not-yet-valid"
    elif right.ends is not None and wall >= right.ends:
        refused = "expired"
    elif not right.hours.hold(site, utc):
        refused = "outside-hours"
    if refused is not None:
        return Ruling(Outcome.REFUSED, refused, hit, hours, weakest)
    return Ruling(Outcome.GRANTED, "listed", hit, hours, weakest, right.lapses(site, utc))


def sureness(seen: VehicleSeen, places: Sequence[int] = ()) -> list[float]:
    """Return how sure the reader was of each character of the text, as far as it said so.

    At `places` the whole group of look-alikes counts: the plate has one of them there.
    """
    if len(seen.characters) != len(seen.text):
        return []
    return [
        min(
            sum(
                chance
                for char, chance in place.choices
                if char == wanted or (at in places and look_alike(char, wanted))
            ),
            1.0,
        )
        for at, (wanted, place) in enumerate(zip(seen.text, seen.characters, strict=True))
    ]
