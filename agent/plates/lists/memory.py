"""A list of plates in memory: tags in a table, found by what look-alikes have in common."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agent.core.listing import Hit, ListIdentity, PlateList
from agent.core.vision import CharacterRead
from agent.plates.lists.alike import held_variants
from agent.plates.lists.rows import Row
from agent.plates.lists.tags import Tagger

MOST_HITS = 16
"""Plates that look like one read; with more of them the list says nothing."""


class _Listed(NamedTuple):
    tag: bytes
    entry: str
    group: str


class MemoryList(PlateList):
    """A list whose every plate is a tag in memory: some 300 bytes each, found in microseconds."""

    def __init__(self, identity: ListIdentity, tagger: Tagger, rows: Iterable[Row]) -> None:
        """Take the rows of one sheet; `tagger` is the one that made their tags."""
        self._identity = identity
        self._tagger = tagger
        found: dict[bytes, list[_Listed]] = defaultdict(list)
        for row in rows:
            found[row.alike].append(_Listed(row.tag, row.entry, row.group))
        self._by_look = {alike: tuple(listed) for alike, listed in found.items()}
        self._size = sum(map(len, self._by_look.values()))

    @property
    def identity(self) -> ListIdentity:
        return self._identity

    def __len__(self) -> int:
        return self._size

    def match(self, text: str, characters: Sequence[CharacterRead]) -> Sequence[Hit]:
        there = self._by_look.get(self._tagger.alike(text), ())
        if not there:
            return ()
        own = self._tagger.plate(text)
        exact = [Hit(e.entry, e.group, exact=True, held=True) for e in there if e.tag == own]
        others = {e.tag: e for e in there if e.tag != own}
        held = []
        for variant, _ in held_variants(text, characters) if others else ():
            if listed := others.pop(self._tagger.plate(variant), None):
                places = tuple(
                    at for at, (a, b) in enumerate(zip(variant, text, strict=True)) if a != b
                )
                held.append(Hit(listed.entry, listed.group, exact=False, held=True, places=places))
        never = [Hit(e.entry, e.group, exact=False, held=False) for e in others.values()]
        return (exact + held + never)[:MOST_HITS]
