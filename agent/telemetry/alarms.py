"""The alarms the delivery itself raises: what a person must do so that records arrive."""

from collections.abc import Iterator

from agent.core.clock import Clock
from agent.telemetry.alarm import Alarm, Alarming, Severity
from agent.telemetry.outbox import Outbox

OURS = (
    "outbox-parked",
    "outbox-evidence-refused",
    "outbox-damaged",
    "outbox-failing",
    "uplink-taken-over",
    "uplink-renumbered",
)
"""Every alarm that the delivery can raise."""


class Alarms:
    """Compares how things are with what was last said, and says the difference."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._standing: dict[str, Alarm] = {}
        self._refused_before: int | None = None

    def of(self, outbox: Outbox) -> list[Alarm]:
        """Return the alarms to be said now about the outbox."""
        now = {alarm.id: alarm for alarm in self._conditions(outbox)}
        said = []
        for ident, alarm in now.items():
            before = self._standing.get(ident)
            if before is None:
                said.append(alarm)
            elif (before.words, before.count) != (alarm.words, alarm.count):
                said.append(_updated(alarm, before))
            else:
                now[ident] = before
        for ident, alarm in self._standing.items():
            if ident.startswith("outbox-") and ident not in now:
                said.append(_cleared(alarm))
        kept = {i: a for i, a in self._standing.items() if not i.startswith("outbox-")}
        for alarm in said:
            now[alarm.id] = alarm
        self._standing = kept | {i: a for i, a in now.items() if a.state is not Alarming.CLEARED}
        return said

    def taken_over(self) -> list[Alarm]:
        """Return the alarm for a second client with our name."""
        return [
            self._raised(
                "uplink-taken-over",
                Severity.CRITICAL,
                "another client uses this node's name at the broker",
                "find the second node enrolled under this name and enrol it anew",
            )
        ]

    def renumbered(self) -> list[Alarm]:
        """Return the alarm for a store that has forgotten numbers it gave."""
        return [
            self._raised(
                "uplink-renumbered",
                Severity.CRITICAL,
                "the store had forgotten numbers that the centre holds; a new epoch was begun",
                "replace the storage card: it loses what it has confirmed; or it is a copy",
            )
        ]

    def _conditions(self, outbox: Outbox) -> Iterator[Alarm]:
        fill = outbox.fill
        if self._refused_before is None:
            self._refused_before = fill.refused
        if fill.parked:
            yield self._raised(
                "outbox-parked",
                Severity.WARNING,
                f"{fill.parked} records are refused by the broker or the centre and lie aside",
                "correct the broker's access rules, then send a rebirth notice",
                fill.parked,
            )
        if refused := fill.refused - self._refused_before:
            yield self._raised(
                "outbox-evidence-refused",
                Severity.CRITICAL,
                f"{refused} pieces of evidence found no room since the start",
                "restore the connection to the centre",
                refused,
            )
        if outbox.damage:
            yield self._raised(
                "outbox-damaged",
                Severity.CRITICAL,
                f"a store was found damaged: {outbox.damage}",
                "collect the damaged file and replace the storage card",
            )
        if outbox.trouble:
            yield self._raised(
                "outbox-failing",
                Severity.CRITICAL,
                outbox.trouble,
                "free the disk or replace the storage card",
            )

    def _raised(
        self, ident: str, severity: Severity, words: str, remedy: str, count: int = 1
    ) -> Alarm:
        return Alarm(
            id=ident,
            state=Alarming.RAISED,
            severity=severity,
            words=words[:400],
            remedy=remedy,
            since=self._clock.stamp().utc,
            count=count,
        )


def _updated(alarm: Alarm, before: Alarm) -> Alarm:
    return Alarm(
        id=alarm.id,
        state=Alarming.UPDATED,
        severity=alarm.severity,
        words=alarm.words,
        remedy=alarm.remedy,
        since=before.since,
        count=alarm.count,
    )


def _cleared(alarm: Alarm) -> Alarm:
    return Alarm(
        id=alarm.id,
        state=Alarming.CLEARED,
        severity=alarm.severity,
        words=alarm.words,
        remedy="",
        since=alarm.since,
        count=alarm.count,
    )
