"""Where the pictures lie that models are trained and judged on; they are not part of Sereno."""

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the folder of pictures, $SERENO_DATA or ../shared/data."""
    return Path(os.environ.get("SERENO_DATA", "../shared/data"))
