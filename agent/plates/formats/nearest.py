"""The formats that a text misses by least, and by what."""

from collections.abc import Iterator, Sequence
from math import exp

import msgspec

from agent.plates.formats.book import Country, Format
from agent.plates.formats.known import Known
from agent.plates.formats.pattern import Part, groups, printed
from agent.plates.formats.syntax import (
    CLEAR_NATS,
    LEAST_CHOICE,
    MOST_SWAPS,
    Syntax,
    clear_nats,
    log_stays,
    stands,
)

MOST_NEAR = 5
"""Formats told; the sixth is no help."""

MOST_LIKELIER = 3
"""Formats told where the text fits one already."""

MOST_CHANGES = 3
"""A text that needs more is another text."""

SWAP, OTHER = 1.0, 1.5
"""What a look-alike and any other change count, when formats are ranked."""


class Change(msgspec.Struct, frozen=True):
    """One place (from 1) that would have to be other; `was` or `now` is "" where one is missing.

    `alike` says that the two are taken for each other by readers; `why` what the format asks for.
    """

    place: int
    was: str
    now: str
    alike: bool
    why: str


class Near(msgspec.Struct, frozen=True):
    """A format, and what makes a text miss it.

    `gain_nats` is what the format says for the changed text against the text as it is (as the plate
    it may be, or free text), before anything that a reader saw. `needs` is how likely the reader
    must have held the changed characters, in parts of the read ones, to be repaired by itself; None
    where that is never done.
    """

    country: str
    country_name: str
    format: str
    pattern: str
    example: str
    printed: str
    changes: tuple[Change, ...]
    gain_nats: float
    needs: float | None
    rule: str
    since: str | None
    until: str | None
    source: str


def nearest(text: str, syntax: Syntax) -> tuple[Near, ...]:
    """Return the nearest formats of the expected countries, each once, nearest first.

    Where the text fits one as it is, only those that would be clearly likelier by one change.
    """
    fitting = list(syntax.fitting(text))
    found: dict[tuple[str, str], tuple[float, float, Near]] = {}
    for cost, known, now, changes in _misses(text, syntax):
        near = _near(text, fitting, known, syntax.book.country[known.code], now, changes)
        key = (known.code, known.format.name)
        if key not in found or (cost, -near.gain_nats) < found[key][:2]:
            found[key] = (cost, -near.gain_nats, near)
    if any(known.expected for known in fitting):
        likelier = [
            (-near.gain_nats, near.country, near.format, near)
            for _, _, near in found.values()
            if len(near.changes) == 1 and near.gain_nats >= CLEAR_NATS
        ]
        return tuple(near for *_, near in sorted(likelier)[:MOST_LIKELIER])
    ranked = sorted(found.values(), key=lambda miss: (*miss[:2], miss[2].country, miss[2].format))
    return tuple(near for _, _, near in ranked[:MOST_NEAR])


_Miss = tuple[float, Known, str, tuple[Change, ...]]


def _misses(text: str, syntax: Syntax) -> Iterator[_Miss]:
    """Yield the expected shapes that a few changes lead to: others, one less, one more."""
    codes: dict[tuple[str, Part], str] = {}
    for known in syntax.near(text, MOST_CHANGES):
        country = syntax.book.country[known.code]
        if changed := _changed(text, known, country, syntax, codes):
            now, changes = changed
            yield sum(SWAP if c.alike else OTHER for c in changes), known, now, changes
    for at, char in enumerate(text):
        less = text[:at] + text[at + 1 :]
        change = Change(at + 1, char, "", False, "one character too many")
        yield from ((OTHER, k, less, (change,)) for k in syntax.fitting(less) if k.expected)
    for at in range(len(text) + 1):
        for known, part in syntax.holed(text, at):
            now = min(part) if len(part) == 1 else "?"
            change = Change(at + 1, "", now, False, f"{_what(part)} is missing")
            yield OTHER, known, text[:at] + now + text[at:], (change,)


def _changed(
    text: str,
    known: Known,
    country: Country,
    syntax: Syntax,
    codes: dict[tuple[str, Part], str],
) -> tuple[str, tuple[Change, ...]] | None:
    """Return the nearest text of this shape, "?" where any will do, and what changes.

    None where nothing or too much would have to. `codes` keeps the nearest codes found before.
    """
    now, changes, at = "", [], 0
    for number, (part, here) in enumerate(
        zip(known.shape.parts, known.shape.cut(text), strict=True)
    ):
        if here in part:
            there = here
        else:
            if (here, part) not in codes:
                codes[here, part] = min(part, key=lambda code: (_cost(here, code, syntax), code))
            there = codes[here, part]
            whole = known.shape.groups[number]
            why = _why(here, part, known.format, country, whole)
            unlike = {i for i, (a, b) in enumerate(zip(here, there, strict=True)) if a != b}
            alike = {i for i in unlike if syntax.alike(here[i], there[i])}
            if len(part) > 1 and not alike:  # any would do as well as the first in the list
                there = "".join("?" if i in unlike else b for i, b in enumerate(there))
            changes += [
                Change(at + i + 1, here[i], there[i], i in alike, why) for i in sorted(unlike)
            ]
        if len(changes) > MOST_CHANGES:
            return None
        now += there
        at += len(here)
    return (now, tuple(changes)) if changes else None


def _cost(here: str, there: str, syntax: Syntax) -> float:
    pairs = ((a, b) for a, b in zip(here, there, strict=True) if a != b)
    return sum(SWAP if syntax.alike(a, b) else OTHER for a, b in pairs)


def _why(here: str, part: Part, form: Format, country: Country, group: int) -> str:
    """Say what the format asks for where `here` stands."""
    listed = groups(form.pattern)[group].listed
    if listed:
        return f"{here} is no {listed} of {country.name}"
    if here.isdigit() and any(c.isdigit() for c in part):
        return f"{here} does not stand here: {_what(part)} does"
    if here.isalpha() and any(c.isalpha() for c in part):
        return f"{here} is not used here: {_what(part)}"
    return f"{_what(part)} stands here"


def _what(part: Part) -> str:
    """Describe what may stand at one place."""
    chars = "".join(sorted(part))
    if chars == "0123456789":
        return "a figure"
    if chars == "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        return "a letter"
    if len(part) == 1:
        return chars
    kind = "a figure" if chars.isdigit() else "a letter" if chars.isalpha() else "one"
    return f"{kind} of {chars}"


def _near(  # noqa: PLR0913, PLR0917 - what is told of a format hangs on all of these
    text: str,
    fitting: Sequence[Known],
    known: Known,
    country: Country,
    now: str,
    changes: tuple[Change, ...],
) -> Near:
    form = known.format
    gain = known.log_text - log_stays(text, fitting)
    swaps = len(changes) <= MOST_SWAPS and all(change.alike for change in changes)
    least = max(exp(clear_nats(fitting) - gain), LEAST_CHOICE)
    needs = least if swaps and least < 1 and not stands(fitting) else None
    shown = printed(known.shape.grouped(now, len(form.groups)), form.groups)
    return Near(
        country=known.code,
        country_name=country.name,
        format=form.name,
        pattern=form.pattern,
        example=form.example,
        printed=shown,
        changes=changes,
        gain_nats=round(gain, 2),
        needs=None if needs is None else round(needs, 4),
        rule=form.rule,
        since=form.since,
        until=form.until,
        source=form.source or country.source,
    )
