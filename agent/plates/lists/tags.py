"""Keyed hashes that stand for plates on a list: without the key nobody reads the list's plates.

What this protects from, and what it does not, is written out in docs/lists.md.
"""

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from agent.core.errors import Rejected
from agent.core.files import open_regular
from agent.plates.lists.alike import skeleton

FORM = "hmac-sha256-128"
"""How hashed lists say which hash they hold: HMAC-SHA-256 (RFC 2104), its first 128 bits."""

KEY_BYTES = 32
TAG_BYTES = 16


class Tagger:
    """Makes the tags of one key. Two lists' tags can be compared only under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def plate(self, text: str) -> bytes:
        """Return the tag of a plate."""
        return self._tag(b"plate", text)

    def alike(self, text: str) -> bytes:
        """Return the tag that all plates which look like this one share."""
        return self._tag(b"alike", skeleton(text))

    @property
    def check(self) -> str:
        """What tells a wrong key from the right one without telling the key."""
        return self._tag(b"check", "").hex()[:16]

    def _tag(self, what: bytes, text: str) -> bytes:
        whole = hmac.digest(self._key, what + b"\0" + text.encode(), hashlib.sha256)
        return whole[:TAG_BYTES]

    def __repr__(self) -> str:
        return f"Tagger({self.check})"


MOST_KEY_CHARACTERS = 1000
"""Far more than a key's: what is longer is none."""


def passing_tagger() -> Tagger:
    """Return a tagger whose key is this process's own: a plain list is hashed as it is read."""
    return Tagger(secrets.token_bytes(KEY_BYTES))


def tagger_of(path: Path) -> Tagger:
    """Read a list key from a file: 64 hexadecimal digits, for its owner only.

    Raises:
        Rejected: The file cannot be read, others may read it, or it holds no key.
    """
    try:
        with open_regular(path) as file:
            mode = os.fstat(file.fileno()).st_mode
            words = file.read(MOST_KEY_CHARACTERS).decode("ascii").strip()
    except OSError as error:
        raise Rejected(f"list key {path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Rejected(f"list key {path}: expected {2 * KEY_BYTES} hexadecimal digits") from error
    if stat.S_IMODE(mode) & 0o077:
        raise Rejected(f"list key {path}: others may read it; expected mode 0600 (chmod 600)")
    try:
        key = bytes.fromhex(words)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Rejected(f"list key {path}: expected {2 * KEY_BYTES} hexadecimal digits")
    return Tagger(key)


def make_key(path: Path) -> None:
    """Write a new random list key into a file that must not be there yet.

    Raises:
        Rejected: There is such a file, or it cannot be written.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_hex(KEY_BYTES) + "\n", "ascii")
    except FileExistsError as error:
        raise Rejected(f"list key {path}: is there already, and is not overwritten") from error
    except OSError as error:
        raise Rejected(f"list key {path}: cannot be written: {error.strerror}") from error
