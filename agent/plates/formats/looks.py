"""What a plate's picture says of its country, beside what its text says."""

from collections.abc import Iterable, Sequence
from math import log

from agent.core.vision import LEAST_CHANCE
from agent.plates.formats.known import Known

PICTURE_TRUST = 0.5
"""What the picture says of a country counts half its logarithm: the reader has learned its bands
and emblems from drawings, and is surer of itself than a photograph warrants."""

PICTURE_NATS = 3.0
"""The most that the picture speaks against a country: a plate's form may always outvote it."""


class Looks:
    """What the picture says of the country, as nats against each but the likeliest."""

    def __init__(self, countries: Sequence[tuple[str, float]]) -> None:
        self._said = dict(countries)
        self._best = max(self._said.values(), default=1.0)
        # Countries not named share what is left; nobody knows how many there might have been.
        self._rest = max(1.0 - sum(self._said.values()), 0.0) / 10 if self._said else 1.0

    def nats(self, code: str) -> float:
        """Return 0 for the likeliest country, less for others, `-PICTURE_NATS` at the least."""
        share = max(self._said.get(code, self._rest), LEAST_CHANCE) / self._best
        return max(PICTURE_TRUST * min(log(share), 0.0), -PICTURE_NATS)

    def weighed(self, fitting: Iterable[Known]) -> list[tuple[Known, float]]:
        """Return shapes, each with the log of how likely such a plate is, looking like this."""
        return [(known, known.log_text + self.nats(known.code)) for known in fitting]
