"""A notice from the centre to every node of an organisation."""

from enum import Enum
from typing import Annotated

import msgspec

from agent.telemetry.wire import Said


class Asked(Enum):
    """What all nodes are asked to do."""

    SLOW_DOWN = "slow_down"
    HOLD_UPDATES = "hold_updates"
    REBIRTH = "rebirth"


class Notice(Said, frozen=True, kw_only=True):
    """One request. A `slow_down` lasts `for_s`; a `rebirth` is spread over `within_s`."""

    notice: Asked
    for_s: Annotated[float, msgspec.Meta(ge=0, le=86400)] = 60.0
    within_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 10.0
