"""A gap record: the honest word for records that will never arrive."""

from enum import Enum
from typing import Annotated, Literal

import msgspec
from msgspec import field

from agent.core.records import DataClass, Stream
from agent.telemetry.wire import Said


class Cause(Enum):
    """Why records are missing."""

    SIZE = "size"  # their class outgrew its room; the oldest went
    AGE = "age"  # they were kept as long as they may be
    REFUSED = "refused"  # evidence that found no room was never taken
    PARKED = "parked"  # broker or centre would not take them; they lie aside on the node
    GONE = "gone"  # the centre asks for what the node no longer has
    DAMAGED = "damaged"  # the store was found damaged and begun anew


GapClass = Literal["evidence", "event", "sample", "diag", "any"]
"""Whose records are missing; `any` where that is no longer known."""


class Gap(Said, frozen=True, kw_only=True):
    """`count` records of one class are missing: every number from `from` to `to`, both included.

    The numbers are of the epoch in the record's own envelope. What was lost with a damaged store
    is given numbers of the new epoch, so that it is counted like any other loss.
    """

    dclass: GapClass = field(name="class")
    first: Annotated[int, msgspec.Meta(ge=1)] = field(name="from")
    last: Annotated[int, msgspec.Meta(ge=1)] = field(name="to")
    count: Annotated[int, msgspec.Meta(ge=1)]
    cause: Cause
    words: str = ""


GAP_STREAM = Stream(
    name="gap",
    version=1,
    dclass=DataClass.EVIDENCE,  # never dropped
    struct=Gap,
    purpose="operations",
    retention_s=5 * 365 * 86400,  # an account of losses outlives what it accounts for
)
