"""How `sereno plates eval` tells its figures: tables for people, plates masked."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.core.log import clip
from agent.plates.evaluate.calibration import Calibration
from agent.plates.evaluate.figures import Figures
from agent.plates.evaluate.report import Report
from agent.plates.evaluate.share import Share

MOST_LINES = 20
"""Pictures that could not be read are told by name up to so many; the JSON has them all."""

MOST_CONFUSED = 12


def print_evaluation(report: Report, console: Console, *, show: bool) -> None:
    """Print all tables of one evaluation; misread plates by name only with `show`."""
    figures = report.figures
    hint = ", ".join(report.countries) or "any"
    console.print(
        f"{report.set}: {figures.pictures} pictures, {figures.plates} plates, labelled by "
        f"{report.form}; view {report.view}; countries expected: {hint}",
        markup=False,
    )
    for note in report.notes:
        console.print(f"note: {note}", markup=False)
    console.print(main_table(figures))
    if figures.calibration.bins:
        console.print(calibration_table(figures.calibration, "plates: confidence and share right"))
    if figures.character_calibration.bins:
        words = "characters: confidence and share right"
        console.print(calibration_table(figures.character_calibration, words))
    console.print(outcome_table(figures))
    if figures.confusions:
        console.print(confusion_line(figures), markup=False)
    if figures.plates:
        console.print(slice_table(figures))
    print_failures([line.error for line in report.pictures if line.error], console)
    if show:
        _misread(report, console)


def main_table(figures: Figures) -> Table:
    """Return the set's main figures."""
    table = Table(title="how well, 95 % interval (Wilson)", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("figure")
    table.add_column("share")
    rows = {
        "strict: the text exactly": figures.strict,
        "tolerant: O, Q as 0 and I as 1": figures.tolerant,
        "strict before the syntax's repair": figures.raw,
        "found: on the box (IoU 0.5)" if figures.boxed else "found: anything": figures.found,
        "precision: of what was found": figures.precision,
        "characters right": figures.characters,
        "no plate in it, none read": figures.no_read,
        "no plate in it, none told by the duty": figures.no_tell,
    }
    for name, part in rows.items():
        if part.count:
            table.add_row(name, str(part))
    if figures.characters.count:
        table.add_row("character error rate", f"{figures.character_errors:.4f}")
    if figures.unreadable:
        table.add_row("pictures that could not be read", str(figures.unreadable))
    table.add_row("time a picture", f"{figures.median_ms:.1f} ms, p95 {figures.p95_ms:.1f} ms")
    return table


def calibration_table(told: Calibration, words: str) -> Table:
    """Return how right answers of like confidence were."""
    table = Table(title=words, title_justify="left", caption_justify="left", box=SIMPLE_HEAD)
    for name in ("confidence", "told on average", "right"):
        table.add_column(name)
    for one in told.bins:
        table.add_row(f"{one.low:.2f} to {one.high:.2f}", f"{one.told:.3f}", str(one.right))
    table.add_section()
    table.add_row(
        "0.99 and more", f"{told.sure_told:.4f}" if told.sure.count else "", _or(told.sure)
    )
    table.add_row("0.99 when rounded", "", _or(told.say))
    table.caption = f"expected calibration error {told.expected_error:.4f}"
    return table


def outcome_table(figures: Figures) -> Table:
    """Return what became of the plates."""
    table = Table("what became of each", "plates", box=SIMPLE_HEAD)
    for name, count in figures.outcomes.items():
        table.add_row(name, str(count))
    return table


def confusion_line(figures: Figures) -> str:
    """Return the most frequent confusions: single characters are nobody's data."""
    told = [
        f"{one.true or 'nothing'}→{one.read or 'nothing'} {one.count}"
        for one in figures.confusions[:MOST_CONFUSED]
    ]
    return f"true→read: {', '.join(told)}"


def slice_table(figures: Figures) -> Table:
    """Return the figures by kind of picture."""
    table = Table(title="by kind of picture, in %", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("kind", min_width=14, overflow="fold")
    table.add_column("plates", no_wrap=True)
    for name in ("strict", "found", "characters"):  # 80 columns hold no fourth; the JSON does
        table.add_column(name, no_wrap=True)
    for what, kinds in figures.slices.items():
        table.add_section()
        for kind, part in kinds.items():
            shares = (part.strict, part.found, part.characters)
            told = [_short(one) for one in shares]
            table.add_row(escape(f"{what}: {clip(kind, 30)}"), str(part.plates), *told)
    return table


def _short(part: Share) -> str:
    if not part.count:
        return "-"
    return f"{100 * part.share:.1f} ({100 * part.low:.0f}..{100 * part.high:.0f})"


def _or(part: Share) -> str:
    return str(part) if part.count else "none"


def print_failures(failed: Sequence[str], console: Console) -> None:
    """Name the pictures that could not be read, and why."""
    for error in failed[:MOST_LINES]:
        console.print(f"not read: {clip(error)}", style="red", markup=False)
    if len(failed) > MOST_LINES:
        console.print(f"and {len(failed) - MOST_LINES} more that could not be read", style="red")


def _misread(report: Report, console: Console) -> None:
    for line in report.pictures:
        for plate in (*line.plates, *line.extra):
            if plate.outcome != "right":
                truth, read = plate.truth or "no plate", plate.read or "nothing"
                words = f"{line.picture}: {truth} read as {read} ({plate.outcome})"
                console.print(words, markup=False)
