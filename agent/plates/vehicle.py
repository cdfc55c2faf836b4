"""What the plate duty tells its neighbours on the node about a vehicle: in memory, never on a wire.

Published on the bus by the duty `plates`, taken by traffic counts and access lists. It carries the
plate's text and must not outlive its use: whoever takes it drops it, or keeps a hash.
"""

from dataclasses import dataclass

from agent.core.clock import Stamp
from agent.core.log import mask
from agent.core.vision import CharacterRead
from agent.plates.direction import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleSeen:
    """One vehicle, told as a preview while it is in view (`final` False), and once when decided.

    `number` is the same for the preview and the decision of one vehicle of one duty. A decision may
    differ from its preview; none comes where later looks disagree, or where the same plate was
    decided on within `again_s`. A preview passed the same rule as a decision does. `agreeing`
    frames say `text`; `still` is a picture that stands alone and is never acted upon. `purpose` is
    why the plate was read: it may be used for nothing else. `characters` are what the looks come to
    at each place of `text` and of `raw`, with the reader's own rivals. Where the site is calibrated
    `lane` names the lane and the speed is in m/s with its standard error.
    """

    duty: str
    camera: str
    number: int
    final: bool
    text: str
    raw: str
    country: str | None
    confidence: float
    agreeing: int
    still: bool
    first: Stamp
    last: Stamp
    direction: Direction
    lane: str | None = None
    speed_m_s: float | None = None
    speed_error_m_s: float | None = None
    purpose: str = ""
    characters: tuple[CharacterRead, ...] = ()
    decided: bool = False
    """Of a preview: whether the vehicle has been decided on, told or as seen again."""

    def __repr__(self) -> str:
        said = "decided" if self.final else "preview"
        return f"VehicleSeen({self.duty}#{self.number} {said} {mask(self.text)})"
