"""Keeps services alive and says how they are."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from agent.core.clock import Clock, Stamp
from agent.core.duty import Service
from agent.core.errors import AgentError
from agent.core.log import clip

log = logging.getLogger(__name__)

BUGS_MOST = 3
"""Restarts after a bug within `BUG_WINDOW_S`; one more and the service stays quarantined."""

BUG_WINDOW_S = 3600.0
STABLE_S = 60.0
"""A service that was ready for so long has recovered: its next fault is a first one again."""

BUG_WAIT_S = 30.0
"""Pause before a service struck by a bug is tried again: long enough not to fill the log."""


class Health(Enum):
    """Where a service stands."""

    STARTING = "starting"
    READY = "ready"
    FAULTY = "faulty"  # the world broke it; it is being retried
    QUARANTINED = "quarantined"  # a bug of ours struck it


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One service's health, since when, and why."""

    health: Health
    since: Stamp
    cause: str = ""


def backoff(rng: random.Random, first_s: float = 1.0, most_s: float = 60.0) -> Iterator[float]:
    """Yield ever longer waits, doubling up to a ceiling, each jittered by up to a half.

    Jitter keeps a city's nodes from knocking on a broker all at once after it returns.
    """
    wait_s = first_s
    while True:
        yield wait_s * rng.uniform(0.5, 1.0)
        wait_s = min(2 * wait_s, most_s)


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """Yield the errors inside a group, however deep."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


@dataclass(slots=True)
class _Watched:
    """What the supervisor remembers of one service."""

    service: Service
    state: ServiceState
    waits: Iterator[float]
    restarts: int = 0
    bugs: int = 0
    bug_times_s: list[float] = field(default_factory=list)


class Supervisor:
    """Runs services side by side; whatever befalls one, the others go on.

    An `AgentError` restarts its own service with capped, jittered back-off. Anything else is a
    bug: it is logged with its trace, counted, and quarantines that service alone; a service that
    keeps showing bugs stays quarantined until the agent is restarted.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        changed: Callable[[], None] = lambda: None,
        rng: random.Random | None = None,
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._watched: dict[str, _Watched] = {}

    @property
    def states(self) -> dict[str, ServiceState]:
        """The services by name, with their health."""
        return {name: watched.state for name, watched in self._watched.items()}

    def counts(self, name: str) -> tuple[int, int]:
        """Return how often the service was restarted, and how many bugs struck it."""
        watched = self._watched[name]
        return watched.restarts, watched.bugs

    async def run(self, services: Iterable[Service]) -> None:
        """Run the services until cancelled."""
        since = self._clock.stamp()
        for service in services:
            if service.name in self._watched:
                raise ValueError(f"two services are called {service.name}")
            state = ServiceState(Health.STARTING, since)
            self._watched[service.name] = _Watched(service, state, backoff(self._rng))
        async with asyncio.TaskGroup() as group:
            for watched in self._watched.values():
                group.create_task(self._keep(watched), name=watched.service.name)

    async def _keep(self, watched: _Watched) -> None:
        def ready() -> None:
            if watched.state.health is not Health.READY:
                log.info("%s is ready", watched.service.name)
                self._tell(watched, Health.READY)

        while True:
            wait_s = await self._once(watched, ready)
            if wait_s is None:
                log.error("%s stays quarantined until the agent restarts", watched.service.name)
                await asyncio.get_running_loop().create_future()  # until cancelled
                return
            await asyncio.sleep(wait_s)
            watched.restarts += 1

    async def _once(self, watched: _Watched, ready: Callable[[], None]) -> float | None:
        """Run the service once; return the wait before the next run, None for never again."""
        expected: BaseException | None = None
        bug: BaseException | None = None
        try:
            await watched.service.run(ready)
        except* AgentError as group:  # alone, or from a task group inside
            expected = next(leaves(group))
        except* Exception as group:  # noqa: BLE001 - a bug of ours: bounded and told in _struck
            bug = group
        if expected is None or bug is not None:
            return self._struck(watched, bug)
        log.warning("%s: %s", watched.service.name, clip(expected))
        state = watched.state
        worked_s = self._clock.stamp().mono_s - state.since.mono_s
        if state.health is Health.READY and worked_s >= STABLE_S:
            watched.waits = backoff(self._rng)
        self._tell(watched, Health.FAULTY, clip(expected))
        return next(watched.waits)

    def _struck(self, watched: _Watched, bug: BaseException | None) -> float | None:
        """Account for a bug; return the wait before a new try, None where it was one too many."""
        name = watched.service.name
        if bug is None:
            cause = "ended by itself, which a service never does"
            log.error("%s %s", name, cause)
        else:
            first = next(leaves(bug)) if isinstance(bug, BaseExceptionGroup) else bug
            cause = clip(repr(first))
            log.error("%s: a bug of ours: %s", name, cause, exc_info=bug)
        now_s = self._clock.stamp().mono_s
        watched.bugs += 1
        recent = [at for at in watched.bug_times_s if now_s - at < BUG_WINDOW_S]
        watched.bug_times_s = [*recent, now_s]
        self._tell(watched, Health.QUARANTINED, cause)
        return BUG_WAIT_S if len(watched.bug_times_s) <= BUGS_MOST else None

    def _tell(self, watched: _Watched, health: Health, cause: str = "") -> None:
        before = watched.state
        if (before.health, before.cause) == (health, cause):
            return  # `since` is when this began, not when it was last seen
        since = before.since if before.health is health else self._clock.stamp()
        watched.state = ServiceState(health, since, cause)
        self._changed()
