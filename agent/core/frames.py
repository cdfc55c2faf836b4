"""Pictures as they leave a camera."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from agent.core.clock import Stamp


class Pixels(Enum):
    """What the numbers in a frame mean."""

    BGR8 = "bgr8"  # (H, W, 3) uint8
    GREY8 = "grey8"  # (H, W) uint8 luma; rows may be strided, as a decoder leaves them
    COUNTS16 = "counts16"  # (H, W) uint16 sensor counts, not a temperature
    KELVIN32 = "kelvin32"  # (H, W) float32


_SHAPES = {
    Pixels.BGR8: (3, np.dtype(np.uint8)),
    Pixels.GREY8: (2, np.dtype(np.uint8)),
    Pixels.COUNTS16: (2, np.dtype(np.uint16)),
    Pixels.KELVIN32: (2, np.dtype(np.float32)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture; its shape and type are set by `pixels`, and it is read-only.

    `still` marks a picture that stands alone (a file of a folder), never one of a sequence.
    `digest` is the SHA-256 of the source's own bytes where there are any (a file), else None.
    """

    source: str
    seq: int
    taken: Stamp
    pixels: Pixels
    data: NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
    still: bool = False
    digest: str | None = None

    def __post_init__(self) -> None:
        ndim, dtype = _SHAPES[self.pixels]
        if self.data.ndim != ndim or self.data.dtype != dtype:
            raise ValueError(
                f"{self.source}: a {self.pixels.value} frame has {ndim} dimensions of {dtype}, "
                f"not {self.data.ndim} of {self.data.dtype}"
            )
        self.data.flags.writeable = False
