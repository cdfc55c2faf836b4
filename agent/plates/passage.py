"""A passage: one vehicle went by, and this is what its plate said. It is what leaves the node."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from agent.core.allow import AllowList
from agent.core.log import mask
from agent.core.records import DataClass, Stream
from agent.plates.direction import Direction
from agent.plates.formats.syntax import Judgement
from agent.plates.key import DailyKey
from agent.plates.leaving import PASSAGE, PASSAGE_TEXT
from agent.plates.purpose import PURPOSES, Purpose
from agent.plates.reading import Characters

Chance = Annotated[float, msgspec.Meta(ge=0, le=1)]
Measure = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]

Decision = Literal["left", "stays", "crowded", "stopping", "still"]
"""Why the passage was decided: the plate left the view, stands in it for long, had to make room for
others, the node stops, or it was a single picture."""


class SyntaxResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the text follows a known format, and how clear the repair was if there was one."""

    fits: bool
    format: str | None
    repaired: bool
    gain_nats: float | None


class Plate(msgspec.Struct, frozen=True, kw_only=True):
    """A number plate; either its text with all that was read, or its keyed hash alone.

    `text` is final, `raw` as read before any repair. `characters` has one entry for each character
    of `text`, `alternatives` other whole texts, best first; both with probabilities.
    """

    text: str | None
    raw: str | None
    hash: str | None
    country: str | None
    country_confidence: Chance
    confidence: Chance
    syntax: SyntaxResult
    characters: tuple[tuple[str, Chance], ...] = ()
    alternatives: tuple[tuple[str, Chance], ...] = ()

    def __repr__(self) -> str:
        return f"Plate({mask(self.text) if self.text else 'hashed'}, {self.country})"

    def __rich_repr__(self) -> list[tuple[str, object]]:  # msgspec's own shows every field
        return [("text", mask(self.text or "")), ("country", self.country)]


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The best picture of the plate: what it can be found by, never the picture itself.

    `sha256` is of the source's file, or of the frame's own pixels in row order, as `digest_of`
    says. `corners` are (x, y) in pixels, the plate's own top left first, clockwise.
    """

    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    digest_of: Literal["file", "pixels"]
    width: Count
    height: Count
    corners: tuple[
        tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]
    ]


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One vehicle's passage, decided once.

    `agreeing` reads of `frames` pictures say `plate.text`. A `still` is a picture that stands
    alone: it is recorded, and never acted upon. `in_view_s` and `standing_s` are by the node's own
    monotonic clock, until the decision. `lane` is None where the site has no lanes, or it is
    unclear; the speed with its standard error where the road is not calibrated, or it is unsure.
    """

    plate: Plate
    direction: Direction
    agreeing: Count
    frames: Count
    first_seen: datetime
    last_seen: datetime
    picture: Picture
    camera: str
    decision: Decision
    still: bool
    speed_m_s: Measure | None = None
    speed_error_m_s: Measure | None = None
    lane: str | None = None
    in_view_s: Measure = 0.0
    standing_s: Measure = 0.0


def passage_stream(purpose: Purpose) -> Stream:
    """Declare the stream that passages travel on under one purpose."""
    return Stream(
        name="plates.passage",
        version=1,
        dclass=DataClass.EVENT,
        struct=Passage,
        purpose=purpose.name,
        retention_s=purpose.retention_s,
        allowed=AllowList.of(Passage, *PASSAGE, *(PASSAGE_TEXT if purpose.text else ())),
    )


def streams() -> list[Stream]:
    """Return what the duty declares, for the generated contract; every purpose has one schema."""
    return [passage_stream(next(iter(PURPOSES.values())))]


class PlateHash:
    """Stands a keyed hash for a plate. The key lives in memory for one day and is never stored.

    HMAC-SHA-256 (RFC 2104), cut to the purpose's bits. A software key hides nothing from one who
    holds the running node (reference/security.md 4.2): it keeps days and nodes from being joined.
    """

    def __init__(self, bits: int, new_key: Callable[[], bytes] | None = None) -> None:
        """Hash to `bits`, a multiple of 8; `new_key` makes 32 random bytes."""
        self._digits = bits // 4
        self._key = DailyKey(new_key)

    def __call__(self, text: str, at: datetime) -> str:
        """Return the plate's hash on that day, in hexadecimal."""
        return self._key.digest(text, at).hex()[: self._digits]

    def destroy_old(self, now: datetime) -> bool:
        """Destroy the key of a day that is over, though no plate has come since."""
        return self._key.destroy_old(now)


def plate_with_text(judgement: Judgement, told: Characters) -> Plate:
    """Make the plate of a purpose under which its text may leave."""
    return Plate(
        text=judgement.text,
        raw=judgement.raw,
        hash=None,
        country=judgement.country,
        country_confidence=_short(judgement.country_confidence),
        confidence=_short(told.confidence),
        syntax=_syntax(judgement),
        characters=tuple((char, _short(chance)) for char, chance in told.characters),
        alternatives=tuple((text, _short(chance)) for text, chance in told.alternatives),
    )


def plate_hashed(judgement: Judgement, told: Characters, hashed: str) -> Plate:
    """Make the plate of a purpose under which its text stays: no character of it is in there."""
    return Plate(
        text=None,
        raw=None,
        hash=hashed,
        country=judgement.country,
        country_confidence=_short(judgement.country_confidence),
        confidence=_short(told.confidence),
        syntax=_syntax(judgement),
    )


def _syntax(judgement: Judgement) -> SyntaxResult:
    gain = judgement.gain_nats
    return SyntaxResult(
        fits=judgement.fits,
        format=judgement.format,
        repaired=bool(judgement.swaps),
        gain_nats=None if gain is None else round(gain, 2),
    )


def _short(chance: float) -> float:
    """Four digits are more than a probability is worth, and every record travels by radio."""
    return round(chance, 4)
