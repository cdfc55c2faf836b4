"""Truth in a CSV file: one line a plate, columns image, plate, and x, y, width, height in pixels.

Commas, semicolons or tabs; a column `slice` groups the figures; other columns are left alone. The
pictures are looked for beside the file. A line without plate and box is a picture without a plate.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath

from agent.core.errors import Rejected
from agent.plates.evaluate.distance import plate_text
from agent.plates.evaluate.labelled import Box, Labelled, LabelledPlate
from agent.plates.evaluate.names import problems

IMAGE, PLATE, SLICE = "image", "plate", "slice"
SIDES = ("x", "y", "width", "height")
DELIMITERS = (",", ";", "\t")

MOST_PX = 1e6
"""No picture is larger, and no box of one."""

MOST_BYTES = 64 << 20
"""A larger table is none that a person made."""


def labelled_by_table(path: Path) -> tuple[Labelled, ...]:
    """Read a truth table; the lines of one picture are joined, in the order of first mention.

    Raises:
        Rejected: It cannot be read or is no such table; every wrong line is named.
    """
    text = _text(path)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    _check_columns(path, columns)
    reader.fieldnames = columns
    plates: dict[str, list[LabelledPlate]] = {}
    slices: dict[str, tuple[tuple[str, str], ...]] = {}
    said: dict[tuple[str, LabelledPlate | None], int] = {}
    wrong: list[str] = []
    for line, row in _rows(path, reader):
        try:
            image, plate = _row(row)
        except Rejected as error:
            wrong.append(f"{path}, line {line}: {error}")
            continue
        if (before := said.setdefault((image, plate), line)) != line:
            wrong.append(f"{path}, line {line}: says what line {before} says, expected it once")
        plates.setdefault(image, []).extend([plate] if plate else [])
        if word := (row.get(SLICE) or "").strip():
            slices[image] = ((SLICE, word),)
    if wrong:
        raise Rejected(problems(wrong, "every line must be right: none is left out in silence"))
    if not plates:
        raise Rejected(f"{path}: no lines below the header, expected one a plate")
    return tuple(
        Labelled(path.parent / image, tuple(found), slices.get(image, ()))
        for image, found in plates.items()
    )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Rejected(f"{path}: larger than {MOST_BYTES >> 20} MiB, expected a truth table")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Rejected(f"{path}: {error.strerror}, expected a truth table (CSV)") from error
    except UnicodeDecodeError as error:
        raise Rejected(f"{path}: not UTF-8 at byte {error.start}, expected a CSV file") from error


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(DELIMITERS, key=header.count)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    boxed = [side for side in SIDES if side in columns]
    words = None
    if IMAGE not in columns:
        words = f"no column {IMAGE!r}"
    elif boxed and len(boxed) < len(SIDES):
        words = (
            f"columns {', '.join(boxed)} without {', '.join(s for s in SIDES if s not in boxed)}"
        )
    elif not boxed and PLATE not in columns:
        words = f"neither a column {PLATE!r} nor a box"
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubled and words is None:
        words = f"column {doubled[0]!r} twice"
    if words:
        shown = ", ".join(repr(name[:40]) for name in columns[:12]) or "nothing"
        raise Rejected(
            f"{path}, line 1: {words} among {shown}; expected image, plate and, where plates are "
            "boxed, x, y, width, height in pixels"
        )


def _rows(
    path: Path, reader: "csv.DictReader[str]"
) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Yield each row with the number of its (last) line in the file."""
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise Rejected(f"{path}, line {reader.line_num}: {error}, expected CSV") from error


def _row(row: Mapping[str, str | None]) -> tuple[str, LabelledPlate | None]:
    if None in row:
        raise Rejected(f"more than the header's {len(row) - 1} fields")
    if None in row.values():
        raise Rejected(f"fewer than the header's {len(row)} fields")
    image = str(PurePath((row.get(IMAGE) or "").strip()))
    if image == "." or not image or "\0" in image:
        raise Rejected(f"column {IMAGE!r} is empty, expected the name of a picture")
    written = (row.get(PLATE) or "").strip()
    try:
        text = plate_text(written) if written else None
    except Rejected as error:
        raise Rejected(f"column {PLATE!r}: {error}") from error
    box = _box({side: (row.get(side) or "").strip() for side in SIDES})
    return image, LabelledPlate(text, box) if text or box else None


def _box(sides: Mapping[str, str]) -> Box | None:
    if not any(sides.values()):
        return None
    numbers = []
    for side, written in sides.items():
        try:
            number = float(written)
        except ValueError:
            number = float("nan")
        if not abs(number) <= MOST_PX or (side in SIDES[2:] and number <= 0):
            kind = "a number above 0" if side in SIDES[2:] else "a number"
            raise Rejected(f"column {side!r} is {written[:20]!r}, expected {kind} of pixels")
        numbers.append(number)
    x, y, width, height = numbers
    return Box(x, y, x + width, y + height)
