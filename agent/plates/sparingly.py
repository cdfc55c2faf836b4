"""Records that say little more each time: some at once, then one now and then; the rest counted."""

from typing import Never

from agent.core.errors import AgentError
from agent.core.mailbox import Every
from agent.core.records import Journal, Record

AT_ONCE = 6
"""So many are told one after the other."""

EVERY_S = 10.0
"""Then one in so long: 8,640 a day at most, of half a kilobyte each."""


class Sparingly:
    """Says of each whether it may be told. Time is an argument, seconds of one clock."""

    def __init__(self) -> None:
        self._left = float(AT_ONCE)
        self._at_s: float | None = None
        self.left_out = 0
        """How many were not, since the last that was."""

    def may(self, now_s: float) -> bool:
        """Say whether one may be told now; if so, it is taken to be."""
        if self._at_s is not None:
            earned = max(now_s - self._at_s, 0.0) / EVERY_S  # time that runs back earns nothing
            self._left = min(self._left + earned, float(AT_ONCE))
        self._at_s = now_s
        if self._left < 1:
            self.left_out += 1
            return False
        self._left -= 1
        return True


class Besides:
    """Commits records beside the work; what finds no room, or no store, is counted and gone."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._inbox: Every[Record] = Every(AT_ONCE)
        self.untold = 0

    def offer(self, record: Record) -> None:
        """Take a record if there is room."""
        self.untold += not self._inbox.offer(record)

    async def run(self) -> Never:
        """Commit for ever."""
        while True:
            record = await self._inbox.get()
            try:
                await self._journal.put(record)
            except AgentError:  # the passages' own store tells what is wrong with the disk
                self.untold += 1
