"""Reads number plates: detect, read, track, vote; one passage for each vehicle."""

from agent.plates.duty import DUTY

__all__ = ["DUTY"]
