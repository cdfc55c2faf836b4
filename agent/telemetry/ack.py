"""The centre's acknowledgement: what it has committed, and the holes below."""

from typing import Annotated, Self

import msgspec

from agent.telemetry.wire import Said

MOST_RANGES = 64
"""A centre with more holes lowers `upto` instead (contract.md)."""

Sequence = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class Ack(Said, frozen=True, kw_only=True):
    """Everything up to and with `upto` is committed, except the `nak` ranges, ends included."""

    epoch: Sequence
    upto: Sequence
    nak: Annotated[tuple[tuple[Sequence, Sequence], ...], msgspec.Meta(max_length=MOST_RANGES)] = ()

    def __post_init__(self) -> None:
        for first, last in self.nak:
            if first > last:
                raise ValueError(f"nak range {first} to {last} runs backwards")

    def holds(self, sequence: int) -> bool:
        """Say whether the centre claims to hold this record or its gap."""
        return sequence <= self.upto and not any(a <= sequence <= b for a, b in self.nak)

    @classmethod
    def all_upto(cls, epoch: int, upto: int) -> Self:
        return cls(epoch=epoch, upto=upto)
