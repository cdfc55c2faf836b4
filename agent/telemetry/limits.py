"""How much undelivered data a node keeps, and for how long."""

from typing import Annotated

import msgspec

from agent.core.records import DataClass
from agent.core.settings import Seconds, Settings

Bytes = Annotated[int, msgspec.Meta(ge=64 * 1024)]
"""Room for at least one record of the greatest size."""

_MIB = 1024 * 1024
_DAY_S = 86400.0


class Limits(Settings, frozen=True, kw_only=True):
    """Each class has room of its own, so that none can displace another (decision 0031).

    Evidence that finds its room full is refused; of the others the oldest go.
    """

    evidence_bytes: Bytes = 64 * _MIB
    event_bytes: Bytes = 160 * _MIB
    sample_bytes: Bytes = 24 * _MIB
    diag_bytes: Bytes = 8 * _MIB
    event_age_s: Seconds = 30 * _DAY_S
    sample_age_s: Seconds = 7 * _DAY_S
    diag_age_s: Seconds = 2 * _DAY_S
    reserve_bytes: Bytes = 4 * _MIB
    """Disk space held back for settling on a full disk: what SQLite's journal may grow to."""

    def room_bytes(self, dclass: DataClass) -> int:
        match dclass:
            case DataClass.EVIDENCE:
                return self.evidence_bytes
            case DataClass.EVENT:
                return self.event_bytes
            case DataClass.SAMPLE:
                return self.sample_bytes
            case DataClass.DIAG:
                return self.diag_bytes

    def age_s(self, dclass: DataClass) -> float | None:
        """Return how long records of the class may wait; None for as long as it takes."""
        match dclass:
            case DataClass.EVIDENCE:
                return None
            case DataClass.EVENT:
                return self.event_age_s
            case DataClass.SAMPLE:
                return self.sample_age_s
            case DataClass.DIAG:
                return self.diag_age_s
