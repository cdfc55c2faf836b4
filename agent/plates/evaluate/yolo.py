"""Truth in YOLO's form: `images/…/NAME.jpg` beside `labels/…/NAME.txt`, one box a line.

A line is `class x y width height`, middle and size in parts of the picture. With one class or a few
the boxes are plates and detection is judged; with the 36 classes 0-9 and A-Z they are a cut-out
plate's characters, as in UC3M-LP, and the characters are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import isfinite
from pathlib import Path

from agent.core.errors import Rejected
from agent.plates.evaluate.characters import CLASSES, Character, written
from agent.plates.evaluate.labelled import Box, Labelled, LabelledPlate, Truth
from agent.plates.evaluate.names import problems

IMAGES, LABELS = "images", "labels"

FIELDS = 5

CHARACTER_KINDS = 4
"""A set with so many classes or more is one of characters: plates of two or three kinds are met
with, and one plate alone has more characters than that."""

SLACK = 0.2
"""How far a box may reach out of its picture: some of UC3M-LP's characters do by a tenth."""


class Labels(Enum):
    """What the boxes of a set stand for."""

    AUTO = "auto"
    PLATES = "plates"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class _Labelled:
    picture: Path
    characters: tuple[Character, ...]


def labelled_by_yolo(folder: Path, pictures: Sequence[Path], labels: Labels) -> Truth:
    """Read the boxes of every picture below `folder`/images.

    Raises:
        Rejected: A line is none of YOLO's, or of a class that is not known; all at once.
    """
    wrong: list[str] = []
    found: list[_Labelled] = []
    bare = 0
    named: set[Path] = set()
    for picture in pictures:
        path = folder / LABELS / picture.relative_to(folder / IMAGES).with_suffix(".txt")
        named.add(path)
        boxes, told = _boxes(path)
        wrong += told
        bare += boxes is None
        found.append(_Labelled(picture, boxes or ()))
    if wrong:
        raise Rejected(problems(wrong, "expected lines of YOLO's: class x y width height"))
    notes = []
    if lost := len(set((folder / LABELS).rglob("*.txt")) - named):
        notes.append(f"{lost} label files have no picture")
    kinds = {character.kind for one in found for character in one.characters}
    if labels is Labels.CHARACTERS or (labels is Labels.AUTO and len(kinds) >= CHARACTER_KINDS):
        return _of_characters(folder, found, tuple(notes))
    if bare:
        notes.append(f"{bare} pictures have no label file and count as pictures without a plate")
    if len(kinds) > 1:
        notes.append(
            f"{len(kinds)} classes of boxes, all taken as plates; if they are characters, say "
            "--labels characters"
        )
    return _of_plates(folder, found, tuple(notes))


def _of_plates(folder: Path, found: Sequence[_Labelled], notes: tuple[str, ...]) -> Truth:
    pictures = tuple(
        Labelled(one.picture, tuple(LabelledPlate(None, c.box) for c in one.characters))
        for one in found
    )
    return Truth(folder.name, "boxes of plates (YOLO)", pictures, complete=True, notes=notes)


def _of_characters(folder: Path, found: Sequence[_Labelled], notes: tuple[str, ...]) -> Truth:
    whole = Box(0, 0, 1, 1, relative=True)
    pictures = tuple(
        Labelled(one.picture, (LabelledPlate(written(one.characters, one.picture.stem), whole),))
        for one in found
        if one.characters
    )
    if empty := len(found) - len(pictures):
        notes = (*notes, f"{empty} pictures have no labelled character and are left out")
    form = "boxes of characters (YOLO)"
    return Truth(folder.name, form, pictures, crops=True, notes=notes)


def _boxes(path: Path) -> tuple[tuple[Character, ...] | None, list[str]]:
    """Return the boxes of one label file, None without a file, and what is wrong in it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None, []
    except (OSError, UnicodeDecodeError) as error:
        return (), [f"{path}: cannot be read ({error})"]
    boxes, wrong = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            boxes.append(_box(line))
        except Rejected as error:
            wrong.append(f"{path}, line {number}: {error}")
    return tuple(boxes), wrong


def _box(line: str) -> Character:
    fields = line.split()
    if len(fields) != FIELDS:
        raise Rejected(f"{len(fields)} fields")
    try:
        kind, (x, y, width, height) = int(fields[0]), (float(field) for field in fields[1:])
    except ValueError as error:
        raise Rejected(f"not numbers ({error})") from error
    if not 0 <= kind < len(CLASSES):
        raise Rejected(f"class {kind}, expected 0 to {len(CLASSES) - 1}")
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2, relative=True)
    sides = (box.left, box.top, 1 - box.right, 1 - box.bottom)
    if not all(isfinite(side) and side >= -SLACK for side in sides) or min(width, height) <= 0:
        raise Rejected("a box outside the picture, expected parts of it from 0 to 1")
    return Character(kind, box)
