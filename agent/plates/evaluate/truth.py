"""Finds out how a set of pictures is labelled, and reads its labels."""

import os
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from agent.core.errors import Rejected
from agent.plates.evaluate.labelled import Labelled, Truth
from agent.plates.evaluate.names import labelled_by_name
from agent.plates.evaluate.sheet import PAGES
from agent.plates.evaluate.table import labelled_by_table
from agent.plates.evaluate.yolo import IMAGES, LABELS, Labels, labelled_by_yolo

TABLE = "truth.csv"
"""A folder with this file is labelled by it."""


def find_truth(
    place: Path,
    suffixes: Sequence[str],
    *,
    plateless: bool = False,
    labels: Labels = Labels.AUTO,
    show: bool = False,
) -> Truth:
    """Read the labels of a folder or a CSV file; pictures are files that end in `suffixes`.

    `plateless` says that no picture of the folder has a plate. Names that may be plates are masked
    in errors unless `show`.

    Raises:
        Rejected: There is nothing, or it is labelled in no known way; says where and what was
            expected.
    """
    if place.is_dir():
        return _folder(place, suffixes, plateless=plateless, labels=labels, show=show)
    if not place.exists():
        raise Rejected(f"{place}: there is no such folder or file, expected pictures or a CSV file")
    if plateless:
        raise Rejected(f"{place}: a file, expected a folder of pictures without plates")
    return _table(place, place.name, ())


def _folder(
    folder: Path, suffixes: Sequence[str], *, plateless: bool, labels: Labels, show: bool
) -> Truth:
    pictures, skipped = _below(folder, suffixes)
    if not pictures:
        raise Rejected(f"{folder}: no pictures in this folder, expected {', '.join(suffixes)}")
    truth = _labelled(folder, pictures, plateless=plateless, labels=labels, show=show)
    return replace(truth, notes=(*truth.notes, *skipped))


def _labelled(
    folder: Path, pictures: Sequence[Path], *, plateless: bool, labels: Labels, show: bool
) -> Truth:
    name = folder.resolve().name
    if plateless:
        return Truth(name, "no plates", tuple(Labelled(picture, ()) for picture in pictures))
    if (folder / TABLE).is_file():
        return _table(folder / TABLE, name, pictures)
    if (folder / IMAGES).is_dir() and (folder / LABELS).is_dir():
        below = [p for p in pictures if p.is_relative_to(folder / IMAGES)]
        if not below:
            raise Rejected(f"{folder / IMAGES}: no pictures, expected those of {folder / LABELS}")
        return labelled_by_yolo(folder, below, labels)
    return Truth(name, "file names", labelled_by_name(pictures, show))


def _table(path: Path, name: str, pictures: Sequence[Path]) -> Truth:
    labelled = labelled_by_table(path)
    missing = sum(not one.picture.is_file() for one in labelled)
    if missing == len(labelled):
        raise Rejected(
            f"{path}: none of its {missing} pictures is there, expected them in {path.parent}"
        )
    notes = []
    if missing:
        notes.append(f"{missing} pictures of {path.name} are not there")
    if unnamed := len(set(pictures) - {one.picture for one in labelled}):
        notes.append(f"{unnamed} pictures in the folder are not named by {path.name}")
    return Truth(name, "table", labelled, notes=tuple(notes))


def _below(folder: Path, suffixes: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Return the pictures in a folder and those below it, and words on folders left out.

    Contact sheets of an earlier run lie among the pictures where a set is the folder one works in.
    """
    found: list[Path] = []
    sheets = linked = 0
    unreadable: list[OSError] = []
    for where, folders, names in os.walk(folder, onerror=unreadable.append):
        folders.sort()
        linked += sum(Path(where, name).is_symlink() for name in folders)
        pictures = [Path(where, n) for n in sorted(names) if n.lower().endswith(tuple(suffixes))]
        own = [picture for picture in pictures if not fnmatch(picture.name, PAGES)]
        sheets += len(pictures) - len(own)
        found += own
    counts = {
        "folders could not be opened": len(unreadable),
        "folders are links and were not followed": linked,
        f"pages of contact sheets ({PAGES}) are no pictures of the set": sheets,
    }
    return found, [f"{count} {words}" for words, count in counts.items() if count]
