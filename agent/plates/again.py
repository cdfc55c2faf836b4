"""A vehicle lost for a moment and found again is still the same passage."""

import hashlib
import hmac
import secrets
from collections import OrderedDict

MOST_REMEMBERED = 256
"""Plates remembered at once; at one vehicle a second that is four minutes."""

KEY_BYTES = 32


class LatelySeen:
    """Remembers for a short while which plates have had their passage, in memory, without them.

    What is kept of a plate is its `mark`: a hash under a key that only this object has. It is
    forgotten `again_s` after the plate was last seen, if somebody calls `forget`.
    """

    def __init__(self, again_s: float) -> None:
        self._again_s = again_s
        self._key = secrets.token_bytes(KEY_BYTES)
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen)

    def mark(self, text: str) -> bytes:
        """Return what stands for a plate here."""
        return hmac.digest(self._key, text.encode(), hashlib.sha256)

    def again(self, mark: bytes, first_s: float, last_s: float) -> bool:
        """Say whether a plate seen from `first_s` to `last_s` is one just seen; remember it."""
        before = self._seen.pop(mark, None)
        self._seen[mark] = last_s
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        self.forget(last_s)
        return before is not None and abs(first_s - before) <= self._again_s

    def forget(self, now_s: float) -> None:
        """Forget the plates that would no longer count as just seen."""
        while self._seen and now_s - next(iter(self._seen.values())) > self._again_s:
            self._seen.popitem(last=False)
