"""How long a list takes to load, and a plate to be looked up: python -m tests.benchmarks.lists."""

import argparse
import json
import random
import statistics
import tracemalloc
from pathlib import Path
from time import perf_counter_ns

from rich.console import Console
from rich.table import Table

from agent.core.vision import CharacterRead
from agent.plates.lists.catalogue import catalogue
from agent.plates.lists.rows import Form, read_sheet
from agent.plates.lists.tags import passing_tagger

LETTERS = "BCDFGHJKLMNPRSTVWXYZ"
SIZES = (1_000, 20_000, 50_000)
LOOKS = 5_000

TAGS_AND_NAMES = 2 * 49 + 54
"""Two tags as bytes objects and an entry's name, which the rows made and the list keeps."""


def plates(count: int, rng: random.Random) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        found.add(f"{rng.randrange(10_000):04}" + "".join(rng.choices(LETTERS, k=3)))
    return sorted(found)


def read(text: str) -> tuple[CharacterRead, ...]:
    """Return a sure read with one doubtful place that has a look-alike where there is one."""
    likes = {"0": "D", "1": "L", "2": "Z", "5": "S", "8": "B", "B": "8", "D": "0", "S": "5"}
    places = [CharacterRead(((char, 0.98),)) for char in text]
    at = next((i for i, char in enumerate(text) if char in likes), None)
    if at is not None:
        places[at] = CharacterRead(((text[at], 0.7), (likes[text[at]], 0.2)))
    return tuple(places)


def measured(size: int) -> dict[str, float]:
    rng = random.Random(size)
    listed = plates(size, rng)
    raw = ("plate,id,group\n" + "".join(f"{p},e{i},g\n" for i, p in enumerate(listed))).encode()
    began = perf_counter_ns()
    sheet = read_sheet(raw, "x", Form(size), passing_tagger)
    made = catalogue(sheet, raw, "x")
    load_ms = (perf_counter_ns() - began) / 1e6
    rows = len(sheet.rows)
    tracemalloc.start()
    made = catalogue(sheet, raw, "x")
    kept = tracemalloc.get_traced_memory()[0] + TAGS_AND_NAMES * size
    tracemalloc.stop()
    del sheet
    times = []
    hits = 0
    for text in [*rng.choices(listed, k=LOOKS // 10), *plates(LOOKS, rng)]:
        looks = read(text)
        began = perf_counter_ns()
        hits += bool(made.plates.match(text, looks))
        times.append((perf_counter_ns() - began) / 1e3)
    assert rows == size
    return {
        "plates": size,
        "load_ms": round(load_ms, 1),
        "bytes_a_plate": round(kept / size),
        "look_p50_us": round(statistics.median(times), 1),
        "look_p99_us": round(statistics.quantiles(times, n=100)[98], 1),
        "hits_percent": round(100 * hits / len(times), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results = [measured(size) for size in SIZES]
    table = Table(title="lists of plates in memory")
    for name in results[0]:
        table.add_column(name, justify="right")
    for result in results:
        table.add_row(*(f"{value:g}" for value in result.values()))
    Console().print(table)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
