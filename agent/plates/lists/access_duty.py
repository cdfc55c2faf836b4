"""The duty to say who may pass: vehicles and a list in, decisions on the bus and records out."""

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from agent.core.access import AccessDecision, Outcome
from agent.core.clock import Stamp
from agent.core.device import Kind, Surroundings
from agent.core.duty import Duty, DutyState
from agent.core.records import Record, Stream
from agent.plates.lists.access import AccessRule, Ruling, rule_on
from agent.plates.lists.catalogue import Catalogue
from agent.plates.lists.desk import Desk, Source
from agent.plates.lists.rows import Form
from agent.plates.lists.settings import AccessSettings
from agent.plates.lists.tags import tagger_of
from agent.plates.lists.told import ACCESS_PURPOSE, Access, ListTold, access_stream
from agent.plates.lists.walltime import WallTime
from agent.plates.vehicle import VehicleSeen

MOST_RULED = 64
"""Vehicles whose ruling is remembered, by number: four times as many as can be in view."""

_log = logging.getLogger(__name__)


class AccessDuty:
    """Decides about every vehicle of one camera; opens nothing itself."""

    def __init__(self, name: str, settings: AccessSettings, around: Surroundings) -> None:
        self._name = name
        self._settings = settings
        self._around = around
        self._site = settings.site
        self._rule = AccessRule(
            settings.agreeing, settings.floor, settings.fresh_s, settings.look_alikes
        )
        path, hours = Path(settings.list), settings.hours
        key = None if settings.list_key is None else Path(settings.list_key)

        def form() -> Form:
            return Form(settings.most_plates, hours, None if key is None else tagger_of(key))

        source = Source(settings.camera, ACCESS_PURPOSE, path, settings.look_s, form)
        self._desk = Desk(name, source, around)
        self._stream = access_stream()
        self._time = WallTime()
        self._ruled: OrderedDict[tuple[str, int], str] = OrderedDict()
        """The entry that was let pass, "" where none was; nothing before the first ruling."""
        self._counts: Counter[str] = Counter()

    @property
    def name(self) -> str:
        return self._name

    @property
    def streams(self) -> Sequence[Stream]:
        return (self._stream,)

    def state(self) -> DutyState:
        if self._utc(self._around.clock.stamp()) is None:
            words = "the node has never known the date: nobody with hours is let pass"
            return self._desk.state(("clock", words, "give the node a network or a clock once"))
        return self._desk.state()

    def readings(self) -> Mapping[str, float]:
        counts = self._counts
        return {
            **self._desk.readings(),
            **{outcome.value: counts[outcome.value] for outcome in Outcome},
        }

    async def run(self, ready: Callable[[], None]) -> None:
        await self._desk.run(ready, self._handle)

    async def _handle(self, seen: VehicleSeen) -> None:
        vehicle = (seen.duty, seen.number)
        before = self._ruled.get(vehicle)
        if before is not None:
            self._ruled.move_to_end(vehicle)  # it is in view: those that are not go first
        undecided = not seen.final and not seen.decided
        if undecided and before is None and self._settings.opens_on == "decision":
            return
        now = self._around.clock.stamp()
        listed = self._desk.listed
        ruling = rule_on(seen, listed, self._site, (now.mono_s, self._utc(now)), self._rule)
        entry = ruling.hit.entry if ruling.hit is not None else ""
        granted = ruling.outcome is Outcome.GRANTED and entry != ""
        if seen.final:
            if before and granted and entry == before:
                return  # as was told while it was in view
            if before and ruling.reason == "stale":
                return  # it was let pass in time, and has gone on its way
        elif not granted or before:
            return  # there is time to see it better, or for its hours to begin
        self._ruled[vehicle] = before or (entry if granted else "")  # let pass once at the most
        while len(self._ruled) > MOST_RULED:
            self._ruled.popitem(last=False)
        await self._tell(seen, ruling, listed, now)

    async def _tell(
        self, seen: VehicleSeen, ruling: Ruling, listed: Catalogue | None, now: Stamp
    ) -> None:
        self._counts[ruling.outcome.value] += 1
        told = None if listed is None else list_told(listed)
        until_s = seen.last.mono_s + self._settings.fresh_s
        if ruling.until is not None and (utc := self._utc(now)) is not None:
            until_s = min(until_s, now.mono_s + (ruling.until - utc).total_seconds())
        hit = ruling.hit
        await self._around.bus.publish(
            AccessDecision(
                duty=self._name,
                camera=seen.camera,
                reader=seen.duty,
                number=seen.number,
                outcome=ruling.outcome,
                reason=ruling.reason,
                list_name="" if told is None else told.name,
                entry=None if hit is None else hit.entry,
                decided=now,
                until_s=until_s,
            )
        )
        _log.info("%s: %s, %s", self._name, ruling.outcome.value, ruling.reason)
        access = Access(
            outcome=ruling.outcome,
            reason=ruling.reason,
            match=None if hit is None else ("exact" if hit.exact else "look-alike"),
            listed=told,
            entry=None if hit is None else hit.entry,
            group=None if hit is None else hit.group,
            hours=ruling.hours,
            until=ruling.until,
            plate=seen.text or None,
            agreeing=seen.agreeing,
            weakest=round(ruling.weakest, 4),
            decided_on="decision" if seen.final else "preview",
            reader=seen.duty,
            vehicle=seen.number,
            camera=seen.camera,
            first_seen=seen.first.utc,
            last_seen=seen.last.utc,
        )
        self._desk.store.offer(Record(self._stream, seen.camera, now, access))

    def _utc(self, now: Stamp) -> datetime | None:
        utc = self._time.utc(now)
        return now.utc if utc is None and self._settings.without_clock == "trust" else utc


def list_told(listed: Catalogue) -> ListTold:
    """Say which list is in force, for a record."""
    identity = listed.plates.identity
    return ListTold(
        name=identity.name,
        revision=identity.revision,
        digest=identity.digest,
        size=len(listed.plates),
    )


def build(name: str, settings: AccessSettings, around: Surroundings) -> AccessDuty:
    """Make one access duty; the list is read when it runs."""
    return AccessDuty(name, settings, around)


ACCESS: Kind[AccessSettings, Duty] = Kind(
    name="access",
    what="says who may pass: vehicles of one camera against a list with hours",
    settings=AccessSettings,
    build=build,
)
