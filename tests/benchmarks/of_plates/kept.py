"""What a peer read in each picture, kept in build/peers: a peer is slow, and says the same again.

Never used for times. The files hold plates: build/ is ignored by git.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent.plates.evaluate.peers.peer import Bgr, Line, LoadedPeer

FOLDER = Path("build") / "peers"


class _Kept(msgspec.Struct, frozen=True):
    digest: str
    lines: tuple[Line, ...]


class KeptPeer:
    """A peer whose answers are kept by the digest of the decoded picture and the peer's version."""

    def __init__(self, peer: LoadedPeer, folder: Path = FOLDER) -> None:
        self.name, self.version, self._peer = peer.name, peer.version, peer.peer
        self._path = folder / f"{peer.name}-{peer.version}.jsonl"
        self._answers: dict[str, tuple[Line, ...]] = {}
        if self._path.is_file():
            decoder = msgspec.json.Decoder(_Kept)
            for row in self._path.read_bytes().splitlines():
                kept = decoder.decode(row)
                self._answers[kept.digest] = kept.lines

    def lines(self, picture: Bgr) -> Sequence[Line]:
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        digest += "-{}x{}".format(*picture.shape)
        if digest not in self._answers:
            self._answers[digest] = tuple(self._peer.lines(picture))
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(_Kept(digest, self._answers[digest])) + b"\n")
        return self._answers[digest]
