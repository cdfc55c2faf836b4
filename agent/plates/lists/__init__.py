"""Lists of plates: who may pass at which hours, and candidates that people should look at."""

from agent.plates.lists.access_duty import ACCESS
from agent.plates.lists.watch_duty import WATCH_LIST

__all__ = ["ACCESS", "WATCH_LIST"]
