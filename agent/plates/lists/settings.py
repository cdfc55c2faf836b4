"""What a technician sets for lists of plates."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from agent.core.settings import CameraName, PathText, Seconds, Settings, Word
from agent.plates.lists.hours import Hours, Site, parse_hours
from agent.plates.lists.told import ACCESS_PURPOSE
from agent.plates.settings import PlatesSettings

Floor = Annotated[float, msgspec.Meta(ge=0.5, le=0.98)]
MostPlates = Annotated[int, msgspec.Meta(ge=1, le=200_000)]
Agreeing = Annotated[int, msgspec.Meta(ge=2, le=8)]


def unread(camera: str, purpose: str) -> str:
    """Say that nobody reads these plates."""
    return f"no duty reads the plates of camera {camera} for {purpose}"


def reader(camera: str, purpose: str) -> str:
    """Say who should."""
    return f'expected a duty of kind plates with camera = "{camera}" and purpose = "{purpose}"'


def _reader_problems(
    camera: str, purpose: str, duties: Mapping[str, Settings]
) -> Iterator[tuple[str, str]]:
    found = [
        name
        for name, duty in duties.items()
        if isinstance(duty, PlatesSettings) and (duty.camera, duty.purpose) == (camera, purpose)
    ]
    if not found:
        yield "camera", f"{unread(camera, purpose)}; {reader(camera, purpose)}"
    elif len(found) > 1:
        both = " and ".join(found)
        yield "camera", f"{both} read the same plates for {purpose}; expected one duty, no more"


class AccessSettings(Settings, frozen=True):
    """Say who may pass: vehicles of one camera against a list with hours.

    The camera's plates must be read by a duty `plates` for the purpose `access-control`.
    `time_zone` is the site's, such as "Europe/Madrid"; `holidays` are its dates.
    """

    camera: CameraName
    list: PathText
    time_zone: str
    holidays: tuple[date, ...] = ()
    groups: dict[Word, str] = msgspec.field(default_factory=dict)
    """Hours of each group of the list, such as "mon-fri 07:00-11:00; not holidays"."""
    list_key: PathText | None = None
    """File with the key of a list of hashes."""
    agreeing: Agreeing = 2
    """Reads of the vehicle that must say the same."""
    floor: Floor = 0.8
    """A plate with a character less sure than this opens nothing."""
    fresh_s: Seconds = 5.0
    """Nothing opens this long after the plate was last seen."""
    opens_on: Literal["preview", "decision"] = "preview"
    """While the vehicle is in view, or only once all looks at it are voted on."""
    look_alikes: bool = False
    """Let a plate pass that differs from the only listed one like it by what the reader doubted."""
    without_clock: Literal["refuse", "trust"] = "refuse"
    """What becomes of rights with hours while the node has never known the date."""
    most_plates: MostPlates = 20_000
    """More plates than this are no list of residents."""
    look_s: Seconds = 2.0
    """How often the file is looked at; a changed one counts when it has stood still so long."""

    def problems(self) -> Iterator[tuple[str, str]]:
        try:
            ZoneInfo(self.time_zone)
        except (ValueError, OSError, KeyError):  # unknown, a path, a folder
            yield (
                "time_zone",
                f'{self.time_zone!r} is no time zone known here; expected such as "Europe/Madrid"',
            )
        for name, words in self.groups.items():
            try:
                parse_hours(words)
            except ValueError as error:
                yield f"groups.{name}", str(error)

    def problems_among(self, duties: Mapping[str, Settings]) -> Iterator[tuple[str, str]]:
        yield from _reader_problems(*self.takes, duties)

    @property
    def takes(self) -> tuple[str, str]:
        return self.camera, ACCESS_PURPOSE

    @property
    def site(self) -> Site:
        return Site(ZoneInfo(self.time_zone), frozenset(self.holidays))

    @property
    def hours(self) -> dict[str, Hours]:
        return {name: parse_hours(words) for name, words in self.groups.items()}


class WatchSettings(Settings, frozen=True):
    """Recommend vehicles of a watch list to people. All others leave no trace.

    The camera's plates must be read by a duty `plates` for the same purpose: `watch-list`, or
    `trial` with people who agreed.
    """

    camera: CameraName
    list: PathText
    purpose: Literal["watch-list", "trial"]
    list_key: PathText | None = None
    """File with the key of a list of hashes."""
    agreeing: Agreeing = 2
    """Reads of the vehicle that must say the same."""
    floor: Floor = 0.8
    """A plate with a character less sure than this is no candidate."""
    look_alikes: bool = False
    """Recommend plates with one look-alike character too; on lists of up to 50,000 plates."""
    again_s: Seconds = 60.0
    """The same entry within this time is the same candidate."""
    most_plates: MostPlates = 50_000
    look_s: Seconds = 2.0
    """How often the file is looked at; a changed one counts when it has stood still so long."""

    def problems_among(self, duties: Mapping[str, Settings]) -> Iterator[tuple[str, str]]:
        yield from _reader_problems(*self.takes, duties)

    @property
    def takes(self) -> tuple[str, str]:
        return self.camera, self.purpose
