"""What a peer is: another reader of whole pictures, behind one small interface."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.core.errors import Rejected
from agent.core.text import nearest

Bgr = NDArray[np.uint8]
"""A colour picture, (H, W, 3) uint8, blue first: what peers are made for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text that a peer read: how sure it is, and its upright box in pixels."""

    text: str
    score: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left

    def __repr__(self) -> str:
        return f"Line({len(self.text)} characters, {self.score:.2f})"  # it may be a plate


class Peer(Protocol):
    """Reads all text in a picture, on one thread. Blocking."""

    def lines(self, picture: Bgr) -> Sequence[Line]:
        """Return what is read in a picture, (H, W, 3) uint8."""
        ...


@dataclass(frozen=True, slots=True)
class PeerKind:
    """A peer by the name of its package, how it is loaded, and how it gets here."""

    package: str
    install: str
    load: Callable[[], Peer]

    @property
    def version(self) -> str | None:
        """Return the installed version, None where it is not installed."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return None


@dataclass(frozen=True, slots=True)
class LoadedPeer:
    """A peer that is ready, and which it is."""

    name: str
    version: str
    peer: Peer


def load_peers(names: Sequence[str], kinds: Sequence[PeerKind]) -> list[LoadedPeer]:
    """Load the peers named, or every installed one where none is.

    Raises:
        Rejected: One is not known or not installed, or none is; says how to install it.
    """
    known = {kind.package: kind for kind in kinds}
    for name in names:
        if name not in known:
            raise Rejected(
                f"no peer {name!r}, expected one of {', '.join(known)}{nearest(name, list(known))}"
            )
    wanted = [known[name] for name in names] or [kind for kind in kinds if kind.version]
    if not wanted:
        ways = "; ".join(f"{kind.package}: {kind.install}" for kind in kinds)
        raise Rejected(f"no peer is installed to compare with; {ways}")
    return [_loaded(kind) for kind in wanted]


def _loaded(kind: PeerKind) -> LoadedPeer:
    found = kind.version
    if found is None:
        raise Rejected(f"peer {kind.package} is not installed: {kind.install}")
    try:
        return LoadedPeer(kind.package, found, kind.load())
    except ImportError as error:
        raise Rejected(
            f"peer {kind.package} {found} lacks {error.name or error}: {kind.install}"
        ) from error
