"""Counts what drives past: by virtual loops on the camera's own picture, and by plates read."""

from agent.plates.traffic.duty import DUTY

__all__ = ["DUTY"]
