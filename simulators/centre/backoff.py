"""How long to wait before the next try: longer each time, never in step with anybody else."""

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Backoff:
    """Full jitter under a doubling ceiling: a broker that comes back is not trampled."""

    least_s: float
    most_s: float
    random: random.Random
    _ceiling_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._ceiling_s = self.least_s

    def next_s(self) -> float:
        """Return the next wait, at least a tenth of its ceiling."""
        ceiling_s = self._ceiling_s
        self._ceiling_s = min(self._ceiling_s * 2, self.most_s)
        return self.random.uniform(ceiling_s / 10, ceiling_s)

    def reset(self) -> None:
        """Begin anew: the last connection was stable."""
        self._ceiling_s = self.least_s
