"""How `sereno read` tells what it read: JSON lines for programs, a table for people."""

import os
import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.plates.reading import PlateResult, Reading

Chances = tuple[tuple[str, float], ...]


class PlateLine(msgspec.Struct, frozen=True, kw_only=True):
    """One plate of a picture; corners in pixels, the plate's own top left first, clockwise.

    `gain_nats` is the evidence for a repair, None where `text` is as it was read, `raw`.
    """

    text: str
    raw: str
    gain_nats: float | None
    confidence: float
    characters: Chances
    alternatives: Chances
    country: str | None
    corners: tuple[tuple[float, float], ...]


class Times(msgspec.Struct, frozen=True):
    """How long one picture took once it was decoded, in milliseconds."""

    detect: float
    read: float
    total: float


class PictureLine(msgspec.Struct, frozen=True, kw_only=True):
    """One picture that was read, its plates best first."""

    picture: str
    plates: tuple[PlateLine, ...]
    ms: Times


class ErrorLine(msgspec.Struct, frozen=True):
    """One picture that could not be read, and why."""

    picture: str
    error: str


def picture_line(path: Path, reading: Reading) -> PictureLine:
    """Tell what was read in the picture at `path`."""
    times = Times(*(round(ms, 2) for ms in (reading.detect_ms, reading.read_ms, reading.total_ms)))
    plates = tuple(_plate_line(plate) for plate in reading.plates)
    return PictureLine(picture=_shown(str(path)), plates=plates, ms=times)


def error_line(path: Path, words: str) -> ErrorLine:
    """Tell why the picture at `path` was not read."""
    return ErrorLine(_shown(str(path)), _shown(words))


def print_table(lines: Sequence[PictureLine | ErrorLine], console: Console) -> None:
    """Print one row a plate, and a line of totals."""
    shared = _shared_folder([line.picture for line in lines])
    table = Table(header_style="bold")
    for name in ("picture", "plate", "from", "sure"):
        table.add_column(name, justify="right" if name == "sure" else "left", overflow="fold")
    for line in lines:
        picture = Text(line.picture.removeprefix(shared))
        if isinstance(line, ErrorLine):
            table.add_row(picture, Text(line.error, style="red"), "", "")
        elif not line.plates:
            table.add_row(picture, Text("no plate read", style="dim"), "", "")
        for plate in line.plates if isinstance(line, PictureLine) else ():
            table.add_row(picture, _coloured(plate), plate.country or "", f"{plate.confidence:.0%}")
            picture = Text("")
    console.print(table)
    read = [line for line in lines if isinstance(line, PictureLine)]
    with_plates = sum(bool(line.plates) for line in read)
    failed = len(lines) - len(read)
    pictures = "1 picture" if len(lines) == 1 else f"{len(lines)} pictures"
    words = f"{pictures}, plates read in {with_plates}"
    if failed:
        words += f", {failed} failed"
    if read:
        words += f"; {statistics.median(line.ms.total for line in read):.1f} ms a picture"
    console.print(words)


def _shared_folder(pictures: Sequence[str]) -> str:
    """Return the folder all pictures lie in, with its slash: a table need not repeat it."""
    folders = {Path(picture).parent for picture in pictures}
    try:
        shared = os.path.commonpath(folders)
    except ValueError:  # none, or absolute ones and others
        return ""
    return f"{shared}/" if shared not in {"", "/", "."} else ""


def _plate_line(plate: PlateResult) -> PlateLine:
    gain = plate.judgement.gain_nats
    return PlateLine(
        text=plate.text,
        raw=plate.judgement.raw,
        gain_nats=None if gain is None else round(gain, 2),
        confidence=round(plate.told.confidence, 4),
        characters=_short(plate.told.characters),
        alternatives=_short(plate.told.alternatives),
        country=plate.judgement.country,
        corners=tuple((round(float(x), 1), round(float(y), 1)) for x, y in plate.quad.corners),
    )


def _short(chances: Chances) -> Chances:
    return tuple((text, round(chance, 4)) for text, chance in chances)


def _coloured(plate: PlateLine) -> Text:
    text = Text()
    for char, chance in plate.characters:
        text.append(char, "bold green" if chance >= 0.9 else "yellow" if chance >= 0.6 else "red")  # noqa: PLR2004
    if plate.raw != plate.text:
        text.append(f"  (read as {plate.raw})", "dim")
    return text


def _shown(name: str) -> str:
    """Return a file's name as text, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "replace")
