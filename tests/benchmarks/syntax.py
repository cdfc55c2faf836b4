"""How long one judgement takes, and what repairs do to reads with known slips.

    python -m tests.benchmarks.syntax [--json PATH]

Plates are drawn from the book itself by their shares; a slip swaps one character for one that looks
alike and leaves the right one in the reader's mind. Right: the final text is the plate. Wrong: a
repair made it another text than was read and than the plate is.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import thread_time

from rich.console import Console
from rich.table import Table

from agent.core.vision import CharacterRead, PlateRead
from agent.plates.book import Book, Format, shipped_book
from agent.plates.known import country_share, format_shares
from agent.plates.syntax import Syntax

SEED = 7
PLATES = 4000
TRIES = 3
"""The shortest time of so many counts: others hold what other programs took of the caches."""
SLIP_ODDS = (0.05, 0.9)
"""How likely the right character still is, in parts of the wrong one, at least and at most."""

HINTS = ((), ("SK", "CZ"), ("E", "MA", "F", "P"), ("D",), ("PL",))


def drawn(book: Book, countries: Sequence[str], dice: random.Random) -> Iterator[str]:
    """Yield invented plates, as common as the book has them."""
    forms: list[tuple[str, Format, float]] = []
    for code in countries or tuple(book.country):
        shares = format_shares(code, book)
        whose = country_share(code, book, frozenset(countries))
        forms += [(code, f, whose * shares[f.name]) for f in book.country[code].formats]
    ways = {(code, f.name): book.country[code].shapes(f) for code, f, _ in forms}
    weights = [weight for _, _, weight in forms]
    while True:
        [(code, form, _)] = dice.choices(forms, weights)
        every = ways[code, form.name]
        [way] = dice.choices(every, [w.size for w in every])
        yield "".join(dice.choice(sorted(part)) for part in way.parts)


def slipped(plate: str, book: Book, dice: random.Random) -> PlateRead:
    """Read a plate with one look-alike in the place of a character."""
    places = [
        (at, other)
        for at, char in enumerate(plate)
        for group in book.alike
        if char in group
        for other in group
        if other != char
    ]
    at, wrong = dice.choice(places) if places else (-1, "")
    sure = CharacterRead
    odds = dice.uniform(*SLIP_ODDS)
    first = 0.99 / (1 + odds)
    return PlateRead(
        tuple(
            sure(((wrong, first), (char, first * odds))) if place == at else sure(((char, 0.99),))
            for place, char in enumerate(plate)
        )
    )


def timed(syntax: Syntax, read: PlateRead) -> float:
    """Return for how many seconds of the processor one judgement works."""
    began = thread_time()
    syntax.judge(read)
    return thread_time() - began


def measured(book: Book, hint: Sequence[str]) -> dict[str, float]:
    """Judge clean and slipped reads of drawn plates."""
    dice = random.Random(SEED)
    syntax = Syntax(book, hint)
    plates = [plate for plate, _ in zip(drawn(book, hint, dice), range(PLATES), strict=False)]
    clean = [PlateRead(tuple(CharacterRead(((c, 0.99),)) for c in plate)) for plate in plates]
    slips = [slipped(plate, book, dice) for plate in plates]
    told: Counter[str] = Counter()
    times = []
    for plate, read in [*zip(plates, clean, strict=True), *zip(plates, slips, strict=True)]:
        judgement = syntax.judge(read)
        times.append(min(timed(syntax, read) for _ in range(TRIES)))
        if read.text == plate:
            told["spoiled"] += judgement.text != plate
        else:
            told["slips"] += 1
            told["right"] += judgement.text == plate
            told["wrong"] += judgement.text not in (plate, read.text)
    times.sort()
    return {
        "slips": told["slips"],
        "right_percent": round(100 * told["right"] / max(told["slips"], 1), 1),
        "wrong_percent": round(100 * told["wrong"] / max(told["slips"], 1), 2),
        "clean_spoiled": told["spoiled"],
        "median_us": round(1e6 * times[len(times) // 2], 1),
        "p99_us": round(1e6 * times[int(0.99 * len(times))], 1),
        "worst_us": round(1e6 * times[-1], 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    book = shipped_book()
    began = thread_time()
    Syntax(book)
    report: dict[str, object] = {
        "formats": sum(len(c.formats) for c in book.country.values()),
        "expand_ms": round(1e3 * (thread_time() - began), 1),
    }
    table = Table(title=f"{len(book.country)} countries, {report['formats']} formats")
    table.add_column("expected")
    for hint in HINTS:
        figures = measured(book, hint)
        if not table.rows:
            for name in figures:
                table.add_column(name)
        report[",".join(hint) or "any"] = figures
        table.add_row(",".join(hint) or "any", *map(str, figures.values()))
    console = Console()
    console.print(table)
    console.print(f"expanding the book: {report['expand_ms']} ms")
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
