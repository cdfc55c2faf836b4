"""How long one judgement takes, and what naming and repairing do to reads with known slips.

    python -m tests.benchmarks.syntax [--plates 3000] [--json PATH]

Plates of nine countries' common series are invented here, not drawn from the book, so that books
can be compared. A slip reads one character as a look-alike of the other kind (letter for figure)
and leaves the right one in the reader's mind. Right: the final text is the plate. Wrong: a repair
made it a third text. Fits: the slip made a plate of some format, which stays.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import thread_time

from rich.console import Console
from rich.table import Table

from agent.core.vision import CharacterRead, PlateRead
from agent.plates.formats.book import Book, shipped_book
from agent.plates.formats.syntax import Syntax

SEED = 5
TRIES = 3
"""The shortest time of so many counts: others hold what other programs took of the caches."""

SLIP_ODDS = (0.05, 0.9)
"""How likely the right character still is, in parts of the wrong one, at least and at most."""

HINTS: tuple[tuple[str, ...], ...] = (
    *((), ("SK", "CZ"), ("E", "MA", "F", "P")),
    *(("E",), ("D",), ("GB",), ("PL",)),
)

CONSONANTS = "BCDFGHJKLMNPRSTVWXYZ"
FRENCH = "ABCDEFGHJKLMNPQRSTVWXYZ"
CZECH = "ABCDEFHIJKLMNPRSTUVXYZ"
POLISH = "ACEFGHJKLMNPRSTUVWXY"
PORTUGUESE = "ABCDEFGHIJLMNOPQRSTUVXZ"
BRITISH = "ABCDEFGHJKLMNOPRSTUVWXY"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def some(dice: random.Random, chars: str, count: int) -> str:
    return "".join(dice.choice(chars) for _ in range(count))


def figures(dice: random.Random, count: int) -> str:
    return some(dice, "0123456789", count)


Inventor = Callable[[random.Random], str]

INVENTED: dict[str, Inventor] = {
    "E": lambda d: figures(d, 4) + some(d, CONSONANTS, 3),
    "F": lambda d: some(d, FRENCH, 2) + figures(d, 3) + some(d, FRENCH, 2),
    "P": lambda d: figures(d, 2) + some(d, PORTUGUESE, 2) + figures(d, 2),
    "MA": lambda d: f"{d.randint(1, 99999)}{d.choice('ABDH')}{d.randint(1, 87)}",
    "SK": lambda d: (
        d.choice(["BA", "BL", "KE", "NR", "TN", "ZA", "PO", "TT", "NZ", "LM", "MT", "PP"])
        + figures(d, 3)
        + some(d, CZECH, 2)
    ),
    "CZ": lambda d: (
        d.choice("123456789")
        + d.choice("ABCEHJKLMPSTUZ")
        + d.choice([figures(d, 1), some(d, CZECH, 1)])
        + figures(d, 4)
    ),
    "D": lambda d: (
        d.choice(["B", "M", "HH", "K", "F", "S", "D", "KA", "LB"])
        + some(d, LATIN, 2)
        + d.choice("123456789")
        + figures(d, d.choice([2, 3]))
    ),
    "GB": lambda d: (
        some(d, BRITISH, 2) + d.choice(["12", "65", "71", "23", "58"]) + some(d, BRITISH, 3)
    ),
    "PL": lambda d: d.choice(
        [
            "WA" + figures(d, 4) + some(d, POLISH, 1),
            "KR" + figures(d, 5),
            "GDA" + some(d, POLISH, 1) + figures(d, 3),
        ]
    ),
}


def slipped(plate: str, book: Book, dice: random.Random) -> PlateRead | None:
    """Read a plate with one look-alike in the place of a character; None if none has one."""
    places = [
        (at, other)
        for at, char in enumerate(plate)
        for group in book.alike
        if char in group
        for other in group
        if other.isdigit() != char.isdigit()
    ]
    if not places:
        return None
    at, wrong = dice.choice(places)
    odds = dice.uniform(*SLIP_ODDS)
    first = 0.99 / (1 + odds)
    return PlateRead(
        tuple(
            CharacterRead(
                ((wrong, first), (char, first * odds)) if place == at else ((char, 0.99),)
            )
            for place, char in enumerate(plate)
        )
    )


def timed(syntax: Syntax, read: PlateRead) -> float:
    """Return for how many seconds of the processor one judgement works."""
    began = thread_time()
    syntax.judge(read)
    return thread_time() - began


def measured(book: Book, hint: Sequence[str], count: int) -> dict[str, float]:
    """Judge clean and slipped reads of invented plates."""
    dice = random.Random(SEED)
    syntax = Syntax(book, hint)
    told: Counter[str] = Counter()
    times = []
    for _ in range(count):
        code = dice.choice(hint or tuple(INVENTED))
        plate = INVENTED[code](dice)
        clean = PlateRead(tuple(CharacterRead(((char, 0.99),)) for char in plate))
        judgement = syntax.judge(clean)
        told["named"] += judgement.country == code
        told["misnamed"] += judgement.country not in (None, code)
        told["spoiled"] += judgement.text != plate
        read = slipped(plate, book, dice)
        times.append(min(timed(syntax, clean) for _ in range(TRIES)))
        if read is None:
            continue
        judgement = syntax.judge(read)
        told["slips"] += 1
        told["right"] += judgement.text == plate
        told["wrong"] += judgement.text not in (plate, read.text)
        told["fits"] += judgement.text == read.text and judgement.fits
        times.append(min(timed(syntax, read) for _ in range(TRIES)))
    times.sort()
    slips = max(told["slips"], 1)
    return {
        "named %": round(100 * told["named"] / count, 1),
        "misnamed %": round(100 * told["misnamed"] / count, 1),
        "clean spoiled": told["spoiled"],
        "slips": told["slips"],
        "right %": round(100 * told["right"] / slips, 1),
        "fits %": round(100 * told["fits"] / slips, 1),
        "wrong %": round(100 * told["wrong"] / slips, 2),
        "median us": round(1e6 * times[len(times) // 2], 1),
        "p99 us": round(1e6 * times[int(0.99 * len(times))], 1),
        "worst us": round(1e6 * times[-1], 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--plates", type=int, default=3000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    book = shipped_book()
    began = thread_time()
    Syntax(book)
    report: dict[str, object] = {
        "formats": sum(len(c.formats) for c in book.country.values()),
        "expand ms": round(1e3 * (thread_time() - began), 1),
    }
    table = Table(title=f"{len(book.country)} countries, {report['formats']} formats")
    table.add_column("expected")
    for hint in HINTS:
        figures_of = measured(book, hint, asked.plates)
        if not table.rows:
            for name in figures_of:
                table.add_column(name)
        report[",".join(hint) or "any"] = figures_of
        table.add_row(",".join(hint) or "any", *map(str, figures_of.values()))
    console = Console()
    console.print(table)
    console.print(f"expanding the book: {report['expand ms']} ms of the processor")
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
