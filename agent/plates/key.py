"""A key that lives for one day in memory, is never stored, and is destroyed when the day ends."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Lock

KEY_BYTES = 32


class DailyKey:
    """Hashes under a random key of the day (UTC). Usable from any thread.

    The key is made at the first use of a day. It is overwritten when the first use of another day
    comes, or when `destroy_old` is called after the day has ended, whichever is first: what was
    hashed under it can then be told from nothing, by nobody.
    """

    def __init__(self, new_key: Callable[[], bytes] | None = None) -> None:
        """Take where keys come from: 32 random bytes each, the system's own by default."""
        self._new_key = new_key or (lambda: secrets.token_bytes(KEY_BYTES))
        self._key = bytearray()
        self._day: date | None = None
        self._lock = Lock()
        self.destroyed = 0
        """How many keys have been destroyed."""

    def digest(self, text: str, at: datetime) -> bytes:
        """Return HMAC-SHA-256 (RFC 2104) of `text` under the key of the day of `at`."""
        day = at.astimezone(UTC).date()
        with self._lock:
            if day != self._day:
                self._destroy()
                self._key, self._day = bytearray(self._new_key()), day
            return hmac.digest(self._key, text.encode(), hashlib.sha256)

    def destroy_old(self, now: datetime) -> bool:
        """Overwrite the key if its day is not that of `now`; say whether there was one to go."""
        with self._lock:
            if self._day is None or self._day == now.astimezone(UTC).date():
                return False
            self._destroy()
            return True

    def _destroy(self) -> None:
        if self._day is not None:
            self.destroyed += 1
        for place in range(len(self._key)):
            self._key[place] = 0
        self._key, self._day = bytearray(), None


def until_midnight_s(now: datetime) -> float:
    """Return the seconds until the day of `now` ends (UTC), more than 0."""
    today = now.astimezone(UTC)
    midnight = datetime.combine(today.date() + timedelta(days=1), datetime.min.time(), UTC)
    return (midnight - today).total_seconds()
