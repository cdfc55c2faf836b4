"""What differs between the versions of PyAV that Sereno runs on."""

from typing import Any

import av

METADATA_ALWAYS_DECODES = 19
"""From this version on `av.open` has no say in it any more."""

TOLERANT: dict[str, Any] = (
    {"metadata_errors": "replace"}
    if int(av.__version__.partition(".")[0]) < METADATA_ALWAYS_DECODES
    else {}
)
"""Arguments of `av.open`: a title that is no UTF-8 is no reason to be blind."""
