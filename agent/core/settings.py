"""Base of every configuration section."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

Hertz = Annotated[float, msgspec.Meta(gt=0, le=250)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=1e8)]
"""At most three years: `inf` is no time to wait."""

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""A part of a whole."""

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
NodeId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{3,48}\Z")]
"""Also the MQTT client id and the certificate's common name (contract.md)."""

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}\Z")]
"""A name that becomes a topic level or a subject."""

PathText = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+\Z", max_length=4096)]
"""A place in the file system: not empty, no NUL (path_resolution(7))."""

NAMES_A_CAMERA = msgspec.Meta(extra={"names": "camera"})
CameraName = Annotated[str, NAMES_A_CAMERA]
"""A key whose value is the NAME of a `[camera.NAME]` table of the same file."""


class Wrong(ValueError):
    """Keys of one table that have the right type and a wrong value: (key, words) of each."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{key}: {words}" for key, words in problems))
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Immutable, keyword-only, and a typo in a key is an error."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield (key, words) for what is wrong beyond each key's own type."""
        yield from ()

    def problems_among(
        self,
        duties: Mapping[str, "Settings"],  # noqa: ARG002  for those that override it
    ) -> Iterator[tuple[str, str]]:
        """Yield (key, words) for what is wrong beside the duties of the same file, by name."""
        yield from ()

    def __post_init__(self) -> None:
        if found := tuple(self.problems()):
            raise Wrong(found)


def camera_keys(kind: type[Settings]) -> tuple[str, ...]:
    """Return the keys of a table of this kind whose values name cameras."""
    return tuple(
        field.encode_name
        for field in msgspec.structs.fields(kind)
        if NAMES_A_CAMERA in getattr(field.type, "__metadata__", ())
    )
