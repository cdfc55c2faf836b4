"""Base of every configuration section."""

from typing import Annotated

import msgspec

Hertz = Annotated[float, msgspec.Meta(gt=0, le=250)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
NodeId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{3,48}$")]
"""Also the MQTT client id and the certificate's common name (contract.md)."""

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
"""A name that becomes a topic level or a subject."""

NAMES_A_CAMERA = msgspec.Meta(extra={"names": "camera"})
CameraName = Annotated[str, NAMES_A_CAMERA]
"""A key whose value is the NAME of a `[camera.NAME]` table of the same file."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Immutable, keyword-only, and a typo in a key is an error."""
