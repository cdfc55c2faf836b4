"""Why a text is some country's plate, or what it lacks to be one.

For people: which formats a text fits and what its parts mean, or the nearest formats and what would
have to change. The evidence is the one that `Syntax.judge` weighs, in nats.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import exp

import msgspec

from agent.plates.formats.book import Country, Format
from agent.plates.formats.known import Known
from agent.plates.formats.nearest import Near, nearest
from agent.plates.formats.pattern import printed
from agent.plates.formats.syntax import COUNTRY_CLEAR, Syntax
from agent.plates.formats.typed import Typed, Unreadable, typed


class PartTold(msgspec.Struct, frozen=True):
    """One group of a plate: what it says, what it is, and whose code it is, where known."""

    text: str
    is_a: str
    name: str | None


class FitTold(msgspec.Struct, frozen=True):
    """One way in which the text is a plate.

    `share` is how likely this is the way, of all ways it fits; 1 over all `fits`. `as_typed` says
    that the plate shows its gaps where they were typed: a reader sees none, so `share` does not
    count it. `issued` narrows the window where the serial says more. Two-row plates show `rows`.
    """

    country: str
    country_name: str
    expected: bool
    format: str
    pattern: str
    printed: str
    as_typed: bool
    rows: str | None
    parts: tuple[PartTold, ...]
    vehicle: str
    use: str
    since: str | None
    until: str | None
    issued: tuple[str | None, str | None] | None
    share: float
    rule: str
    source: str


class Explanation(msgspec.Struct, frozen=True):
    """All that the formats say of one typed text.

    `near` are the nearest formats where none of an expected country fits; else those, if any, that
    the text would clearly likelier be of, were one character another.
    """

    typed: str
    text: str
    notes: tuple[str, ...]
    expected: tuple[str, ...]
    country: str | None
    country_confidence: float
    fits: tuple[FitTold, ...]
    near: tuple[Near, ...]


def explain(raw: str, syntax: Syntax) -> Explanation | Unreadable:
    """Say which formats a text fits, likeliest first, or which it nearly does."""
    meant = typed(raw)
    if isinstance(meant, Unreadable):
        return meant
    fitting = list(syntax.fitting(meant.text))
    whole = sum(exp(known.log_text) for known in fitting)
    fits = sorted(
        (_fit(meant, known, syntax, exp(known.log_text) / whole) for known in fitting),
        key=lambda fit: (-fit.share, fit.country, fit.format, fit.printed),
    )
    by_country: dict[str, float] = defaultdict(float)
    for fit in fits:
        by_country[fit.country] += fit.share
    best = max(by_country, key=lambda code: (by_country[code], code), default=None)
    confidence = by_country[best] if best is not None else 0.0
    return Explanation(
        typed=raw,
        text=meant.text,
        notes=meant.notes,
        expected=tuple(sorted(syntax.expected)),
        country=best if confidence >= COUNTRY_CLEAR else None,
        country_confidence=round(confidence, 4),
        fits=tuple(fits),
        near=nearest(meant.text, syntax),
    )


def _fit(meant: Typed, known: Known, syntax: Syntax, share: float) -> FitTold:
    form, country = known.format, syntax.book.country[known.code]
    said = known.shape.grouped(meant.text, len(form.groups))
    rows = printed(said, form.groups, " / ") if "/" in form.pattern else None
    shown = printed(said, form.groups)
    return FitTold(
        country=known.code,
        country_name=country.name,
        expected=known.expected,
        format=form.name,
        pattern=form.pattern,
        printed=shown,
        as_typed=len(meant.groups) > 1 and tuple(re.split("[ -]+", shown)) == meant.groups,
        rows=rows,
        parts=tuple(_parts(said, form, country)),
        vehicle=form.vehicle,
        use=form.use,
        since=form.since,
        until=form.until,
        issued=issued(said, form),
        share=share,
        rule=form.rule,
        source=form.source or country.source,
    )


def _parts(said: Sequence[str], form: Format, country: Country) -> Iterable[PartTold]:
    for number, (here, group) in enumerate(zip(said, form.groups, strict=True)):
        if not here:
            continue
        code = country.meaning(group.listed, here) if group.listed else None
        yield PartTold(here, part_name(form, number), code)


def part_name(form: Format, number: int) -> str:
    """Return what a group of a format is: as the book calls it, or by what may stand there."""
    if number < len(form.parts):
        return form.parts[number]
    group = form.groups[number]
    if group.listed:
        return group.listed
    figures, letters = "#" in group.pattern, "@" in group.pattern
    match figures, letters:
        case True, False:
            return "number"
        case False, True:
            return "letters"
        case False, False:
            return "mark"
        case _:
            return "serial"


def issued(said: Sequence[str], form: Format) -> tuple[str | None, str | None] | None:
    """Return from when until when a serial was issued, where the book knows; None where not."""
    if not form.begun or "serial" not in form.parts:
        return None
    serial = said[form.parts.index("serial")]
    begun = sorted(form.begun.items())
    before = [day for first, day in begun if first <= serial[: len(first)]]
    after = [day for first, day in begun if first > serial[: len(first)]]
    return (before[-1] if before else form.since), (after[0] if after else form.until)
