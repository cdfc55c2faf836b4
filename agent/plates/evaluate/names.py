"""Truth in file names: `1234BCD.jpg`, `1234BCD_2.jpg`, `1234BCD-night.jpg`.

The plate comes first, with a digit in it or in capitals, without spaces or hyphens. It may be
followed by `_`, `-`, a space or a dot and either a number of up to three digits or a word that
starts with a small letter; that word is the picture's slice. `1234-BCD.jpg` is refused, because it
would be read as the plate 1234.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from agent.core.errors import Rejected
from agent.core.log import clip
from agent.plates.evaluate.distance import plate_text
from agent.plates.evaluate.labelled import Labelled, LabelledPlate
from agent.plates.formats.pattern import LONGEST

NAMED = "name"
"""What the word after the plate is called among the slices."""

_FORM = re.compile(
    rf"(?P<plate>(?:[^\W_]|\*){{2,{LONGEST}}})"
    r"(?:[_\-. ](?:(?P<number>[0-9]{1,3})|(?P<word>[a-z][^/]*?)))?"
)

MOST_WORDS = 5000
"""Longer than any path (PATH_MAX is 4096)."""

MOST_TOLD = 10
"""Problems of one set that are told at once: the rest is likely the same."""


def labelled_by_name(pictures: Sequence[Path], show: bool) -> tuple[Labelled, ...]:  # noqa: FBT001
    """Take each picture's plate from its file name.

    Raises:
        Rejected: Names that are of another form; all at once, masked unless `show`.
    """
    found, wrong = [], []
    for path in pictures:
        match = _FORM.fullmatch(path.stem)
        text = _plate(match["plate"]) if match else None
        if match is None or text is None:
            told = path if show else path.with_name(masked_name(path.name))
            wrong.append(clip(told, MOST_WORDS))
            continue
        word = match["word"]
        plate = LabelledPlate(text, None)
        found.append(Labelled(path, (plate,), ((NAMED, clip(word)),) if word else ()))
    if wrong:
        raise Rejected(problems(
            [f"{name}: the file's name is no plate" for name in wrong],
            "expected names such as 1234BCD.jpg, 1234BCD_2.jpg or 1234BCD-night.jpg, or a "
            "truth.csv in the folder, or --no-plates",
        ))  # fmt: skip
    return tuple(found)


def _plate(written: str) -> str | None:
    """Return the text of what may be a plate: in capitals, or with a digit in it."""
    if not (written.isupper() or any(char.isdigit() for char in written)):
        return None
    try:
        return plate_text(written)
    except Rejected:
        return None


def problems(lines: Sequence[str], expected: str) -> str:
    """Return all problems of one set as one message."""
    told = list(lines[:MOST_TOLD])
    if len(lines) > MOST_TOLD:
        told.append(f"and {len(lines) - MOST_TOLD} more")
    return "; ".join(told) + f"; {expected}"


def masked_name(name: str, texts: Sequence[str] = ()) -> str:
    """Return a file's name with the plates in it masked: `texts`, or whatever may be one."""
    if not texts:
        return _RUN.sub(_hidden, name)
    for text in texts:
        form = re.compile(re.escape(text), re.IGNORECASE)
        name = form.sub(lambda run: run[0][0] + "*" * (len(run[0]) - 1), name)
    return name


_RUN = re.compile(r"(?:[^\W_]|\*){2,}")


def _hidden(run: re.Match[str]) -> str:
    """Mask what has a capital or a digit in it: better one word too many than a plate shown."""
    word, dot = run[0], run.string[run.start() - 1 : run.start()]
    if word.islower() and not any(char.isdigit() for char in word):
        return word
    if dot == "." and run.end() == len(run.string):
        return word  # the file's kind, such as JPG or jp2
    return word[0] + "*" * (len(word) - 1)
