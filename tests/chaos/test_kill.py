"""Kill -9 of agent, broker and centre at random loses no committed record."""

import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulators.load import read_ledger
from tests.town import Town, town, until

pytestmark = pytest.mark.chaos

RECORDS = int(os.environ.get("SERENO_CHAOS_RECORDS", "5000"))
RATE_HZ = 120
"""Slow enough for about two dozen kills to fall into the run, fast enough for a full window."""

PUBACK_AGENT = [sys.executable, str(Path(__file__).with_name("puback_agent.py"))]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the node committed, by its own ledger, and what the centre has."""

    committed: dict[tuple[int, int], int]
    stored: dict[tuple[int, int], int]
    kills: Counter[str]

    @property
    def lost(self) -> set[tuple[int, int]]:
        return set(self.committed) - set(self.stored)


def parts(ledger: Path, count: int) -> str:
    load = f'rate_hz = {RATE_HZ}\ncount = {count}\nledger = "{ledger}"\n'
    return f'[device.load]\nkind = "load"\n{load}'


def ledger_of(path: Path) -> dict[tuple[int, int], int]:
    """Return the number that each committed record carries, by its key."""
    return {(entry.epoch, entry.sequence): entry.number for entry in read_ledger(path)}


def outcome(place: Town, ledger: Path) -> Outcome:
    stored = {
        (epoch, sequence): json.loads(body)["data"]["number"]
        for epoch, sequence, body in place.rows("load.number")
    }
    kills = Counter({process.name: process.kills for process in place.processes})
    return Outcome(ledger_of(ledger), stored, kills)


def committed_all(ledger: Path, count: int) -> bool:
    return len(set(ledger_of(ledger).values())) >= count


def delivered_all(place: Town, ledger: Path) -> bool:
    return not outcome(place, ledger).lost


def judge(result: Outcome, count: int) -> None:
    assert not result.lost, f"{len(result.lost)} of {len(result.committed)} records lost"
    assert set(result.committed.values()) == set(range(1, count + 1))
    wrong = {key for key, number in result.committed.items() if result.stored[key] != number}
    assert not wrong, f"{len(wrong)} records arrived with another's content"


@pytest.mark.parametrize("seed", [1, 2])
def test_random_kills_lose_nothing(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    ledger = tmp_path / "ledger"
    with town(tmp_path, parts(ledger, RECORDS)) as place:
        while not committed_all(ledger, RECORDS):
            time.sleep(rng.uniform(0.2, 3.0))  # other processes' real time
            struck = rng.choice(place.processes)
            struck.kill()
            time.sleep(rng.uniform(0.0, 1.0))
            struck.start()
        until(lambda: delivered_all(place, ledger), "every record at the centre", 180)
        result = outcome(place, ledger)
    print(f"seed {seed}: {len(result.committed)} committed, {dict(result.kills)} kills, 0 lost")
    judge(result, RECORDS)
    assert all(result.kills[process.name] for process in place.processes), result.kills


def test_without_kills_the_same_run_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    with town(tmp_path, parts(ledger, RECORDS)) as place:
        until(lambda: committed_all(ledger, RECORDS), "the load", 60 + 2 * RECORDS / RATE_HZ)
        until(lambda: delivered_all(place, ledger), "every record at the centre", 60)
        result = outcome(place, ledger)
        duplicates = place.duplicates()
    judge(result, RECORDS)
    assert duplicates == 0
    assert result.stored == result.committed


def killed_where_it_hurts(place: Town, ledger: Path, count: int) -> Outcome:
    """Let the broker take records while the centre is dead, then kill the broker."""
    until(lambda: len(ledger_of(ledger)) > count // 4, "the load to be under way")
    place.centre.kill()
    so_far = len(ledger_of(ledger))
    until(lambda: len(ledger_of(ledger)) > so_far + count // 4, "records for nobody")
    place.broker.kill()
    place.broker.start()
    place.centre.start()
    until(lambda: committed_all(ledger, count), "the rest of the load", 120)
    return outcome(place, ledger)


SHORT = 1200


def test_what_only_the_broker_had_is_sent_again(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    with town(tmp_path, parts(ledger, SHORT)) as place:
        killed_where_it_hurts(place, ledger, SHORT)
        until(lambda: delivered_all(place, ledger), "every record at the centre", 120)
        result = outcome(place, ledger)
    judge(result, SHORT)


def test_this_test_sees_losses_where_a_puback_settles(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    with town(tmp_path, parts(ledger, SHORT), PUBACK_AGENT) as place:
        killed_where_it_hurts(place, ledger, SHORT)
        time.sleep(15)  # what has not come by then is lost: the agent has forgotten it
        result = outcome(place, ledger)
    print(f"PUBACK settles: {len(result.lost)} of {len(result.committed)} records lost")
    assert result.lost
