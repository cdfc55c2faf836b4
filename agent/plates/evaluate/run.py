"""Runs a judge over a whole set: every picture is opened, read, compared, and none is dropped."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from agent.core.errors import Rejected
from agent.core.vision import Luma
from agent.plates.evaluate.judge import Judge
from agent.plates.evaluate.labelled import Labelled
from agent.plates.evaluate.score import PictureScore
from agent.plates.luma import unusable_size

Open = Callable[[Path], Luma]
"""Opens a picture file, (H, W) uint8; raises `Rejected` if it cannot."""


def usable(path: Path, open_picture: Open) -> Luma:
    """Open a picture of a size that plates can be read in.

    Raises:
        Rejected: It cannot be opened, or is too small or too large; says which.
    """
    luma = open_picture(path)
    if words := unusable_size(*luma.shape):
        raise Rejected(f"{path}: {words}")
    return luma


def judged(
    pictures: Iterable[Labelled], judge: Judge, open_picture: Open
) -> Iterator[PictureScore]:
    """Yield what became of each picture; one that cannot be read is an error among them."""
    for one in pictures:
        try:
            luma = usable(one.picture, open_picture)
        except Rejected as error:
            yield PictureScore(one.picture, error=str(error))
            continue
        height, width = luma.shape
        if any(plate.box and not plate.box.touches(luma.shape) for plate in one.plates):
            words = f"a box lies outside the picture, which is {width}x{height} px"
            yield PictureScore(one.picture, error=f"{one.picture}: {words}")
        else:
            yield judge.judge(one, luma)
