"""A duty's word about itself, and since when it has been saying so. Pure."""

from dataclasses import dataclass

from agent.core.clock import Stamp
from agent.core.duty import DutyState, Performance


@dataclass(frozen=True, slots=True)
class Word:
    """What is to be said, and what to do about it."""

    performance: Performance
    reason: str
    words: str
    remedy: str


def blind(reason: str, words: str, remedy: str) -> Word:
    """Say that the duty is not done at all."""
    return Word(Performance.BLIND, reason, words, remedy)


def degraded(reason: str, words: str, remedy: str) -> Word:
    """Say that the duty is done, and what is wrong with it."""
    return Word(Performance.DEGRADED, reason, words, remedy)


PERFORMING = Word(Performance.PERFORMING, "", "", "")


class LastWord:
    """Remembers what was said last: new words for the same reason are no new state."""

    def __init__(self) -> None:
        self._key: tuple[Performance, str] | None = None
        self._since: Stamp | None = None

    def state(self, word: Word, now: Stamp, proof: Stamp | None) -> DutyState:
        """Return the state that says `word`; `since` is when its reason was first said."""
        key = (word.performance, word.reason)
        if self._since is None or key != self._key:
            self._since = now
        self._key = key
        return DutyState(word.performance, word.reason, word.words, self._since, word.remedy, proof)
