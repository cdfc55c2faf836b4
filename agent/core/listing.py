"""A list of plates, whoever keeps it and however large it is: what a duty may ask of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.core.vision import CharacterRead


@dataclass(frozen=True, slots=True)
class ListIdentity:
    """Which list in which state: `digest` is the SHA-256 of what it was loaded from."""

    name: str
    revision: str
    digest: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed plate that is what was read, or looks like it.

    `places` are those where the listed plate differs from the read; none for an exact hit. A
    look-alike is `held` where the reader itself thought each listed character possible; where it
    did not, `places` are not told: a list of hashes does not know them.
    """

    entry: str
    group: str
    exact: bool
    held: bool
    places: tuple[int, ...] = ()


class PlateList(Protocol):
    """A list that plates are looked up in. It may lie in memory, in a file or in a chip."""

    @property
    def identity(self) -> ListIdentity: ...

    def __len__(self) -> int:
        """Return how many plates are on the list."""
        ...

    def match(self, text: str, characters: Sequence[CharacterRead]) -> Sequence[Hit]:
        """Return every listed plate that is `text` or looks like it, an exact one first.

        `text` is of A to Z and 0 to 9; `characters` are the reader's choices at each of its
        places. The read itself is never changed.
        """
        ...
