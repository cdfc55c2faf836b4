"""One service's trouble stays its own, and is told."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest

from agent.core.duty import Service
from agent.core.errors import DeviceError
from agent.core.supervise import BUG_WAIT_S, BUGS_MOST, Health, Supervisor, backoff
from tests.conftest import LoopClock


class Failing:
    """Fails from inside a task group of its own, as a real service does."""

    def __init__(self, name: str, error: Exception | None) -> None:
        self.name = name
        self.error = error
        self.runs_at_s: list[float] = []

    def readings(self) -> Mapping[str, float]:
        return {}

    async def run(self, ready: Callable[[], None]) -> None:
        self.runs_at_s.append(asyncio.get_running_loop().time())

        async def child() -> None:
            if self.error is not None:
                raise self.error

        async with asyncio.TaskGroup() as group:
            group.create_task(child())


class Steady:
    """Works for ever."""

    name = "steady"
    ticks = 0

    def readings(self) -> Mapping[str, float]:
        return {}

    async def run(self, ready: Callable[[], None]) -> None:
        ready()
        while True:
            await asyncio.sleep(1)
            self.ticks += 1


@asynccontextmanager
async def supervised(*services: Service) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(LoopClock(), rng=random.Random(1))
    task = asyncio.create_task(supervisor.run(services))
    try:
        yield supervisor
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def test_a_device_error_inside_a_group_restarts_its_service_and_names_it() -> None:
    service, steady = Failing("gate", DeviceError("gate", "hot")), Steady()
    async with supervised(service, steady) as supervisor:
        await asyncio.sleep(600)
        assert supervisor.states["gate"].health is Health.FAULTY
        assert supervisor.states["gate"].cause == "gate: hot"
        assert supervisor.states["gate"].since.mono_s == pytest.approx(0)
        assert supervisor.states["steady"].health is Health.READY
    assert 10 <= len(service.runs_at_s) <= 25
    assert steady.ticks >= 599


async def test_the_waits_grow_to_a_ceiling() -> None:
    waits = backoff(random.Random(1), first_s=1, most_s=60)
    drawn = [next(waits) for _ in range(200)]
    assert all(wait <= 60 for wait in drawn)
    assert min(drawn[10:]) >= 30
    assert drawn[0] <= 1


@pytest.mark.parametrize(("works_s", "runs_least", "runs_most"), [(0, 60, 90), (90, 38, 41)])
async def test_only_a_service_that_worked_for_long_is_tried_again_at_once(
    works_s: float, runs_least: int, runs_most: int
) -> None:
    class Works(Failing):
        async def run(self, ready: Callable[[], None]) -> None:
            ready()
            await asyncio.sleep(works_s)
            await super().run(ready)

    service = Works("gate", DeviceError("gate", "hot"))
    async with supervised(service):
        await asyncio.sleep(3600)
    assert runs_least <= len(service.runs_at_s) <= runs_most


async def test_a_bug_quarantines_its_own_service_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    service, steady = Failing("plates", KeyError("bug")), Steady()
    async with supervised(service, steady) as supervisor:
        await asyncio.sleep(BUG_WAIT_S * (BUGS_MOST + 3))
        assert supervisor.states["plates"].health is Health.QUARANTINED
        assert "KeyError" in supervisor.states["plates"].cause
        assert supervisor.counts("plates") == (BUGS_MOST, BUGS_MOST + 1)
        assert supervisor.states["steady"].health is Health.READY
    assert len(service.runs_at_s) == BUGS_MOST + 1
    assert "a bug of ours" in caplog.text
    assert "KeyError" in caplog.text


async def test_bugs_long_apart_do_not_add_up() -> None:
    class Rare(Failing):
        async def run(self, ready: Callable[[], None]) -> None:
            await asyncio.sleep(3600)
            await super().run(ready)

    service = Rare("plates", KeyError("bug"))
    async with supervised(service) as supervisor:
        await asyncio.sleep(20 * 3700)
        assert supervisor.counts("plates")[1] >= 18


async def test_a_service_that_ends_by_itself_is_a_bug() -> None:
    async with supervised(Failing("plates", None)) as supervisor:
        await asyncio.sleep(1)
        assert supervisor.states["plates"].health is Health.QUARANTINED
        assert "ended by itself" in supervisor.states["plates"].cause


async def test_a_device_error_beside_a_bug_still_counts_as_a_bug() -> None:
    class Both(Steady):
        name = "both"

        async def run(self, ready: Callable[[], None]) -> None:
            raise ExceptionGroup("two", [DeviceError("both", "hot"), KeyError("bug")])

    async with supervised(Both()) as supervisor:
        await asyncio.sleep(1)
        assert supervisor.states["both"].health is Health.QUARANTINED


async def test_two_services_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two services are called steady"):
        await Supervisor(LoopClock()).run([Steady(), Steady()])
