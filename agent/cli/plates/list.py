"""`sereno plates list check|hash|key FILE`: lists of plates, before a node gets them."""

import argparse
import csv
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from agent.core.errors import Rejected
from agent.core.files import open_regular
from agent.plates.lists.catalogue import emptiness
from agent.plates.lists.rows import MOST_BYTES, Form, Row, Sheet, read_sheet
from agent.plates.lists.tags import FORM, Tagger, make_key, passing_tagger, tagger_of

MOST_PLATES = 200_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="say what is on a list and what is wrong with it")
    check.add_argument("file", type=Path, help="the list, in CSV")
    check.add_argument("--key", type=Path, help="the node's list key, for a list of hashes")
    check.add_argument(
        "--most", type=int, default=MOST_PLATES, help="most plates (default: %(default)s)"
    )
    hashed = verbs.add_parser("hash", help="make a list of keyed hashes of a plain one")
    hashed.add_argument("file", type=Path, help="the plain list, in CSV")
    hashed.add_argument("--key", type=Path, required=True, help="the node's list key")
    hashed.add_argument("--out", type=Path, help="where to write it (default: print it)")
    key = verbs.add_parser("key", help="make a new list key, in a file for its owner only")
    key.add_argument("file", type=Path, help="the key's file, which must not be there yet")


def run(arguments: argparse.Namespace) -> int:
    match arguments.what:
        case "check":
            tagger = None if arguments.key is None else tagger_of(arguments.key)
            return _check(_read(arguments.file, arguments.most, tagger), arguments.file)
        case "hash":
            return _hash(arguments.file, tagger_of(arguments.key), arguments.out)
        case _:
            make_key(arguments.file)
            return 0


def _read(file: Path, most: int, tagger: Tagger | None, *, plain: Tagger | None = None) -> Sheet:
    try:
        with open_regular(file) as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        words = f"{file}: cannot be read: {error.strerror}; expected a list of plates"
        raise Rejected(words) from error
    form = Form(most, None, tagger)
    return read_sheet(raw, str(file), form, passing_tagger if plain is None else lambda: plain)


def _check(sheet: Sheet, file: Path) -> int:
    console = Console(soft_wrap=True, highlight=False)
    _print_problems(sheet, console)
    name = sheet.head.get("list") or file.stem
    revision = sheet.head.get("revision") or "none"
    form = "keyed hashes" if "hashed" in sheet.head else "plates in the clear"
    count = "1 plate" if len(sheet.rows) == 1 else f"{len(sheet.rows)} plates"
    console.print(f"list {name}, revision {revision}: {count}, {form}", markup=False)
    groups = Counter(row.group or "(no group)" for row in sheet.rows)
    for group, size in sorted(groups.items()):
        console.print(f"  {group}: {size}", markup=False)
    for what, size in _limits(sheet.rows).items():
        if size:
            console.print(f"  {what}: {size}", markup=False)
    alike = Counter(row.alike for row in sheet.rows)
    shared = sum(size for size in alike.values() if size > 1)
    if shared:
        console.print(f"  that look like another listed one: {shared} (exact reads only)")
    words = None if sheet.count else emptiness(sheet)
    if words is not None:
        console.print(f"[bold red]✗[/] {escape(f'{file}: {words}')}")
    return 1 if sheet.count or words else 0


def _limits(rows: list[Row]) -> dict[str, int]:
    return {
        "with hours of their own": sum(row.hours is not None for row in rows),
        "with a first day": sum(row.begins is not None for row in rows),
        "with a last day": sum(row.ends is not None for row in rows),
    }


def _print_problems(sheet: Sheet, console: Console) -> None:
    for problem in sheet.problems:
        console.print("[bold red]✗[/] ", end="")
        console.print(str(problem), markup=False)
    if sheet.count > len(sheet.problems):
        console.print(f"… and {sheet.count - len(sheet.problems)} more")
    if sheet.count:
        console.print(f"{sheet.count} problem{'s' if sheet.count > 1 else ''}")


def _hash(file: Path, tagger: Tagger, out: Path | None) -> int:
    sheet = _read(file, MOST_PLATES, None, plain=tagger)
    if sheet.count:
        _print_problems(sheet, Console(stderr=True, soft_wrap=True, highlight=False))
        return 1
    head = {key: value for key, value in sheet.head.items() if key not in {"hashed", "key"}}
    lines = [f"# {key}: {value}" for key, value in head.items()]
    lines += [f"# hashed: {FORM}", f"# key: {tagger.check}"]
    if out is None:
        _write(lines, sheet.rows, sys.stdout)
        return 0
    new = out.with_name(out.name + ".new")
    try:
        with new.open("w", encoding="utf-8", newline="") as opened:
            _write(lines, sheet.rows, opened)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(out)
    except OSError as error:
        raise Rejected(f"{out}: cannot be written: {error.strerror}") from error
    return 0


def _write(head: list[str], rows: list[Row], opened: TextIO) -> None:
    """Write the rows by their tags, so that neither text nor order tells of a plate."""
    opened.writelines(line + "\n" for line in head)
    writer = csv.writer(opened, lineterminator="\n")
    writer.writerow(["tag", "alike", "id", "group", "hours", "from", "until", "reason"])
    for row in sorted(rows, key=lambda row: row.tag):
        hours = "" if row.hours is None else row.hours.words
        begins = "" if row.begins is None else row.begins.isoformat(" ")
        ends = "" if row.ends is None else row.ends.isoformat(" ")
        tags = row.tag.hex(), row.alike.hex()
        # an entry that is only its line would tell the plain list's order
        entry = "" if row.entry == f"line-{row.line}" else row.entry
        writer.writerow([*tags, entry, row.group, hours, begins, ends, row.reason or ""])
