"""Tags for journey times: who passed two gates of a zone on one day, and nothing about who it was.

reference/security.md 4.4: a 24-bit truncated HMAC under a key of the zone and the day, destroyed at
03:00; one vehicle in five, the same ones at each gate. Of 80 million plates about five share a tag.
"""

import hmac
from collections import defaultdict
from datetime import date, datetime, timedelta
from threading import Lock

from agent.core.clock import Stamp
from agent.core.errors import DeviceError
from agent.core.zone_keys import ZoneKeys
from agent.plates.traffic.records import FEWEST, GateTags, MinuteTags

TAG_BYTES = 3
"""24 bits: fewer would join strangers, more would leave a plate alone with its tag."""

SAMPLED = 0.20
"""Share of the plates that are tagged at all, chosen anew by each day's key."""

DAY_BEGINS = timedelta(hours=3)
"""A day's key lives from 03:00 UTC to 03:00 UTC: when fewest drive, and alike in every zone."""

MOST_A_MINUTE = 64
"""Tags of one minute: five lanes at their limit would have 30."""

RETRY_S = 60.0
"""A key that is not there yet is looked for again this often."""


def day_of(at: datetime) -> date:
    """Return the zone's day in which a moment lies."""
    return (at - DAY_BEGINS).date()


def false_link(vehicles: int) -> float:
    """Return how likely a vehicle is joined with one of so many others by chance."""
    return 1 - (1 - 2.0 ** (-8 * TAG_BYTES)) ** vehicles


class DayKey:
    """One zone's key of one day; it can be wiped and cannot be shown."""

    def __init__(self, day: date, key: bytearray) -> None:
        """Own the key: nobody else holds it."""
        self.day = day
        self._key = key

    def tag(self, plate: str) -> str | None:
        """Return a plate's tag of this day, or None for one that is not sampled."""
        if not self._key:
            return None
        digest = hmac.digest(self._key, plate.encode(), "sha256")
        drawn = int.from_bytes(digest[TAG_BYTES : TAG_BYTES + 4], "big") / 2**32
        return digest[:TAG_BYTES].hex() if drawn < SAMPLED else None

    def wipe(self) -> None:
        """Overwrite the key where it lies."""
        for place in range(len(self._key)):
            self._key[place] = 0
        del self._key[:]

    def __repr__(self) -> str:
        return f"DayKey({self.day}, {'held' if self._key else 'wiped'})"


class Gate:
    """Tags what passes one gate of a zone. `turn` may block, in another thread; the rest is quick.

    A tag is made with a whole key or not at all: what wipes the key waits for it.
    """

    def __init__(self, zone: str, gate: str, keys: ZoneKeys) -> None:
        self._zone = zone
        self._gate = gate
        self._keys = keys
        self._holding = Lock()
        self._wiped = 0
        self._key: DayKey | None = None
        self._looked_s = float("-inf")
        self._destroyed: date | None = None
        self._minutes: dict[datetime, set[str]] = defaultdict(set)
        self.trouble: str | None = f"zone {zone}: its key was not looked for yet"
        """Why nothing is tagged, or what is wrong with the keys; None while all is well."""
        self.tagged = 0

    @property
    def ready(self) -> bool:
        """Whether there is a key for vehicles to be tagged with."""
        return self._key is not None

    def due(self, now: Stamp) -> bool:
        """Say whether `turn` has anything to do: a new day, or a key that was not there."""
        today = day_of(now.utc)
        held = None if self._key is None else self._key.day
        if held is not None and (not now.synced or held != today):
            return True
        if held == today and self._destroyed == today:
            return False
        return now.mono_s - self._looked_s >= RETRY_S

    def turn(self, now: Stamp) -> None:
        """Destroy the key of a day that is over, and fetch the present one's."""
        self._looked_s = now.mono_s
        if not now.synced:
            self.wipe()
            self.trouble = "the clock is not set: nobody knows which day's key is right"
            return
        today = day_of(now.utc)
        if self._key is not None and self._key.day != today:
            self.wipe()
        try:
            self._keys.destroy_before(self._zone, today)
            self._destroyed = today
            if self._key is None:
                wiped = self._wiped
                key = self._keys.key(self._zone, today)
                fetched = None if key is None else DayKey(today, key)
                with self._holding:
                    if wiped == self._wiped:
                        self._key = fetched
                    elif fetched is not None:
                        fetched.wipe()  # the gate was closed while the key was fetched
            self.trouble = None if self._key else f"zone {self._zone}: no key for {today}"
        except DeviceError as error:
            self.trouble = str(error)

    def wipe(self) -> None:
        """Hold no key, nor anything made with it."""
        with self._holding:
            self._wiped += 1
            if self._key is not None:
                self._key.wipe()
            self._key = None
            self._minutes.clear()

    def passed(self, plate: str, at: datetime) -> None:
        """Tag a vehicle, if it is sampled; only its tag and its minute are kept."""
        with self._holding:
            if self._key is None or day_of(at) != self._key.day:
                return
            tag = self._key.tag(plate)
            minute = self._minutes[at.replace(second=0, microsecond=0)]
            if tag is not None and len(minute) < MOST_A_MINUTE:
                minute.add(tag)
                self.tagged += 1

    def take(self, start: datetime, for_s: int) -> GateTags | None:
        """Return the tags of one bin and forget them; None of fewer than `FEWEST`."""
        end = start + timedelta(seconds=for_s)
        with self._holding:
            for minute in [minute for minute in self._minutes if minute < start]:
                del self._minutes[minute]
            minutes = sorted(minute for minute in self._minutes if minute < end)
            found = [(minute, tuple(sorted(self._minutes.pop(minute)))) for minute in minutes]
            day = None if self._key is None else self._key.day
        if day is None or sum(len(tags) for _, tags in found) < FEWEST:
            return None
        return GateTags(
            zone=self._zone,
            gate=self._gate,
            day=day,
            start=start,
            for_s=for_s,
            sampled_pct=100 * SAMPLED,
            minutes=tuple(MinuteTags(minute=m, tags=tags) for m, tags in found if tags),
        )
