"""Puts the node's own word together and keeps saying it: birth, state, duties, health."""

import asyncio
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import ClassVar

import msgspec

from agent.config import Config
from agent.core.clock import Clock
from agent.core.duty import Duty, DutyState, Service
from agent.core.records import Stream
from agent.core.supervise import Health as ServiceHealth
from agent.core.supervise import Supervisor
from agent.telemetry import birth
from agent.telemetry.duties import Duties, DutyLine
from agent.telemetry.health import ClockHealth, Fitness, Health, OutboxHealth, PartHealth
from agent.telemetry.outbox import Outbox
from agent.telemetry.state import Doing, State
from agent.telemetry.uplink import Uplink
from agent.watch.notify import ALIVE, READY, ServiceManager
from agent.watch.resources import Resources
from agent.watch.states import honest, node_state

LOOK_S = 1.0
"""How often duties are asked how they are; a change is at the centre a moment later."""

_FITNESS = {
    ServiceHealth.STARTING: Fitness.STARTING,
    ServiceHealth.READY: Fitness.OK,
    ServiceHealth.FAULTY: Fitness.FAULT,
    ServiceHealth.QUARANTINED: Fitness.QUARANTINED,
}


@dataclass(frozen=True, slots=True)
class Watched:
    """A duty and the names of the services it relies on."""

    duty: Duty
    relies_on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A service that says how the node is, at once when that changes and at least every period.

    It also feeds the service manager's watchdog: a loop that no longer runs is restarted.
    """

    config: Config
    clock: Clock
    supervisor: Supervisor
    services: Sequence[Service]
    duties: Sequence[Watched]
    outbox: Outbox
    uplink: Uplink
    models: Mapping[str, str]
    resources: Resources
    manager: ServiceManager
    changed: asyncio.Event
    """Set by whoever knows of a change: look again now instead of at the next turn."""

    _told: dict[str, DutyState] = field(default_factory=dict, init=False, repr=False)

    name: ClassVar[str] = "report"

    def readings(self) -> Mapping[str, float]:
        return {}

    async def run(self, ready: Callable[[], None]) -> None:
        self.uplink.say(self.birth())
        self._tell()
        self.manager.tell(READY)
        ready()
        loop = asyncio.get_running_loop()
        health_due_s = loop.time()
        look_s = min(LOOK_S, (self.manager.watchdog_s or 2 * LOOK_S) / 2)
        while True:
            self.changed.clear()
            self._tell()
            if loop.time() >= health_due_s:
                self.uplink.say(self.health())
                health_due_s = loop.time() + self.config.node.health_s
            self.manager.tell(ALIVE)
            try:
                async with asyncio.timeout(look_s):
                    await self.changed.wait()
            except TimeoutError:
                continue

    def birth(self) -> birth.Birth:
        """Return who this node is, what it runs and what it will send."""
        node, config = self.config.node, self.config
        parts = (*config.cameras, *config.devices)
        place = birth.Place(lat=node.place.lat, lon=node.place.lon, note=node.place.note)
        return birth.Birth(
            org=node.org,
            node=node.id,
            place=place,
            software=birth.Software(version=version("sereno"), python=platform.python_version()),
            config=birth.Config(digest=config.digest),
            hardware=tuple(birth.Part(name=part.name, kind=part.kind.name) for part in parts),
            models=tuple(
                birth.Model(name=name, digest=digest) for name, digest in self.models.items()
            ),
            duties=tuple(watched.duty.name for watched in self.duties),
            streams=tuple(birth.StreamLine.of(stream) for stream in self.streams()),
        )

    def streams(self) -> tuple[Stream, ...]:
        """Return every stream that the duties declare."""
        return tuple(stream for watched in self.duties for stream in watched.duty.streams)

    def duty_states(self) -> dict[str, DutyState]:
        """Return each duty's honest state by its name."""
        states = self.supervisor.states
        return {
            watched.duty.name: honest(
                watched.duty.state(),
                states[watched.duty.name],
                [(name, states[name]) for name in watched.relies_on if name in states],
            )
            for watched in self.duties
        }

    def health(self) -> Health:
        """Return how every part is, with its figures."""
        stamp = self.clock.stamp()
        figures = dict(self.resources.readings())
        power = _taken(figures, "under_voltage")
        temperature = _taken(figures, "soc_celsius")
        disk = _taken(figures, "disk")
        parts = {"agent": PartHealth(state=Fitness.OK, values=figures)}
        states = self.supervisor.states
        for service in self.services:
            state = states[service.name]
            restarts, bugs = self.supervisor.counts(service.name)
            parts[service.name] = PartHealth(
                state=_FITNESS[state.health],
                since=state.since.utc,
                cause=state.cause,
                values={"restarts": restarts, "bugs": bugs, **service.readings()},
            )
        return Health(
            time=stamp.utc,
            period_s=self.config.node.health_s,
            parts=parts,
            outbox=_outbox_health(self.outbox.readings()),
            clock=ClockHealth(source="ntp" if stamp.synced else "none", error_ms=stamp.error_ms),
            power=power,
            temperature=temperature,
            disk=disk,
        )

    def _tell(self) -> None:
        """Say state and duties; the uplink sends only what has changed."""
        states = {name: self._unhurried(name, state) for name, state in self.duty_states().items()}
        self.uplink.say(
            Duties(duties=tuple(DutyLine.of(name, state) for name, state in states.items()))
        )
        services = {s.name: self.supervisor.states[s.name] for s in self.services}
        doing = Doing(node_state(services, states.values()).value)
        told = [f"{name} {state.performance.value}" for name, state in states.items()]
        words = ", ".join(told)
        self.uplink.say(State(state=doing, words=words))
        self.manager.tell(f"STATUS={doing.value}: {words}")

    def _unhurried(self, name: str, state: DutyState) -> DutyState:
        """Return the state told last where only a little newer proof of sight has come since."""
        last = self._told.get(name)
        if (
            last is not None
            and last.proof is not None
            and state.proof is not None
            and state.proof.mono_s - last.proof.mono_s < self.config.node.health_s
            and replace(state, proof=last.proof) == last
        ):
            return last
        self._told[name] = state
        return state


def _taken(figures: dict[str, float], prefix: str) -> dict[str, float]:
    """Remove and return the figures whose names begin with `prefix`."""
    return {name: figures.pop(name) for name in tuple(figures) if name.startswith(prefix)}


def _outbox_health(readings: Mapping[str, float]) -> OutboxHealth:
    return msgspec.convert(
        {key: readings[key] for key in OutboxHealth.__struct_fields__},
        OutboxHealth,
        strict=False,
    )
