"""The duty to recommend vehicles of a watch list to people. Of all others nothing is kept.

No name in here holds a vehicle, its text or a hash of it once it is known to be on no list.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agent.core.device import Kind, Surroundings
from agent.core.duty import Duty, DutyState
from agent.core.listing import Hit
from agent.core.records import Record, Stream
from agent.plates.lists.access import sureness
from agent.plates.lists.access_duty import list_told
from agent.plates.lists.candidates import WatchRule, candidates
from agent.plates.lists.catalogue import Catalogue
from agent.plates.lists.desk import Desk, Source
from agent.plates.lists.rows import Form
from agent.plates.lists.settings import WatchSettings
from agent.plates.lists.tags import tagger_of
from agent.plates.lists.told import Candidate, candidate_stream
from agent.plates.purpose import PURPOSES
from agent.plates.vehicle import VehicleSeen

MOST_LATELY = 256
"""Entries lately recommended that are remembered."""

_log = logging.getLogger(__name__)


class WatchDuty:
    """Compares every vehicle of one camera with a watch list."""

    def __init__(self, name: str, settings: WatchSettings, around: Surroundings) -> None:
        self._name = name
        self._settings = settings
        self._around = around
        self._rule = WatchRule(settings.agreeing, settings.floor, settings.look_alikes)
        key = None if settings.list_key is None else Path(settings.list_key)

        def form() -> Form:
            return Form(settings.most_plates, None, None if key is None else tagger_of(key))

        source = Source(
            settings.camera,
            settings.purpose,
            Path(settings.list),
            settings.look_s,
            form,
            reasons=PURPOSES[settings.purpose].text,
        )
        self._desk = Desk(name, source, around)
        self._stream = candidate_stream(settings.purpose)
        self._lately: OrderedDict[str, float] = OrderedDict()
        self._candidates = 0

    @property
    def name(self) -> str:
        return self._name

    @property
    def streams(self) -> Sequence[Stream]:
        return (self._stream,)

    def state(self) -> DutyState:
        return self._desk.state()

    def readings(self) -> Mapping[str, float]:
        return {**self._desk.readings(), "candidates": self._candidates}

    async def run(self, ready: Callable[[], None]) -> None:
        await self._desk.run(ready, self._handle)

    async def _handle(self, seen: VehicleSeen) -> None:
        listed = self._desk.listed
        if not seen.final or listed is None:
            return
        for hit in candidates(seen, listed.plates, self._rule):
            if not self._is_told(hit.entry, seen.last.mono_s):
                self._recommend(seen, hit, listed)

    def _is_told(self, entry: str, now_s: float) -> bool:
        """Say whether an entry was recommended just now; remember that it is seen."""
        before = self._lately.pop(entry, None)
        self._lately[entry] = now_s
        while len(self._lately) > MOST_LATELY:
            self._lately.popitem(last=False)
        return before is not None and now_s - before <= self._settings.again_s

    def _recommend(self, seen: VehicleSeen, hit: Hit, listed: Catalogue) -> None:
        self._candidates += 1
        _log.info("%s: a candidate for people to judge", self._name)
        candidate = Candidate(
            match="exact" if hit.exact else "look-alike",
            listed=list_told(listed),
            entry=hit.entry,
            group=hit.group,
            differs=hit.places,
            agreeing=seen.agreeing,
            characters=tuple(round(chance, 4) for chance in sureness(seen)),
            country=seen.country,
            reader=seen.duty,
            vehicle=seen.number,
            camera=seen.camera,
            first_seen=seen.first.utc,
            last_seen=seen.last.utc,
            reason=listed.reasons.get(hit.entry),
        )
        self._desk.store.offer(Record(self._stream, seen.camera, seen.last, candidate))


def build(name: str, settings: WatchSettings, around: Surroundings) -> WatchDuty:
    """Make one watch-list duty; the list is read when it runs."""
    return WatchDuty(name, settings, around)


WATCH_LIST: Kind[WatchSettings, Duty] = Kind(
    name="watch-list",
    what="recommends vehicles of a watch list to people; of others nothing is kept",
    settings=WatchSettings,
    build=build,
)
