"""No figure about fewer than five vehicles leaves the node (decision 0090).

One minute with one lorry in it, its speed beside it, would be a row about that lorry.
"""

from collections import Counter
from collections.abc import Mapping

from agent.plates.traffic.geometry import LengthClass
from agent.plates.traffic.records import FEWEST, ClassCounts


def classes(counts: Mapping[LengthClass, int]) -> ClassCounts:
    """Return the classes of `FEWEST` vehicles or more in all; the small ones only as a sum.

    Where the sum itself would tell of fewer than `FEWEST`, the next smallest class joins it, so
    that nothing can be found by subtraction.
    """
    told: dict[LengthClass, int | None] = {each: counts.get(each, 0) for each in LengthClass}
    other = 0
    for each, n in sorted(Counter(counts).items(), key=lambda pair: (pair[1], pair[0].value)):
        if n and (n < FEWEST or 0 < other < FEWEST):
            other += n
            told[each] = None
    return ClassCounts(
        short=told[LengthClass.SHORT],
        car=told[LengthClass.CAR],
        medium=told[LengthClass.MEDIUM],
        long=told[LengthClass.LONG],
        unknown=told[LengthClass.UNKNOWN],
        other=other,
    )


def rounded(pct: float, vehicles: int) -> float:
    """Round an occupancy to whole percents; to fives where it would count a vehicle or two."""
    step = 1 if vehicles >= FEWEST or vehicles == 0 else FEW_STEP
    return float(min(step * round(pct / step), 100))


FEW_STEP = 5
"""One vehicle in a minute occupies about a percent: fives do not tell one from four."""
