"""A list in force: the plates, each entry's right, and whether a newer file may take its place."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.core.listing import ListIdentity, PlateList
from agent.plates.lists.hours import ALWAYS, Hours, Site
from agent.plates.lists.memory import MemoryList
from agent.plates.lists.rows import Sheet


@dataclass(frozen=True, slots=True)
class Right:
    """When one entry counts. `begins` and `ends` are times of the clock on the site's wall."""

    hours: Hours = ALWAYS
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def timed(self) -> bool:
        """Whether the date matters at all."""
        return self != _TIMELESS

    def lapses(self, site: Site, utc: datetime) -> datetime | None:
        """Return when this right, which holds now, ends; None where it goes on for days."""
        ends = [] if self.ends is None else [self.ends.replace(tzinfo=site.zone).astimezone(UTC)]
        if (closing := self.hours.until(site, utc)) is not None:
            ends.append(closing)
        return min(ends, default=None)


_TIMELESS = Right()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One list in force: `rights` and `reasons` are by entry, where there is something to say."""

    plates: PlateList
    rights: Mapping[str, Right]
    reasons: Mapping[str, str]

    def right(self, entry: str) -> Right:
        return self.rights.get(entry, _TIMELESS)


def catalogue(sheet: Sheet, raw: bytes, name: str, *, reasons: bool = False) -> Catalogue:
    """Put a sheet's sound rows in force; `name` is what the list is called unless it says so."""
    identity = ListIdentity(
        sheet.head.get("list") or name,
        sheet.head.get("revision", ""),
        hashlib.sha256(raw).hexdigest(),
    )
    rights = {row.entry: Right(row.hours or ALWAYS, row.begins, row.ends) for row in sheet.rows}
    return Catalogue(
        MemoryList(identity, sheet.tagger, sheet.rows),
        {entry: right for entry, right in rights.items() if right.timed},
        {row.entry: row.reason for row in sheet.rows if row.reason} if reasons else {},
    )


def objection(sheet: Sheet, now: Catalogue | None) -> str | None:
    """Say why a sheet may not take the place of the list in force, None where it may.

    Where no list is in force the sound rows of a sheet with bad ones are better than none.
    """
    first = f"{sheet.problems[0]}" if sheet.problems else ""
    more = f" (and {sheet.count - 1} more)" if sheet.count > 1 else ""
    if sheet.unusable or (sheet.problems and not sheet.rows):
        return first + more
    if words := emptiness(sheet):
        return words
    if now is None:
        return None
    if sheet.problems:
        return first + more
    before, after = now.plates.identity.revision, sheet.head.get("revision", "")
    if before.isdecimal() and after.isdecimal() and int(after) < int(before):
        return f"its revision {after} is older than {before}, which is in force"
    return None


def emptiness(sheet: Sheet) -> str | None:
    """Say that a list is empty without meaning it: an export that failed looks like that."""
    if sheet.rows or sheet.head.get("empty") == "yes":
        return None
    return "it is empty; expected plates, or a line '# empty: yes' if that is meant"
