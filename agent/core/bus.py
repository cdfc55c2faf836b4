"""Typed publish and subscribe inside one process."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from agent.core.mailbox import Inbox

E = TypeVar("E")


def _anything(_: Any) -> bool:
    return True


class Bus:
    """Carries events to whoever asked for their type.

    A subscriber with room has the event before `publish` waits for one without, so a full `Every`
    slows its publishers down but never keeps an event from another reader.
    """

    def __init__(self) -> None:
        self._routes: list[tuple[type, Callable[[Any], bool], Inbox[Any]]] = []

    async def publish(self, event: object) -> None:
        """Hand the event to every subscriber; return once each has taken it."""
        full = [
            inbox
            for kind, wanted, inbox in tuple(self._routes)
            if isinstance(event, kind) and wanted(event) and not inbox.offer(event)
        ]
        match full:
            case []:
                return
            case [inbox]:
                await inbox.put(event)
            case _:
                async with asyncio.TaskGroup() as group:
                    for inbox in full:
                        group.create_task(inbox.put(event))

    @contextmanager
    def subscribed(
        self, kind: type[E], inbox: Inbox[E], where: Callable[[E], bool] = _anything
    ) -> Iterator[None]:
        """Deliver events of `kind` for which `where` holds into `inbox` while the block runs."""
        route: tuple[type, Callable[[Any], bool], Inbox[Any]] = (kind, where, inbox)
        self._routes.append(route)
        try:
            yield
        finally:
            self._routes.remove(route)
