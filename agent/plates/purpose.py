"""Why plates are read here decides what may leave the node, and for how long it may be kept.

The allow-list of contract.md and reference/security.md 4.5: a plate's text travels only under a
purpose that needs it; under every other a keyed hash takes its place. Durations bind the centre.
"""

import difflib
from dataclasses import dataclass

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S


@dataclass(frozen=True, slots=True)
class Purpose:
    """One lawful reason to read plates: `text` says whether the plate itself may leave the node.

    `hash_bits` is how long a hash stands for it otherwise. Where there are no `passages`, nothing
    is told of a vehicle that is on no list: no record, no hash, no line in the log.
    """

    name: str
    why: str
    text: bool
    retention_s: int
    hash_bits: int = 0
    passages: bool = True


_ALL = (
    Purpose(
        "access-control",
        "Open to those with a right to pass; one month, as Spanish law allows access registers "
        "(AEPD Instrucción 1/2006 art. 6, LOPDGDD art. 22.3).",
        text=True,
        retention_s=30 * _DAY_S,
    ),
    Purpose(
        "low-emission-zone",
        "Check a vehicle's badge against the register; deleted once the check can no longer be "
        "disputed on the spot.",
        text=True,
        retention_s=3 * _DAY_S,
    ),
    Purpose(
        "parking",
        "Measure a stay from entry to exit.",
        text=True,
        retention_s=2 * _DAY_S,
    ),
    Purpose(
        "watch-list",
        "Find listed vehicles: all others leave no trace (BVerfG 1 BvR 142/15; "
        "reference/security.md 3.3, 4.1), so there are candidates and no passages.",
        text=False,
        retention_s=_DAY_S,
        passages=False,
    ),
    Purpose(
        "traffic",
        "Count vehicles and time journeys: 24 bits of hash leave each value several plates to hide "
        "among (reference/security.md 4.4).",
        text=False,
        retention_s=_DAY_S,
        hash_bits=24,
    ),
    Purpose(
        "trial",
        "Aim, test and demonstrate with people who agreed to it; gone the next day.",
        text=True,
        retention_s=_DAY_S,
    ),
)

PURPOSES = {purpose.name: purpose for purpose in _ALL}
"""Every purpose there is, by name."""


def purpose_problem(name: str) -> str | None:
    """Say what is wrong with a configured purpose, or None."""
    if name in PURPOSES:
        return None
    near = difflib.get_close_matches(name, PURPOSES, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{name!r} is no purpose; {hint}there are {', '.join(PURPOSES)}"
