"""A candidate needs two agreeing reads of moving pictures, and is only ever recommended."""

import pytest

from agent.core.clock import Stamp
from agent.core.listing import Hit
from agent.plates.lists.candidates import WatchRule, candidates
from agent.plates.vehicle import VehicleSeen
from tests.conftest import START
from tests.plates.lists.things import LIST, characters, listed, vehicle

AT = Stamp(0.0, START, synced=True)
RULE = WatchRule(agreeing=2, floor=0.8, look_alikes=True)


def found(seen: VehicleSeen, rule: WatchRule = RULE) -> list[Hit]:
    return candidates(seen, listed(LIST).plates, rule)


def test_a_listed_vehicle_is_a_candidate() -> None:
    [hit] = found(vehicle("1234BCD", AT))
    assert (hit.entry, hit.exact) == ("permit-1", True)


@pytest.mark.parametrize(
    "seen",
    [
        vehicle("1234BCD", AT, still=True),
        vehicle("1234BCD", AT, agreeing=1),
        vehicle("1234BCD", AT, read=characters("1234BCD", p2="9")),
        vehicle("7777LLL", AT),
        vehicle("", AT),
        vehicle("1Z34BCD", AT),  # the reader never thought of a 2
        vehicle("IZ34BCD", AT, read=characters("IZ34BCD", p0="1", p1="2")),  # two places
        vehicle("1Z34BCD", AT, read=characters("1Z34BCD", p1="2", p5="G")),  # another weak one
    ],
)
def test_less_is_no_candidate(seen: VehicleSeen) -> None:
    assert found(seen) == []


def test_not_even_a_rule_of_one_makes_a_candidate_of_one_read() -> None:
    assert found(vehicle("1234BCD", AT, agreeing=1), WatchRule(1, 0.8, look_alikes=True)) == []


def test_one_look_alike_is_a_candidate_where_that_is_allowed() -> None:
    seen = vehicle("1Z34BCD", AT, read=characters("1Z34BCD", p1="2"))
    [hit] = found(seen)
    assert (hit.exact, hit.places) == (False, (1,))
    assert found(seen, WatchRule(2, 0.8, look_alikes=False)) == []


def test_on_a_long_list_no_look_alike_is_a_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.plates.lists.candidates.MOST_FUZZY", 2)
    assert found(vehicle("1Z34BCD", AT, read=characters("1Z34BCD", p1="2"))) == []
    assert found(vehicle("1234BCD", AT)) != []
