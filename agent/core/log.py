"""How the agent logs: one line an event, foreign text clipped, plates masked."""

import logging
import sys

CLIP = 160
"""Characters of foreign text that a log line may carry."""


def clip(text: object, most: int = CLIP) -> str:
    """Make somebody else's words safe for one log line: printable, one line, bounded."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def mask(plate: str) -> str:
    """Return the first character and the length of a plate's text: logs hold no personal data."""
    return plate[:1] + "*" * (len(plate) - 1)


def configure(level: int = logging.INFO) -> None:
    """Log to standard error, where systemd's journal adds time and unit."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(levelname)-7s %(name)s: %(message)s"
    )
