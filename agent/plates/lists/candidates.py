"""One vehicle and one watch list: is it a candidate that a person should look at. Pure.

A candidate is a recommendation. Look-alikes follow security.md 4.3: one place differs, the reader
held the listed character possible, the rest is sure, and the list is short enough that strangers
are not met by chance.
"""

from dataclasses import dataclass

from agent.core.listing import Hit, PlateList
from agent.plates.lists.access import sureness
from agent.plates.vehicle import VehicleSeen

MOST_FUZZY = 50_000
"""With more plates listed every twentieth innocent one looks like one of them (security.md 4.3)."""


@dataclass(frozen=True, slots=True)
class WatchRule:
    """When a read makes a candidate (settings.py says what each value means)."""

    agreeing: int
    floor: float
    look_alikes: bool


def candidates(seen: VehicleSeen, plates: PlateList, rule: WatchRule) -> list[Hit]:
    """Return the entries this vehicle may be, none for almost every vehicle there is."""
    if seen.still or not seen.text or seen.agreeing < max(rule.agreeing, 2):
        return []
    hits = plates.match(seen.text, seen.characters)
    exact = [hit for hit in hits if hit.exact]
    if exact:
        return exact if min(sureness(seen), default=0.0) >= rule.floor else []
    if not rule.look_alikes or len(plates) > MOST_FUZZY:
        return []
    return [
        hit
        for hit in hits
        if hit.held
        and len(hit.places) == 1
        and min(sureness(seen, hit.places), default=0.0) >= rule.floor
    ]
