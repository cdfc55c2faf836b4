"""A batch: the records of one stream that travel in one MQTT message."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_RECORDS = 100
MOST_BYTES = 64 * 1024
"""Both bounds are the contract's, of one message's payload."""

MOST_EVENT_BYTES = MOST_BYTES - 2
"""A record longer than this could never travel: its batch adds two brackets."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored record."""

    sequence: int
    stream: str
    event: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one stream, in order; never empty, and within the contract's bounds."""

    stream: str
    rows: tuple[Row, ...]

    @property
    def sequences(self) -> tuple[int, ...]:
        return tuple(row.sequence for row in self.rows)

    @property
    def payload(self) -> bytes:
        """The JSON array that travels."""
        return b"[" + b",".join(row.event for row in self.rows) + b"]"


def packed(rows: Iterable[Row], most_bytes: int = MOST_BYTES) -> Iterator[Batch]:
    """Yield batches of each stream's rows, in the order in which their first rows came.

    A row longer than `most_bytes` travels alone, and whoever refuses it names it.
    """
    filling: dict[str, list[Row]] = {}
    size: dict[str, int] = {}
    for row in rows:
        held = filling.setdefault(row.stream, [])
        grown = size.get(row.stream, 1) + len(row.event) + 1
        if held and (len(held) == MOST_RECORDS or grown > most_bytes):
            yield Batch(row.stream, tuple(held))
            held.clear()
            grown = 1 + len(row.event) + 1
        held.append(row)
        size[row.stream] = grown
    for stream, held in filling.items():
        if held:
            yield Batch(stream, tuple(held))
