"""What the node's board can do: profiles of a Raspberry Pi, a Jetson and any other machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

MODEL_FILE = Path("/proc/device-tree/model")
"""Where the kernel names the board, NUL at the end; x86 machines have no such file."""

ProfileName = Literal["auto", "pi", "jetson", "generic"]

DelegateName = Literal["auto", "none", "gpu", "coral", "hailo"]
"""What runs the models beside the processor; "auto": the first of the profile's that is there."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How much of a board the models may use.

    XNNPACK runs what no delegate takes. `delegates` are tried in order where the setting is "auto".
    """

    name: str
    delegates: tuple[DelegateName, ...] = ()
    crops: int = 3
    """Crops each plate of a live picture is read from; a still always has three."""
    most_fps: float = 15.0
    """Pictures of one camera looked at in a second while the board is cool."""


GENERIC = Profile("generic")

PROFILES = {
    profile.name: profile
    for profile in (
        Profile("pi", delegates=("coral", "hailo"), crops=1, most_fps=10.0),
        Profile("jetson", delegates=("gpu",), crops=3, most_fps=30.0),
        GENERIC,
    )
}


def profile_of(name: ProfileName, model_file: Path = MODEL_FILE) -> Profile:
    """Return the profile of this name; for "auto" the board's, generic where it is unknown."""
    if name != "auto":
        return PROFILES[name]
    try:
        model = model_file.read_bytes()[:256].decode("utf-8", "replace").lower()
    except OSError:
        return GENERIC
    if "raspberry pi" in model:
        return PROFILES["pi"]
    if "jetson" in model or "nvidia orin" in model:
        return PROFILES["jetson"]
    return GENERIC


class Pace(Protocol):
    """How hard the node may work."""

    def share(self) -> float:
        """Return the share of the usual work, 0 to 1; less when the board is hot."""
        ...


class FullPace:
    """A board that is never hot."""

    def share(self) -> float:
        return 1.0


FULL_PACE = FullPace()
