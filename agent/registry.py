"""Finds the kinds of cameras, devices and duties that are installed."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from agent.core.device import Kind

CAMERAS = "sereno.cameras"
DEVICES = "sereno.kinds"
DUTIES = "sereno.duties"

_EXTRAS = {"simulators": "simulators", "drivers": "node", "agent": "node", "models": "node"}
"""Which extra installs what a package of ours needs."""


def missing_package(error: ModuleNotFoundError, module: str) -> str:
    """Say in words which extra installs what `module` of ours lacks.

    Raises:
        ModuleNotFoundError: What is lacking is ours: a bug, not an extra that was not asked for.
    """
    if (error.name or "").partition(".")[0] in _EXTRAS:
        raise error
    extra = _EXTRAS.get(module.partition(".")[0], "node")
    return f"needs the package \"{error.name}\": pip install '.[{extra}]' in Sereno's folder"


@dataclass(frozen=True, slots=True)
class Missing:
    """A kind that is registered but cannot be loaded here."""

    name: str
    words: str


class Registry:
    """Kinds by name, loaded when first asked for: a node loads only what its file names."""

    def __init__(self) -> None:
        self._points: dict[str, dict[str, EntryPoint]] = {
            group: {point.name: point for point in entry_points(group=group)}
            for group in (CAMERAS, DEVICES, DUTIES)
        }

    def names(self, group: str) -> list[str]:
        """Return the names registered in `group`, sorted."""
        return sorted(self._points[group])

    def find(self, group: str, name: str) -> "Kind[Any, Any] | Missing | None":
        """Return the kind, why it cannot be loaded, or None where nobody registered it."""
        point = self._points[group].get(name)
        if point is None:
            return None
        try:
            kind = point.load()
        except ModuleNotFoundError as error:
            return Missing(name, missing_package(error, point.module))
        if not isinstance(kind, Kind):
            raise TypeError(f"entry point {group}:{name} ({point.value}) is no Kind")
        return kind
