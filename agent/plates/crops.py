"""One plate is read from several crops that differ a little, and the reads are voted on.

Corners are never exact: a margin too narrow loses a stroke, one too wide lets a bolt in. Crops of
one picture share its blur and dirt, so however many agree, they are together no surer than one.
"""

from collections.abc import Sequence

import numpy as np

from agent.core.vision import Luma, PlateRead, PlateReader, Quad
from agent.plates.pool import averaged
from agent.plates.vote import Ballot, vote

MARGINS = ((0.0, 0.0), (0.04, 0.10), (-0.03, -0.06))
"""By how much of its width and height each crop's quad is larger: as found, wider, tighter."""

MOST_CROPS = len(MARGINS)

CLEAR = 0.98
"""Mean likelihood (geometric) from which a plate's first crop is believed: two more would cost a
millisecond, and changed three texts in 600 finds on the development pictures."""


def read_crops(
    luma: Luma, quads: Sequence[Quad], reader: PlateReader, crops: int = MOST_CROPS
) -> tuple[PlateRead, ...]:
    """Return one read for each quad, voted from `crops` crops, 1 to `MOST_CROPS`, of each.

    A plate whose first crop leaves no doubt is not read again.
    """
    firsts = tuple(reader.read(luma, [grown(quad, *MARGINS[0]) for quad in quads]))
    doubted = [n for n, read in enumerate(firsts) if read.likelihood < CLEAR]
    margins = MARGINS[1 : max(crops, 1)]
    if not margins or not doubted:
        return firsts
    ways = [reader.read(luma, [grown(quads[n], *margin) for n in doubted]) for margin in margins]
    again = dict(zip(doubted, zip(*ways, strict=True), strict=True))
    return tuple(
        _voted((first, *again[n])) if n in again else first for n, first in enumerate(firsts)
    )


def grown(quad: Quad, across: float, down: float) -> Quad:
    """Return the quad, larger by these shares of its own width and height about its middle."""
    if not across and not down:
        return quad
    a, b, c, d = quad.corners
    along, along_down = (b - a + c - d) * (across / 4), (d - a + c - b) * (down / 4)
    step = [-along - along_down, along - along_down, along + along_down, along_down - along]
    return Quad((quad.corners + np.stack(step)).astype(np.float32), quad.score, quad.sure)


def _voted(reads: Sequence[PlateRead]) -> PlateRead:
    return vote([Ballot(read, read.likelihood) for read in reads], averaged)
