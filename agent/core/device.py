"""What a kind of device, camera or duty is, and what surrounds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.core.board import FULL_PACE, GENERIC, Pace, Profile
from agent.core.bus import Bus
from agent.core.clock import Clock
from agent.core.duty import Camera, Duty, Service
from agent.core.records import Journal
from agent.core.settings import Settings
from agent.core.vision import PlateModels

S = TypeVar("S", bound=Settings)
B = TypeVar("B", bound=Service)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a service may use, handed to it; nothing is global.

    `cameras` holds the cameras built so far: all of them when duties are built.
    """

    bus: Bus
    clock: Clock
    journal: Journal
    cameras: Mapping[str, Camera]
    plate_models: PlateModels
    profile: Profile = GENERIC
    pace: Pace = FULL_PACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S, B]):
    """The registration of one kind: the only thing a kind's folder exports.

    `build(name, settings, around)` makes one; it must not touch hardware, which is for `run`.
    `what` is one line for `sereno kinds`.
    """

    name: str
    what: str
    settings: type[S]
    build: Callable[[str, S, Surroundings], B]


CameraKind = Kind[S, Camera]
DutyKind = Kind[S, Duty]
DeviceKind = Kind[S, Service]
