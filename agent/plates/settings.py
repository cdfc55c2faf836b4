"""What a technician sets for reading plates."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Protocol, runtime_checkable

import msgspec

from agent.core.settings import CameraName, PathText, Seconds, Settings
from agent.plates.formats.book import country_problems
from agent.plates.masks import Mask, mask_problems, seen_share
from agent.plates.purpose import PURPOSES, purpose_problem
from agent.plates.regions import Regions, region_problems
from agent.plates.site import UNMEASURED, Site

LEAST_SEEN = 0.02
"""Of the picture must be left to look at beside the masks: a plate at work covers less."""


@runtime_checkable
class TakesVehicles(Protocol):
    """Settings of a duty that takes the vehicles of one camera, read for one purpose."""

    @property
    def takes(self) -> tuple[str, str]:
        """Camera and purpose."""
        ...


class PlatesSettings(Settings, frozen=True):
    """Read the plates one camera sees, for one purpose.

    The purpose has no default: it decides what may leave the node and for how long it is kept
    (docs/plates.md). `countries` are vehicle codes such as "E" or "MA"; none means any country.
    """

    camera: CameraName
    purpose: str
    countries: tuple[str, ...] = ()
    score: Annotated[float, msgspec.Meta(ge=0, le=0.6)] = 0.0
    """Detections below this are no plates; 0 leaves it to the model's own threshold. More than half
    of all plates score less than 0.8: a higher least would blind in silence."""
    height_px: Annotated[float, msgspec.Meta(ge=4, le=200)] = 8.0
    """Plates lower than this are too far away to read."""
    shortest: Annotated[int, msgspec.Meta(ge=1, le=7)] = 4
    """Reads with fewer characters are logos and stickers."""
    unsure: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.3
    """A plate with a character less likely than this is not reported, but counted as unclear."""
    agreeing: Annotated[int, msgspec.Meta(ge=1, le=8)] = 2
    """Reads of one vehicle that must say the same before it is reported; a still has one.
    At 50 km/h a vehicle shows its plate in about eight pictures; a hot board looks at fewer."""
    known_only: bool = False
    """Whether plates of no known format are left out, and counted as unknown."""
    lost_s: Seconds = 1.0
    """A plate not seen for this long has left."""
    stays_s: Seconds = 10.0
    """A vehicle that stands longer than this is reported while it stands."""
    again_s: Seconds = 20.0
    """The same plate within this time is the same passage."""
    silent_s: Seconds = 5.0
    """A camera without a picture for this long makes the duty blind."""
    heartbeat_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 2.0
    """A live picture in which nothing moves is looked at this often; 0 looks at each."""
    least_fps: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 4.0
    """What the site needs: with fewer pictures a second, on a hot board, the duty is degraded."""
    regions: Regions = ()
    """Where plates can be: `{ polygon = [[x, y], …] }` in shares of the picture; none: anywhere."""
    far: bool = False
    """Also look for far, small plates, a part of the picture at a time: one run more a picture."""
    site: Site = UNMEASURED
    """The lanes and the road in the picture, for lanes and speeds (docs/plates.md)."""

    masks: tuple[Mask, ...] = ()
    """Parts of the picture that nobody may look at: `{ name = "balcony", polygon = [[x, y], …] }`,
    in shares of its width and height."""
    pose: PathText | None = None
    """The pose file that `sereno plates aim CAMERA --write-pose FILE` wrote; masks need it."""

    def problems(self) -> Iterator[tuple[str, str]]:
        if wrong := purpose_problem(self.purpose):
            yield "purpose", wrong
        for problem in country_problems(self.countries):
            yield "countries", problem
        for problem in region_problems(self.regions):
            yield "regions", problem
        for problem in mask_problems(self.masks):
            yield "masks", problem
        wide = [region.polygon for region in self.regions]
        if self.masks and seen_share(self.masks, wide) < LEAST_SEEN:
            where = "the regions" if wide else "the picture"
            yield "masks", f"they cover {where}; expected a part left to look at"
        if self.masks and self.pose is None:
            made = f"sereno plates aim {self.camera} --write-pose FILE"
            yield "pose", f"missing; masks hold for one pose, expected the file `{made}` writes"

    def problems_among(self, duties: Mapping[str, Settings]) -> Iterator[tuple[str, str]]:
        if PURPOSES[self.purpose].passages:
            return
        ours = self.camera, self.purpose
        if not any(
            isinstance(each, TakesVehicles) and each.takes == ours for each in duties.values()
        ):
            words = (
                f"nothing is told of vehicles read for {self.purpose}, and no duty compares them"
            )
            too = f'expected a duty of kind {self.purpose} with camera = "{self.camera}" too'
            yield "purpose", f"{words}; {too}"
