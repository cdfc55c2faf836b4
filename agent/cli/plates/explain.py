"""`sereno plates explain TEXT`: which country's plate a text is, and why; or why it is none."""

import argparse
import sys

import msgspec
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from agent.cli.countries import add_countries
from agent.plates.formats.book import shipped_book
from agent.plates.formats.explain import Explanation, FitTold, explain
from agent.plates.formats.nearest import Change, Near
from agent.plates.formats.syntax import Syntax
from agent.plates.formats.typed import Unreadable

MOST_SHOWN = 12
"""Fits shown to a person; --json has all."""

REFUSED = 2
"""Exit status for what can be no plate's text, as for any other wrong argument."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", metavar="TEXT", help='a plate, as printed or without spaces: "1234 BCD"'
    )
    add_countries(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Explain the text; return 0 if it fits an expected format, 1 if none, 2 if it is no plate."""
    told = explain(arguments.text, Syntax(shipped_book(), arguments.countries))
    if isinstance(told, Unreadable):
        print(f"sereno plates explain: {told.words}", file=sys.stderr)
        return REFUSED
    if arguments.json:
        print(msgspec.json.encode(told).decode())
    else:
        show(told, Console())
    return 0 if any(fit.expected for fit in told.fits) else 1


def show(told: Explanation, console: Console) -> None:
    """Print an explanation for a person."""
    console.print(f"[bold]{told.text}[/]  {_headline(told)}")
    for note in told.notes:
        console.print(f"  [dim]{escape(note)}[/]")
    if told.fits:
        console.print(_fits(told))
        for fit in told.fits[:1]:
            console.print(_best(fit))
    if told.near and any(fit.expected for fit in told.fits):
        console.print("[dim]likelier, if one character is not as it seems:[/]")
    for near in told.near:
        console.print(_near(near))


def _headline(told: Explanation) -> str:
    if not told.fits:
        whose = f" of {', '.join(told.expected)}" if told.expected else ""
        return f"fits no known format{whose}" + (" [dim](nearest below)[/]" if told.near else "")
    if told.country is None:
        many = len({fit.country for fit in told.fits})
        return f"fits formats of {many} countries, none likelier than all others together"
    guest = "" if told.fits[0].expected else ", a guest: not one of the expected countries"
    return f"{told.fits[0].country_name}, {told.country_confidence:.0%}{guest}"


def _fits(told: Explanation) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("share", "country", "format", "printed", "parts", "issued", "for"):
        table.add_column(column, overflow="fold")
    for fit in told.fits[:MOST_SHOWN]:
        table.add_row(
            _percent(fit.share),
            f"{fit.country} {fit.country_name}",
            escape(fit.format),
            f"[bold]{fit.printed}[/]" + (" ✓" if fit.as_typed else ""),
            escape(", ".join(_part(fit))),
            _window(fit),
            _carried(fit),
        )
    if len(told.fits) > MOST_SHOWN:
        table.caption = f"and {len(told.fits) - MOST_SHOWN} more ways; --json tells all"
    if any(fit.as_typed for fit in told.fits):
        table.caption = f"{table.caption or ''}  ✓ grouped as typed".strip()
    return table


def _part(fit: FitTold) -> list[str]:
    return [f"{p.text} {p.is_a}" + (f" ({p.name})" if p.name else "") for p in fit.parts]


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.001 else "<0.1%"  # noqa: PLR2004 - a tenth of a percent


def _window(fit: FitTold) -> str:
    since, until = fit.issued or (fit.since, fit.until)
    if since is None and until is None:
        return "years unknown"
    return f"{since or '…'} to {until or 'today'}"


def _carried(fit: FitTold) -> str:
    vehicle = "any vehicle" if fit.vehicle == "any" else fit.vehicle
    return vehicle if fit.use == "ordinary" else f"{vehicle}, {fit.use}"


def _best(fit: FitTold) -> Panel:
    lines = [f"pattern  [bold]{escape(fit.pattern)}[/]"]
    if fit.rows:
        lines.append(f"in two rows  {escape(fit.rows)}")
    if fit.rule:
        lines.append(escape(fit.rule))
    lines.append(f"[dim]source: {escape(fit.source)}[/]")
    return Panel(Group(*lines), title=escape(f"{fit.country} {fit.format}"), title_align="left")


def _near(near: Near) -> Panel:
    lines = [f"would be [bold]{escape(near.printed)}[/], like {escape(near.example)}"]
    lines += [f"  place {change.place}: {escape(_change(change))}" for change in near.changes]
    if near.rule:
        lines.append(escape(near.rule))
    if near.needs is not None:
        lines.append(
            f"[dim]repaired by itself if the reader held it at least {near.needs:.2g} times "
            f"as likely (formats say {near.gain_nats:+.1f} nats for it)[/]"
        )
    lines.append(f"[dim]source: {escape(near.source)}[/]")
    title = f"{near.country} {near.country_name}, {near.format}"
    return Panel(Group(*lines), title=escape(title), title_align="left")


def _change(change: Change) -> str:
    if not change.was:
        return f"put in {change.now}: {change.why}"
    if not change.now:
        return f"leave out {change.was}: {change.why}"
    alike = ", they look alike" if change.alike else ""
    return f"{change.now} for {change.was}{alike}: {change.why}"
