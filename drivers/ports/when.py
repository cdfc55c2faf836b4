"""Stamps of moments near another stamp."""

from dataclasses import replace
from datetime import timedelta

from agent.core.clock import Stamp


def later(stamp: Stamp, seconds: float) -> Stamp:
    """Return the stamp of a moment `seconds` after (before, if negative) `stamp`."""
    return replace(stamp, mono_s=stamp.mono_s + seconds, utc=stamp.utc + timedelta(seconds=seconds))
