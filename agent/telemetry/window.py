"""What is under way to the centre: sent, not yet acknowledged, to be sent again when due.

No input or output, no clock: time is an argument, so that a test can try every order of events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agent.telemetry.ack import Ack

MOST_NAKS = 5
"""A record that the centre asks for again so often, although it was sent alone, is poison."""

SPLIT_AT = 2
"""A batch asked for again so often is sent in halves, to find the one record at fault."""


@dataclass(slots=True, eq=False)
class Flight:
    """One batch under way. `naks` counts how often the centre, alive, still lacked some of it."""

    sequences: tuple[int, ...]
    backlog: bool
    due_s: float
    sent_s: float
    naks: int = 0
    silences: int = 0
    lacked: bool = field(default=False)  # since it was last sent


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done about a flight that was not acknowledged."""

    again: tuple[tuple[int, ...], ...] = ()  # batches to send again
    poison: tuple[int, ...] = ()


class Window:
    """Bounds what is under way, and decides what is sent again, and when."""

    def __init__(self, batches: int, ack_s: float, ack_cap_s: float) -> None:
        self._most = batches
        self._ack_s = ack_s
        self._cap_s = ack_cap_s
        self._trip_s = ack_s / 4  # smoothed time from sending to acknowledgement
        self._flights: list[Flight] = []

    def __len__(self) -> int:
        return len(self._flights)

    @property
    def records(self) -> int:
        """How many records are under way."""
        return sum(len(flight.sequences) for flight in self._flights)

    @property
    def has_room(self) -> bool:
        """Whether a batch of new records may go."""
        return len(self._flights) < self._most

    @property
    def has_room_for_backlog(self) -> bool:
        """Whether a batch of old records may go: half the window is kept for new ones."""
        return len(self._flights) < max(1, self._most // 2)

    def sent(self, sequences: Sequence[int], now: float, *, backlog: bool = False) -> Flight:
        """Count a batch that goes now."""
        flight = Flight(tuple(sequences), backlog, now + self._wait_s(0), now)
        self._flights.append(flight)
        return flight

    def acked(self, ack: Ack, now: float) -> int:
        """Take the centre's word; return how many records under way it settles."""
        settled = 0
        left: list[Flight] = []
        for flight in self._flights:
            lacking = tuple(n for n in flight.sequences if not ack.holds(n))
            done = len(flight.sequences) - len(lacking)
            settled += done
            if done and not flight.naks and not flight.silences:
                self._trip_s += (now - flight.sent_s - self._trip_s) / 8
            if not lacking:
                continue
            flight.sequences = lacking
            if any(n <= ack.upto for n in lacking) and now - flight.sent_s >= self._patience_s:
                flight.lacked = True
                flight.due_s = min(flight.due_s, now)
            left.append(flight)
        self._flights = left
        return settled

    def forget(self, sequences: Iterable[int]) -> None:
        """Drop records that will not be sent: dropped by rule, or laid aside."""
        gone = set(sequences)
        for flight in self._flights:
            if not gone.isdisjoint(flight.sequences):
                flight.sequences = tuple(n for n in flight.sequences if n not in gone)
        self._flights = [flight for flight in self._flights if flight.sequences]

    def clear(self) -> None:
        """Forget everything: the connection ended, or the numbers changed."""
        self._flights.clear()

    @property
    def due_s(self) -> float | None:
        """When the next flight is due to be sent again."""
        return min((flight.due_s for flight in self._flights), default=None)

    def due(self, now: float) -> Due | None:
        """Take the flight that is most overdue and say what to do; None while none is."""
        flight = min(self._flights, key=lambda each: each.due_s, default=None)
        if flight is None or flight.due_s > now:
            return None
        if flight.lacked:
            flight.naks += 1
            flight.silences = 0
        else:
            flight.silences += 1
        flight.lacked = False
        if len(flight.sequences) == 1 and flight.naks >= MOST_NAKS:
            self._flights.remove(flight)
            return Due(poison=flight.sequences)
        parts = [flight]
        if len(flight.sequences) > 1 and flight.naks >= SPLIT_AT:
            middle = len(flight.sequences) // 2
            second = Flight(flight.sequences[middle:], flight.backlog, 0, 0, SPLIT_AT - 1)
            flight.sequences, flight.naks = flight.sequences[:middle], SPLIT_AT - 1
            self._flights.append(second)
            parts.append(second)
        for each in parts:
            each.sent_s = now
            each.due_s = now + self._wait_s(each.silences)
        return Due(again=tuple(each.sequences for each in parts))

    @property
    def _patience_s(self) -> float:
        """How long a sent record may be lacking before that means anything."""
        return max(self._ack_s / 2, 2 * self._trip_s)

    def _wait_s(self, silences: int) -> float:
        wait_s = max(self._ack_s, 4 * self._trip_s)
        return float(min(self._cap_s, wait_s * 2 ** min(silences, 16)))
