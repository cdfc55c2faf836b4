"""The composition root: settings to devices to duties to supervisor. It alone knows everybody."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from agent.config import Config, Part
from agent.core.board import profile_of
from agent.core.bus import Bus
from agent.core.clock import Clock, SystemClock
from agent.core.device import Surroundings
from agent.core.duty import Camera, Duty, Service
from agent.core.supervise import Supervisor
from agent.core.vision import PlateModels
from agent.report import Report, Watched
from agent.telemetry.aiomqtt_link import AiomqttDialler
from agent.telemetry.outbox import Outbox
from agent.telemetry.topics import Topics
from agent.telemetry.uplink import Uplink
from agent.watch.heat import Heat
from agent.watch.notify import STOPPING, ServiceManager
from agent.watch.resources import Resources, felt


class Agent:
    """One node's program, put together from one configuration."""

    def __init__(
        self,
        config: Config,
        *,
        plate_models: PlateModels,
        model_digests: Mapping[str, str],
        clock: Clock | None = None,
        manager: ServiceManager | None = None,
    ) -> None:
        self._config = config
        self._plate_models = plate_models
        self._model_digests = model_digests
        self._clock = clock or SystemClock()
        self._manager = manager or ServiceManager()

    async def run(self) -> None:
        """Work until cancelled. What was committed is on disk whenever this ends.

        Raises:
            DeviceError: The store cannot be opened; without it the agent may promise nothing.
        """
        config = self._config
        folder = Path(config.store.dir)
        async with AsyncExitStack() as stack:
            topics = Topics(config.node.org, config.node.id)
            outbox = await stack.enter_async_context(
                Outbox(folder / "outbox.db", topics, config.store.limits, self._clock)
            )
            dialler = AiomqttDialler(config.broker, config.node.id)
            chance = random.Random()  # noqa: S311 - jitter, not a secret
            uplink = Uplink(outbox, dialler, config.broker, topics, self._clock, chance)
            cameras: dict[str, Camera] = {}
            around = Surroundings(
                Bus(),
                self._clock,
                outbox,
                cameras,
                self._plate_models,
                profile_of(config.node.profile),
                Heat(self._clock, felt),
            )
            for part in config.cameras:
                cameras[part.name] = _built(part, around)
            devices: list[Service] = [_built(part, around) for part in config.devices]
            duties: list[Duty] = [_built(part, around) for part in config.duties]
            parts: list[Service] = [*cameras.values(), *devices, *duties]
            changed = asyncio.Event()
            supervisor = Supervisor(self._clock, changed=changed.set)
            report = Report(
                config=config,
                clock=self._clock,
                supervisor=supervisor,
                services=[*parts, uplink],
                duties=[
                    Watched(duty, part.cameras)
                    for duty, part in zip(duties, config.duties, strict=True)
                ],
                outbox=outbox,
                uplink=uplink,
                models=self._model_digests,
                resources=Resources(folder),
                manager=self._manager,
                changed=changed,
            )
            try:
                await supervisor.run([uplink, *parts, report])
            finally:
                self._manager.tell(STOPPING)


def _built(part: Part, around: Surroundings) -> Any:
    return part.kind.build(part.name, part.settings, around)
