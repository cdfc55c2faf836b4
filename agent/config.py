"""One TOML file to typed settings: all problems at once, each with its key path."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from agent.core.board import DelegateName, ProfileName
from agent.core.device import Kind
from agent.core.errors import ConfigError
from agent.core.expect import Problem, has_required, needed, problems_of
from agent.core.files import open_regular
from agent.core.log import clip
from agent.core.settings import NodeId, PathText, Seconds, Settings, Word, camera_keys
from agent.core.text import nearest
from agent.registry import CAMERAS, DEVICES, DUTIES, Missing, Registry
from agent.telemetry.limits import Limits
from agent.telemetry.settings import BrokerSettings

FORMAT = 1
"""Version of the file's form; a file that names none is of form 1."""

FILE_BYTES_MOST = 1 << 20
"""A configuration is read by a person; anything larger is not one."""

S = TypeVar("S", bound=Settings)

Degrees = Annotated[float, msgspec.Meta(ge=-180, le=180)]


class Place(Settings, frozen=True, kw_only=True):
    """`place` of `[node]`: WGS84, in degrees, and words for a technician."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon: Degrees
    note: str = ""


class NodeSettings(Settings, frozen=True, kw_only=True):
    """`[node]`: who and where this node is, which nobody can guess, and how often it says so."""

    id: NodeId
    org: Word
    place: Place
    health_s: Seconds = 30.0
    """How often the health of all parts is told; state and duties are told when they change."""
    profile: ProfileName = "auto"
    """What the board can do: "pi", "jetson", "generic", or "auto" as the kernel names it."""
    delegate: DelegateName = "auto"
    """What runs the models beside the processor: "none", "gpu", "coral", "hailo", or "auto"."""


class StoreSettings(Settings, frozen=True, kw_only=True):
    """`[store]`: where records wait for the centre, and how many."""

    dir: PathText = "/var/lib/sereno"
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Part:
    """One configured camera, device or duty. `settings` is an instance of `kind.settings`."""

    name: str
    kind: Kind[Any, Any]
    settings: Settings

    @property
    def cameras(self) -> tuple[str, ...]:
        """The names of the cameras that this part relies on."""
        return tuple(getattr(self.settings, key) for key in camera_keys(self.kind.settings))


@dataclass(frozen=True, slots=True)
class Config:
    """A whole, valid configuration. `digest` is the file's SHA-256."""

    node: NodeSettings
    broker: BrokerSettings
    store: StoreSettings
    cameras: tuple[Part, ...]
    devices: tuple[Part, ...]
    duties: tuple[Part, ...]
    digest: str


class Problems(ConfigError):
    """Everything that is wrong with one configuration file."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))
        self.file = file
        self.problems = problems


def load(path: Path, registry: Registry) -> Config:
    """Read and check a configuration file.

    Raises:
        Problems: The file cannot be read or used; it holds every problem found.
    """
    try:
        with open_regular(path) as file:
            raw = file.read(FILE_BYTES_MOST + 1)
    except OSError as error:
        words = f"cannot be read: {error.strerror}; expected a configuration file in TOML"
        raise Problems(str(path), (Problem("", words),)) from error
    return parse(raw, str(path), registry)


def parse(raw: bytes, file: str, registry: Registry) -> Config:
    """Check a configuration file's bytes; `file` is what messages call it.

    Raises:
        Problems: As `load`.
    """
    if len(raw) > FILE_BYTES_MOST:
        words = f"is larger than {FILE_BYTES_MOST} bytes; expected a configuration file"
        raise Problems(file, (Problem("", words),))
    try:
        document = tomllib.loads(raw.decode())
    except UnicodeDecodeError as error:
        words = f"is not UTF-8 text (byte {error.start}); expected a configuration file in TOML"
        raise Problems(file, (Problem("", words),)) from error
    except (ValueError, RecursionError) as error:
        raise Problems(file, (Problem("", f"is not valid TOML: {clip(error)}"),)) from error
    form = document.pop("format", FORMAT)
    if type(form) is not int or form != FORMAT:
        words = (
            f"this file is of form {clip(repr(form))}, this agent reads form {FORMAT}; expected a "
            "file written for this version (see CHANGELOG.md), or another version of the agent"
        )
        raise Problems(file, (Problem("format", words),))
    return _Reading(document, registry).config(file, hashlib.sha256(raw).hexdigest())


OUR_NAMES = ("agent", "outbox", "report", "uplink")
"""What health calls the agent's own parts."""

_TABLES = ("node", "broker", "store", "camera", "device", "duty")


class _Reading:
    """One pass over one document, collecting problems on the way."""

    def __init__(self, document: dict[str, Any], registry: Registry) -> None:
        self._document = document
        self._registry = registry
        self._problems: list[Problem] = []

    def config(self, file: str, digest: str) -> Config:
        for key in self._document:
            if key not in _TABLES:
                tables = ", ".join(f"[{name}]" for name in _TABLES)
                self._problem(key, f"no such table, expected {tables}{nearest(key, _TABLES)}")
        node = self._section("node", NodeSettings)
        broker = self._section("broker", BrokerSettings)
        store = self._section("store", StoreSettings)
        cameras = self._parts("camera", CAMERAS)
        devices = self._parts("device", DEVICES)
        duties = self._parts("duty", DUTIES)
        self._names_are_unique(cameras, devices, duties)
        self._fit_together(duties)
        if self._problems or node is None or broker is None or store is None:
            raise Problems(file, tuple(self._problems))
        return Config(node, broker, store, cameras, devices, duties, digest)

    def _problem(self, path: str, words: str) -> None:
        self._problems.append(Problem(path, words))

    def _section(self, name: str, kind: type[S]) -> S | None:
        table = self._document.get(name, {})
        if name not in self._document and has_required(kind):
            self._problem(name, f"missing; expected a table [{name}] with {needed(kind)}")
            return None
        return self._settings(table, kind, name)

    def _settings(self, table: object, kind: type[S], path: str) -> S | None:
        found = list(problems_of(table, kind, path))
        self._problems += found
        return None if found else msgspec.convert(table, kind)

    def _parts(self, table: str, group: str) -> tuple[Part, ...]:
        entries = self._document.get(table, {})
        if not isinstance(entries, dict):
            self._problem(table, f"expected tables [{table}.NAME]")
            return ()
        found = (self._part(table, group, name, entry) for name, entry in entries.items())
        return tuple(part for part in found if part is not None)

    def _part(self, table: str, group: str, name: str, entry: object) -> Part | None:
        path = f"{table}.{name}"
        if not isinstance(entry, dict):
            self._problem(path, f"expected a table [{path}]")
            return None
        try:
            msgspec.convert(name, Word)
        except msgspec.ValidationError:
            self._problem(path, "a name is of a-z, 0-9 and -, at most 48 characters")
        settings = dict(entry)
        known = self._registry.names(group)
        default = name if group == DUTIES else None  # [duty.plates] needs no kind = "plates"
        kind_name = settings.pop("kind", default)
        if kind_name is None:
            self._problem(f"{path}.kind", f"missing; expected one of {', '.join(known)}")
            return None
        kind = self._registry.find(group, kind_name) if isinstance(kind_name, str) else None
        match kind:
            case None:
                words = f"no {table} of kind {clip(kind_name)!r}; expected one of"
                hint = nearest(str(kind_name), known)
                self._problem(f"{path}.kind", f"{words} {', '.join(known)}{hint}")
                return None
            case Missing(words=words):
                self._problem(f"{path}.kind", f"{kind_name} {words}")
                return None
        self._cameras_exist(settings, kind.settings, path)
        made = self._settings(settings, kind.settings, path)
        return None if made is None else Part(name, kind, made)

    def _names_are_unique(self, *groups: tuple[Part, ...]) -> None:
        seen = set(OUR_NAMES)
        for part in (part for group in groups for part in group):
            if part.name in seen:
                self._problem(
                    part.name, "this name is taken; expected a name of its own for each part"
                )
            seen.add(part.name)

    def _fit_together(self, duties: tuple[Part, ...]) -> None:
        if self._problems:
            return  # a duty that is wrong itself must not make others wrong
        others = {duty.name: duty.settings for duty in duties}
        for duty in duties:
            for key, words in duty.settings.problems_among(others):
                self._problem(f"duty.{duty.name}.{key}", words)

    def _cameras_exist(
        self, settings: Mapping[str, object], kind: type[Settings], path: str
    ) -> None:
        cameras = self._document.get("camera", {})
        there = list(cameras) if isinstance(cameras, dict) else []
        for key in camera_keys(kind):
            wanted = settings.get(key)
            if isinstance(wanted, str) and wanted not in there:
                have = ", ".join(there) or "none"
                words = f"no camera is called {clip(wanted)!r}; this file has {have}"
                self._problem(f"{path}.{key}", words + nearest(wanted, there))
